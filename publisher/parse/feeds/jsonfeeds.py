"""PURE. JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from publisher.model import Author, Enclosure, ForeignFeed
from publisher.parse.feeds.entries import ForeignDocument, ForeignEntry
from publisher.parse.feeds.errors import NoFeedError
from publisher.parse.feeds.values import (
    absolute,
    author_of,
    date_of,
    line_of,
    name_of,
    newest,
    own_id,
    shown_address,
    tags_of,
    title_of,
    with_times,
)

_VERSION = "https://jsonfeed.org/version/"

Table = Mapping[str, Any]


def looks_like_json(data: bytes) -> bool:
    """Whether a document can only be JSON."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")[:1] == b"{"


def read_json_feed(data: bytes, *, url: str, most: int, language: str) -> ForeignDocument:
    """The newest `most` items of a feed. Raises NoFeedError."""
    try:
        told = json.loads(data.decode("utf-8-sig", "replace"), parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise NoFeedError(f"cannot be read as JSON: {str(error)[:200]}") from error
    version = _text(told, "version").replace("www.", "")
    if not version.startswith(_VERSION) or not isinstance(told.get("items"), list):
        raise NoFeedError("is JSON, but no JSON Feed")
    items = [item for item in told["items"] if isinstance(item, dict)]
    dates = [date_of(_text(i, "date_published") or _text(i, "date_modified"))[1] for i in items]
    taken = set(newest(dates, most))
    feed = _feed(told, url)
    authors = tuple(_authors(told, url))
    language = _text(told, "language") or language
    entries = [
        _entry(item, feed, url, authors, language) for n, item in enumerate(items) if n in taken
    ]
    others = tuple(_name(item) for n, item in enumerate(items) if n not in taken)
    feed = with_times(feed, entries)
    return ForeignDocument(
        feed=feed,
        entries=tuple(entries),
        others=others,
        finished=told.get("expired") is True,
    )


def _feed(told: Table, url: str) -> ForeignFeed:
    home = absolute(_text(told, "home_page_url"), url)
    own = absolute(_text(told, "feed_url"), url) or shown_address(url)
    title = line_of(_text(told, "title"), is_html=False)
    return ForeignFeed(id=own, title=title or home or own, url=home, feed_url=own)


def _entry(
    item: Table, feed: ForeignFeed, url: str, authors: tuple[Author, ...], language: str
) -> ForeignEntry:
    link = absolute(_text(item, "url") or _text(item, "external_url"), url)
    text = _text(item, "content_text")
    body = _text(item, "content_html") or (_as_html(text) if text else "")
    published, when = date_of(_text(item, "date_published"))
    updated, changed = date_of(_text(item, "date_modified"))
    return ForeignEntry(
        name=_name(item),
        id=own_id(_text(item, "id")),
        link=link,
        title=title_of(line_of(_text(item, "title"), is_html=False), body),
        published=published,
        updated=updated,
        body=body,
        summary=escape(_text(item, "summary")),
        base_url=link or url,
        feed=_told_feed(item) or feed,
        authors=tuple(_authors(item, url)) or authors,
        tags=tags_of(word for word in _list(item, "tags") if isinstance(word, str)),
        language=_text(item, "language") or language,
        picture=absolute(_text(item, "image") or _text(item, "banner_image"), link or url),
        enclosures=tuple(_enclosures(item, link or url)),
        when=when or changed,
    )


def _name(item: Table) -> str:
    told = (_text(item, "id"), _text(item, "url"), _text(item, "external_url"))
    parts = ("title", "date_published", "content_html", "content_text", "summary")
    return name_of(*told, otherwise=[_text(item, part) for part in parts])


def _told_feed(item: Table) -> ForeignFeed | None:
    """Where an item that was taken from elsewhere comes from, as we write it."""
    told = item.get("_source")
    if not isinstance(told, dict) or not (_text(told, "id") and _text(told, "title")):
        return None
    return ForeignFeed(
        id=own_id(_text(told, "id")) or absolute(_text(told, "feed_url"), ""),
        title=line_of(_text(told, "title"), is_html=False),
        url=absolute(_text(told, "url"), ""),
        feed_url=absolute(_text(told, "feed_url"), ""),
        updated=date_of(_text(told, "updated"))[1],
        rights=line_of(_text(told, "rights"), is_html=False),
    )


def _authors(told: Table, url: str) -> Iterator[Author]:
    single = told.get("author")
    for author in _list(told, "authors") or ([single] if isinstance(single, dict) else []):
        if isinstance(author, dict):
            address = _text(author, "url")
            mail = address.removeprefix("mailto:") if address.startswith("mailto:") else ""
            made = author_of(_text(author, "name"), mail, address, url)
            if made is not None:
                yield made


def _enclosures(item: Table, base: str) -> Iterator[Enclosure]:
    for told in _list(item, "attachments"):
        if isinstance(told, dict):
            address = absolute(_text(told, "url"), base)
            if address:
                yield Enclosure(
                    url=address,
                    length=_number(told, "size_in_bytes"),
                    media_type=_text(told, "mime_type"),
                    title=line_of(_text(told, "title"), is_html=False),
                    duration=_number(told, "duration_in_seconds"),
                )


def _text(told: object, name: str) -> str:
    """A text; ids that are numbers were read as text."""
    value = told.get(name) if isinstance(told, Mapping) else None
    return value if isinstance(value, str) else ""


def _number(told: Table, name: str) -> int:
    whole = _text(told, name).partition(".")[0]
    return int(whole) if whole.isascii() and whole.isdecimal() and len(whole) < 16 else 0


def _list(told: Table, name: str) -> list[Any]:
    value = told.get(name)
    return value if isinstance(value, list) else []


def _as_html(text: str) -> str:
    paragraphs = (part.strip() for part in text.split("\n\n"))
    return "".join(f"<p>{escape(part)}</p>" for part in paragraphs if part)
