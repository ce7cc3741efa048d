"""PURE. A list of entries under headings, which are months where it is long."""

from __future__ import annotations

from collections.abc import Sequence

from publisher.model import Entry
from publisher.render.attribution import LONGEST, find_attribution
from publisher.render.pages.press import SUMMARY_IN_LISTS, Card, Page, clip
from publisher.values import dataclass

LONG = 10
"""From so many entries on a list is grouped by month."""


_ROW = 420
"""Bytes of an entry in a list, beside its words."""

_ORIGIN = '<span>from <a href=""><bdi></bdi></a></span>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Entries under one heading, which is "" for a list that is short."""

    heading: str
    cards: tuple[Card, ...]


def group_entries(page: Page, entries: Sequence[Entry]) -> tuple[Group, ...]:
    """Entries, newest first, as a page lists them."""
    if len(entries) < LONG:
        return (_group(page, "", entries),) if entries else ()
    return tuple(
        _group(page, page.words.month(some[0].published), some) for some in _by_month(entries)
    )


def row_size(entry: Entry) -> int:
    """About how many bytes an entry takes in a list."""
    shown = [entry.title, clip(entry.summary, SUMMARY_IN_LISTS)]
    if (found := find_attribution(entry)) is not None:
        shown += [_ORIGIN, clip(found.name, LONGEST), found.url]
    return _ROW + len("".join(shown).encode())


def _group(page: Page, heading: str, entries: Sequence[Entry]) -> Group:
    return Group(heading=heading, cards=tuple(page.card(entry) for entry in entries))


def _by_month(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Entries, newest first, by their local month.

    Entries of several zones are not in the order of their local dates: one whose
    month seems later than that of its group stays in it.
    """
    groups: list[list[Entry]] = []
    for entry in entries:
        if groups and _month(entry) >= _month(groups[-1][0]):
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return groups


def _month(entry: Entry) -> tuple[int, int]:
    return entry.published.year, entry.published.month
