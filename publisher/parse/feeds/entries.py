"""PURE. What a feed of somebody else holds, whichever format it came in."""

from __future__ import annotations

from datetime import datetime

from publisher.model import Author, Enclosure, ForeignFeed
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignEntry:
    """One entry. `name` tells it from all others of its feed, and is the same at each look.

    `id` is its own where that is an IRI, else "". `link` is absolute, or "". `published` and
    `updated` are dates that our reader reads, or "". `body` and `summary` are HTML as told, not
    sanitised; `base_url` is what references in them stand under. `feed` is where it comes from:
    another than the one it was read in, where it says so.
    """

    name: str
    id: str
    link: str
    title: str
    published: str
    updated: str
    body: str
    summary: str
    base_url: str
    feed: ForeignFeed
    authors: tuple[Author, ...] = ()
    tags: tuple[str, ...] = ()
    language: str = ""
    picture: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    when: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignDocument:
    """A feed as it was read: its newest entries, and the names of `others` beyond the limit.

    `warnings` tell what was read, but oddly. It is `finished` when it says that it will not
    change any more.
    """

    feed: ForeignFeed
    entries: tuple[ForeignEntry, ...]
    others: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    finished: bool = False
