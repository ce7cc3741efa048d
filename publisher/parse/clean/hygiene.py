"""PURE. Characters that XML, and so every feed, cannot hold (XML 1.0, section 2.2)."""

from __future__ import annotations

from publisher.patterns import pattern

_PLANES = "".join(f"{chr(p << 16)}-{chr((p << 16) + 0xFFFD)}" for p in range(1, 17))
_KEPT = f"\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd{_PLANES}"
_ALL_KEPT = pattern(f"[{_KEPT}]*")
_FORBIDDEN = pattern(f"[^{_KEPT}]")


_HARMLESS = bytes((0x09, 0x0A, *range(0x20, 0x7F), *range(0x80, 0xC2), *range(0xC3, 0xEF))).replace(
    b"\xed", b""
)
"""The bytes of UTF-8 that begin no forbidden character: those left out begin some, or are one."""


_BEYOND = bytes(range(0xF0, 0xF5))
"""How characters beyond the first 65,536 begin: those of them that are none have a byte BF."""


def is_harmless(utf8: bytes) -> bool:
    """Whether a look at its bytes shows that a text has nothing forbidden; most texts are so."""
    rest = utf8.translate(None, _HARMLESS)
    return not rest or (b"\xbf" not in utf8 and not rest.translate(None, _BEYOND))


def encodable(text: str) -> str:
    """The text without lone surrogates, which no encoding can hold."""
    try:
        text.encode("utf-8")  # of ASCII this is a copy
    except UnicodeEncodeError:
        return text.encode("utf-8", "ignore").decode("utf-8")
    return text


def without_forbidden(text: str) -> str:
    """The text without controls (but tab and line feed), surrogates and noncharacters."""
    if text.isascii() and is_harmless(text.encode()):
        return text  # in a quarter of the time
    return text if _ALL_KEPT.fullmatch(text) else _FORBIDDEN.sub("", text)
