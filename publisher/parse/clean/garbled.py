"""PURE. Letters of a text that show that it was once read or saved in another encoding.

UTF-8 that was read as Windows-1252 or Latin-1 and saved again is valid UTF-8, and so is the sign
for a letter that was lost; nobody means either.
"""

from __future__ import annotations

import re

from publisher.patterns import pattern

_LOST = "\ufffd"
_MARKS = pattern(rb"\xc3(?:[\x82\x83\x90\x91\x98\x99]|\xa2[\xc2\xe2]|\xb0[\xc2\xc5])")
"""How Ã, Â, Ð, Ñ, Ø, Ù, â€, â\x80, ðŸ and ð\x9f begin in UTF-8. Each garbled text has one of them,
or what was lost; most texts have none."""

_HIGH = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
"""What the second byte of a letter in UTF-8 is in these encodings."""

_GARBLED = pattern(
    rf"{_LOST}"
    r"|(?<![A-ZÀ-Þ])Ã[\x80-\x9f\xa1-\xaa\xac\xae-\xba\xbc-\xbf‰€]"  # no quotation mark, nor dash
    r"|(?<![^\W\d_])Â[\x80-\x9f\xa1-\xaa\xac-\xba\xbc-\xbf]|(?<=\d)Â\xa0(?=\d)"
    r"|â(?:€|\x80)|ð(?:Ÿ|\x9f)"
    rf"|(?:[ÐÑ][{_HIGH}]){{3}}|(?:[ØÙ][{_HIGH}]){{3}}"
)
_CODE = pattern(r"^(?:```|~~~)[\s\S]*?^(?:```|~~~)|^(?: {4}|\t)[^\n]*|`[^`\n]+`", re.MULTILINE)
"""What shows such letters because it is about them."""

_WORD = pattern(r"\S{1,30}")
_MEND = "saved in another encoding? Write it as it should be, and save the file as UTF-8"


def may_be_garbled(utf8: bytes) -> bool:
    """Whether a look at the bytes of a text cannot tell that `garbled` will say nothing."""
    return _MARKS.search(utf8) is not None or _LOST.encode() in utf8


def garbled(text: str) -> tuple[str, ...]:
    """The warning about the first line that seems to be garbled; nothing where none does."""
    text = _CODE.sub(lambda code: "\n" * code[0].count("\n"), text)
    found = _GARBLED.search(text)
    if found is None:
        return ()
    start = max(text.rfind(space, 0, found.start()) for space in (" ", "\n", "\t")) + 1
    word = _WORD.match(text, max(start, found.start() - 15))
    shown = word[0] if word else found[0]
    lines = {text.count("\n", 0, one.start()) for one in _GARBLED.finditer(text)}
    more = len(lines) - 1
    also = f" (and {more} more line{'s' if more > 1 else ''})" if more else ""
    return (f"line {text.count(chr(10), 0, found.start()) + 1}: {shown!r}{also}: {_MEND}",)
