"""PURE. A feed document -> the bytes of RSS 2.0 and Atom 1.0, by feedgen.

Each format has a generator of its own, because feedgen fills both from one set
of fields and what one format needs harms the other (docs/decisions/0003).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from publisher.config import PodcastSpec
from publisher.model import Author, Enclosure, main_enclosure
from publisher.render.feeds.document import FeedDocument, WrittenEntry
from publisher.render.feeds.extension import (
    AtomEntryExtension,
    AtomFeedExtension,
    RssEntryExtension,
    RssFeedExtension,
)
from publisher.render.feeds.formats import FORMATS
from publisher.render.feeds.podcast import (
    PodcastEntryExtension,
    PodcastFeedExtension,
    podcast_guid,
)
from publisher.render.feeds.text import text_as_html

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The update time of a feed without entries: Atom asks for one, and no clock may give it."""

_GENERATOR = "publisher"
_TITLE = re.compile(rb"<title>[^<]*</title>")


class _Unwritten(datetime):
    """A time that feedgen takes for absent.

    It starts with the clock's, cannot be told to have none, and would write it
    under a changed locale.
    """

    def __bool__(self) -> bool:
        return False


def render_rss(document: FeedDocument, self_url: str) -> bytes:
    """RSS 2.0 by the Best Practices Profile of the RSS Advisory Board."""
    generator = _generator(document)
    generator.description(document.description or document.title)
    generator.updated(_Unwritten(1970, 1, 1, tzinfo=UTC))
    generator.link(href=self_url, rel="self", type=FORMATS["rss"].media_type)
    # feedgen makes the last link the channel's own
    generator.link(href=document.home_url, rel="alternate")
    if document.image_url:
        generator.image(document.image_url, title=document.title, link=document.home_url)
    generator.register_extension("publisher", partial(RssFeedExtension, document.updated))
    if document.podcast is not None:
        _add_podcast(generator, document, document.podcast, self_url)
    for written in document.entries:
        made = _rss_entry(written)
        if document.podcast is not None:
            made.register_extension("episode", partial(PodcastEntryExtension, written.entry))
        generator.add_entry(made, order="append")
    return _TITLE.sub(_hexadecimal, generator.rss_str(pretty=True))


def _add_podcast(
    generator: FeedGenerator, document: FeedDocument, spec: PodcastSpec, first_url: str
) -> None:
    extension = partial(
        PodcastFeedExtension,
        spec,
        guid=spec.guid or podcast_guid(first_url),
        image_url=document.image_url,
        author=document.author.name,
    )
    generator.register_extension("channel", extension)


def render_atom(document: FeedDocument, self_url: str) -> bytes:
    """Atom 1.0 (RFC 4287). The feed's id is its own address."""
    generator = _generator(document)
    generator.id(self_url)
    generator.updated(document.updated or NEVER)
    generator.author(_author(document.author))
    generator.link(href=document.home_url, rel="alternate", type="text/html")
    generator.link(href=self_url, rel="self", type=FORMATS["atom"].media_type)
    if document.description:
        generator.subtitle(document.description)
    if document.image_url:
        generator.logo(document.image_url)
    generator.register_extension("publisher", AtomFeedExtension)
    for written in document.entries:
        generator.add_entry(_atom_entry(written), order="append")
    return bytes(generator.atom_str(pretty=True))


def _generator(document: FeedDocument) -> FeedGenerator:
    generator = FeedGenerator()
    generator.generator(_GENERATOR)
    generator.title(document.title)
    if document.language:
        generator.language(document.language)
    if document.rights:
        generator.rights(document.rights)
    return generator


def _rss_entry(written: WrittenEntry) -> FeedEntry:
    entry = written.entry
    made = _entry(written)
    made.guid(entry.id, permalink=entry.id == entry.url)
    made.link(href=entry.url, rel="alternate")
    made.summary(text_as_html(entry.summary))
    enclosure = main_enclosure(entry.enclosures)
    if enclosure is not None:  # RSS has room for one
        made.enclosure(enclosure.url, enclosure.length, enclosure.media_type)
    made.register_extension("publisher", partial(RssEntryExtension, entry))
    return made


def _atom_entry(written: WrittenEntry) -> FeedEntry:
    entry = written.entry
    made = _entry(written)
    made.id(entry.id)
    made.published(entry.published)
    made.updated(entry.updated)
    made.summary(entry.summary, type="text")
    if entry.authors:
        made.author([_author(author) for author in entry.authors])
    links = [{"href": entry.url, "rel": "alternate", "type": "text/html"}]
    links += [_enclosure_link(enclosure) for enclosure in entry.enclosures]
    made.link(links)
    made.register_extension("publisher", partial(AtomEntryExtension, entry, links))
    return made


def _enclosure_link(enclosure: Enclosure) -> dict[str, str]:
    link = {"href": enclosure.url, "rel": "enclosure", "type": enclosure.media_type}
    link["length"] = str(enclosure.length)
    return link | ({"title": enclosure.title} if enclosure.title else {})


def _entry(written: WrittenEntry) -> FeedEntry:
    made = FeedEntry()
    made.title(written.entry.title)
    made.category([{"term": tag} for tag in written.entry.tags])
    if written.content:
        made.content(written.content, type="html")
    return made


def _author(author: Author) -> dict[str, str]:
    known = {"name": author.name, "email": author.email, "uri": author.url}
    return {field: value for field, value in known.items() if value}


def _hexadecimal(title: re.Match[bytes]) -> bytes:
    """The two references of a title that every reader resolves once (Profile, on titles)."""
    return title[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
