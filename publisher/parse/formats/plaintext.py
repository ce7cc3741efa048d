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
from dataclasses import dataclass
from html import escape

from publisher.model import Inferred
from publisher.parse.formats.captions import caption_html, is_caption
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
from publisher.parse.formats.textdates import FoundDate, find_dates

_TITLE_LENGTH = 200
_WRAPPED_AT = 100
"""Lines up to this long are the lines of one paragraph; longer ones are paragraphs themselves."""

_REPEATED = 0.6
"""The part of a lead's words that the first paragraph says again."""

_SHOWN = 80
"""Characters of a part that are shown where it is told what was inferred."""

_FIRST = 3
"""Paragraphs at the head of a text in which its dateline is looked for."""

_UNDERLINE = re.compile(r"[=~_-]{3,}")
_BYLINE = re.compile(rf"(?:{BYLINE})\b\s*[:：]?\s*\S.{{0,60}}", re.IGNORECASE)
_BULLET = re.compile(r"(?:[-*•‣·–—]|\d{1,3}[.)])\s+(?=\S)")
_WORD = re.compile(r"\w+")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_ADDRESS = re.compile(r"https?://[^\s<>\"'()]*[^\s<>\"'().,;:!?]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainText:
    """What was inferred from a text; a line is that of the file, 0 when there is nothing.

    `html` is the body without title and lead; `body_text` is lead and body in plain
    text, without captions. `language` is the one given or else detected. `inferred` tells all
    of it by lines; it is empty where a person told the layout.
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
    warnings: tuple[str, ...] = ()
    inferred: tuple[Inferred, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A paragraph, a caption, a heading or a list as it stands in the file."""

    kind: str
    lines: tuple[str, ...]
    line: int

    @property
    def text(self) -> str:
        return " ".join(self.lines)

    @property
    def numbers(self) -> range:
        return range(self.line, self.line + len(self.lines))


def read_plaintext(text: str, *, first_line: int, language: str | None) -> PlainText:
    """Read a news text; `first_line` is the line of the file at which `text` begins.

    `language` is the declared one; without it the text's own is detected, and dates are
    read in its words.
    """
    blocks = _blocks(text, first_line)
    left_out = foreign_lines(blocks)
    title, underlined = _find_title(blocks, left_out)
    foreign = _runs(left_out, {number: line for b in blocks for number, line in _lines(b)})
    left_out |= underlined
    captions = _captions(blocks) - left_out
    parts = _parts(blocks, frozenset(left_out), captions)
    body_text = "\n\n".join(part.text for part in parts if part.kind != "caption")
    language = language or detect_language(body_text)
    found, refused = _first_date(parts, language)
    for_the_date = [part for part in parts if _is_only_date(part, found)]
    parts = [part for part in parts if part not in for_the_date]
    lead, dateline = _find_lead(parts)
    for part in [*for_the_date, *([lead] if lead else [])]:
        left_out |= set(part.numbers)
    layout = Layout(
        left_out=frozenset(left_out),
        captions=captions,
        dateline=dateline[1].place if dateline else "",
    )
    told = [_inferred("title", title, underlined), _inferred("summary", lead)]
    told += [_inferred("caption", part) for part in parts if part.kind == "caption"]
    if dateline:
        line, place = dateline[0], dateline[1].place
        told.append(Inferred(part="dateline", first=line, last=line, text=place))
    if found:
        told.append(_at("date", found[1], " ".join(found[0].text.split())))
    told += [_inferred("left out", part) for part in for_the_date]
    return PlainText(
        title=title.text if title else "",
        title_line=title.line if title else 0,
        summary=lead.text if lead else "",
        summary_line=lead.line if lead else 0,
        date=found[0].date if found else None,
        date_line=found[1] if found else 0,
        date_text=" ".join(found[0].text.split()) if found else "",
        html=_html(blocks, layout),
        language=language,
        body_text=body_text,
        warnings=refused,
        inferred=tuple(sorted([*filter(None, told), *foreign], key=lambda one: one.first)),
    )


def lay_out(text: str, *, first_line: int, layout: Layout) -> PlainText:
    """Read a text whose layout a person told: nothing is inferred from it."""
    blocks = _blocks(text, first_line)
    parts = _parts(blocks, layout.left_out, layout.captions)
    return PlainText(
        title="",
        title_line=0,
        summary="",
        summary_line=0,
        date=None,
        date_line=0,
        date_text="",
        html=_html(blocks, layout),
        language=None,
        body_text="\n\n".join(part.text for part in parts if part.kind != "caption"),
    )


def _blocks(text: str, first_line: int) -> list[Block]:
    return blocks_of([" ".join(line.split()) for line in text.split("\n")], first_line)


def _lines(block: Block) -> Iterable[tuple[int, str]]:
    return zip(block.numbers, block.lines, strict=True)


def _inferred(name: str, part: _Part | None, numbers: Collection[int] = ()) -> Inferred | None:
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
        for number, line in _lines(block)
        if is_caption(END_MARK.sub("", line))
    )


def _find_title(blocks: Sequence[Block], left_out: set[int]) -> tuple[_Part | None, set[int]]:
    """The first line with text, when it reads like a headline; and its lines, with an underline."""
    kept = [part for block in blocks for part in without_lines(block, left_out)]
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
    return _Part("title", (first.lstrip("# "),), block.number), numbers


def _line_at(blocks: Sequence[Block], number: int) -> str:
    return next(line for block in blocks for n, line in _lines(block) if n == number)


def _parts(
    blocks: Iterable[Block], left_out: frozenset[int], captions: frozenset[int]
) -> list[_Part]:
    """The paragraphs, captions, headings and lists of what is not left out."""
    return [
        part
        for block in blocks
        for kept in without_lines(block, left_out)
        for part in _block_parts(kept, captions, longest=max(map(len, block.lines)))
    ]


def _block_parts(block: Block, captions: frozenset[int], *, longest: int) -> list[_Part]:
    """`longest` is the length of a line of the block as it stands in the file."""
    parts: list[tuple[str, list[str], int]] = []
    wrapped = longest <= _WRAPPED_AT and not all(map(SENTENCE_END.search, block.lines))
    for number, written in _lines(block):
        line = END_MARK.sub("", written) or written
        kind = "caption" if number in captions else _kind(line, alone=len(block.lines) == 1)
        if parts and _continues(parts[-1][0], kind, wrapped=wrapped):
            parts[-1][1].append(line)
        else:
            parts.append((kind, [line], number))
    return [_Part(kind, tuple(texts), line) for kind, texts, line in parts]


def _kind(line: str, *, alone: bool) -> str:
    if line.startswith(">"):
        return "quotation"
    if _BULLET.match(line) and find_dateline(line) is None:
        return "list"
    if alone and line.isupper() and len(line) <= 80 and not SENTENCE_END.search(line):
        return "heading"
    return "paragraph"


def _continues(before: str, kind: str, *, wrapped: bool) -> bool:
    if kind == before:
        return kind in {"list", "quotation"} or (kind == "paragraph" and wrapped)
    return wrapped and kind == "paragraph" and before == "list"


def _first_date(
    parts: Iterable[_Part], language: str | None
) -> tuple[tuple[FoundDate, int] | None, tuple[str, ...]]:
    """The first full date outside captions with its line, and what was refused before it."""
    refused: list[str] = []
    for part in parts:
        if part.kind == "caption":
            continue
        text = "\n".join(part.lines)
        for found in find_dates(text, language):
            line = part.line + text.count("\n", 0, found.start)
            if found.weekday:
                return (found, line), tuple(refused)
            refused.append(
                f"line {line}: {found.text!r} is not taken as the date: it fell on another weekday"
            )
    return None, tuple(refused)


def _is_only_date(part: _Part, found: tuple[FoundDate, int] | None) -> bool:
    """Whether a paragraph says hardly more than the date (a time, a zone, a city)."""
    if found is None or part.line != found[1] or part.kind != "paragraph":
        return False
    rest = part.text.replace(" ".join(found[0].text.split()), "")
    return found[0].text in "\n".join(part.lines) and sum(map(str.isalpha, rest)) < 15


def _find_lead(
    parts: Sequence[_Part],
) -> tuple[_Part | None, tuple[int, Dateline] | None]:
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
    if (dateline and dateline[0] == first.line) or letters < 20:
        return None, dateline
    if dateline or _repeats(first.text, prose[1].text):
        return first, dateline
    return None, None


def _repeats(lead: str, paragraph: str) -> bool:
    words = set(_WORD.findall(lead.casefold()))
    said = set(_WORD.findall(paragraph.casefold()))
    return len(words) >= 5 and len(words & said) >= _REPEATED * len(words)


def _html(blocks: Sequence[Block], layout: Layout) -> str:
    written, dateline = [], layout.dateline
    for part in _parts(blocks, layout.left_out, layout.captions):
        if part.kind == "paragraph" and (found := told_dateline(part.text, dateline)):
            written.append(_paragraph_html(part.text, found))
            dateline = ""
        else:
            written.append(_part_html(part))
    return "\n".join(written)


def _part_html(part: _Part) -> str:
    match part.kind:
        case "caption":
            return "\n".join(caption_html(line) for line in part.lines)
        case "heading":
            return f"<h2>{escape(part.text, quote=False)}</h2>"
        case "quotation":
            quoted = " ".join(line.lstrip("> ") for line in part.lines)
            return f"<blockquote><p>{_linked(quoted)}</p></blockquote>"
        case "list":
            return _list_html(part.lines)
        case _:
            return f"<p>{_linked(part.text)}</p>"


def _paragraph_html(text: str, dateline: Dateline) -> str:
    place = escape(dateline.place, quote=False)
    return f"<p><b>{place}</b>{dateline.mark}{_linked(text[dateline.end :])}</p>"


def _list_html(lines: Sequence[str]) -> str:
    entries: list[str] = []
    for line in lines:
        if mark := _BULLET.match(line):
            entries.append(line[mark.end() :])
        else:
            entries[-1] += f" {line}"
    tag = "ol" if lines[0][0].isdigit() else "ul"
    start = f' start="{int(re.split(r"[.)]", lines[0])[0])}"' if tag == "ol" else ""
    return f"<{tag}{start}>" + "".join(f"<li>{_linked(e)}</li>" for e in entries) + f"</{tag}>"


def _linked(text: str) -> str:
    """Text as HTML, its web addresses as links."""
    written, done = [], 0
    for found in _ADDRESS.finditer(text):
        address = escape(found[0])
        written.append(escape(text[done : found.start()], quote=False))
        written.append(f'<a href="{address}">{address}</a>')
        done = found.end()
    return "".join(written) + escape(text[done:], quote=False)
