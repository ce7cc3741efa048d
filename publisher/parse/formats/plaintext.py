"""PURE. Plain news text -> title, lead, date, captions and body, not yet sanitised.

The shape is that of agencies and news sites: a headline, a lead, a dateline before the
first paragraph, captions between paragraphs, and after the end what the page had besides.
What a text is made of is inferred first, as a layout by lines, or told by a person; the body
is made from the layout alone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence

from publisher.config import TextSpec
from publisher.model import Inferred
from publisher.parse.formats.bylines import Byline, find_byline
from publisher.parse.formats.captions import is_caption
from publisher.parse.formats.datelines import Dateline, find_dateline, told_dateline
from publisher.parse.formats.language import detect_language
from publisher.parse.formats.layout import Layout
from publisher.parse.formats.newsblocks import (
    END_MARK,
    SENTENCE_END,
    Block,
    blocks_of,
    foreign_lines,
    without_lines,
)
from publisher.parse.formats.newslabels import BYLINE
from publisher.parse.formats.newsparts import Part, paragraph_html, part_html, parts_of
from publisher.parse.formats.textdates import FoundDate, find_dates
from publisher.values import dataclass

_ALL = TextSpec()

_TITLE_LENGTH = 200
_LEAD_LENGTH = 1000
"""Characters; a longer paragraph is no lead, but an article without paragraphs."""

_REPEATED = 0.6
"""The part of a lead's words that the first paragraph says again."""

_SHOWN = 80
"""Characters of a part that are shown where it is told what was inferred."""

_FIRST = 3
"""Paragraphs at the head of a text in which its dateline is looked for."""

_WEEKDAY = "line {}: {!r} is not taken as the date: it fell on another weekday"
_UNDERLINE = re.compile(r"[=~_-]{3,}")
_BYLINE = re.compile(rf"(?:{BYLINE})\b\s*[:：]?\s*\S.{{0,60}}", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"[^\W\d_]{2,}\S*[.!?…。！？।]\W*\Z")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainText:
    """What was inferred from a text; a line is that of the file, 0 when there is nothing.

    `html` is the body without title and lead; `body_text` is lead and body in plain
    text, without captions. `language` is the one given or else detected. `authors` are those
    that its end names, with their lines; `wrong_weekdays` dates, with theirs, that did not fall on
    the weekday beside them. `inferred` tells all of it by lines; it is empty where a
    person told the layout.
    """

    title: str
    title_line: int
    summary: str
    summary_line: int
    date: dt.date | None
    date_line: int
    date_text: str
    html: str
    language: str | None
    body_text: str
    authors: tuple[tuple[str, int], ...] = ()
    wrong_weekdays: tuple[tuple[int, str], ...] = ()
    inferred: tuple[Inferred, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should look at."""
        return tuple(_WEEKDAY.format(*wrong) for wrong in self.wrong_weekdays)


def read_plaintext(
    text: str,
    *,
    first_line: int,
    language: str | None,
    taken: TextSpec = _ALL,
    signed: bool = False,
) -> PlainText:
    """Read a news text; `first_line` is the line of the file at which `text` begins.

    `language` is the declared one; without it the text's own is detected, and dates are
    read in its words. `taken` tells what is taken out of the body, or shown as a caption. Title,
    lead, date and language are looked for without these parts all the same: what an article is
    called and where it lies does not hang on them. Where an article is `signed` elsewhere, no
    authors are looked for.
    """
    blocks = _blocks(text, first_line)
    junk, related = foreign_lines(blocks)
    dropped = (junk if taken.junk else frozenset()) | (related if taken.related else frozenset())
    not_its_own = junk | related
    own = [part for block in blocks for part in without_lines(block, not_its_own)]
    byline = Byline() if signed else find_byline(own)
    dropped |= byline.lines if taken.junk else frozenset()
    title, underlined = _find_title(own, blocks)
    foreign = _runs(dropped, {number: line for b in blocks for number, line in b.numbered()})
    aside = not_its_own | underlined
    captions = _captions(blocks) - aside
    parts = parts_of(blocks, aside, captions, end_marks=not taken.junk)
    language = language or detect_language(_bare(parts))
    found, refused = _first_date(parts, language)
    for_the_date = [part for part in parts if _is_only_date(part, found)]
    lead, dateline = _find_lead([part for part in parts if part not in for_the_date])
    heads = {n for part in [*for_the_date, *([lead] if lead else [])] for n in part.numbers}
    layout = Layout(
        left_out=dropped | underlined | heads,
        captions=captions if taken.captions else frozenset(),
        dateline=dateline[1].place if dateline else "",
    )
    rest = parts_of(blocks, layout.left_out, layout.captions, end_marks=not taken.junk)
    told = [_inferred("title", title, underlined), _inferred("summary", lead)]
    told += [_inferred("caption", part) for part in rest if part.kind == "caption"]
    if dateline and any(part.line == dateline[0] for part in rest):
        line, place = dateline[0], dateline[1].place
        told.append(Inferred(part="dateline", first=line, last=line, text=place))
    if found:
        told.append(_at("date", found[1], " ".join(found[0].text.split())))
    told += [_inferred("left out", part) for part in for_the_date]
    whole = parts_of(blocks, dropped | underlined, layout.captions, end_marks=not taken.junk)
    return PlainText(
        title=title.text if title else "",
        title_line=title.line if title else 0,
        summary=lead.text if lead else "",
        summary_line=lead.line if lead else 0,
        date=found[0].date if found else None,
        date_line=found[1] if found else 0,
        date_text=" ".join(found[0].text.split()) if found else "",
        html=_html(rest, layout.dateline, (junk | related | captions) - dropped),
        language=language,
        body_text=_bare(whole),
        authors=byline.authors,
        wrong_weekdays=refused,
        inferred=tuple(sorted([*filter(None, told), *foreign], key=lambda one: one.first)),
    )


def lay_out(text: str, *, first_line: int, layout: Layout, taken: TextSpec = _ALL) -> PlainText:
    """Read a text whose layout a person told: nothing is inferred from it.

    Of `taken` only the signs of the end behind a line are left to go by: the lines are told.
    """
    blocks = _blocks(text, first_line)
    parts = parts_of(blocks, layout.left_out, layout.captions, end_marks=not taken.junk)
    return PlainText(
        title="",
        title_line=0,
        summary="",
        summary_line=0,
        date=None,
        date_line=0,
        date_text="",
        html=_html(parts, layout.dateline),
        language=None,
        body_text=_bare(parts),
    )


def _blocks(text: str, first_line: int) -> list[Block]:
    return blocks_of([" ".join(line.split()) for line in text.split("\n")], first_line)


def _inferred(name: str, part: Part | None, numbers: Collection[int] = ()) -> Inferred | None:
    """A part as it is told; `numbers` are its lines where they are more than those it keeps."""
    if part is None:
        return None
    last = max(numbers, default=part.numbers[-1])
    return Inferred(part=name, first=part.line, last=last, text=_shown(part.text))


def _at(name: str, line: int, text: str) -> Inferred:
    return Inferred(part=name, first=line, last=line, text=_shown(text))


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1].rstrip() + "…"


def _runs(numbers: Iterable[int], lines: dict[int, str]) -> list[Inferred]:
    """Lines that are left out, those that follow each other (but for blank ones) as one."""
    runs: list[Inferred] = []
    numbers = set(numbers)
    order = sorted(lines)
    before = dict(zip(order[1:], order, strict=False))
    for number in sorted(numbers):
        if runs and before.get(number) == runs[-1].last:
            runs[-1] = Inferred(
                part="left out", first=runs[-1].first, last=number, text=runs[-1].text
            )
        else:
            runs.append(_at("left out", number, lines[number]))
    return runs


def _captions(blocks: Iterable[Block]) -> frozenset[int]:
    return frozenset(
        number
        for block in blocks
        for number, line in block.numbered()
        if is_caption(END_MARK.sub("", line))
    )


def _find_title(kept: Sequence[Block], blocks: Sequence[Block]) -> tuple[Part | None, set[int]]:
    """The first line with text, when it reads like a headline; and its lines, with an underline."""
    whole = {number for block in blocks for number in block.numbers}
    if not kept:
        return None, set()
    block = kept[0]
    first, rest = block.lines[0], block.lines[1:]
    numbers = {block.number}
    is_underlined = block.number + 1 in whole and bool(
        _UNDERLINE.fullmatch(_line_at(blocks, block.number + 1))
    )
    if is_underlined:
        numbers.add(block.number + 1)
    alone = (
        is_underlined
        or not rest
        or all(map(_BYLINE.fullmatch, rest))
        or (len(first) < len(rest[0]) and bool(SENTENCE_END.search(rest[0])))
    )
    if not alone or len(first) > _TITLE_LENGTH or first.endswith((".", "。", "।")):
        return None, set()
    return Part("title", (first.lstrip("# "),), block.number), numbers


def _line_at(blocks: Sequence[Block], number: int) -> str:
    return next(line for block in blocks for n, line in block.numbered() if n == number)


def _first_date(
    parts: Iterable[Part], language: str | None
) -> tuple[tuple[FoundDate, int] | None, tuple[tuple[int, str], ...]]:
    """The first full date outside captions with its line, and what was refused before it."""
    refused: list[tuple[int, str]] = []
    for part in parts:
        if part.kind == "caption":
            continue
        text = "\n".join(part.lines)
        for found in find_dates(text, language):
            line = part.line + text.count("\n", 0, found.start)
            if found.weekday:
                return (found, line), tuple(refused)
            refused.append((line, found.text))
    return None, tuple(refused)


def _is_only_date(part: Part, found: tuple[FoundDate, int] | None) -> bool:
    """Whether a paragraph says hardly more than the date (a time, a zone, a city)."""
    if found is None or part.line != found[1] or part.kind != "paragraph":
        return False
    dateline = find_dateline(part.text)
    if dateline is not None and _SENTENCE.search(part.text, dateline.end):
        return False  # a text of one word
    rest = part.text.replace(" ".join(found[0].text.split()), "")
    return found[0].text in "\n".join(part.lines) and sum(map(str.isalpha, rest)) < 15


def _find_lead(
    parts: Sequence[Part],
) -> tuple[Part | None, tuple[int, Dateline] | None]:
    """The paragraph after the headline, when what follows begins as an article does.

    Gives also the dateline with its line.
    """
    prose = [part for part in parts if part.kind == "paragraph"]
    prose = [part for part in prose if not _BYLINE.fullmatch(part.text)][:_FIRST]
    found = ((part.line, find_dateline(part.text)) for part in prose)
    dateline = next(((line, found) for line, found in found if found), None)
    if len(prose) < 2:
        return None, dateline
    first = prose[0]
    letters = sum(map(str.isalpha, first.text)) + len(_DENSE.findall(first.text))
    is_dated = dateline is not None and dateline[0] == first.line
    if is_dated or letters < 20 or len(first.text) > _LEAD_LENGTH:
        return None, dateline
    if dateline or _repeats(first.text, prose[1].text):
        return first, dateline
    return None, None


def _repeats(lead: str, paragraph: str) -> bool:
    words = set(_WORD.findall(lead.casefold()))
    said = set(_WORD.findall(paragraph.casefold()))
    return len(words) >= 5 and len(words & said) >= _REPEATED * len(words)


def _html(parts: Iterable[Part], dateline: str, asides: Collection[int] = ()) -> str:
    """The body. What stands at `asides` is no paragraph that begins with the dateline."""
    written = []
    for part in parts:
        is_prose = part.kind == "paragraph" and part.line not in asides
        if is_prose and (found := told_dateline(part.text, dateline)):
            written.append(paragraph_html(part.text, found))
            dateline = ""
        else:
            written.append(part_html(part))
    return "\n".join(written)


def _bare(parts: Iterable[Part]) -> str:
    return "\n\n".join(part.text for part in parts if part.kind != "caption")
