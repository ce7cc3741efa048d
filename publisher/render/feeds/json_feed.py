"""PURE. A feed document -> the bytes of JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import add, itemgetter
from typing import Any

import msgspec

from publisher.model import Author, Enclosure, ForeignFeed
from publisher.render.feeds.document import FeedDocument
from publisher.render.feeds.forms import KEPT, Pick, cut_at, fill_in, stand_in
from publisher.render.feeds.shapes import Shape
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
    return [_drawn(_entry(one)) if _is_rare(one.shape) else _filled(one) for one in entries]


def _is_rare(shape: Shape) -> bool:
    """Whether entries of that shape differ in more than the texts of `_encoded`."""
    return bool(shape.picture or shape.enclosures or shape.foreign)


def _filled(written: WrittenEntry) -> bytes:
    pieces, pick = _form(written.shape)
    return fill_in(pieces, pick(_encoded(written)))


@lru_cache(maxsize=KEPT)
def _form(shape: Shape) -> tuple[list[bytes], Pick]:
    """What stands around the values of an entry, and which of them is where."""
    written = stand_in(shape)
    pieces, slots = cut_at(_encoded(written), _drawn(_entry(written)))
    return pieces, itemgetter(*slots)


def _encoded(written: WrittenEntry) -> list[bytes]:
    """Every text that a form has a place for."""
    entry = written.entry
    values = [entry.id, entry.url, entry.title, entry.summary, written.content]
    values += [entry.published.isoformat(), entry.updated.isoformat()]
    values += entry.tags
    for author in entry.authors:
        values += [author.name, author.url or ""]
    values.append(entry.language or "")
    return _ENCODER.encode_lines(values).split(b"\n")  # no value holds a line break


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
