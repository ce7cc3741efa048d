"""GROUND. What a feed is and holds: values between those who compose feeds and those who draw them.

A feed is one subscription document and, behind it, archive documents (RFC 5005,
section 4) whose membership is fixed by the order of first publication.
"""

from __future__ import annotations

import enum
from collections.abc import Callable

from publisher.config import FeedSpec
from publisher.model import Entry, Tombstone
from publisher.values import dataclass

MOST_TEXT = 8_000_000
"""Bytes of an article's text that feeds hold whole. Most feed readers give up a document in which
one text is over 10,000,000 (libxml2), and with it all other articles."""


def is_held_whole(html: str) -> bool:
    """Whether feeds hold this text, and not its summary in its place."""
    return len(html) * 4 <= MOST_TEXT or len(html.encode()) <= MOST_TEXT


class FeedKind(enum.Enum):
    """What a feed is about: all of a configured choice, or one tag, author, language, newsletter.

    The value is the folder of the derived kinds under output/.
    """

    CONFIGURED = "feeds"
    TAG = "tags"
    AUTHOR = "authors"
    LANGUAGE = "languages"
    NEWSLETTER = "newsletters"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPart:
    """One document of a feed: number 0 is the subscription document, others are archives.

    `last` is the place at which an archive ends, 0 of the other.
    `marks` are fingerprints of its entries, newest first, and `load` gives the entries
    themselves: what is kept as it is need not be loaded. Of one that `is_still` a run knows that
    it is as it was, and no more.
    """

    number: int
    marks: tuple[str, ...]
    load: Callable[[], tuple[Entry, ...]]
    tombstones: tuple[Tombstone, ...] = ()
    last: int = 0
    is_still: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One feed. `about` is the tag, author, language or newsletter as shown, "" for others.

    `title` is what a feed reader shows, `language` the tag that the feed declares;
    `first_url` is the folder where it was first published, absolute and ending in /,
    of which its ids are made. `parts` begin with the subscription document, archives
    follow from the newest.
    """

    spec: FeedSpec
    kind: FeedKind
    about: str
    title: str
    description: str
    language: str | None
    first_url: str
    parts: tuple[FeedPart, ...]

    @property
    def name(self) -> str:
        """The name in the record: unique among all feeds of a site."""
        return self.spec.name

    @property
    def documents(self) -> tuple[FeedPart, ...]:
        """The parts that are published: without `archives` the subscription document alone."""
        return self.parts if self.spec.archives else self.parts[:1]

    @property
    def is_still(self) -> bool:
        """Whether no document of it has anything new."""
        return all(part.is_still for part in self.parts)

    @property
    def current(self) -> FeedPart:
        """The subscription document."""
        return self.parts[0]

    @property
    def page_path(self) -> str:
        """The page of the feed under output/."""
        return f"{self.spec.path}/index.html" if self.spec.path else "index.html"
