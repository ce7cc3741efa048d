"""PURE. Captions in plain text: what is one, and its text, alternative text and credit."""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple

from publisher.parse.formats.newslabels import AGENCIES, CAPTION, CAPTION_WITH_COLON, CREDIT

_LENGTH = 500
_WITHOUT_CREDIT = 120
"""A line that only begins like a caption is one up to this length: paragraphs are longer."""

_CREDIT_LENGTH = 90
"""Characters of a credit without brackets: it is looked for in so much of the line's end."""

_BEGINNING = re.compile(
    rf"(?:{CAPTION})(?P<mark>\s*[:：]|[\s(（])|(?:{CAPTION_WITH_COLON})(?P<colon>\s?\.?\s?[:：])",
    re.IGNORECASE,
)
_BRACKETS = {")": "(", "]": "[", "）": "（", "】": "【"}
_NAMES = r"\b(?:by|oleh|von|par|por|di|de|door|przez|av|af)\b"
_BY = rf"(?:{CREDIT})\s+{_NAMES}"
_MADE_BY = r"(?:©|ⓒ|\(c\)|[^\W\d_]{1,4}\.?\s?©)\s*(?=\w)|\bfot\.\s|\bdok\.\s"
"""What stands before a name where no colon does."""

_INNER = re.compile(
    rf"(?:{CREDIT})\s*(?:[:：/|=]|(?<=[摄攝图圖])\s*\S|{_NAMES})|{_MADE_BY}"
    rf"|.*(?:{AGENCIES})|.*(?:提供|撮影|供图|제공|摄|攝)\Z",
    re.IGNORECASE,
)
"""What is within brackets where they hold a credit."""

_PHOTO = r"(?:foto|photo|фото|φωτό|gambar|bild|kuva|fotó|ảnh|zdjęcie|снимка|picture|image|larawan)"
_NAMED = re.compile(
    rf"(?<!\w)(?:(?:{CREDIT})\s*[:：]\s*|{_MADE_BY}|(?:(?<=[.。!?…\s][-–—|]\s)|(?<=[.!?…]\s)){_BY}\s+"
    rf"|(?<=\s[/|–—-]\s){_PHOTO}\s+)"
    r"(?:[^.。:：]|\.(?=\S)|(?<=\b\w)\.){2,60}\Z",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile(
    r"(?<=[。！？）」\s])[\u3400-\u9fff·]{2,6}\s?(?:摄|攝|制图|撮影)\Z"
    r"|(?<==)[^＝=。、]{1,20}(?:、[^＝=。]{1,20})?(?:撮影|提供)\Z"
    r"|(?<=＝)[^＝。]{1,40}(?:撮影|提供)\Z"
)
_OUTLET = r"[A-Z][A-Z0-9.]{2,20}"
_NAME = r"[A-Z][\w'’-]+(?: [A-Z][\w.'’-]*){0,3}"
_SLASHED = rf"(?:{_OUTLET}\s?/\s?{_NAME}|{_NAME}\s?/\s?{_OUTLET})"
_OF_OUTLET = re.compile(rf"(?<=[.!?]\s){_SLASHED}\Z")
_WITHIN = re.compile(_SLASHED)
_BEFORE_SLASH = re.compile(r"(?:(?:[\w'’-]{2,}|\w\.?)\s){0,3}[\w'’-]+\s*\Z")
_AGENCY = re.compile(rf"\s*(?:{AGENCIES})", re.IGNORECASE)
_PARTED = re.compile(r"[|/;:：()（）=]")


class _Credit(NamedTuple):
    """A credit, and where in its line it begins."""

    start: int
    text: str


def is_caption(line: str) -> bool:
    """Whether a line of text is a picture's caption: by its first word, or by its credit."""
    if len(line) > _LENGTH:
        return False
    beginning = _BEGINNING.match(line)
    if beginning is None:
        return _credit(line) is not None
    mark = (beginning["mark"] or beginning["colon"]).strip()
    return mark in {":", "："} or len(line) <= _WITHOUT_CREDIT or _credit(line) is not None


def caption_html(line: str) -> str:
    """A caption as a figure: the alternative text, if it ran into it, bold; the credit small."""
    found = _credit(line)
    text = line[: found.start].rstrip(" -–—|/＝") if found else line
    credit = found.text if found else ""
    alternative = _alternative(text, credit)
    written = []
    if alternative:
        written.append(f"<strong>{escape(alternative, quote=False)}</strong>")
        text = text[len(alternative) :]
        credit = re.sub(rf"\s*[|/;]\s*{re.escape(alternative)}\s*(?=[)）\]】|/;])", "", credit)
    if text:
        written.append(escape(text, quote=False))
    if credit:
        written.append(f"<small>{escape(credit, quote=False)}</small>")
    return f"<figure><figcaption>{' '.join(written)}</figcaption></figure>"


def _credit(line: str) -> _Credit | None:
    if len(line) > _LENGTH:
        return None
    bare = line.rstrip(" .。")
    if bare and bare[-1] in _BRACKETS:
        start = bare.rfind(_BRACKETS[bare[-1]])
        inner = bare[start + 1 : -1].strip()
        if start >= 0 and (_INNER.match(inner) or _WITHIN.fullmatch(inner)):
            return _Credit(start, bare[start:])
    cut = max(0, len(line) - _CREDIT_LENGTH)
    end = line[cut:].rstrip(" 。")
    found = _EAST_ASIAN.search(end) or _NAMED.search(end) or _OF_OUTLET.search(end)
    if found:
        return _Credit(cut + found.start(), found[0].strip())
    return _slashed(end, cut)


def _slashed(end: str, cut: int) -> _Credit | None:
    """A credit such as `Jane Doe / Reuters` at the end of a line."""
    slash = end.rfind("/")
    if slash < 1 or len(end) - slash > 40 or not _AGENCY.match(end, slash + 1):
        return None
    names = _BEFORE_SLASH.search(end[max(0, slash - 60) : slash])
    if names is None:
        return None
    start = slash - len(names[0])
    return _Credit(cut + start, end[start:].strip())


def _alternative(text: str, credit: str) -> str:
    """The alternative text that runs into the caption, when the credit repeats it."""
    for part in _PARTED.split(credit):
        name = part.strip()
        rest = text[len(name) :]
        if len(name) > 3 and text.startswith(name) and rest[:1].isalnum():
            return name
    return ""
