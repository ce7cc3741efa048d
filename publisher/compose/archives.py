"""PURE. Which document of a feed holds an entry (RFC 5005, section 4).

An archive document is a range of places, by rank of first publication; its bounds
are kept in the record and never move. So an edit, a retraction or a tag that an
old article gets later touches one document, and a publication none but the
subscription document. That holds what no archive holds: `limit` entries at most,
of which some go to a new archive document when there are more.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar


class Placed(Protocol):
    """What has a rank by first publication."""

    @property
    def place(self) -> int:
        """The rank, from 1."""
        ...


T = TypeVar("T", bound=Placed)


def extend_bounds(bounds: Sequence[int], places: Iterable[int], limit: int) -> tuple[int, ...]:
    """The bounds with those that are due now, so that at most `limit` places lie behind the last.

    `bounds` are the last places of the archive documents, oldest first. A feed's first
    archives are as long as its subscription document, and leave that full; later ones
    are a fifth of it, so that it is never much shorter than `limit`. Articles of one place,
    which two branches gave before they were merged, go together, and never all that is left.
    """
    last = bounds[-1] if bounds else 0
    waiting = sorted(place for place in places if place > last)
    made: list[int] = []
    taken = 0
    while len(waiting) - taken > limit:
        excess = len(waiting) - taken - limit
        step = excess if not bounds else max(1, limit // 5) * -(-excess // max(1, limit // 5))
        end = _together(waiting, taken + min(step, limit))
        if end <= taken:
            break
        taken = end
        made.append(waiting[taken - 1])
    return (*bounds, *made)


def _together(waiting: Sequence[int], end: int) -> int:
    """The end, or the nearest one that parts none of one place and leaves some."""
    place = waiting[end - 1]
    after = bisect_right(waiting, place)
    return after if after < len(waiting) else bisect_left(waiting, place)


def share_out(members: Sequence[T], bounds: Sequence[int]) -> list[list[T]]:
    """The members of each archive document, oldest document first, then of the subscription one.

    Within a document they keep the order that they came in.
    """
    documents: list[list[T]] = [[] for _ in range(len(bounds) + 1)]
    for member in members:
        documents[bisect_left(bounds, member.place)].append(member)
    return documents
