"""PURE. Captions in plain text: what is one, and its text, alternative text and credit."""

from __future__ import annotations

import re
from html import escape

from publisher.parse.formats.newswords import AGENCIES, CAPTION, CREDIT

_LENGTH = 500
_WITHOUT_CREDIT = 120
"""A line that only begins like a caption is one up to this length: paragraphs are longer."""

_BEGINNING = re.compile(rf"(?:{CAPTION})(?P<mark>\s*[:：]|[\s(（])", re.IGNORECASE)
_CREDIT = re.compile(
    rf"(?P<credit>[(\[（【](?:(?:{CREDIT})\s*(?:[:：/|]|(?<=[摄图圖])|\b(?:by|oleh|von)\b)"
    rf"[^()\[\]（）【】]*|[^()\[\]（）【】]*(?:{AGENCIES})[^()\[\]（）【】]*)[)\]）】])[\s.。]*$"
    rf"|(?P<named>(?:\b(?:{CREDIT})\s*[:：]\s*|[\w.'’-]+(?:\s[\w.'’-]+){{0,3}}\s*/\s*(?={AGENCIES}))"
    r"[^.。:：]{2,60})$",
    re.IGNORECASE,
)
_PARTED = re.compile(r"[|/;:：()（）]")


def is_caption(line: str) -> bool:
    """Whether a line of text is a picture's caption: by its first word, or by its credit."""
    if len(line) > _LENGTH:
        return False
    if _credit(line):
        return True
    beginning = _BEGINNING.match(line)
    if beginning is None:
        return False
    return beginning["mark"].strip() in {":", "："} or len(line) <= _WITHOUT_CREDIT


def caption_html(line: str) -> str:
    """A caption as a figure: the alternative text, if it ran into it, bold; the credit small."""
    found = _credit(line)
    text = line[: found.start()].strip() if found else line
    credit = (found["credit"] or found["named"]).strip() if found else ""
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


def _credit(line: str) -> re.Match[str] | None:
    return _CREDIT.search(line[-_LENGTH:]) if len(line) <= _LENGTH else None


def _alternative(text: str, credit: str) -> str:
    """The alternative text that runs into the caption, when the credit repeats it."""
    for part in _PARTED.split(credit):
        name = part.strip()
        rest = text[len(name) :]
        if len(name) > 3 and text.startswith(name) and rest[:1].isalnum():
            return name
    return ""
