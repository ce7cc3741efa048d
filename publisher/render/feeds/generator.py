"""PURE. What feedgen is told for both of its formats.

Each format has a generator of its own, because feedgen fills both from one set
of fields and what one format needs harms the other (docs/decisions/0003).
"""

from __future__ import annotations

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from publisher.render.feeds.document import FeedDocument
from publisher.render.feeds.written import WrittenEntry

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
