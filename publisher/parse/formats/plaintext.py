"""PURE. Plain news text -> title, lead, date, captions and body, not yet sanitised.

The shape is that of agencies and news sites: a headline, a lead, a dateline before the
first paragraph, captions between paragraphs, and after the end what the page had besides.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from publisher.parse.formats.captions import caption_html, is_caption
from publisher.parse.formats.language import detect_language
from publisher.parse.formats.newswords import BYLINE, NOISE, RELATED, SEE_ALSO
from publisher.parse.formats.textdates import FoundDate, find_dates

_TITLE_LENGTH = 200
_WRAPPED_AT = 100
"""Lines up to this long are the lines of one paragraph; longer ones are paragraphs themselves."""

_DATELINE_LENGTH = 100
_DATELINE_WORDS = 4
_REPEATED = 0.6
"""The part of a lead's words that the first paragraph says again."""

_UNDERLINE = re.compile(r"[=~_-]{3,}")
_JUNK = re.compile(
    r"\[\s*\]|[*#=~_•·\s-]*\*[*\s]*|#[#\s]*|[-–—\s]*30[-–—\s]*|\d+|[■◼]+|[-–—_=]{3,}"
)
_END_MARK = re.compile(r"\s*(?:\[\s*\]|\*{3}|#{3}|-\s?30\s?-|[■◼])\s*$")
_SENTENCE_END = re.compile(r"[.!?…。！？؟]['\"”’»)\]]*$")
_DATELINE = re.compile(
    r"(?P<place>\S.{0,98}?)(?P<mark>\s+(?:--|[-–—−])\s+|\s*(?:--|[–—])\s*(?=[^\W\d_]))"
)
_AGENCY = re.compile(r"\s*[(\[（][^()\[\]（）]{1,40}[)\]）]")
_DAY = re.compile(r"(?:\d{1,2}\.?\s+)?[^\W\d_]+\.?(?:\s+\d{1,2}(?:st|nd|rd|th)?)?(?:\s+\d{4})?")
_PARTICLE_NAMES = (
    "al and da dan das de del den der des di do dos du e el en la las le los of sur upon van y"
)
_PARTICLES = frozenset(_PARTICLE_NAMES.split())
_BYLINE = re.compile(rf"(?:{BYLINE})\b\s*[:：]?\s*\S.{{0,60}}", re.IGNORECASE)
_BULLET = re.compile(r"(?:[-*•‣·–—]|\d{1,3}[.)])\s+(?=\S)")
_WORD = re.compile(r"\w+")
_ADDRESS = re.compile(r"https?://[^\s<>\"'()]*[^\s<>\"'().,;:!?]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainText:
    """What was inferred from a text; a line is that of the file, 0 when there is nothing.

    `html` is the body without title and lead; `body_text` is lead and body in plain
    text, without captions. `language` is the one given or else detected.
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


@dataclass(frozen=True, slots=True)
class _Part:
    """A paragraph, a caption, a heading or a list as it stands in the file."""

    kind: str
    lines: tuple[str, ...]
    line: int

    @property
    def text(self) -> str:
        return " ".join(self.lines)


def read_plaintext(text: str, *, first_line: int, language: str | None) -> PlainText:
    """Read a news text; `first_line` is the line of the file at which `text` begins.

    `language` is the declared one; without it the text's own is detected, and dates are
    read in its words.
    """
    lines = [" ".join(line.split()) for line in text.split("\n")]
    blocks = _without_related(_blocks(lines, first_line))
    title, blocks = _take_title(blocks)
    parts = [part for block in blocks for part in _parts(*block)]
    body_text = "\n\n".join(part.text for part in parts if part.kind != "caption")
    language = language or detect_language(body_text)
    found, refused = _first_date(parts, language)
    parts = [part for part in parts if not _is_only_date(part, found)]
    lead, parts = _take_lead(parts)
    return PlainText(
        title=title.text if title else "",
        title_line=title.line if title else 0,
        summary=lead.text if lead else "",
        summary_line=lead.line if lead else 0,
        date=found[0].date if found else None,
        date_line=found[1] if found else 0,
        date_text=" ".join(found[0].text.split()) if found else "",
        html="\n".join(_part_html(part) for part in parts),
        language=language,
        body_text=body_text,
        warnings=refused,
    )


Block = tuple[tuple[str, ...], int]
"""Lines without a blank one between them, and the line of the first."""


def _blocks(lines: Sequence[str], first_line: int) -> list[Block]:
    blocks: list[Block] = []
    block: list[str] = []
    for number, line in enumerate([*lines, ""], first_line):
        if line:
            block.append(line)
        elif block:
            blocks.append((tuple(block), number - len(block)))
            block = []
    return blocks


def _without_related(blocks: Sequence[Block]) -> list[Block]:
    """The blocks up to the related articles, and without references amid the text."""
    kept: list[Block] = []
    for index, (lines, number) in enumerate(blocks):
        for offset, line in enumerate(lines):
            heading = _heading_words(line)
            if heading in RELATED or (heading in SEE_ALSO and not _goes_on(blocks[index + 1 :])):
                rest = [(lines[:offset], number)] if offset else []
                return kept + rest if kept or rest else list(blocks)
        kept += _without_references(lines, number)
    return kept


def _without_references(lines: tuple[str, ...], number: int) -> list[Block]:
    """A block up to a heading such as "Read also", and without lines that begin with one."""
    kept: list[tuple[str, int]] = []
    for offset, line in enumerate(lines):
        words, colon, _ = line.replace("：", ":").partition(":")
        if _heading_words(line) in SEE_ALSO:
            break
        if not (colon and _heading_words(words) in SEE_ALSO | RELATED):
            kept.append((line, number + offset))
    return _joined(kept)


def _joined(lines: Sequence[tuple[str, int]]) -> list[Block]:
    """Lines that follow each other in the file as blocks."""
    blocks: list[tuple[list[str], int]] = []
    for line, number in lines:
        if blocks and blocks[-1][1] + len(blocks[-1][0]) == number:
            blocks[-1][0].append(line)
        else:
            blocks.append(([line], number))
    return [(tuple(texts), number) for texts, number in blocks]


def _heading_words(line: str) -> str:
    return line.strip(" *#_-–—=:：>»•").casefold() if len(line) <= 60 else ""


def _goes_on(blocks: Sequence[Block]) -> bool:
    """Whether the article goes on: two paragraphs of prose, each a block of its own."""
    prose = [
        lines
        for lines, _ in blocks
        if len(lines) == 1 and len(lines[0]) >= 80 and _SENTENCE_END.search(lines[0])
    ]
    return len(prose) >= 2


def _take_title(blocks: list[Block]) -> tuple[_Part | None, list[Block]]:
    """The first line with text, when it reads like a headline."""
    while blocks and all(_is_junk(line) for line in blocks[0][0]):
        blocks = blocks[1:]
    if not blocks:
        return None, []
    lines, number = blocks[0]
    first, rest = lines[0], lines[1:]
    if len(rest) and _UNDERLINE.fullmatch(rest[0]):
        rest = rest[1:]
        alone = True
    else:
        alone = not rest or (len(first) < len(rest[0]) and bool(_SENTENCE_END.search(rest[0])))
    if not alone or len(first) > _TITLE_LENGTH or first.endswith((".", "。")):
        return None, blocks
    after = [(rest, number + len(lines) - len(rest))] if rest else []
    return _Part("title", (first.lstrip("# "),), number), after + blocks[1:]


def _parts(lines: tuple[str, ...], number: int) -> list[_Part]:
    """The paragraphs, captions, headings and lists of a block, without junk."""
    parts: list[tuple[str, list[str], int]] = []
    wrapped = max(map(len, lines)) <= _WRAPPED_AT and not all(map(_SENTENCE_END.search, lines))
    for offset, written in enumerate(lines):
        line = _END_MARK.sub("", written) or written
        if _is_junk(line):
            continue
        kind = _kind(line, alone=len(lines) == 1)
        if parts and _continues(parts[-1][0], kind, wrapped=wrapped):
            parts[-1][1].append(line)
        else:
            parts.append((kind, [line], number + offset))
    return [_Part(kind, tuple(texts), line) for kind, texts, line in parts]


def _kind(line: str, *, alone: bool) -> str:
    if is_caption(line):
        return "caption"
    if line.startswith(">"):
        return "quotation"
    if _BULLET.match(line) and not _has_dateline(line):
        return "list"
    if alone and line.isupper() and len(line) <= 80 and not _SENTENCE_END.search(line):
        return "heading"
    return "paragraph"


def _continues(before: str, kind: str, *, wrapped: bool) -> bool:
    if kind == before:
        return kind in {"list", "quotation"} or (kind == "paragraph" and wrapped)
    return wrapped and kind == "paragraph" and before == "list"


def _is_junk(line: str) -> bool:
    return bool(_JUNK.fullmatch(line)) or line.strip(" :.!").casefold() in NOISE


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


def _take_lead(parts: list[_Part]) -> tuple[_Part | None, list[_Part]]:
    """The paragraph after the headline, when what follows begins as an article does."""
    places = [i for i, part in enumerate(parts) if part.kind == "paragraph"]
    places = [i for i in places if not _BYLINE.fullmatch(parts[i].text)]
    if len(places) < 2 or parts[places[0]].kind != "paragraph":
        return None, parts
    first, *later = (parts[i] for i in places[:3])
    if _has_dateline(first.text) or sum(map(str.isalpha, first.text)) < 20:
        return None, parts
    if any(_has_dateline(part.text) for part in later) or _repeats(first.text, later[0].text):
        return first, parts[: places[0]] + parts[places[0] + 1 :]
    return None, parts


def _repeats(lead: str, paragraph: str) -> bool:
    words = set(_WORD.findall(lead.casefold()))
    said = set(_WORD.findall(paragraph.casefold()))
    return len(words) >= 5 and len(words & said) >= _REPEATED * len(words)


def _has_dateline(text: str) -> bool:
    return _dateline(text) is not None


def _dateline(text: str) -> re.Match[str] | None:
    """The place at the head of a paragraph: `Jakarta - `, `CITY, Country, 20 March (Agency) — `."""
    found = _DATELINE.match(text[:_DATELINE_LENGTH])
    if not found:
        return None
    place = _AGENCY.sub("", found["place"])
    segments = [segment.strip() for segment in re.split(r"[,،、]", place)]
    if not segments[0] or not _is_place(segments[0]):
        return None
    fine = all(_is_place(s) or _DAY.fullmatch(s) or not s for s in segments[1:])
    return found if fine else None


def _is_place(words: str) -> bool:
    names = words.split()
    return len(names) <= _DATELINE_WORDS and all(
        (name[0].isalpha() and not name[0].islower()) or name in _PARTICLES for name in names
    )


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
            return _paragraph_html(part.text)


def _paragraph_html(text: str) -> str:
    dateline = _dateline(text)
    if dateline is None:
        return f"<p>{_linked(text)}</p>"
    place = escape(dateline["place"], quote=False)
    return f"<p><b>{place}</b>{dateline['mark']}{_linked(text[dateline.end() :])}</p>"


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
