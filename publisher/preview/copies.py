"""PURE. What a browser gets in place of a page or mail: in one colour scheme, with links that
stay in the preview. The text that is published is never changed."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Literal

from publisher.values import dataclass

Scheme = Literal["light", "dark"]

_STYLE = re.compile(r"(<style\b[^>]*>)(.*?)(</style>)", re.DOTALL | re.IGNORECASE)
_PREFERS = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)", re.IGNORECASE)
_DECLARED = re.compile(r"(?<![\w-])((?:supported-)?color-schemes?\s*:\s*)[^;}]*", re.IGNORECASE)
_META = re.compile(
    r"(<meta\s[^>]*name=\"(?:supported-)?color-schemes?\"[^>]*content=\")[^\"]*", re.IGNORECASE
)
_MEDIA = re.compile(r"(\smedia=\")([^\"]*)", re.IGNORECASE)
_LINKING = re.compile(r"<(?:a|area|img|source|audio|video|track)\s[^>]*>", re.IGNORECASE)
_ADDRESS = re.compile(r"(\s(?:href|src|poster)=\")([^\"]*)", re.IGNORECASE)
_ABROAD = re.compile(r"<(a|area)(?=\s[^>]*\shref=\"https?:|\shref=\"https?:)", re.IGNORECASE)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_EMBEDDED = re.compile(
    r"(\nContent-Disposition: inline;[^\r]*(?:\r\n[ \t][^\r]*)*\r\n\r\n[^\r]*\r\n)"
    r"((?:[A-Za-z0-9+/=]+\r\n){2,})"
)
_ALWAYS, _NEVER = "(min-width: 0)", "(max-width: 0)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """How a frame shows something; `name` is its part of an address."""

    scheme: Scheme
    pictures: bool

    @property
    def name(self) -> str:
        """The variant in addresses: light, dark, light-no-images or dark-no-images."""
        return self.scheme if self.pictures else f"{self.scheme}-no-images"


VARIANTS = {
    variant.name: variant
    for variant in (
        Variant(scheme="light", pictures=True),
        Variant(scheme="dark", pictures=True),
        Variant(scheme="light", pictures=False),
        Variant(scheme="dark", pictures=False),
    )
}


def css_in_scheme(css: str, scheme: Scheme) -> str:
    """A style sheet whose rules for one scheme hold always, and those for the other never."""
    turned = _PREFERS.sub(
        lambda found: _ALWAYS if found[1].lower() == scheme else _NEVER,
        css,
    )
    return _DECLARED.sub(lambda found: f"{found[1]}{scheme}", turned)


def page_in_scheme(page: str, scheme: Scheme) -> str:
    """A page with its own style elements, `media` attributes and metas turned to one scheme."""
    page = _STYLE.sub(
        lambda found: found[1] + css_in_scheme(found[2], scheme) + found[3],
        page,
    )
    page = _META.sub(lambda found: found[1] + scheme, page)
    return _MEDIA.sub(lambda found: found[1] + css_in_scheme(found[2], scheme), page)


def stay_here(page: str, homes: Sequence[str], prefix: str) -> str:
    """A page whose links to the site lead to the preview, and whose other links open a new tab.

    `homes` are the addresses that links to the site start with, `prefix` is what they start with
    here.
    """

    def address(found: re.Match[str]) -> str:
        value = html.unescape(found[2])
        for home in homes:
            if value.startswith(home):
                return found[1] + html.escape(prefix + value.removeprefix(home))
        return found[0]

    page = _LINKING.sub(lambda tag: _ADDRESS.sub(address, tag[0]), page)
    return _ABROAD.sub(r'<\1 target="_blank" rel="noopener"', page)


def opening_tabs(page: str) -> str:
    """A mail whose links open a new tab, as in a mail program."""
    return _HEAD.sub(lambda found: found[0] + '<base target="_blank">', page, count=1)


def reloading(page: str, script: str) -> str:
    """A page with our script that loads it again when something changed."""
    tag = f'<script src="{script}" defer></script>'
    if _HEAD.search(page):
        return _HEAD.sub(lambda found: found[0] + tag, page, count=1)
    return page + tag


def without_bulk(message: str) -> str:
    """The source of a message as a person reads it: of a picture within it the first line."""

    def shorten(found: re.Match[str]) -> str:
        lines = found[2].count("\r\n")
        return f"{found[1]}… {lines:,} more {'line' if lines == 1 else 'lines'}\r\n"

    return _EMBEDDED.sub(shorten, message)


_UNSEEN = re.compile(
    r"<head\b.*?</head>|<style\b.*?</style>|<!--.*?-->|<title\b.*?</title>",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(r"<[^>]*>")
_PADDING = re.compile("[\u034f\u200b-\u200d\u00a0\u00ad\u2007\ufeff]{2,}")


def first_words(page: str, length: int) -> str:
    """What a mail program shows of a mail beside its subject: the first words of its text."""
    text = html.unescape(_TAG.sub(" ", _UNSEEN.sub("", page)))
    text = _PADDING.split(text.lstrip(), maxsplit=1)[0]
    return " ".join(text.split())[:length]
