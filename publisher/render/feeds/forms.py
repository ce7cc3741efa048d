"""PURE. Forms of entries: feedgen writes an entry of each shape once, values are put into it.

An entry is some twenty elements, and all that feedgen and lxml do for them (check values,
build two trees, indent, escape) is the same for every entry that has as many tags, authors
and files. So one with stand-ins for its values is written through feedgen, cut at them,
and kept; writing an entry is then to put its own values, escaped, between the pieces. That
takes a tenth of the time, and what an entry looks like is still feedgen's word. Every
document is parsed back and held against the rules (`feedcheck`), so that a form that did
not fit would be found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from publisher.model import Author, Enclosure, Entry, ForeignFeed, Picture, main_enclosure
from publisher.render.feeds.document import FeedDocument, FeedLinks
from publisher.render.feeds.text import escape_xml
from publisher.render.feeds.written import WrittenEntry
from publisher.values import dataclass

KEPT = 1024
"""Forms of a format that are kept at most."""

_TAG, _ATTRIBUTE = b">", b'="'
_UNWRITTEN = ("", "0")
"""What stands for a value that an entry of a shape has not."""


class Shape(NamedTuple):
    """All that decides which elements and attributes an entry has, but for a podcast's.

    Of each author whether there is an address and a page; of the picture whether its
    width and height are known; of each enclosure whether it is titled; `played` is the
    enclosure that RSS names; of the feed it was taken from whether there are a page, an address
    and rights.
    """

    has_content: bool
    id_is_url: bool
    tags: int
    authors: tuple[tuple[bool, bool], ...]
    has_language: bool
    picture: tuple[bool, bool] | None
    enclosures: tuple[bool, ...]
    played: int
    foreign: tuple[bool, bool, bool] | None


def shape_of(written: WrittenEntry) -> Shape:
    """The shape of a cleaned entry."""
    entry, picture, feed = written.entry, written.entry.picture, written.entry.foreign
    played = main_enclosure(entry.enclosures)
    return Shape(
        has_content=bool(written.content),
        id_is_url=entry.id == entry.url,
        tags=len(entry.tags),
        authors=tuple([(author.email is not None, bool(author.url)) for author in entry.authors]),
        has_language=bool(entry.language),
        picture=(picture.width > 0, picture.height > 0) if picture else None,
        enclosures=tuple([bool(enclosure.title) for enclosure in entry.enclosures]),
        played=entry.enclosures.index(played) if played else -1,
        foreign=(bool(feed.url), bool(feed.feed_url), bool(feed.rights)) if feed else None,
    )


def stand_in(shape: Shape) -> WrittenEntry:
    """An entry of that shape, each value of which stands nowhere else in it."""
    url = "stand-in://url"
    when = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
    return WrittenEntry(
        entry=Entry(
            id=url if shape.id_is_url else "stand-in://id",
            url=url,
            title="stand-in title",
            summary="stand-in summary",
            published=when,
            updated=when + timedelta(days=400),
            body_key="",
            tags=tuple(f"stand-in tag {n}." for n in range(shape.tags)),
            authors=tuple(
                Author(
                    name=f"stand-in name {n}.",
                    email=f"mail-{n}.@stand-in" if email else None,
                    url=f"stand-in://author/{n}." if url else None,
                )
                for n, (email, url) in enumerate(shape.authors)
            ),
            language="x-stand-in" if shape.has_language else None,
            picture=shape.picture and _picture(*shape.picture),
            enclosures=tuple(
                Enclosure(
                    url=f"stand-in://file/{n}.",
                    length=4_000_000_000 + n,
                    media_type=f"{'audio' if n == shape.played else 'x'}/stand-in-{n}.",
                    title=f"stand-in file {n}." if titled else "",
                )
                for n, titled in enumerate(shape.enclosures)
            ),
            foreign=shape.foreign and _foreign(*shape.foreign),
        ),
        content="stand-in content" if shape.has_content else "",
        escaped=b"stand-in content" if shape.has_content else b"",
    )


def _picture(has_width: bool, has_height: bool) -> Picture:
    return Picture(
        url="stand-in://picture",
        alt="",
        width=5_000_000_001 if has_width else 0,
        height=5_000_000_002 if has_height else 0,
    )


def _foreign(has_url: bool, has_feed_url: bool, has_rights: bool) -> ForeignFeed:
    return ForeignFeed(
        id="stand-in://foreign",
        title="stand-in foreign title",
        url="stand-in://home-of-foreign" if has_url else "",
        feed_url="stand-in://address-of-foreign" if has_feed_url else "",
        updated=datetime(2003, 5, 7, 9, 11, 13, tzinfo=UTC),
        rights="stand-in rights" if has_rights else "",
    )


def foreign_values(entry: Entry) -> list[str]:
    """Every value of the feed that an entry was taken from."""
    feed = entry.foreign
    if feed is None or feed.updated is None:
        return []
    return [feed.id, feed.title, feed.url, feed.feed_url, feed.updated.isoformat(), feed.rights]


SHELL = FeedDocument(
    id="stand-in://feed",
    first_url="stand-in://feed",
    title="stand-in feed",
    description="",
    links=FeedLinks(self_url="stand-in://self", home_url="stand-in://home"),
    author=Author(name="stand-in feed"),
    image_url=None,
    rights="",
    language=None,
    updated=None,
)
"""What the entry of a form is written in, and cut out of."""

Escape = Callable[[bytes], bytes]
"""What is escaped at a place more than in the text of an element; it leaves NUL alone."""

_BETWEEN = "\0"
"""Between values that are escaped all at once: no cleaned text holds it."""


@dataclass(frozen=True, slots=True)
class Form:
    """An entry of one shape: what stands around its values, and which values those are.

    `pieces` is the entry with nothing in the odd places, which are those of values. `pick` takes
    the values of all of them at once, out of the content and, for each of the `escapes`, all
    values escaped in that way.
    """

    pieces: list[bytes]
    escapes: tuple[Escape, ...]
    pick: Callable[[Sequence[bytes]], tuple[bytes, ...]]

    def fill(self, values: Sequence[str], content: bytes) -> bytes:
        """An entry of these values; `content` is escaped already."""
        data = escape_xml(_BETWEEN.join(values))
        escaped = [content]
        for escape in self.escapes:
            escaped += escape(data).split(b"\0")
        pieces = self.pieces.copy()
        pieces[1::2] = self.pick(escaped)
        return b"".join(pieces)


def make_form(
    drawn: bytes, values: Sequence[str], content: bytes, elements: Mapping[bytes, Escape]
) -> Form:
    """The form of an entry that was written with stand-ins.

    `values` are the stand-ins in the order in which `fill` will be given values.
    `elements` says of tags how the text right after them is escaped further than text is.
    """
    places: dict[bytes, int | None] = {}
    for place, value in enumerate(values):
        if value not in _UNWRITTEN:
            places.setdefault(value.encode(), place)
    if content:
        places[content] = None
    found = re.compile(b"|".join(map(re.escape, sorted(places, key=len, reverse=True))))
    pieces: list[bytes] = []
    slots: list[tuple[int | None, Escape]] = []
    end = 0
    for match in found.finditer(drawn):
        before = drawn[end : match.start()]
        pieces += [before, b""]
        slots.append((places[match[0]], _escape_after(before, elements)))
        end = match.end()
    escapes = tuple(dict.fromkeys(escape for _, escape in slots))
    at = [
        0 if place is None else 1 + escapes.index(escape) * len(values) + place
        for place, escape in slots
    ]
    return Form(pieces=[*pieces, drawn[end:]], escapes=escapes, pick=itemgetter(*at))


def _escape_after(before: bytes, elements: Mapping[bytes, Escape]) -> Escape:
    if before.endswith(_ATTRIBUTE):
        return _escape_attribute
    assert before.endswith(_TAG), f"a value stands within {before[-40:]!r}"
    if b"<" not in before:  # the tag has an attribute that is a value
        return _as_text
    return elements.get(before[before.rindex(b"<") :], _as_text)


def _as_text(data: bytes) -> bytes:
    return data


def _escape_attribute(data: bytes) -> bytes:
    """As libxml2 writes the value of an attribute."""
    return data.replace(b'"', b"&quot;").replace(b"\t", b"&#9;").replace(b"\n", b"&#10;")
