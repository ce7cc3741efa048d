"""What it costs to compose feeds, counted instead of timed: passes over the articles, and looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, overload

import pytest

from publisher.compose.entries import make_entries, mark_entries, newest_first
from publisher.compose.feeds import compose_feeds
from publisher.config import Config, FeedsForSpec, FeedSpec, Selection, SiteSpec
from publisher.model import Article, Author, Issue, Record
from tests.factories import SITE_URL, make_article

CONFIGURED = (
    FeedSpec(name="main"),
    FeedSpec(name="pier", path="feeds/pier", select=Selection(tags=("tag 1", "tag 2"))),
    FeedSpec(name="ann", path="feeds/ann", select=Selection(authors=("Ann",))),
)
DERIVED = FeedsForSpec(tags=True, authors=True, languages=True)


class Looked(Article, frozen=True):
    """An article that counts how often anything of it is looked at."""

    looks: ClassVar[int] = 0

    def __getattribute__(self, name: str) -> Any:
        Looked.looks += 1
        return super().__getattribute__(name)


class Counted(Sequence[Article]):
    """A sequence that counts how often it is gone through."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.articles = articles
        self.passes = 0

    def __iter__(self) -> Iterator[Article]:
        self.passes += 1
        return iter(self.articles)

    def __len__(self) -> int:
        return len(self.articles)

    @overload
    def __getitem__(self, index: int) -> Article: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Article]: ...
    def __getitem__(self, index: int | slice) -> Article | Sequence[Article]:
        pytest.fail("articles are gone through from the first to the last")

    def __contains__(self, article: object) -> bool:
        pytest.fail("to look for one article is to go through them all")


def compose(articles: int, tags: int) -> tuple[int, int, int]:
    """The feeds, the passes over the articles and the looks at them."""
    made: list[Article] = []
    for place in range(1, articles + 1):
        article = make_article(
            file=f"{place}.md",
            date=datetime(2000, 1, 1, tzinfo=UTC) + timedelta(hours=place),
            tags=tuple(f"tag {(place * step) % tags}" for step in (1, 7, 13)),
            authors=(Author(name=("Ann", "Bob")[place % 2]),),
            language=("en", "de", "en-GB")[place % 3],
            place=place,
        )
        fields = Article.__dataclass_fields__
        made.append(Looked(**{name: getattr(article, name) for name in fields}))
    listed, entries = Counted(newest_first(made)), make_entries(made)
    everything = Counted(made)
    Looked.looks = 0
    feeds, _ = compose_feeds(
        Config(
            root=Path("/nowhere"),
            site=SiteSpec(title="The Courier", url=SITE_URL, language="en"),
            feeds=CONFIGURED,
            feeds_for=DERIVED,
        ),
        articles=everything,
        listed=listed,
        entries=entries,
        marks=mark_entries(entries),
        record=Record(),
        history={},
        load_issue=no_issue,
    )
    return len(feeds), listed.passes + everything.passes, Looked.looks


def no_issue(newsletter: str, number: int) -> Issue:
    raise AssertionError("there is no newsletter")


def test_a_thousand_tags_cost_no_pass_over_the_articles_each() -> None:
    few, passes, _ = compose(2_000, tags=10)
    many, same_passes, _ = compose(2_000, tags=1_000)
    assert many - few == 990
    # each configured feed; tags, authors and (twice) languages; what was taken back
    assert passes == same_passes == len(CONFIGURED) + 4 + 1


def test_what_is_looked_at_grows_as_the_articles_do() -> None:
    _, _, looks = compose(1_000, tags=100)
    _, _, ten_times = compose(10_000, tags=1_000)
    assert looks < 50 * 1_000  # each is in nine feeds
    assert ten_times / looks == pytest.approx(10, rel=0.02)
