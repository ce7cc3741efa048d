"""PURE. An HTML page -> its article and what the page says of it, not yet sanitised.

In order of trust: JSON-LD (schema.org NewsArticle and kin), Open Graph and `article:`
properties, other meta elements, then the visible page (<time>, <h1>, <title>).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from publisher.parse.clean.balance import is_dangerous, rebalance
from publisher.parse.clean.hygiene import without_forbidden
from publisher.parse.formats.wordpage import is_from_word, mend_word
from publisher.values import dataclass

Found = tuple[str, str, int]
"""Our name of a field, its value, its line (0 when unknown)."""

_LD_START = re.compile(
    r"<script\b[^<>]*?type\s*=\s*[\"']?application/ld\+json\b[^<>]*>", re.IGNORECASE
)
_SCRIPT_END = re.compile(r"</script\b", re.IGNORECASE)
_LD_FIELDS = {
    "headline": "title",
    "datePublished": "date",
    "dateModified": "updated",
    "description": "summary",
    "author": "author",
    "keywords": "tags",
    "image": "image",
}
_META_FIELDS = {
    "og:title": "title",
    "article:published_time": "date",
    "article:modified_time": "updated",
    "og:updated_time": "updated",
    "og:description": "summary",
    "article:section": "section",
    "article:tag": "tags",
    "og:image": "image",
    "twitter:title": "title",
    "dc.title": "title",
    "status": "status",
    "draft": "draft",
    "slug": "slug",
    "tags": "tags",
    "category": "category",
    "authors": "author",
    "modified": "updated",
    "date": "date",
    "dc.date": "date",
    "dcterms.created": "date",
    "dcterms.modified": "updated",
    "description": "summary",
    "summary": "summary",
    "twitter:description": "summary",
    "author": "author",
    "dc.creator": "author",
    "keywords": "tags",
    "twitter:image": "image",
}
_MANY = frozenset({"author", "tags"})
"""Fields of which one page may have several."""

_START_TAG = re.compile(r"<[a-zA-Z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlParts:
    """What a page holds. A field is (our name, value, line from 1 or 0 when unknown).

    A name comes more than once only for `author` and `tags`. `html` is the inside of
    the article without the heading that is its title.
    """

    title: str
    fields: tuple[Found, ...]
    html: str
    language: str | None
    warnings: tuple[str, ...] = ()


def read_html(text: str) -> HtmlParts:
    """Read a page or a fragment; broken HTML never raises."""
    text = without_forbidden(text)
    warnings: list[str] = []
    linked = tuple(_linked_data(text, warnings))
    root = parse_page(text)
    if root is None:
        return HtmlParts(title="", fields=(), html="", language=None, warnings=tuple(warnings))
    if is_from_word(text):
        mend_word(root)
    article = _article(root)
    fields = _first_of_each([linked, *_meta(root), *_visible(root, article)])
    title = next((value for name, value, _ in fields if name == "title"), "")
    _take_heading(article, title)
    return HtmlParts(
        title=title,
        fields=fields,
        html=_inside(article),
        language=root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        warnings=tuple(warnings),
    )


def parse_page(text: str) -> HtmlElement | None:
    """The tree of a page, in linear time; None where there is nothing."""
    if is_dangerous(text, len(_START_TAG.findall(text))):
        text = rebalance(text)
    parser = HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = document_fromstring(text.encode("utf-8", "ignore"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    if "&#" in text:
        _drop_forbidden(root)
    return root


def _drop_forbidden(root: HtmlElement) -> None:
    """Control characters that are written by their numbers: the parser takes them, and the tree
    does not when a part of it is moved."""
    for element in root.iter():
        if element.text:
            element.text = without_forbidden(element.text)
        if element.tail:
            element.tail = without_forbidden(element.tail)
        for name, value in element.attrib.items():
            kept = without_forbidden(value)
            if kept != value:
                element.set(name, kept)


def _article(root: HtmlElement) -> HtmlElement:
    """The element that holds the article: the only <article>, else <main>, else <body>."""
    for path in ("//article[not(ancestor::article)]", "//main", "//*[@role='main']", "//body"):
        found = root.xpath(path)
        if len(found) == 1 or (found and path == "//body"):
            return found[0]
    return root


def _linked_data(text: str, warnings: list[str]) -> Iterator[Found]:
    for script in _LD_START.finditer(text):
        end = _SCRIPT_END.search(text, script.end())
        if not end:
            return
        line = text.count("\n", 0, script.start()) + 1
        try:
            data = json.loads(text[script.end() : end.start()])
        except (ValueError, RecursionError):
            warnings.append(f"line {line}: the page's JSON-LD is no valid JSON and is not read")
            continue
        for thing in _articles(data):
            for key, name in _LD_FIELDS.items():
                for value in _texts(thing.get(key), name):
                    yield name, value, line


def _articles(data: Any) -> Iterator[Mapping[str, Any]]:
    """The articles among linked data, which may be one thing, a list or a graph."""
    for thing in data if isinstance(data, list) else [data]:
        if not isinstance(thing, dict):
            continue
        kinds = thing.get("@type", "")
        if any(str(kind).endswith(("Article", "BlogPosting")) for kind in _listed(kinds)):
            yield thing
        for inner in _listed(thing.get("@graph", [])):
            if isinstance(inner, dict) and "@graph" not in inner:
                yield from _articles(inner)


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _texts(value: Any, name: str) -> Iterator[str]:
    """The texts of a JSON-LD value: itself, its name (of a person), its address (of a picture)."""
    for part in _listed(value):
        text = part.get("url" if name == "image" else "name") if isinstance(part, dict) else part
        if isinstance(text, str):
            yield from text.split(",") if name == "tags" else [text]


def _meta(root: HtmlElement) -> Iterator[list[Found]]:
    """What the meta elements say, in the order of _META_FIELDS."""
    found: dict[str, list[Found]] = {}
    for element in root.iter("meta"):
        key = (element.get("property") or element.get("name") or "").lower()
        name, value = _META_FIELDS.get(key), element.get("content", "")
        if name:
            words = value.split(",") if key == "keywords" else [value]
            line = element.sourceline or 0
            found.setdefault(key, []).extend((name, word, line) for word in words)
    return (found[key] for key in _META_FIELDS if key in found)


def _visible(root: HtmlElement, article: HtmlElement) -> Iterator[list[Found]]:
    for path, name in (
        (".//time[@pubdate or @itemprop='datePublished']/@datetime", "date"),
        (".//time[@itemprop='dateModified']/@datetime", "updated"),
        (".//time/@datetime", "date"),
    ):
        for value in article.xpath(path)[:1]:
            yield [(name, str(value), value.getparent().sourceline or 0)]
    for element in (*article.xpath(".//h1")[:1], *root.xpath("//head/title")[:1]):
        yield [("title", element.text_content(), element.sourceline or 0)]


def _first_of_each(groups: Iterable[Iterable[Found]]) -> tuple[Found, ...]:
    """The first value of each name; of authors and tags all that the first group with any has."""
    kept: dict[str, list[Found]] = {}
    for group in groups:
        here: dict[str, dict[str, Found]] = {}
        for name, text, line in group:
            value = " ".join(text.split())
            if value and (name in _MANY or name not in here):
                here.setdefault(name, {}).setdefault(value, (name, value, line))
        for name, values in here.items():
            kept.setdefault(name, list(values.values()))
    return tuple(found for values in kept.values() for found in values)


def _take_heading(article: HtmlElement, title: str) -> None:
    """Take out the first h1 when it says the title (or is all the title there is)."""
    for heading in article.xpath(".//h1")[:1]:
        said = " ".join(heading.text_content().split()).casefold()
        if said and (said in title.casefold() or title.casefold() in said):
            heading.drop_tree()


def _inside(element: HtmlElement) -> str:
    parts = [escape(element.text or "", quote=False)]
    parts += [
        etree.tostring(child, encoding="unicode", method="html", with_tail=True)
        for child in element
    ]
    return "".join(parts).strip()
