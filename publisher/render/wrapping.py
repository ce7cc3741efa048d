"""PURE. Text in lines of so many columns, by which a text part of a mail is set."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from publisher.patterns import pattern

JOINER = "\u200d"

_GAP = pattern(" +")
_LATIN = pattern("[ -~\u00a0-\u00ac\u00ae-\u02ff\u2013-\u2026]*")
_SKIN_TONES = range(0x1F3FB, 0x1F400)


class SetLines(str):
    """Text whose lines are set already: `wrap` gives it back as it is."""

    __slots__ = ()


def dotted(parts: Iterable[str]) -> str:
    """Those parts that there are, with dots between."""
    return " · ".join(filter(None, parts))


def wrap(text: str, width: int = 72) -> str:
    """Lines of at most `width` columns; wide characters may break anywhere, words never do."""
    if isinstance(text, SetLines):
        return text
    if (text.isascii() and text.isprintable()) or _LATIN.fullmatch(text):
        return _wrap_words(text, width)  # a column for each character, breaks at spaces alone
    lines: list[str] = []
    line, used, gap = "", 0, False
    for chunk in _chunks(text):
        if chunk == " ":
            gap = bool(line)
            continue
        size = columns(chunk)
        if line and used + gap + size > width:
            lines.append(line)
            line, used, gap = "", 0, False
        line += " " * gap + chunk
        used += gap + size
        gap = False
    return "\n".join([*lines, line] if line else lines)


def _wrap_words(text: str, width: int) -> str:
    """Cut where a line is full, not word for word: most lines of a mail are short enough."""
    text = (_GAP.sub(" ", text) if "  " in text else text).strip(" ")
    lines: list[str] = []
    start = 0
    while len(text) - start > width:
        end = text.rfind(" ", start, start + width + 1)
        if end < 0:  # a word alone is wider
            end = text.find(" ", start + width)
        if end < 0:
            break
        lines.append(text[start:end])
        start = end + 1
    return "\n".join([*lines, text[start:]])


def columns(text: str) -> int:
    """The columns that text takes in a fixed-width font."""
    return sum(_columns(character) for character in text)


def _chunks(text: str) -> Iterator[str]:
    """Spaces, words, and single wide characters with whatever must not begin a line."""
    chunk = ""
    for index, character in enumerate(text):
        if character == " ":
            yield from (chunk, " ") if chunk else (" ",)
            chunk = ""
            continue
        breaks = _columns(character) == 2 or (chunk and _columns(chunk[-1]) == 2)
        if chunk and breaks and not clings(text, index) and not _opens(chunk[-1]):
            yield chunk
            chunk = ""
        chunk += character
    if chunk:
        yield chunk


def clings(text: str, index: int) -> bool:
    """Whether no line or cut may come between text[index - 1] and text[index]."""
    character = text[index]
    return (
        unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf", "Po", "Pe", "Pf")
        or ord(character) in _SKIN_TONES
        or text[index - 1] == JOINER
    )


def _opens(character: str) -> bool:
    return unicodedata.category(character) in ("Ps", "Pi")


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
