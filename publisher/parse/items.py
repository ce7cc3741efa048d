"""PURE. An article that lies in a container (an export, a feed, a mailbox, a table) -> a document.

A file says with its header what it is; of an item its container says it, in the same fields. From
there on both are read alike.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal

from publisher.config import SiteSpec, SourceSpec
from publisher.errors import ArticleError
from publisher.fingerprint import content_hash, fingerprint
from publisher.model import ForeignFeed
from publisher.parse.clean.hygiene import without_forbidden
from publisher.parse.clean.references import LookUp
from publisher.parse.document import Parsed, finish, open_sheet
from publisher.parse.headers.fields import Notes, gather, meanings
from publisher.parse.headers.header import Header
from publisher.parse.headers.indonesian import with_these_words
from publisher.parse.headers.values import Items, Pairs, Text, Value
from publisher.values import dataclass

Form = Literal["html", "fragment", "md", "txt"]
"""What a text is written in; a fragment is HTML that says nothing of itself, as a page does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One article as its container holds it.

    `name` is what it is known by: part of its id, the same at each look, unlike any other's.
    `fields` are as a header's, with the line in the container or 0. `base_url` is what relative
    references stand under, "" for the article's own page. `line` is where the item begins in its
    container and `body_line` where its text does, 0 where that is not known.

    Of an article of somebody else `link` is where it lives, which is never here, and `foreign` the
    feed that it is from. `first` is when it was first seen, for one that has no date. With
    `excerpt` only its summary goes out. `earlier_id` is the id that was made of it once, which
    stays where it was given; "" where there was no other.
    """

    name: str
    fields: Pairs
    body: str
    form: Form
    base_url: str = ""
    body_line: int = 0
    line: int = 0
    warnings: tuple[str, ...] = ()
    link: str = ""
    first: datetime | None = None
    excerpt: bool = False
    foreign: ForeignFeed | None = None
    earlier_id: str = ""

    @property
    def mark(self) -> str:
        """What is the same for as long as all of it is, its lines included."""
        lines = [(key.line, value[1]) for key, value in self.fields]
        return fingerprint(
            self.content_hash, lines, self.line, self.body_line, self.warnings, self.first
        )

    @property
    def content_hash(self) -> str:
        """What is the same for as long as the container says the same, wherever in it."""
        told = [(key.text, _bare(value)) for key, value in self.fields]
        text = repr((told, self.body, self.form, self.base_url))
        if self.foreign is not None:
            text += fingerprint(self.link, self.foreign, self.excerpt)
        return content_hash(text.encode("utf-8", "backslashreplace"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What lies in a container and is no article for everybody, and why."""

    name: str
    why: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """What lies in a container and cannot be read."""

    name: str
    problem: ArticleError

    @property
    def line(self) -> int:
        """Where it begins in its container, or 0."""
        return self.problem.where.line if self.problem.where else 0


ItemFound = Item | Withheld | Unreadable


def _bare(value: Value) -> object:
    """A value without its places."""
    if isinstance(value, Text):
        return value.text
    if isinstance(value, Items):
        return [_bare(inner) for inner in value.values]
    return [(key.text, _bare(inner)) for key, inner in value.pairs]


def parse_item(item: Item, *, site: SiteSpec, source: SourceSpec, look_up: LookUp) -> Parsed:
    """Read one item. Raises ArticleError, and nothing else, for what cannot be published."""
    notes = Notes(file=item.name, warnings=list(item.warnings))
    body = without_forbidden(item.body.replace("\r\n", "\n").replace("\r", "\n"))
    header = Header(kind="item", pairs=item.fields, body=body, body_line=item.body_line)
    fields = gather(item.fields, with_these_words(item.fields, meanings(source.map)))
    sheet = open_sheet(
        header, item.form, fields, notes, site=site, source=source, base_url=item.base_url
    )
    sheet = replace(
        sheet,
        link=item.link,
        first=item.first,
        excerpt=item.excerpt,
        foreign=item.foreign,
    )
    return finish(sheet, item.content_hash, look_up)
