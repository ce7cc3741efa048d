"""EDGE. The kept copies of a source as a container of items, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from publisher.config import FeedSourceSpec, SiteSpec
from publisher.errors import Location, PublisherError, SourceError
from publisher.fingerprint import fingerprint
from publisher.parse.feeds import FeedList, ListedFeed, NoFeedError, read_opml
from publisher.parse.feeds.asitems import items_of
from publisher.parse.items import ItemFound
from publisher.sources import Progress, Shelf, SourceResult
from publisher.sources.items import ItemSource, cannot_be_read, file_mark
from publisher.sources.pieces import Pieces
from publisher.sources.remote.copies import Copies, Copy
from publisher.values import dataclass

_MOST_OF_A_LIST = 5_000_000


@dataclass(frozen=True, kw_only=True)
class RemoteContainer:
    """What is kept of a feed, or of each feed of a list; nothing is asked for."""

    spec: FeedSourceSpec
    copies: Copies
    list_file: Path | None

    def mark(self) -> str:
        """By the copies, which are read at each look: they are few and small."""
        return fingerprint([copy.mark for copy in self.found])

    def items(self) -> Iterator[ItemFound]:
        """The items of feed after feed. Raises SourceError, StoreError."""
        for copy in self.found:
            within = f"{_named(copy.url)}#" if self.spec.type == "opml" else ""
            yield from items_of(copy.kept, self.spec, within=within)

    @cached_property
    def found(self) -> Sequence[Copy]:
        """The copy of each feed. Raises SourceError, StoreError."""
        if self.spec.type != "opml":
            return [self.copies.of_source(self.spec.url or "")]
        return [self.copies.of_feed(feed.url) for feed in self.listed]

    @cached_property
    def listed(self) -> Sequence[ListedFeed]:
        """The feeds of the list. Raises SourceError, StoreError."""
        if self.own_list is not None:
            return self.own_list.feeds
        return self.copies.of_source(self.spec.url or "").listed

    @cached_property
    def own_list(self) -> FeedList | None:
        """The list of a file; None for one that lies elsewhere. Raises SourceError."""
        return None if self.list_file is None else read_list(self.list_file)

    @property
    def lists(self) -> Sequence[Copy]:
        """The copy of the list itself, where it lies at an address. Raises StoreError."""
        is_remote = self.spec.type == "opml" and self.spec.url is not None
        return [self.copies.of_source(self.spec.url or "")] if is_remote else []


def read_list(path: Path) -> FeedList:
    """The feeds of an OPML file. Raises SourceError."""
    file_mark(path)
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_OF_A_LIST + 1)
    except OSError as error:
        raise cannot_be_read(path, error) from error
    where, mend = Location(file=str(path)), "export the list again, as OPML"
    if len(data) > _MOST_OF_A_LIST:
        raise SourceError(f"is larger than {_MOST_OF_A_LIST / 1e6:g} MB", where=where, mend=mend)
    try:
        return read_opml(data, url="")
    except NoFeedError as error:
        raise SourceError(str(error), where=where, mend=mend) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSource:
    """Feeds of others as a source of articles."""

    spec: FeedSourceSpec
    site: SiteSpec
    copies: Copies
    list_file: Path | None
    pieces: Pieces
    clock: Callable[[], datetime]

    def read(
        self, shelf: Shelf, progress: Progress, *, full: bool = False, jobs: int = 1
    ) -> SourceResult:
        """Read what changed of what is kept. Raises SourceError, StoreError."""
        container = RemoteContainer(spec=self.spec, copies=self.copies, list_file=self.list_file)
        # Who writes elsewhere under a name of ours is not one of us.
        site = replace(self.site, authors={})
        source = ItemSource(spec=self.spec, site=site, container=container, pieces=self.pieces)
        result = source.read(shelf, progress, full=full, jobs=jobs)
        copies = [*container.lists, *container.found]
        return replace(
            result,
            problems=tuple(self._problems(copies)),
            warnings=(*self._list_warnings(container.own_list), *self._warnings(copies)),
        )

    def asset(self, origin: str) -> Path:
        """The file of a picture that an entry held as `data:`; it has no others."""
        path = self.pieces.path(origin)
        assert path is not None, origin
        return path

    def _problems(self, copies: Sequence[Copy]) -> Iterator[PublisherError]:
        for copy in copies:
            if copy.trouble:
                yield SourceError(
                    f"{copy.shown} {copy.trouble}; {self._meanwhile(copy)}",
                    where=Location(file=self.spec.name),
                    mend=copy.mend or "look at the address in a browser",
                )

    def _meanwhile(self, copy: Copy) -> str:
        if copy.good is None:
            return "nothing was ever read from it"
        if copy.listed or copy.kept.entries:
            return f"the copy of {_age(self.clock() - copy.good)} ago is used"
        return f"it was empty {_age(self.clock() - copy.good)} ago"

    def _list_warnings(self, own: FeedList | None) -> Iterator[str]:
        for warning in own.warnings if own is not None else ():
            yield f"{self.spec.name}: {self.spec.path}: {warning}"

    def _warnings(self, copies: Sequence[Copy]) -> Iterator[str]:
        for copy in copies:
            place = f"{self.spec.name}: {copy.shown}"
            if copy.moved:
                yield f"{place} has moved for good to {copy.moved}: write that as its address"
            if copy.tried is None and copy.gone is None:
                yield f"{place} was not read yet; `publish` does it, and `schedule` within a minute"
            for warning in copy.warnings:
                yield f"{place}: {warning}"


def _named(url: str) -> str:
    """What stands for a feed of a list in names, and so in ids, which everybody sees."""
    place, _, query = url.partition("://")[2].partition("?")
    return f"{place}~{fingerprint(query)[:8]}" if query else place


def _age(age: timedelta) -> str:
    minutes = max(0, int(age.total_seconds()) // 60)
    for unit, length in (("day", 24 * 60), ("hour", 60)):
        if minutes >= length:
            count = minutes // length
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
