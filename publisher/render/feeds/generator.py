"""PURE. What feedgen is told for both of its formats.

Each format has a generator of its own, because feedgen fills both from one set
of fields and what one format needs harms the other (docs/decisions/0003).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from publisher.render.feeds.document import FeedDocument
from publisher.render.feeds.written import WrittenEntry

_GENERATOR = "publisher"
_STAND_IN = b"content"
"""What feedgen is told in place of an article's text.

The text is by far the longest part of a document. On its way through the tree it would
be checked, copied eight times and escaped, once for each format: a quarter of all the
time. So it is escaped once and put into the element that feedgen has made for it.
"""


def make_generator(document: FeedDocument) -> FeedGenerator:
    """A generator with what both formats say of a feed."""
    generator = FeedGenerator()
    generator.generator(_GENERATOR)
    generator.title(document.title)
    if document.language:
        generator.language(document.language)
    if document.rights:
        generator.rights(document.rights)
    return generator


def make_entry(written: WrittenEntry) -> FeedEntry:
    """An entry with what both formats say of it."""
    made = FeedEntry()
    made.title(written.entry.title)
    made.category([{"term": tag} for tag in written.entry.tags])
    if written.content:
        made.content(_STAND_IN.decode(), type="html")
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """How an entry stands in a document that lxml has indented: lines that begin and end it.

    `content` is the tag before its text. In the text of an element and in attributes
    every `<` is escaped, so that none of the three can stand anywhere else.
    """

    begin: bytes
    end: bytes
    content: bytes

    def cut_out(self, drawn: bytes, entries: Sequence[WrittenEntry]) -> list[bytes]:
        """The entries of a document as they stand there, each with its content."""
        if not entries:
            return []
        *pieces, _ = drawn[drawn.index(self.begin) :].split(self.end)
        return [
            self._filled(piece, written) + self.end
            for piece, written in zip(pieces, entries, strict=True)
        ]

    def _filled(self, piece: bytes, written: WrittenEntry) -> bytes:
        if not written.content:
            return piece
        before, tag, after = piece.partition(self.content)
        return b"".join((before, tag, written.escaped, after.removeprefix(_STAND_IN)))
