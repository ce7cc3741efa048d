"""PURE. The summary of an article: what its author wrote, marked, or began with."""

from __future__ import annotations

import re
from datetime import datetime

from publisher.parse.clean.decode import one_line
from publisher.parse.clean.fragment import first_paragraph, name_all, plain_text
from publisher.parse.headers.fields import read_text
from publisher.parse.sheet import NAMELESS, Sheet
from publisher.patterns import pattern
from publisher.struck import beginning

SUMMARY_LENGTH = 280
"""Characters of a summary that is made from the first paragraph."""

LEAD_LENGTH = 1000
"""Characters of a summary that ends where the author marked it."""

TITLE_LENGTH = 80
"""Characters of a title that is made from how the text begins."""

_MARKUP = pattern(r"<[a-zA-Z/!]")
_MORE = pattern(r"<!--\s*(?:more|truncate|excerpt|TEASER_END)\s*-->", re.IGNORECASE)


def cut(text: str, length: int = SUMMARY_LENGTH) -> str:
    """A text of at most `length` characters, cut at a word, with … where it was cut."""
    return text if len(text) <= length else beginning(text, length, _words) + "…"


def _words(text: str, length: int) -> str:
    head = text[: length - 1]
    words = head.rpartition(" ")[0] if text[length - 1] != " " else head
    return (words if len(words) > length // 2 else head).rstrip(" ,;:.–—-")


def told_summary(sheet: Sheet) -> str | None:
    """The summary of the field or of a news text's lead; None where it has to be made."""
    found = sheet.fields.get("summary")
    if found is not None:
        text = read_text(found, sheet.notes)
        sheet.notes.origins["summary"] = found.origin
        return one_line(plain_text(text)) if _MARKUP.search(text) else text
    line = sheet.body.summary_line
    sheet.notes.origins["summary"] = f"text:{line}" if line else "text"
    return sheet.body.summary or None


def made_title(sheet: Sheet, html: str, when: datetime | None) -> str:
    """What an item without a title is called: as its finished text begins, or where there are only
    pictures by its day."""
    html = name_all(html)
    words = cut(first_paragraph(html) or plain_text(html), TITLE_LENGTH)
    if words:
        sheet.notes.origins["title"] = "text"
    return words or (when.date().isoformat() if when else NAMELESS)


def marked_lead(sheet: Sheet) -> list[str]:
    """The text before the mark at which its author ends the excerpt, and what follows it."""
    html, found = sheet.body.html, sheet.fields.get("excerpt_separator")
    mark = read_text(found, sheet.notes) if found is not None else ""
    if mark and mark in html:
        return html.split(mark, 1)
    return _MORE.split(html, maxsplit=1) if "<!--" in html else []
