"""PURE. A feed document -> the bytes of Atom 1.0 (RFC 4287), through feedgen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from publisher.model import Author, Enclosure, Entry
from publisher.render.feeds.document import FeedDocument
from publisher.render.feeds.extension import AtomEntryExtension, AtomFeedExtension
from publisher.render.feeds.formats import FORMATS
from publisher.render.feeds.forms import (
    KEPT,
    SHELL,
    Form,
    foreign_values,
    make_form,
    stand_in,
)
from publisher.render.feeds.generator import Element, make_entry, make_generator
from publisher.render.feeds.shapes import Shape
from publisher.render.feeds.text import atom_id
from publisher.render.feeds.written import WrittenEntry

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The update time of a feed without entries: Atom asks for one, and no clock may give it."""

_ENTRY = Element(begin=b"  <entry", end=b"  </entry>\n")
_END = b"</feed>\n"


def render_atom(document: FeedDocument, entries: Sequence[bytes]) -> bytes:
    """The document around entries that `draw_atom_entries` drew."""
    links = document.links
    media_type = FORMATS["atom"].media_type
    generator = _generator(document)
    generator.link(href=links.home_url, rel="alternate", type="text/html")
    generator.link(href=links.self_url, rel="self", type=media_type)
    if links.current_url:
        generator.link(href=links.current_url, rel="current", type=media_type)
    if links.previous_url:
        generator.link(href=links.previous_url, rel="prev-archive", type=media_type)
    for hub in links.hubs:
        generator.link(href=hub, rel="hub")
    if document.description:
        generator.subtitle(document.description)
    if document.image_url:
        generator.logo(document.image_url)
    head, end, tail = bytes(generator.atom_str(pretty=True)).rpartition(_END)
    return b"".join((head, *entries, end, tail))


def draw_atom_entries(entries: Sequence[WrittenEntry]) -> list[bytes]:
    """Each entry as it stands in a document, whichever that is: with no namespace of its own."""
    return [_form(one.shape).fill(_values(one.entry), one.escaped) for one in entries]


@lru_cache(maxsize=KEPT)
def _form(shape: Shape) -> Form:
    written = stand_in(shape)
    (drawn,) = feedgen_atom_entries([written])
    return make_form(drawn, _values(written.entry), written.escaped, {})


def _values(entry: Entry) -> list[str]:
    """Every value that a form of Atom has a place for."""
    values = [atom_id(entry.id), entry.url, entry.title, entry.summary]
    values += [entry.published.isoformat(), entry.updated.isoformat()]
    values += entry.tags
    for author in entry.authors:
        values += [author.name, author.email or "", author.url or ""]
    values.append(entry.language or "")
    for enclosure in entry.enclosures:
        values += [enclosure.url, str(enclosure.length), enclosure.media_type, enclosure.title]
    picture = entry.picture
    if picture is not None:
        values += [picture.url, str(picture.width), str(picture.height)]
    return values + foreign_values(entry)


def feedgen_atom_entries(entries: Sequence[WrittenEntry]) -> list[bytes]:
    """Each entry as feedgen writes it."""
    generator = _generator(SHELL)
    for written in entries:
        generator.add_entry(_entry(written), order="append")
    return _ENTRY.cut_out(generator.atom_str(pretty=True))


def _generator(document: FeedDocument) -> FeedGenerator:
    generator = make_generator(document)
    generator.id(document.id)
    generator.updated(document.updated or NEVER)
    generator.author(_author(document.author))
    generator.register_extension("publisher", partial(AtomFeedExtension, document))
    return generator


def _entry(written: WrittenEntry) -> FeedEntry:
    entry = written.entry
    made = make_entry(written)
    made.id(atom_id(entry.id))
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


def _author(author: Author) -> dict[str, str]:
    known = {"name": author.name, "email": author.email, "uri": author.url}
    return {field: value for field, value in known.items() if value}
