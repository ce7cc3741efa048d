"""PURE. Text of articles made fit for mail: one clean line, shortened."""

from __future__ import annotations

import re

from publisher.links.ascii import PLACEHOLDER_HOST
from publisher.render.wrapping import clings
from publisher.struck import beginning

ELLIPSIS = "…"

_NO_HOST = PLACEHOLDER_HOST.upper()
_SPACES = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029 ]+")
_UNFIT = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(1 << 16, 0x110000, 1 << 16)
    )
    + "]"
)


def fit(text: str) -> str:
    """Text as it stands, without what XML 1.0 and MRML refuse and without a placeholder of ours."""
    return _UNFIT.sub("", text).replace(PLACEHOLDER_HOST, _NO_HOST)


def one_line(text: str) -> str:
    """One line without controls, surrogates and noncharacters (which XML 1.0 and MRML refuse)."""
    if text.isprintable():  # what can be printed is none of these, and has no space but " "
        return (_SPACES.sub(" ", text) if "  " in text else text).strip()
    return _SPACES.sub(" ", _UNFIT.sub("", text)).strip()


def plain(text: str) -> str:
    """One line of an author's, who cannot write a placeholder that is taken for ours."""
    return one_line(text).replace(PLACEHOLDER_HOST, _NO_HOST)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters and an ellipsis, cut between words where there are some."""
    return text if len(text) <= limit else beginning(text, limit, _words) + ELLIPSIS


def _words(text: str, limit: int) -> str:
    cut = text.rfind(" ", 0, limit + 1)
    if cut < limit // 2:
        cut = limit
        while cut > 0 and clings(text, cut):
            cut -= 1
    return text[:cut].rstrip(" ,;:.–—-")
