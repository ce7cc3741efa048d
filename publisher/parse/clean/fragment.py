"""PURE. Small questions to HTML that was sanitised: its text, its first paragraph, its links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import unquote

from publisher.patterns import pattern

ARTICLE_SCHEME = "publisher-article"
"""The scheme of a link whose article is known, but not yet its address."""

_TAG = pattern(
    r"</?([a-zA-Z][a-zA-Z0-9]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>|<!--.*?(?:-->|\Z)", re.DOTALL
)
_CODE = pattern(r"<(script|style)(?=[\s/>]).*?(?:</\1[^>]*>|\Z)", re.DOTALL | re.IGNORECASE)
_READING = pattern(  # where it ends is not always written
    r"<r[tp](?=[\s>])[^<>]*>.*?(?:</r[tp]\s*>|(?=<r[tp][\s>])|(?=</ruby))",
    re.DOTALL | re.IGNORECASE,
)
_INLINE_NAMES = (
    "a abbr b bdi bdo cite code data del dfn em i ins kbd mark q rp rt ruby s samp small span"
    " strong sub sup time u var wbr font tt big"
)
_INLINE = frozenset(_INLINE_NAMES.split())
_PARAGRAPH = pattern(r"<p(?: [^>]*)?>(.*?)</p>", re.DOTALL)
_FOOTNOTE_MARK = pattern(r'<sup class="footnote-ref".*?</sup>', re.DOTALL)
_MARKED_LINK = pattern(
    rf'<a((?: [a-z]+="[^"]*")*?) href="{ARTICLE_SCHEME}:([^"#]*)(#[^"]*)?"([^>]*)>(.*?)</a>',
    re.DOTALL,
)


def plain_text(html: str, *, with_readings: bool = False) -> str:
    """The text of HTML: tags and scripts out, entities resolved, white space folded.

    Readings beside letters (ruby) are left out unless asked for: behind the letters they
    were some more of them.
    """
    if "<" in html:
        if not with_readings and ("<rt" in html or "<RT" in html):
            html = _READING.sub("", html)
        # code is only in what was not sanitised: a heading, the field of a summary
        html = _TAG.sub(_space, _CODE.sub("", html))
    return " ".join(unescape(html).split())


def first_paragraph(html: str) -> str:
    """The plain text of the first paragraph that has any; else of the whole."""
    for paragraph in _PARAGRAPH.finditer(html):
        text = plain_text(_FOOTNOTE_MARK.sub("", paragraph[1]))
        if any(character.isalnum() for character in text):
            return text
    return ""


def resolve_links(html: str, links: Mapping[str, str]) -> str:
    """Replace each `publisher-article:FILE` marker by its URL, keeping the fragment.

    Where the URL is "" (that article is not published) only the link's text stays.
    Raises KeyError for a marker without an entry in `links`.
    """
    if f'"{ARTICLE_SCHEME}:' not in html:
        return html

    def resolve(link: re.Match[str]) -> str:
        before, file, fragment, after, text = link.groups()
        url = links[unquote(unescape(file))]
        if not url:
            return text
        address = url.replace("&", "&amp;") + (fragment or "")
        return f'<a{before} href="{address}"{after}>{text}</a>'

    return _MARKED_LINK.sub(resolve, html)


def _space(tag: re.Match[str]) -> str:
    return "" if (tag[1] or "").lower() in _INLINE else " "
