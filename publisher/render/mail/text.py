"""PURE. Text of articles made fit for mail: one clean line, shortened, wrapped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from publisher.links import PLACEHOLDER_HOST

ELLIPSIS = "…"
JOINER = "\u200d"

_SPACES = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029 ]+")
_UNFIT = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(1 << 16, 0x110000, 1 << 16)
    )
    + "]"
)
_LATIN = re.compile("[ -~\u00a0-\u00ac\u00ae-\u02ff\u2013-\u2026]*")
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def fit(text: str) -> str:
    """Text as it stands, without what XML 1.0 and MRML refuse and without a placeholder of ours."""
    return _UNFIT.sub("", text).replace(PLACEHOLDER_HOST, PLACEHOLDER_HOST.upper())


def one_line(text: str) -> str:
    """One line without controls, surrogates and noncharacters (which XML 1.0 and MRML refuse)."""
    if not text.isprintable():  # what can be printed is none of these
        text = _UNFIT.sub("", text)
    return _SPACES.sub(" ", text).strip()


def plain(text: str) -> str:
    """One line of an author's, who cannot write a placeholder that is taken for ours."""
    return one_line(text).replace(PLACEHOLDER_HOST, PLACEHOLDER_HOST.upper())


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters and an ellipsis, cut between words where there are some."""
    if len(text) <= limit:
        return text
    cut = text.rfind(" ", 0, limit + 1)
    if cut < limit // 2:
        cut = limit
        while cut > 0 and _clings(text, cut):
            cut -= 1
    return text[:cut].rstrip(" ,;:.–—-") + ELLIPSIS


def wrap(text: str, width: int = 72) -> str:
    """Lines of at most `width` columns; wide characters may break anywhere, words never do."""
    if _LATIN.fullmatch(text):  # a column for each character, and breaks at spaces alone
        return _wrap_words(text.split(" "), width)
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


def _wrap_words(words: list[str], width: int) -> str:
    lines: list[str] = []
    line = ""
    for word in filter(None, words):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\n".join([*lines, line] if line else lines)


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
        if chunk and breaks and not _clings(text, index) and not _opens(chunk[-1]):
            yield chunk
            chunk = ""
        chunk += character
    if chunk:
        yield chunk


def _clings(text: str, index: int) -> bool:
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
