"""PURE. Words that are struck out, in text: between the marks that people use in mail and chat."""

from __future__ import annotations

from publisher.patterns import pattern
from publisher.struck import MARK

STRUCK_OUT = frozenset(("del", "s"))

BEGIN, END = "\x02", "\x03"
"""Signs for where they begin and end; no text for a mail has them (`text.fit`)."""

_AFTER_BEGIN = pattern(rf"{BEGIN}([ \n]++)")
_BEFORE_END = pattern(rf"(?<![ \n])([ \n]++){END}")
_NOTHING = pattern(rf"{BEGIN}{END}")


def show_struck(text: str) -> str:
    """Text with marks in place of the signs: close to the words, and none around nothing."""
    if BEGIN not in text:
        return text.replace(END, "")
    text = _BEFORE_END.sub(rf"{END}\1", _AFTER_BEGIN.sub(rf"\1{BEGIN}", text))
    return _NOTHING.sub("", text).replace(BEGIN, MARK).replace(END, MARK)
