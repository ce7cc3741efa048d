"""PURE. The parts of a news text (paragraphs, captions, headings, lists), and their HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from publisher.parse.formats.captions import caption_html
from publisher.parse.formats.datelines import Dateline, find_dateline
from publisher.parse.formats.newsblocks import END_MARK, SENTENCE_END, Block, without_lines
from publisher.values import dataclass

_WRAPPED_AT = 100
"""Lines up to this long are the lines of one paragraph; longer ones are paragraphs themselves."""

_BULLET = re.compile(r"(?:[-*•‣·–—]|\d{1,3}[.)])\s+(?=\S)")
_ADDRESS = re.compile(r"https?://[^\s<>\"'()]*[^\s<>\"'().,;:!?]")


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph, a caption, a heading or a list as it stands in the file."""

    kind: str
    lines: tuple[str, ...]
    line: int

    @property
    def text(self) -> str:
        """Its lines as one."""
        return " ".join(self.lines)

    @property
    def numbers(self) -> range:
        """The lines of the file."""
        return range(self.line, self.line + len(self.lines))


def parts_of(
    blocks: Iterable[Block],
    left_out: frozenset[int],
    captions: frozenset[int],
    *,
    end_marks: bool = False,
) -> list[Part]:
    """The paragraphs, captions, headings and lists of what is not left out.

    A sign of the end at the end of a line (`***`, `-30-`) is taken away, unless `end_marks`.
    """
    return [
        part
        for block in blocks
        for kept in without_lines(block, left_out)
        for part in _block_parts(
            kept, captions, longest=max(map(len, block.lines)), end_marks=end_marks
        )
    ]


def _block_parts(
    block: Block, captions: frozenset[int], *, longest: int, end_marks: bool
) -> list[Part]:
    """`longest` is the length of a line of the block as it stands in the file."""
    parts: list[tuple[str, list[str], int]] = []
    wrapped = longest <= _WRAPPED_AT and not all(map(SENTENCE_END.search, block.lines))
    for number, written in block.numbered():
        line = written if end_marks else END_MARK.sub("", written) or written
        kind = "caption" if number in captions else _kind(line, alone=len(block.lines) == 1)
        if parts and _continues(parts[-1][0], kind, wrapped=wrapped):
            parts[-1][1].append(line)
        else:
            parts.append((kind, [line], number))
    return [Part(kind, tuple(texts), line) for kind, texts, line in parts]


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


def part_html(part: Part) -> str:
    """A part in HTML, not yet sanitised."""
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


def paragraph_html(text: str, dateline: Dateline) -> str:
    """A paragraph that begins with a dateline."""
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
