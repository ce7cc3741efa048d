"""Articles made by rule: the n-th is the same in every run, on every machine."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from publisher.compose.entries import make_entries, newest_first
from publisher.model import Article, Author, Document, Entry
from publisher.parse.clean.sanitise import resolve_links
from publisher.readings import FileStat, Finished, KnownFile, Reading
from publisher.store.build import BuildStore
from tests.factories import make_article, make_document

_TEXT = (
    "the harbour pier opens again after two years of work and rain on the coast while boats of "
    "every size wait for the tide café naïve über señor 20 € per metre of rope said nobody"
)
_AUTHORS = ("Sari Dewi", "Kim Ray", "Ola Berg", "Ann Lee", "Bob Ito")
_FIRST = datetime(2016, 1, 1, 9, tzinfo=UTC)
BODY_LENGTH = 3_000
"""Characters of a body, as in the measurements of feedgen that the goals are from."""


@dataclass(frozen=True)
class Made:
    """Articles in the order of their first publication, and their bodies by key."""

    articles: tuple[Article, ...]
    bodies: Mapping[str, str]

    @cached_property
    def listed(self) -> tuple[Article, ...]:
        """Newest first."""
        return newest_first(self.articles)

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """By id."""
        return make_entries(self.articles)

    @cached_property
    def shown(self) -> Sequence[Entry]:
        """The entries, newest first."""
        return [self.entries[article.id] for article in self.listed]


def make_articles(count: int, *, tags: int = 40) -> Made:
    """So many articles, each with three of so many tags."""
    articles, bodies = [], {}
    for number in range(count):
        document = _document(number, tags)
        bodies[document.body_key] = make_body(number)
        articles.append(make_article(document=document, place=number + 1))
    return Made(articles=tuple(articles), bodies=bodies)


def make_body(number: int, length: int = BODY_LENGTH) -> str:
    """Paragraphs with a link, emphasis and an entity each, as the sanitiser leaves them."""
    chance, words, body = random.Random(number), _TEXT.split(), ""
    while len(body) < length:
        text = " ".join(chance.choice(words) for _ in range(60))
        body += f'<p>{text} <a href="https://courier.example/{number}/?a=1&amp;b=2">more</a>'
        body += f" <em>{chance.choice(words)}</em> &lt;{number}&gt;</p>\n"
    return body


def edited(made: Made, number: int) -> Made:
    """The same articles after the text of one was changed."""
    old = made.articles[number]
    document = replace(old.document, text_hash="edited", body_key="edited")
    assert old.updated is not None
    new = replace(old, document=document, updated=old.updated + timedelta(days=1))
    articles = (*made.articles[:number], new, *made.articles[number + 1 :])
    return Made(articles=articles, bodies={**made.bodies, "edited": make_body(-1)})


class StoredBodies:
    """Bodies where the product keeps them, read back in its way; `close` removes them."""

    def __init__(self, made: Made) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="publisher-benchmark-")
        self._store = BuildStore(Path(self._folder.name) / "build.db")
        for article in made.articles:
            document = article.document
            reading = Reading(
                source=document.source, file=document.file, document=document, good=document
            )
            known = KnownFile(stat=FileStat(0, 0, 0, 0), seen_ns=0, context="", reading=reading)
            body = made.bodies[document.body_key]
            self._store.save_files([Finished(known=known, body_html=body)])
        self._store.commit()

    def load(self, entry: Entry) -> str:
        """The body of an entry, as publisher.publishing.wanted loads it."""
        return resolve_links(self._store.body(entry.body_key), dict(entry.links))

    def close(self) -> None:
        """Let go of the file and remove it."""
        self._store.close()
        self._folder.cleanup()


def _document(number: int, tags: int) -> Document:
    return make_document(
        file=f"{number:06}.md",
        address=f"{number:06}/",
        date=_FIRST + timedelta(hours=7 * number),
        title=f"Article {number} & what it is about",
        summary=f"The summary of article {number}, which is plain text of an ordinary length.",
        body_key=f"{number:06}",
        authors=(Author(name=_AUTHORS[number % len(_AUTHORS)]),),
        tags=tuple(f"tag {number * step % tags}" for step in (1, 7, 13)),
        language="en",
    )
