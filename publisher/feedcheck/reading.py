"""PURE. What a feed says of its entries, as plain values: the same from each format."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from lxml import etree

from publisher.feedcheck.names import ATOM, CONTENT, DC, LANG
from publisher.feedcheck.values import rfc822, rfc3339
from publisher.patterns import pattern
from publisher.values import dataclass

_TAG = pattern(r"<[A-Za-z/!?][^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an entry says. None where the format cannot say it, or its value is no good."""

    id: str
    url: str
    title: str
    summary: str
    content: str
    published: datetime | None
    updated: datetime | None
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    language: str | None
    enclosures: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidFeed:
    """What a feed says."""

    title: str
    home: str
    entries: tuple[Said, ...]


def read_feed(data: bytes) -> SaidFeed:
    """A feed in any of the three formats. Raises ValueError for what is none."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return read_json(data)
    return read_atom(data) if _root(data).tag == f"{ATOM}feed" else read_rss(data)


def read_rss(data: bytes) -> SaidFeed:
    """RSS 2.0. Raises ValueError for what is none."""
    channel = _root(data).find("channel")
    if channel is None:
        raise ValueError("no RSS")
    language = channel.findtext("language")
    return SaidFeed(
        title=channel.findtext("title") or "",
        home=channel.findtext("link") or "",
        entries=tuple(_rss_entry(item, language) for item in channel.iterchildren("item")),
    )


def _rss_entry(item: Any, language: str | None) -> Said:
    one: dict[str, str] = {}
    authors, tags, enclosures = [], [], []
    for child in item:
        tag, text = child.tag, child.text or ""
        if tag == "category":
            tags.append(text)
        elif tag == DC + "creator":
            authors.append(text)
        elif tag == "enclosure":
            enclosures.append(_enclosure(child.get("url"), child.get("type"), child.get("length")))
        else:
            one.setdefault(tag, text)
    return Said(
        id=one.get("guid", ""),
        url=one.get("link", ""),
        title=one.get("title", ""),
        summary=_words(one.get("description", "")),
        content=one.get(CONTENT + "encoded", ""),
        published=rfc822(one.get("pubDate", ""))[0],
        updated=None,
        authors=tuple(authors),
        tags=tuple(tags),
        language=one.get(DC + "language") or language,
        enclosures=tuple(enclosures),
    )


def read_atom(data: bytes) -> SaidFeed:
    """Atom 1.0. Raises ValueError for what is none."""
    feed = _root(data)
    if feed.tag != ATOM + "feed":
        raise ValueError("no Atom")
    language = feed.get(LANG)
    links = feed.iterchildren(ATOM + "link")
    home = next((e.get("href") or "" for e in links if e.get("rel") == "alternate"), "")
    return SaidFeed(
        title=feed.findtext(ATOM + "title") or "",
        home=home,
        entries=tuple(_atom_entry(e, language) for e in feed.iterchildren(ATOM + "entry")),
    )


def _atom_entry(entry: Any, language: str | None) -> Said:
    one: dict[str, str] = {}
    authors, tags, enclosures, url = [], [], [], ""
    for child in entry:
        tag = child.tag
        if tag == ATOM + "link":
            relation = child.get("rel", "alternate")
            if relation == "alternate":
                url = url or child.get("href") or ""
            elif relation == "enclosure":
                enclosures.append(
                    _enclosure(child.get("href"), child.get("type"), child.get("length"))
                )
        elif tag == ATOM + "category":
            tags.append(child.get("term") or "")
        elif tag == ATOM + "author":
            authors.append(child.findtext(ATOM + "name") or "")
        else:
            one.setdefault(tag, child.text or "")
    return Said(
        id=one.get(ATOM + "id", ""),
        url=url,
        title=one.get(ATOM + "title", ""),
        summary=one.get(ATOM + "summary", ""),
        content=one.get(ATOM + "content", ""),
        published=rfc3339(one.get(ATOM + "published", "")),
        updated=rfc3339(one.get(ATOM + "updated", "")),
        authors=tuple(authors),
        tags=tuple(tags),
        language=entry.get(LANG) or language,
        enclosures=tuple(enclosures),
    )


def read_json(data: bytes) -> SaidFeed:
    """JSON Feed. Raises ValueError for what is none."""
    try:
        feed = msgspec.json.decode(data)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(feed, dict):
        raise ValueError("no JSON Feed")  # noqa: TRY004 - a fault of the document, no argument's
    language = _text(feed, "language") or None
    return SaidFeed(
        title=_text(feed, "title"),
        home=_text(feed, "home_page_url"),
        entries=tuple(_json_entry(item, language) for item in _objects(feed, "items")),
    )


def _json_entry(item: Mapping[str, Any], language: str | None) -> Said:
    return Said(
        id=_id(item),
        url=_text(item, "url"),
        title=_text(item, "title"),
        summary=_text(item, "summary"),
        content=_text(item, "content_html"),
        published=rfc3339(_text(item, "date_published")),
        updated=rfc3339(_text(item, "date_modified")),
        authors=tuple(_text(author, "name") for author in _objects(item, "authors")),
        tags=tuple(map(str, _list(item, "tags"))),
        language=_text(item, "language") or language,
        enclosures=tuple(
            _enclosure(_text(a, "url"), _text(a, "mime_type"), str(a.get("size_in_bytes", "")))
            for a in _objects(item, "attachments")
        ),
    )


def _text(holder: Mapping[str, Any], name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def _id(item: Mapping[str, Any]) -> str:
    """An id is text; a number is to be taken for one (JSON Feed 1.1, Items)."""
    value = item.get("id")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else _text(item, "id")


def _list(holder: Mapping[str, Any], name: str) -> Sequence[Any]:
    value = holder.get(name)
    return value if isinstance(value, list) else ()


def _objects(holder: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    return [value for value in _list(holder, name) if isinstance(value, dict)]


def _enclosure(url: str | None, media_type: str | None, length: str | None) -> tuple[str, str, str]:
    """An unknown length is nothing in Atom and JSON and 0 in RSS."""
    return url or "", media_type or "", "" if length in (None, "0") else str(length)


def _words(markup: str) -> str:
    """What a feed reader shows of a description, which it takes for HTML."""
    if "<" not in markup and "&" not in markup:
        return markup
    return html.unescape(_TAG.sub("", markup))


def _root(data: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
