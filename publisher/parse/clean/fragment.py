"""PURE. Small questions to HTML that was sanitised: its text, its first paragraph, its links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from urllib.parse import unquote

from publisher.patterns import pattern
from publisher.struck import MARK

ARTICLE_SCHEME = "publisher-article"
"""The scheme of a link whose article is known, but not yet its address."""

NEAR = "~/"
"""Before a path: a file under the document's folder, else one of that name anywhere: tools name
articles so in their commands."""

_TAG = pattern(
    r"</?([a-zA-Z][a-zA-Z0-9]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>|<!--.*?(?:-->|\Z)", re.DOTALL
)
_CODE = pattern(r"<(script|style)(?=[\s/>]).*?(?:</\1[^>]*>|\Z)", re.DOTALL | re.IGNORECASE)
_READING = pattern(  # where it ends is not always written
    r"<r[tp](?=[\s>])[^<>]*>.*?(?:</r[tp]\s*>|(?=<r[tp][\s>])|(?=</ruby))",
    re.DOTALL | re.IGNORECASE,
)
_STRUCK_OR_PARAGRAPH = pattern(r"<(/?)(s|del|strike|p)(?=[\s>])[^<>]*>", re.IGNORECASE)
_STRUCK, _VALID = "\x02", "\x03"
_ALL_STRUCK = pattern(rf"{_STRUCK}[^{_VALID}]*")
_INLINE_NAMES = (
    "a abbr b bdi bdo cite code data del dfn em i ins kbd mark q rp rt ruby s samp small span"
    " strike strong sub sup time u var wbr font tt big"
)
_INLINE = frozenset(_INLINE_NAMES.split())
_BETWEEN_TAGS = pattern(rb">[ \n]*+([^<]++)")
_PARAGRAPH = pattern(r"<p(?: [^>]*)?>(.*?)</p>", re.DOTALL)
_FOOTNOTE_MARK = pattern(r'<sup class="footnote-ref".*?</sup>', re.DOTALL)
_MARKED_LINK = pattern(
    rf'<a((?: [a-z]+="[^"]*")*?) href="{ARTICLE_SCHEME}:([^"#]*)(#[^"]*)?"([^>]*)>(.*?)</a>',
    re.DOTALL,
)


_NAMED = pattern(rf'<a(?: href="{ARTICLE_SCHEME}:[^"]*")?>{NEAR}([^<]*)</a>')
_UNKNOWN = pattern(rf"<a>{NEAR}([^<]*)</a>")


def plain_text(html: str, *, with_readings: bool = False) -> str:
    """The text of HTML: tags and scripts out, entities resolved, white space folded.

    Readings beside letters (ruby) are left out unless asked for: behind the letters they
    were some more of them. What is struck out stands between `~~`; where readings are asked
    for, it is words like all others.
    """
    return _marked(_text(html, with_readings=with_readings))


def bare_text(html: str) -> str:
    """The letters of a text without its form: neither mark-up nor white space changes it.

    Found in bytes: for one letter of a text Python may keep each of its letters in two or four.
    """
    between = _BETWEEN_TAGS.findall(b">" + html.encode())
    return b"".join(between).translate(None, b" \t\n").decode()


def first_paragraph(html: str) -> str:
    """The plain text of the first paragraph that says anything that is not struck out."""
    for paragraph in _PARAGRAPH.finditer(_without_struck_tags(html)):
        text = _text(_FOOTNOTE_MARK.sub("", paragraph[1]))
        if any(map(str.isalnum, _ALL_STRUCK.sub("", text) if _STRUCK in text else text)):
            return _marked(text)
    return ""


def resolve_links(html: str, links: Mapping[str, str]) -> str:
    """Replace each `publisher-article:FILE` marker by its URL, keeping the fragment.

    Where the URL is "" (that article is not published) only the link's text stays. A text that is
    the name behind NEAR, as generators' commands leave it, becomes the URL too, or the name alone.
    Raises KeyError for a marker without an entry in `links`.
    """
    if f'"{ARTICLE_SCHEME}:' not in html:
        return html

    def resolve(link: re.Match[str]) -> str:
        before, file, fragment, after, text = link.groups()
        path = unquote(unescape(file))
        url = links[path]
        shown = unescape(text)
        is_address = shown.startswith(NEAR) and _name(shown).casefold() == _name(path).casefold()
        if not url:
            return escape(_name(shown), quote=False) if is_address else text
        address = url.replace("&", "&amp;") + (fragment or "")
        text = address if is_address else text
        return f'<a{before} href="{address}"{after}>{text}</a>'

    return _MARKED_LINK.sub(resolve, html)


def name_unknown(html: str) -> str:
    """HTML in which articles that a command names, and that are not there, stand by their names."""
    # One character is found twenty times as quickly as five, and few texts have it.
    is_there = "~" in html and f"<a>{NEAR}" in html
    return _UNKNOWN.sub(lambda link: _name(link[1]), html) if is_there else html


def name_all(html: str) -> str:
    """The same of all that a command names: where no address can stand, or none is known yet."""
    return _NAMED.sub(lambda link: _name(link[1]), html) if f">{NEAR}" in html else html


def _name(path: str) -> str:
    """What an article is called by its path: an `index.md` by its folder."""
    folder, _, file = path.removeprefix(NEAR).rpartition("/")
    stem = file.rpartition(".")[0] or file
    return folder.rpartition("/")[2] if stem == "index" and folder else stem


def _space(tag: re.Match[str]) -> str:
    return "" if (tag[1] or "").lower() in _INLINE else " "


def _text(html: str, *, with_readings: bool = False) -> str:
    """The text of HTML, with signs where words that are struck out begin and end."""
    if "<" in html:
        if not with_readings:
            html = _without_struck_tags(html)
            if "<rt" in html or "<RT" in html:
                html = _READING.sub("", html)
        # code is only in what was not sanitised: a heading, the field of a summary
        html = _TAG.sub(_space, _CODE.sub("", html))
    return " ".join(unescape(html).split())


def _without_struck_tags(html: str) -> str:
    """HTML with signs in place of the tags that strike out, in each paragraph its own."""
    if not any(map(html.lower().__contains__, ("<s>", "<s ", "<del", "<strike"))):
        return html
    depth = 0

    def sign(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag[2] in "pP":
            return _VALID + tag[0] + _STRUCK if depth else tag[0]
        before, depth = depth, max(0, depth - 1) if tag[1] else depth + 1
        return "" if before and depth else _STRUCK if depth else _VALID if before else ""

    html = _STRUCK_OR_PARAGRAPH.sub(sign, html)
    return html + _VALID if depth else html


def _marked(text: str) -> str:
    """Text with the marks of mail and chat in place of signs, none around nothing."""
    if _STRUCK not in text:
        return text.replace(_VALID, "")
    text = text.replace(_STRUCK + " ", " " + _STRUCK).replace(" " + _VALID, _VALID + " ")
    text = " ".join(text.split()).replace(_STRUCK + _VALID, "")
    for between in ("", " "):
        text = text.replace(_VALID + between + _STRUCK, between)
    return " ".join(text.replace(_STRUCK, MARK).replace(_VALID, MARK).split())
