"""PURE. What is kept of a feed: its newest entries, through outages and beyond its own window.

A feed shows its last ten or twenty entries, and one that left it is not taken back. One that is
missing between others that are still there was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from publisher.fingerprint import fingerprint
from publisher.parse.feeds.entries import ForeignDocument, ForeignEntry
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEntry:
    """An entry under the name that it has with us, and when it was first seen.

    The name is the feed's own for it, but where the feed used that for another before. `alias` is
    the feed's own for it by now, where the feed gave all that it has new ids.
    """

    name: str
    first: datetime
    entry: ForeignEntry
    alias: str = ""

    @property
    def when(self) -> datetime:
        """What it is ordered by."""
        return self.entry.when or self.first


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The entries that are kept, newest first, and the names of those that the feed has beside."""

    entries: tuple[KeptEntry, ...]
    others: tuple[str, ...]


def merge(
    known: Sequence[KeptEntry], document: ForeignDocument, *, now: datetime, most: int
) -> Kept:
    """What is kept after a feed was read: at most so many entries. `now` is UTC, whole seconds."""
    fresh = {one.name: one for one in _named(known, document.entries, now)}
    stays = [one for one in known if one.name not in fresh and _stays(one, fresh, document)]
    everything = [*fresh.values(), *stays]
    everything.sort(key=lambda one: one.when, reverse=True)
    left = [one.name for one in everything[most:] if one.name in fresh]
    others = tuple(dict.fromkeys((*left, *document.others)))
    return Kept(entries=tuple(everything[:most]), others=others)


def _named(
    known: Sequence[KeptEntry], entries: Sequence[ForeignEntry], now: datetime
) -> Iterator[KeptEntry]:
    """Each entry by its name with us. The oldest is asked first, so that it keeps a name that a
    later one uses again."""
    by_name: dict[str, KeptEntry] = {one.alias: one for one in known if one.alias}
    by_name |= {one.name: one for one in known}
    renamed = _renamed(known, entries)
    taken: dict[str, ForeignEntry] = {}
    for place in reversed(range(len(entries))):
        entry = entries[place]
        alias = ""
        name = entry.name
        last = renamed.get(place) or by_name.get(name)
        if last is not None and last.name != name:
            alias, name = name, last.name
            entry = replace(entry, id=last.entry.id)
        before = taken.get(name) or (by_name[name].entry if name in by_name else None)
        if before is not None and _is_another(entry, before):
            name = f"{name}~{fingerprint(entry.link or entry.title)[:8]}"
            alias, entry = "", replace(entry, id="")
        taken[name] = entry
        last = by_name.get(name)
        if last is not None and last.alias == alias and _says_the_same(entry, last.entry):
            yield last
        else:
            # those of one look follow each other as they stand in the feed
            seen = now - timedelta(seconds=place)
            first = last.first if last else _first(entry, seen)
            yield KeptEntry(name=name, first=first, entry=entry, alias=alias)


def _renamed(
    known: Sequence[KeptEntry], entries: Sequence[ForeignEntry]
) -> Mapping[int, KeptEntry]:
    """Entries that only have another id than before, by their place: a site that moved gives all of
    its entries new ones. Each leads to the page of one that is missing, is called as that is, and
    has its date, or its text where there are no dates.
    """
    named = {entry.name for entry in entries}
    missing = [one for one in known if not {one.name, one.alias} & named]
    if not missing:
        return {}
    told = {one.name for one in known} | {one.alias for one in known}
    fresh = [place for place, entry in enumerate(entries) if entry.name not in told]
    before = Counter(_mark(one.entry) for one in missing)
    after = Counter(_mark(entries[place]) for place in fresh)
    by_mark = {_mark(one.entry): one for one in missing if one.entry.link}
    return {
        place: by_mark[mark]
        for place in fresh
        for mark in [_mark(entries[place])]
        if mark in by_mark and before[mark] == after[mark] == 1
    }


def _mark(entry: ForeignEntry) -> tuple[str, str, str]:
    page = entry.link.partition("://")[2].removeprefix("www.").rstrip("/")
    when = entry.published or fingerprint((entry.body, entry.summary))
    return page, entry.title, when


def _first(entry: ForeignEntry, seen: datetime) -> datetime:
    """When an entry without date begins: when it says that it changed, unless that is to come."""
    return entry.when if entry.when is not None and entry.when < seen else seen


def _is_another(entry: ForeignEntry, before: ForeignEntry) -> bool:
    """Whether an id was used again: nothing by which a feed reader knows it is as before."""
    return (
        entry.link != before.link
        and entry.title != before.title
        and (entry.published != before.published or not entry.published)
    )


def _says_the_same(entry: ForeignEntry, before: ForeignEntry) -> bool:
    """Whether only the feed around it changed; then the article does not."""
    feed = replace(entry.feed, updated=before.feed.updated)
    return replace(entry, feed=feed) == before


def _stays(one: KeptEntry, fresh: Mapping[str, KeptEntry], document: ForeignDocument) -> bool:
    """Whether an entry that the feed does not show any more left it by its age alone."""
    if one.name in document.others or one.alias in document.others:
        return False
    return not fresh or one.when <= min(other.when for other in fresh.values())
