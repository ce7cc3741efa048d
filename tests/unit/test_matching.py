"""Which article is which entry of another tool's feed."""

from __future__ import annotations

from datetime import date

import pytest

from publisher.compose.matching import ForeignEntry, match_entries
from tests.factories import make_article

DAY = date(2026, 11, 1)


def entry(**changes: object) -> ForeignEntry:
    values = {"id": "old-1", "url": "https://old.example/x", "title": "X", "day": DAY}
    return ForeignEntry(**(values | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "https://courier.example/2026/11/01/launch/"},
        {"url": "http://old.example/2026/11/01/launch.html", "day": None},
        {"url": "https://old.example/2026/11/01/Launch/index.php?utm_source=feed"},
        {"url": "https://old.example/blog/launch/"},
        {"url": "https://old.example/blog/launch/", "day": None},
        {"title": "  launch "},
        {"title": "LAUNCH", "day": None},
    ],
)
def test_an_entry_is_known_by_what_it_shares_with_an_article(changes: dict[str, object]) -> None:
    article = make_article(file="launch.md")
    other = make_article(file="other.md", address="2026/11/02/other/")
    assert match_entries([entry(**changes)], [article, other]) == {"old-1": article}


def test_what_could_be_two_articles_is_none() -> None:
    articles = [make_article(file=f"{n}/launch.md", address=f"{n}/launch/") for n in (1, 2)]
    assert match_entries([entry(title="Launch", day=None)], articles) == {}


def test_two_entries_never_share_an_article() -> None:
    article = make_article(file="launch.md")
    entries = [
        entry(id="one", url=article.url),
        entry(id="two", url="https://old.example/launch", title="Launch"),
    ]
    assert match_entries(entries, [article]) == {"one": article}


def test_an_address_that_is_none_matches_nothing() -> None:
    assert match_entries([entry(url="http://[", title="")], [make_article(file="a.md")]) == {}
