"""GROUND. What a run shows of its articles, and where: by it the next can draw a few anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import overload

from publisher.config import FeedSpec
from publisher.feeds import FeedKind
from publisher.model import Asset, Entry, Tombstone, Value

Place = tuple[str, datetime | None]
"""An address of the sitemap, and when what is there changed last."""


class ShownArticle(Value, frozen=True, kw_only=True):
    """The entry of one file; `mark` is its fingerprint."""

    source: str
    file: str
    mark: str
    entry: Entry


class ShownPart(Value, frozen=True, kw_only=True):
    """One document of a feed, as publisher.feeds.FeedPart has it.

    `entries` are places in the list of all, which is newest first.
    """

    number: int
    last: int
    tombstones: tuple[Tombstone, ...]
    entries: tuple[int, ...]


class ShownFeed(Value, frozen=True, kw_only=True):
    """One feed, as publisher.feeds.Feed has it."""

    spec: FeedSpec
    kind: FeedKind
    about: str
    title: str
    description: str
    language: str | None
    first_url: str
    parts: tuple[ShownPart, ...]


class Shown(Value, frozen=True, kw_only=True):
    """All that a run shows, beside the articles themselves.

    `order` are the ids of those that are listed, newest first; `pictures` the gallery, by path;
    `included` files of sources that are a part of an article's text (source and file).
    """

    order: tuple[str, ...]
    feeds: tuple[ShownFeed, ...]
    pictures: Mapping[str, Asset]
    included: tuple[tuple[str, str], ...]


class Entries(Sequence[Entry]):
    """Entries of which only the ids are there; each is loaded when it is asked for."""

    def __init__(self, ids: Sequence[str], load: Callable[[str], Entry]) -> None:
        self.ids = ids
        self._load = load

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, place: int) -> Entry: ...

    @overload
    def __getitem__(self, place: slice) -> Entries: ...

    def __getitem__(self, place: int | slice) -> Entry | Entries:
        if isinstance(place, slice):
            return Entries(self.ids[place], self._load)
        return self._load(self.ids[place])
