"""PURE. Any HTML -> safe, balanced HTML whose every reference is absolute.

One pass of nh3 (an HTML parser with an allow-list) does the work; what follows
only touches its output, in which every `<` begins a tag and every value is quoted.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import nh3

from publisher.model import Asset
from publisher.parse.clean.balance import flatten, is_dangerous, rebalance
from publisher.parse.clean.canonical import read_canonical
from publisher.parse.clean.fragment import (
    ARTICLE_SCHEME,
    first_paragraph,
    plain_text,
    resolve_links,
)
from publisher.parse.clean.hygiene import encodable, without_forbidden
from publisher.parse.clean.media import finish_media
from publisher.parse.clean.references import ArticleFile, LookUp, References
from publisher.patterns import pattern
from publisher.values import dataclass

__all__ = [
    "ArticleFile",
    "Clean",
    "LookUp",
    "first_paragraph",
    "plain_text",
    "resolve_links",
    "sanitise",
]

_TAG_NAMES = (
    "a abbr address aside audio b bdi bdo blockquote br caption cite code col colgroup data dd"
    " del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img"
    " ins kbd li mark ol p picture pre q rp rt ruby s samp section small source span strong"
    " sub summary sup table tbody td tfoot th thead time tr track u ul var video wbr"
)
_TAGS = frozenset(_TAG_NAMES.split())
_TURNED = frozenset({"embed", "iframe", "input", "object"})
"""Read, but written as text or links."""

_CUT_NAMES = (
    "script style form svg textarea select button title template canvas noembed noframes"
    " applet datalist"
)
_CUT = frozenset(_CUT_NAMES.split())
"""Removed with all they hold."""

_TARGETS = "h1 h2 h3 h4 h5 h6 p div span dt dd figure table pre aside"
"""Besides those below, elements that a link may lead to."""

_CELL = frozenset({"align", "colspan", "rowspan"})
_ATTRIBUTES: dict[str, frozenset[str]] = {
    "*": frozenset({"lang", "dir", "title"}),
    "a": frozenset({"href", "id", "name", "class"}),
    "audio": frozenset({"src", "controls", "loop", "muted"}),
    "blockquote": frozenset({"cite", "id"}),
    "code": frozenset({"class"}),
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "data": frozenset({"value"}),
    "del": frozenset({"cite", "datetime"}),
    "details": frozenset({"open"}),
    "img": frozenset({"src", "srcset", "sizes", "alt", "width", "height"}),
    "ins": frozenset({"cite", "datetime"}),
    "li": frozenset({"id", "class", "value"}),
    "ol": frozenset({"start", "reversed", "type", "class"}),
    "q": frozenset({"cite"}),
    "section": frozenset({"id", "class"}),
    "source": frozenset({"src", "srcset", "sizes", "type", "media", "width", "height"}),
    "sup": frozenset({"id", "class"}),
    "td": _CELL,
    "th": _CELL | {"scope"},
    "time": frozenset({"datetime"}),
    "track": frozenset({"src", "kind", "srclang", "label", "default"}),
    "video": frozenset({"src", "poster", "width", "height", "controls", "loop", "muted"}),
} | dict.fromkeys(_TARGETS.split(), frozenset({"id"}))
_ALLOWED = {tag: set(names) for tag, names in _ATTRIBUTES.items()}
_READ = _ALLOWED | {
    "embed": {"src"},
    "iframe": {"src"},
    "input": {"type", "checked"},
    "object": {"data"},
}
_FOOTNOTE_CLASSES = frozenset({"footnote", "footnote-backref", "footnote-ref", "footnotes"})

_START_TAG = pattern(r"<([a-zA-Z][^\s/>]*)")
_NOSCRIPT = pattern(r"</?noscript\b[^>]*>", re.IGNORECASE)
_STRIKE = pattern(r"<(/?)strike(?=[\s/>])", re.IGNORECASE)
_LEADING_BREAKS = pattern(r"(<pre(?: [^>]*)?>)\n+")
_STRAY_IN_TABLE = pattern(
    r"<(?:table|/?(?:thead|tbody|tfoot|tr|colgroup)|/(?:td|th|caption))\b[^>]*>\s*"
    r"(?!\s|\Z|</?(?:table|thead|tbody|tfoot|tr|td|th|caption|colgroup|col)\b)",
    re.IGNORECASE,
)
_PASSES = 4

_TOKEN = pattern(r"\w[\w.:-]{0,199}")
_LANGUAGE = pattern(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_DIGITS = pattern(r"[0-9]{1,5}")
_NUMBER = pattern(r"-?[0-9]{1,9}")
_MATCHED = {
    "id": _TOKEN,
    "name": _TOKEN,
    "lang": _LANGUAGE,
    "srclang": _LANGUAGE,
    "width": _DIGITS,
    "height": _DIGITS,
    "colspan": _DIGITS,
    "rowspan": _DIGITS,
    "span": _DIGITS,
    "start": _NUMBER,
    "dir": pattern(r"ltr|rtl|auto"),
    "align": pattern(r"left|right|center"),
    "scope": pattern(r"(?:row|col)(?:group)?"),
}

_stable = nh3.Cleaner(
    tags=set(_TAGS),
    attributes=_ALLOWED | {"img": _ALLOWED["img"] | {"loading", "decoding"}},
    url_schemes={"http", "https", "mailto", "tel", ARTICLE_SCHEME},
    link_rel=None,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    """Sanitised HTML and what it refers to.

    `article_links` are the files behind `publisher-article:FILE` markers; `needs` are
    all paths under the source that were looked up, each with the fingerprint found;
    `missing` are pictures that are not beside the article, as they are written; `shown`
    the paths of the assets that the HTML embeds.
    """

    html: str
    assets: tuple[Asset, ...] = ()
    article_links: tuple[str, ...] = ()
    needs: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def sanitise(
    html: str,
    *,
    base_url: str,
    site_url: str,
    folder: str,
    look_up: LookUp,
    own_folder: str = "",
    dialect: str = "",
) -> Clean:
    """Make HTML safe, balanced and at most 100 levels deep, its references absolute.

    `base_url` is the article's own page, `folder` its folder under the source, `own_folder` one
    of its name where its files may lie, `dialect` as in References. Never raises for any text; a
    reference that may not be kept is dropped.
    """
    references = References(
        base_url=base_url,
        site_url=site_url,
        folder=folder,
        own_folder=own_folder,
        dialect=dialect,
        look_up=look_up,
    )
    return Clean(
        html=_clean(html, references),
        assets=tuple(dict.fromkeys(references.assets.values())),
        article_links=tuple(references.articles),
        needs=tuple(references.needs.items()),
        missing=tuple(references.missing),
        shown=tuple(references.shown),
        warnings=tuple(references.warnings),
    )


def _clean(html: str, references: References) -> str:
    canonical = read_canonical(html, references)
    # Nothing is canonical that cannot be encoded.
    return _parsed(encodable(html), references) if canonical is None else canonical


def _parsed(html: str, references: References) -> str:
    """Any HTML, read by a parser of HTML."""
    found = _START_TAG.findall(html)
    written = set(found)
    names = {name.lower() for name in written}
    if "noscript" in names:
        html = _NOSCRIPT.sub("", html)
    if "strike" in names:  # its name of before HTML 5
        html = _STRIKE.sub(r"<\1s", html)
    if is_dangerous(html, len(found)):
        html = rebalance(html)
    unsettled = not names <= _TAGS or ("table" in names and _has_strays(html, written))
    html = _cleaner.clean(html, references)
    html = finish_media(html, names, references.assets)
    html = _plain_characters(html)
    if "pre" in names:
        html = _LEADING_BREAKS.sub(r"\1", html)
    return _settle(html) if unsettled else _shallow(html)


def _has_strays(html: str, written: set[str]) -> bool:
    """Whether a table holds what a browser moves out of it. `written` are the names of tags."""
    first, end = 0, len(html)
    if all(map(str.islower, written)):
        first, last = html.find("<table"), html.rfind("</table>")
        end = last + len("</table>") if last >= 0 else end
    return bool(_STRAY_IN_TABLE.search(html, first, end))


def _plain_characters(html: str) -> str:
    """HTML without characters that XML forbids, and without entities that it does not know."""
    return without_forbidden(html.replace("&nbsp;", "\u00a0"))


class _Cleaner(threading.local):
    """nh3 with our lists, one for each thread: it takes as long to make as an article to clean.

    Between two texts it knows nothing; while one is cleaned, its references.
    """

    def __init__(self) -> None:
        self._resolved: dict[str, Callable[[str], str | None]] = {}
        self._page: Callable[[str], str | None] = lambda _: None
        self._cleaner = nh3.Cleaner(
            tags=set(_TAGS | _TURNED),
            clean_content_tags=set(_CUT),
            attributes=_READ,
            attribute_filter=self._kept,
            url_schemes={"http", "https", "mailto", "tel", "data"},
            link_rel=None,
        )

    def clean(self, html: str, references: References) -> str:
        self._page = references.page
        self._resolved = {
            "href": references.link,
            "src": references.file,
            "srcset": references.candidates,
            "poster": references.file,
            "cite": references.page,
            "data": references.page,
        }
        try:
            return self._cleaner.clean(html)
        finally:
            self._resolved, self._page = {}, lambda _: None

    def _kept(self, tag: str, name: str, value: str) -> str | None:
        resolve = self._resolved.get(name)
        if resolve is not None:
            return self._page(value) if tag in _FRAMED else resolve(value)
        if name == "class":
            return _classes(tag, value)
        matching = _MATCHED.get(name)
        return value if matching is None or matching.fullmatch(value) else None


_FRAMED = frozenset({"iframe", "embed"})
_cleaner = _Cleaner()


def _classes(tag: str, value: str) -> str | None:
    if tag == "code":
        kept = [word for word in value.split() if word.startswith("language-")][:1]
    else:
        kept = [word for word in value.split() if word in _FOOTNOTE_CLASSES]
    return " ".join(kept) or None


def _shallow(html: str) -> str:
    flat = flatten(html)
    return html if flat == html else _settle(flat)


def _settle(html: str) -> str:
    """Read HTML again until it stays as it is: a tag taken out can change how others nest."""
    for _ in range(_PASSES):
        names = _START_TAG.findall(html)
        again = _stable.clean(rebalance(html) if is_dangerous(html, len(names)) else html)
        again = _LEADING_BREAKS.sub(r"\1", _plain_characters(flatten(again)))
        if again == html:
            break
        html = again
    return html
