"""PURE. Where the feed of a tag, an author or a language has its page, if it has one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from publisher.feeds import Feed, FeedKind
from publisher.model import Author, Entry
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlaces:
    """The feeds that no one configured, by the casefolded name of what each is about."""

    languages: Mapping[str, Feed]
    authors: Mapping[str, Feed]
    tags: Mapping[str, Feed]

    def author(self, name: str) -> str:
        """The page of an author under output/, or ""."""
        return _path(self.authors, name)

    def tag(self, name: str) -> str:
        """The page of a tag under output/, or ""."""
        return _path(self.tags, name)

    def language(self, tag: str | None) -> str:
        """The page of a language under output/, or ""."""
        return _path(self.languages, tag or "")

    def of_entry(self, entry: Entry) -> tuple[Feed, ...]:
        """The feeds that an entry is in: of its language, then of its authors, then of its tags."""
        groups = (
            (self.languages, [entry.language] if entry.language else []),
            (self.authors, [author.name for author in entry.authors]),
            (self.tags, entry.tags),
        )
        found = {
            feed.name: feed
            for group, names in groups
            if group
            for name in names
            if (feed := group.get(name.casefold()))
        }
        return tuple(found.values())

    def of_authors(self, authors: Sequence[Author]) -> tuple[str, ...]:
        """The page of each author, or "": what a list of names depends on beside the names."""
        return tuple([self.author(author.name) for author in authors])


def find_places(feeds: Sequence[Feed]) -> FeedPlaces:
    """The places of all feeds that no one configured."""

    def of(kind: FeedKind) -> dict[str, Feed]:
        return {feed.about.casefold(): feed for feed in feeds if feed.kind is kind}

    return FeedPlaces(
        languages=of(FeedKind.LANGUAGE), authors=of(FeedKind.AUTHOR), tags=of(FeedKind.TAG)
    )


def _path(group: Mapping[str, Feed], name: str) -> str:
    feed = group.get(name.casefold()) if group else None
    return feed.page_path if feed else ""
