"""The bounds of archive documents: made once, never moved."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.compose.archives import extend_bounds, share_out


@dataclass(frozen=True)
class Member:
    place: int


def members(*places: int) -> list[Member]:
    return [Member(place) for place in places]


@pytest.mark.parametrize("count", [0, 1, 9, 10])
def test_what_fits_needs_no_archive(count: int) -> None:
    assert extend_bounds((), range(1, count + 1), 10) == ()


def test_a_first_build_leaves_a_full_subscription_document() -> None:
    bounds = extend_bounds((), range(1, 38), 10)
    assert bounds == (10, 20, 27)
    assert [len(d) for d in share_out(members(*range(1, 38)), bounds)] == [10, 10, 7, 10]


def test_a_growing_feed_cuts_a_fifth_of_its_limit_at_a_time() -> None:
    bounds = extend_bounds((), range(1, 12), 10)
    lengths = []
    for last in range(12, 30):
        bounds = extend_bounds(bounds, range(1, last + 1), 10)
        lengths.append(len(share_out(members(*range(1, last + 1)), bounds)[-1]))
    assert set(lengths) == {9, 10}


def test_members_keep_their_order_within_a_document() -> None:
    assert share_out(members(5, 1, 4, 2, 3), (2, 4)) == [members(1, 2), members(4, 3), members(5)]


def test_articles_of_one_place_go_together() -> None:
    assert extend_bounds((7,), (8, 9, 9, 10, 11), 2) == (7, 9)
    assert extend_bounds((7,), (8, *[9] * 10), 10) == (7, 8)
    assert extend_bounds((7,), (8, 8, 8), 2) == (7,)


@given(
    limit=st.integers(1, 12),
    runs=st.lists(st.lists(st.integers(1, 200), max_size=30), max_size=12),
)
def test_bounds_only_grow_and_every_member_is_in_one_document(
    limit: int, runs: list[list[int]]
) -> None:
    bounds: tuple[int, ...] = ()
    for places in runs:
        present = sorted(places)  # two branches that are merged give one place twice
        extended = extend_bounds(bounds, present, limit)
        assert extended[: len(bounds)] == bounds
        assert sorted(set(extended)) == list(extended)
        bounds = extended
        shared = share_out(members(*present), bounds)
        assert sorted(m.place for document in shared for m in document) == present
        assert len(shared[-1]) <= limit or len({m.place for m in shared[-1]}) == 1
