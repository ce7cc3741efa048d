"""PURE. Where the feed of a tag, an author or a language has its page, if it has one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from publisher.feeds import Feed, FeedKind
from publisher.model import Author, Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlaces:
    """The feeds of tags, authors and languages, by kind and name without regard to case."""

    feeds: Mapping[tuple[FeedKind, str], Feed]

    def find(self, kind: FeedKind, name: str) -> Feed | None:
        """The feed of a tag, author or language."""
        return self.feeds.get((kind, name.casefold()))

    def path(self, kind: FeedKind, name: str) -> str:
        """The page of that feed under output/, or ""."""
        feed = self.find(kind, name)
        return feed.page_path if feed else ""

    def of_entry(self, entry: Entry) -> tuple[Feed, ...]:
        """The feeds that an entry is in: of its language, then of its authors, then of its tags."""
        names = [
            (FeedKind.LANGUAGE, entry.language or ""),
            *((FeedKind.AUTHOR, author.name) for author in entry.authors),
            *((FeedKind.TAG, tag) for tag in entry.tags),
        ]
        found = {feed.name: feed for one in names if (feed := self.find(*one))}
        return tuple(found.values())

    def of_authors(self, authors: Sequence[Author]) -> tuple[str, ...]:
        """The page of each author, or "": what a list of names depends on beside the names."""
        return tuple(self.path(FeedKind.AUTHOR, author.name) for author in authors)

    @property
    def languages(self) -> tuple[Feed, ...]:
        """The feeds of languages, in their order."""
        return tuple(feed for (kind, _), feed in self.feeds.items() if kind is FeedKind.LANGUAGE)


def find_places(feeds: Sequence[Feed]) -> FeedPlaces:
    """The places of all feeds that no one configured."""
    kinds = (FeedKind.TAG, FeedKind.AUTHOR, FeedKind.LANGUAGE)
    return FeedPlaces(
        feeds={(feed.kind, feed.about.casefold()): feed for feed in feeds if feed.kind in kinds}
    )
