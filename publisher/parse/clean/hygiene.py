"""PURE. Characters that XML, and so every feed, cannot hold (XML 1.0, section 2.2)."""

from __future__ import annotations

from publisher.patterns import pattern

_PLANES = "".join(f"{chr(p << 16)}-{chr((p << 16) + 0xFFFD)}" for p in range(1, 17))
_KEPT = f"\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd{_PLANES}"
_ALL_KEPT = pattern(f"[{_KEPT}]*")
_FORBIDDEN = pattern(f"[^{_KEPT}]")


def encodable(text: str) -> str:
    """The text without lone surrogates, which no encoding can hold."""
    try:
        text.encode("utf-8")  # of ASCII this is a copy
    except UnicodeEncodeError:
        return text.encode("utf-8", "ignore").decode("utf-8")
    return text


def without_forbidden(text: str) -> str:
    """The text without controls (but tab and line feed), surrogates and noncharacters."""
    return text if _ALL_KEPT.fullmatch(text) else _FORBIDDEN.sub("", text)
