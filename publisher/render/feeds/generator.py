"""PURE. What feedgen is told for both of its formats.

Each format has a generator of its own, because feedgen fills both from one set
of fields and what one format needs harms the other (docs/decisions/0003).
"""

from __future__ import annotations

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from publisher.render.feeds.document import FeedDocument
from publisher.render.feeds.written import WrittenEntry
from publisher.values import dataclass

_GENERATOR = "publisher"


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
        made.content(written.content, type="html")
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """How an entry stands in a document that lxml has indented: lines that begin and end it.

    In the text of an element and in attributes every `<` is escaped, so that neither can
    stand anywhere else.
    """

    begin: bytes
    end: bytes

    def cut_out(self, drawn: bytes) -> list[bytes]:
        """The entries of a document as they stand there."""
        if self.begin not in drawn:
            return []
        *pieces, _ = drawn[drawn.index(self.begin) :].split(self.end)
        return [piece + self.end for piece in pieces]
