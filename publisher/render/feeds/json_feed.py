"""PURE. A feed document -> the bytes of JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import add
from typing import Any

import msgspec

from publisher.model import Author, Enclosure, ForeignFeed
from publisher.render.feeds.document import FeedDocument
from publisher.render.feeds.written import WrittenEntry

VERSION = "https://jsonfeed.org/version/1.1"
_NO_ITEMS = b'"items": []\n}'
_ENCODER = msgspec.json.Encoder()


def render_json(document: FeedDocument, entries: Sequence[bytes]) -> bytes:
    """Keys in the order of the specification; those without a value are left out."""
    links = document.links
    feed = _known(
        version=VERSION,
        title=document.title,
        home_page_url=links.home_url,
        feed_url=links.self_url,
        description=document.description,
        next_url=links.previous_url,
        icon=document.image_url,
        authors=[_author(document.author)],
        language=document.language,
        hubs=[{"type": "WebSub", "url": hub} for hub in links.hubs],
    )
    head = _format(feed | {"items": []})
    if not entries:
        return head + b"\n"
    return head.removesuffix(_NO_ITEMS) + b'"items": [\n' + b",\n".join(entries) + b"\n  ]\n}\n"


def draw_json_entries(entries: Sequence[WrittenEntry]) -> list[bytes]:
    """Each entry as it stands in the list of a feed."""
    return [_drawn(_entry(one)) for one in entries]


def _drawn(entry: Mapping[str, Any]) -> bytes:
    """As `_format` would write it, which parses all the text once more to find its breaks."""
    lines = _ENCODER.encode_lines(entry.values()).split(b"\n")  # no value holds a line break
    written = map(add, map(_key, entry), map(_broken, lines))
    return b"    {\n" + b",\n".join(written) + b"\n    }"


@lru_cache
def _key(name: str) -> bytes:
    return b'      "' + name.encode() + b'": '


def _broken(value: bytes) -> bytes:
    return value if value[:1] == b'"' else _broken_list(value)


@lru_cache(maxsize=1024)
def _broken_list(value: bytes) -> bytes:
    """Tags and people of one entry are often those of another."""
    return msgspec.json.format(value, indent=2).replace(b"\n", b"\n      ")


def _format(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)


def _entry(written: WrittenEntry) -> dict[str, Any]:
    """One of the two contents is required; a feed of summaries has its summary there too."""
    entry = written.entry
    return _known(
        id=entry.id,
        url=entry.url,
        title=entry.title,
        content_html=written.content,
        content_text="" if written.content else entry.summary,
        summary=entry.summary,
        image=entry.picture.url if entry.picture else None,
        date_published=entry.published.isoformat(),
        date_modified=entry.updated.isoformat(),
        authors=[_author(author) for author in entry.authors],
        tags=list(entry.tags),
        language=entry.language,
        attachments=[_attachment(enclosure) for enclosure in entry.enclosures],
        _source=_source(entry.foreign) if entry.foreign else None,
    )


def _source(feed: ForeignFeed) -> dict[str, Any]:
    """Where an item was taken from: an extension of ours, for JSON Feed has no place for it."""
    return _known(
        id=feed.id,
        title=feed.title,
        url=feed.url,
        feed_url=feed.feed_url,
        updated=feed.updated.isoformat() if feed.updated else "",
        rights=feed.rights,
    )


def _author(author: Author) -> dict[str, Any]:
    return _known(name=author.name, url=author.url)


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    return _known(
        url=enclosure.url,
        mime_type=enclosure.media_type,
        title=enclosure.title,
        size_in_bytes=enclosure.length,
        duration_in_seconds=enclosure.duration,
    )


def _known(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
