"""PURE. A feed document -> the bytes of RSS 2.0 by the Best Practices Profile, through feedgen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from publisher.config import PodcastSpec
from publisher.model import Entry, main_enclosure
from publisher.patterns import pattern
from publisher.render.feeds.document import FeedDocument
from publisher.render.feeds.extension import RssEntryExtension, RssFeedExtension
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
from publisher.render.feeds.podcast import (
    PodcastEntryExtension,
    PodcastFeedExtension,
    podcast_guid,
)
from publisher.render.feeds.shapes import Shape
from publisher.render.feeds.text import rfc822, text_as_html
from publisher.render.feeds.written import WrittenEntry

_TITLE = pattern(rb"<title>[^<]*</title>")
_ENTRY = Element(begin=b"    <item>\n", end=b"    </item>\n")
_END = b"  </channel>\n"


class _Unwritten(datetime):
    """A time that feedgen takes for absent.

    It starts with the clock's, cannot be told to have none, and would write it
    under a changed locale.
    """

    def __bool__(self) -> bool:
        return False


def render_rss(document: FeedDocument, entries: Sequence[bytes]) -> bytes:
    """The document around entries that `draw_rss_entries` drew."""
    generator = _generator(document)
    generator.link(href=document.links.self_url, rel="self", type=FORMATS["rss"].media_type)
    # feedgen makes the last link the channel's own
    generator.link(href=document.links.home_url, rel="alternate")
    if document.image_url:
        generator.image(document.image_url, title=document.title, link=document.links.home_url)
    head, end, tail = _drawn(generator).rpartition(_END)
    return b"".join((head, *entries, end, tail))


def draw_rss_entries(document: FeedDocument, entries: Sequence[WrittenEntry]) -> list[bytes]:
    """Each entry as it stands in a document, whichever that is: with no namespace of its own."""
    if document.podcast is not None:  # episodes have too many shapes for forms
        return feedgen_rss_entries(document, entries)
    return [_form(one.shape).fill(_values(one.entry), one.escaped) for one in entries]


@lru_cache(maxsize=KEPT)
def _form(shape: Shape) -> Form:
    written = stand_in(shape)
    (drawn,) = feedgen_rss_entries(SHELL, [written])
    return make_form(drawn, _values(written.entry), written.escaped, {b"<title>": _hexadecimal})


def _values(entry: Entry) -> list[str]:
    """Every value that a form of RSS has a place for."""
    values = [entry.id, entry.url, entry.title, text_as_html(entry.summary)]
    values.append(rfc822(entry.published))
    values += entry.tags
    values += [author.name for author in entry.authors]
    values.append(entry.language or "")
    enclosure = main_enclosure(entry.enclosures)
    if enclosure is not None:
        values += [enclosure.url, str(enclosure.length), enclosure.media_type]
    picture = entry.picture
    if picture is not None:
        values += [picture.url, str(picture.width), str(picture.height)]
    return values + foreign_values(entry)


def feedgen_rss_entries(document: FeedDocument, entries: Sequence[WrittenEntry]) -> list[bytes]:
    """Each entry as feedgen writes it; of a document, only whether it is a podcast's counts."""
    generator = _generator(document)
    generator.link(href=document.links.home_url, rel="alternate")
    for written in entries:
        made = _entry(written)
        if document.podcast is not None:
            made.register_extension("episode", partial(PodcastEntryExtension, written.entry))
        generator.add_entry(made, order="append")
    return _ENTRY.cut_out(_drawn(generator))


def _generator(document: FeedDocument) -> FeedGenerator:
    generator = make_generator(document)
    generator.description(document.description or document.title)
    generator.updated(_Unwritten(1970, 1, 1, tzinfo=UTC))
    generator.register_extension("publisher", partial(RssFeedExtension, document))
    if document.podcast is not None:
        _add_podcast(generator, document, document.podcast)
    return generator


def _add_podcast(generator: FeedGenerator, document: FeedDocument, spec: PodcastSpec) -> None:
    extension = partial(
        PodcastFeedExtension,
        spec,
        guid=spec.guid or podcast_guid(document.first_url),
        image_url=document.image_url,
        author=document.author.name,
    )
    generator.register_extension("channel", extension)


def _drawn(generator: FeedGenerator) -> bytes:
    return _TITLE.sub(lambda title: _hexadecimal(title[0]), generator.rss_str(pretty=True))


def _entry(written: WrittenEntry) -> FeedEntry:
    entry = written.entry
    made = make_entry(written)
    made.guid(entry.id, permalink=entry.id == entry.url)
    made.link(href=entry.url, rel="alternate")
    made.summary(text_as_html(entry.summary))
    enclosure = main_enclosure(entry.enclosures)
    if enclosure is not None:  # RSS has room for one
        made.enclosure(enclosure.url, enclosure.length, enclosure.media_type)
    made.register_extension("publisher", partial(RssEntryExtension, entry))
    return made


def _hexadecimal(title: bytes) -> bytes:
    """The two references of a title that every feed reader resolves once (Profile, on titles)."""
    return title.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
