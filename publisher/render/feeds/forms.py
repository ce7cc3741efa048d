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

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter

from publisher.model import Author, Enclosure, Entry, ForeignFeed, Picture
from publisher.render.feeds.document import FeedDocument, FeedLinks
from publisher.render.feeds.shapes import Shape
from publisher.render.feeds.text import escape_xml
from publisher.render.feeds.written import WrittenEntry
from publisher.values import dataclass

KEPT = 1024
"""Forms of a format that are kept at most."""

_TAG, _ATTRIBUTE = b">", b'="'
_UNWRITTEN = (b"", b"0", b'""')
"""What stands for a value that an entry of a shape has not."""


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
        shape=shape,
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

Pick = Callable[[Sequence[bytes]], tuple[bytes, ...]]
"""Takes of values those that are written, as often and in the order in which they are."""


@dataclass(frozen=True, slots=True)
class Form:
    """An entry of one shape in XML: what stands around its values, and which values those are.

    `pieces` is the entry with nothing in the odd places, which are those of values. `pick` takes
    the values of all of them at once, out of the content and, for each of the `escapes`, all
    values escaped in that way.
    """

    pieces: list[bytes]
    escapes: tuple[Escape, ...]
    pick: Pick

    def fill(self, values: Sequence[str], content: bytes) -> bytes:
        """An entry of these values; `content` is escaped already."""
        data = escape_xml(_BETWEEN.join(values))
        escaped = [content]
        for escape in self.escapes:
            escaped += escape(data).split(b"\0")
        return fill_in(self.pieces, self.pick(escaped))


def make_form(
    drawn: bytes, values: Sequence[str], content: bytes, elements: Mapping[bytes, Escape]
) -> Form:
    """The form of an entry that was written with stand-ins.

    `values` are the stand-ins in the order in which `fill` will be given values.
    `elements` says of tags how the text right after them is escaped further than text is.
    """
    pieces, slots = cut_at([content, *(value.encode() for value in values)], drawn)
    ways = [_escape_after(before, elements) for before in pieces[:-1:2]]
    escapes = tuple(dict.fromkeys(ways))
    at = [
        slot and slot + escapes.index(way) * len(values)
        for slot, way in zip(slots, ways, strict=True)
    ]
    return Form(pieces=pieces, escapes=escapes, pick=itemgetter(*at))


def cut_at(values: Sequence[bytes], drawn: bytes) -> tuple[list[bytes], list[int]]:
    """What stands around values, with nothing in each of their places, and which of them stands in
    which place."""
    places: dict[bytes, int] = {}
    for place, value in enumerate(values):
        if value not in _UNWRITTEN:
            places.setdefault(value, place)
    # the longest first where several begin at the same place
    found = sorted((at, -len(v), place) for v, place in places.items() for at in _all(v, drawn))
    pieces: list[bytes] = []
    slots: list[int] = []
    end = 0
    for begin, minus_length, place in found:
        if begin >= end:
            pieces += [drawn[end:begin], b""]
            slots.append(place)
            end = begin - minus_length
    return [*pieces, drawn[end:]], slots


def _all(value: bytes, drawn: bytes) -> Iterator[int]:
    """Where a value stands."""
    at = drawn.find(value)
    while at >= 0:
        yield at
        at = drawn.find(value, at + 1)


def fill_in(pieces: list[bytes], values: tuple[bytes, ...]) -> bytes:
    """The pieces with values in all of their places."""
    whole = pieces.copy()
    whole[1::2] = values
    return b"".join(whole)


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
