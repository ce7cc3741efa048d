"""PURE. A feed document -> the bytes of JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from typing import Any

import msgspec

from publisher.model import Author, Enclosure
from publisher.render.feeds.document import FeedDocument, WrittenEntry

VERSION = "https://jsonfeed.org/version/1.1"


def render_json(document: FeedDocument, self_url: str) -> bytes:
    """Keys in the order of the specification; those without a value are left out."""
    feed = _known(
        version=VERSION,
        title=document.title,
        home_page_url=document.home_url,
        feed_url=self_url,
        description=document.description,
        icon=document.image_url,
        authors=[_author(document.author)],
        language=document.language,
    )
    feed["items"] = [_entry(written) for written in document.entries]
    return msgspec.json.format(msgspec.json.encode(feed), indent=2) + b"\n"


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
