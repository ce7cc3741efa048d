"""GROUND. What thousands of documents say in the same words, held once for all of them.

Half of what a document takes are words that others have too: its language, its tags and authors,
where each of its fields came from. Each document is read by itself, and so brings its own copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from msgspec.structs import replace

from publisher.model import Document, RecordedArticle
from publisher.readings import Reading

T = TypeVar("T")


class Alike:
    """Remembers what was said once, for as long as one look at a source takes."""

    def __init__(self) -> None:
        self._said: dict[object, object] = {}
        self._origins: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}

    def word(self, text: str) -> str:
        """An equal text, the same one for all that are equal."""
        return self._one(text)

    def reading(self, reading: Reading) -> Reading:
        """An equal value whose parts are those of others, as far as they are equal."""
        document, good = reading.document, reading.good
        shared = document and self.document(document)
        return replace(
            reading,
            document=shared,
            good=shared if good is document else good and self.document(good),
        )

    def document(self, document: Document) -> Document:
        """As `reading`."""
        told = document.origins
        return replace(
            document,
            source=self._one(document.source),
            language=self._one(document.language),
            authors=self._one(document.authors),
            tags=tuple([self._one(tag) for tag in document.tags]),
            categories=self._one(document.categories),
            origins=self._origins.setdefault(tuple(told.items()), told),
            seen=tuple([self._one((self._one(what), said)) for what, said in document.seen]),
        )

    def _one(self, value: T) -> T:
        return self._said.setdefault(value, value)  # type: ignore[return-value] # it is equal


def in_words_of(document: Document, known: RecordedArticle) -> RecordedArticle:
    """The record's line of a document that it describes as it is: an equal one, whose texts are
    those of the document. (What lines of the articles taken back and corrected say beside is not
    taken over.)
    """
    return RecordedArticle(
        id=known.id,
        source=document.source,
        path=document.file,
        content=document.content_hash,
        text=document.text_hash,
        date=document.date_text,
        published=known.published,
        updated=known.updated,
        place=known.place,
        address=document.address,
    )
