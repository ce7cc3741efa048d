"""Which feeds a site has, what each holds, and what the record remembers of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.compose.entries import make_entries, mark_entries, newest_first
from publisher.compose.feeds import ISSUE, compose_feeds
from publisher.config import Config, FeedsForSpec, FeedSpec, Selection, SiteSpec
from publisher.feeds import Feed, FeedKind
from publisher.model import (
    Article,
    Author,
    Digest,
    Issue,
    Record,
    RecordedFeed,
    RecordedIssue,
    RenderedIssue,
    State,
)
from tests.factories import NOW, SITE_URL, make_article, make_newsletter, make_recorded

ALL = FeedsForSpec(tags=True, authors=True, languages=True)


def article(place: int, **changes: Any) -> Article:
    file = f"{place}.md"
    date = changes.pop("date", datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=place))
    return make_article(file=file, address=f"{place}/", date=date, place=place, **changes)


def recorded(*articles: Article, **changes: Any) -> Record:
    lines = [
        make_recorded(
            path=a.document.file,
            id=a.id,
            place=a.place,
            retracted=NOW if a.state is State.RETRACTED else None,
            address=a.document.address,
        )
        for a in articles
    ]
    return Record(articles=tuple(lines), **changes)


def compose(
    *articles: Article, record: Record | None = None, **changes: Any
) -> tuple[dict[str, Feed], dict[str, RecordedFeed]]:
    site = {"title": "The Courier", "url": SITE_URL, "language": "en"}
    config = Config(
        root=Path("/nowhere"), site=SiteSpec(**(site | changes.pop("site", {}))), **changes
    )
    entries = make_entries(articles)
    feeds, lines = compose_feeds(
        config,
        articles=articles,
        listed=newest_first(articles),
        entries=entries,
        marks=mark_entries(entries),
        record=record or recorded(*articles),
        history={n.name: ISSUES for n in config.newsletters},
        load_issue=load_issue,
    )
    return {feed.name: feed for feed in feeds}, {line.feed: line for line in lines}


ISSUES = tuple(
    RecordedIssue(
        newsletter="weekly",
        number=number,
        slot=datetime(2026, 11, number, 7, tzinfo=UTC),
        items=("a",),
        passed=(),
        checksum="c",
    )
    for number in (1, 2)
)


def load_issue(newsletter: str, number: int) -> Issue:
    digest = Digest(
        newsletter=newsletter,
        slot=ISSUES[number - 1].slot,
        subject=f"Subject {number}",
        preheader="And more",
        entries=(),
    )
    rendered = RenderedIssue(subject="", html="", text="")
    return Issue(
        newsletter=newsletter, number=number, digest=digest, rendered=rendered, checksum="c"
    )


def ids(feed: Feed, part: int = 0) -> list[str]:
    return [entry.path.partition("/")[0] for entry in feed.parts[part].load()]


def test_a_feed_for_each_tag_author_and_language() -> None:
    feeds, _ = compose(
        article(1, tags=("Pier", "news"), authors=(Author(name="Sari Dewi"),), language="id"),
        article(2, tags=("news",), language="en"),
        feeds_for=ALL,
    )
    assert sorted(feeds) == [
        *("authors/sari-dewi", "languages/en", "languages/id", "main", "tags/news", "tags/pier")
    ]
    assert ids(feeds["tags/news"]) == ["2", "1"]
    assert (feeds["tags/pier"].title, feeds["tags/pier"].about) == ("The Courier: Pier", "Pier")
    assert feeds["tags/pier"].page_path == "tags/pier/index.html"
    assert feeds["languages/id"].language == "id"
    assert feeds["languages/id"].title == "The Courier: Bahasa Indonesia"
    assert feeds["authors/sari-dewi"].kind is FeedKind.AUTHOR


def test_without_being_asked_for_there_is_none_of_them() -> None:
    feeds, _ = compose(article(1, tags=("a",), authors=(Author(name="B"),), language="id"))
    assert list(feeds) == ["main"]


def test_case_makes_no_other_tag_and_two_tags_of_one_slug_are_two_feeds() -> None:
    feeds, _ = compose(
        article(1, tags=("C++",)), article(2, tags=("C", "c++")), feeds_for=FeedsForSpec(tags=True)
    )
    assert (feeds["tags/c"].about, ids(feeds["tags/c"])) == ("C++", ["2", "1"])
    assert (feeds["tags/c-2"].about, ids(feeds["tags/c-2"])) == ("C", ["2"])


def folders(feeds: dict[str, Feed]) -> dict[str, str]:
    return {feed.about: name for name, feed in feeds.items() if feed.kind is FeedKind.TAG}


def test_a_tag_keeps_its_folder_whatever_becomes_of_its_articles() -> None:
    first = [article(1, tags=()), article(2, tags=("C++",)), article(3, tags=("C#",))]
    feeds, lines = compose(*first, feeds_for=FeedsForSpec(tags=True))
    assert folders(feeds) == {"C++": "tags/c", "C#": "tags/c-2"}
    older = [article(1, tags=("C#",)), *first[1:]]
    record = recorded(*first, feeds=tuple(lines.values()))
    feeds, lines = compose(*older, record=record, feeds_for=FeedsForSpec(tags=True))
    assert folders(feeds) == {"C++": "tags/c", "C#": "tags/c-2"}
    record = recorded(*first, feeds=tuple(lines.values()))
    feeds, _ = compose(
        *older[:1], article(4, tags=("C",)), record=record, feeds_for=FeedsForSpec(tags=True)
    )
    assert folders(feeds) == {"C#": "tags/c-2", "C": "tags/c-3"}


def test_a_tag_without_a_letter_has_an_address_all_the_same() -> None:
    feeds, _ = compose(article(1, tags=("🎉",)), feeds_for=FeedsForSpec(tags=True))
    (name,) = feeds.keys() - {"main"}
    assert name.startswith("tags/tags-")


def test_a_plain_language_holds_its_variants_where_it_is_used_itself() -> None:
    feeds, _ = compose(
        article(1, language="en"),
        article(2, language="en-GB"),
        article(3, language="pt-BR"),
        feeds_for=FeedsForSpec(languages=True),
    )
    assert sorted(feeds.keys() - {"main"}) == ["languages/en", "languages/en-GB", "languages/pt-BR"]
    assert ids(feeds["languages/en"]) == ["2", "1"]


def test_derived_feeds_are_as_the_main_one_is() -> None:
    main = FeedSpec(name="main", limit=2, formats=("atom",), content="summary")
    articles = [article(n, tags=("a",)) for n in range(1, 6)]
    feeds, lines = compose(*articles, feeds=(main,), feeds_for=FeedsForSpec(tags=True))
    spec = feeds["tags/a"].spec
    assert (spec.limit, spec.formats, spec.content) == (2, ("atom",), "summary")
    assert lines["tags/a"].archives == (2, 3)


def test_the_subscription_document_holds_the_limit_and_archives_the_rest() -> None:
    articles = [article(n) for n in range(1, 8)]
    feeds, lines = compose(*articles, feeds=(FeedSpec(name="main", limit=3),))
    main = feeds["main"]
    assert [part.number for part in main.parts] == [0, 2, 1]
    assert [ids(main, n) for n in range(3)] == [["7", "6", "5"], ["4"], ["3", "2", "1"]]
    assert lines["main"] == RecordedFeed(feed="main", address=SITE_URL, archives=(3, 4))


def test_a_back_dated_article_is_in_the_subscription_document_at_its_date() -> None:
    articles = [article(n) for n in range(1, 6)]
    late = article(6, date=datetime(2020, 1, 1, tzinfo=UTC))
    feeds, _ = compose(*articles, late, feeds=(FeedSpec(name="main", limit=3),))
    assert ids(feeds["main"]) == ["5", "4", "6"]


def test_an_article_that_gets_an_old_tag_goes_where_its_place_is() -> None:
    spec = FeedSpec(name="main", limit=2)
    articles = [article(n, tags=("a",) if n != 1 else ()) for n in range(1, 7)]
    _, lines = compose(*articles, feeds=(spec,), feeds_for=FeedsForSpec(tags=True))
    record = recorded(*articles, feeds=tuple(lines.values()))
    tagged = [article(1, tags=("a",)), *articles[1:]]
    feeds, after = compose(*tagged, record=record, feeds=(spec,), feeds_for=FeedsForSpec(tags=True))
    assert after == lines
    assert ids(feeds["tags/a"], -1) == ["3", "2", "1"]


def test_ids_of_feeds_keep_the_first_address() -> None:
    _, lines = compose(
        article(1), feeds=(FeedSpec(name="main"), FeedSpec(name="a", path="feeds/a"))
    )
    record = recorded(article(1), feeds=tuple(lines.values()))
    moved = (FeedSpec(name="main"), FeedSpec(name="a", path="news"))
    site = {"url": "https://new.example/"}
    feeds, after = compose(article(1), record=record, feeds=moved, site=site)
    assert feeds["a"].first_url == "https://courier.example/feeds/a/"
    assert after == lines


def test_a_feed_that_is_gone_keeps_its_line() -> None:
    line = RecordedFeed(feed="tags/gone", address=f"{SITE_URL}tags/gone/")
    _, lines = compose(article(1), record=recorded(article(1), feeds=(line,)))
    assert lines["tags/gone"] == line


@pytest.mark.parametrize("is_there", [True, False])
def test_a_tombstone_stands_where_the_entry_stood(is_there: bool) -> None:
    articles = [article(n, tags=("a",)) for n in range(1, 8)]
    gone = replace(articles[1], state=State.RETRACTED)
    record = recorded(*articles[:1], gone, *articles[2:])
    present = [articles[0], *([gone] if is_there else []), *articles[2:]]
    spec = FeedSpec(name="main", limit=3)
    chosen = FeedSpec(name="chosen", path="feeds/chosen", limit=3, select=Selection(tags=("a",)))
    feeds, _ = compose(
        *present, record=record, feeds=(spec, chosen), feeds_for=FeedsForSpec(tags=True)
    )
    where = [[t.id for t in part.tombstones] for part in feeds["main"].parts]
    assert where == [[], [gone.id]]
    assert ids(feeds["main"], 1) == ["4", "3", "1"]
    for name in ("tags/a", "chosen"):
        held = [t.id for part in feeds[name].parts for t in part.tombstones]
        assert held == ([gone.id] if is_there else [])


def test_a_feed_whose_last_article_was_taken_back_says_so() -> None:
    kept = article(1, language="en")
    gone = article(2, tags=("solo",), language="is", state=State.RETRACTED)
    feeds, _ = compose(kept, gone, record=recorded(kept, gone), feeds_for=ALL)
    for name in ("tags/solo", "languages/is"):
        assert ids(feeds[name]) == []
        assert [t.id for t in feeds[name].current.tombstones] == [gone.id]


def test_a_newsletter_has_a_feed_of_its_issues() -> None:
    newsletter = make_newsletter(language="id")
    feeds, lines = compose(newsletters=(newsletter,))
    feed = feeds["newsletters/weekly"]
    newest, oldest = feed.current.load()
    assert (newest.title, newest.url) == ("Subject 2", f"{SITE_URL}newsletters/weekly/2/")
    assert oldest.id == "tag:courier.example,2026:newsletters/weekly/1"
    assert newest.body_key == f"{ISSUE}weekly/2"
    assert newest.published == ISSUES[1].slot
    assert (feed.title, feed.language) == ("The Weekly Courier", "id")
    record = Record(feeds=tuple(lines.values()))
    feeds, _ = compose(
        record=record, newsletters=(newsletter,), site={"url": "https://new.example/"}
    )
    moved = feeds["newsletters/weekly"].current.load()[1]
    assert moved.id == oldest.id
    assert moved.url == "https://new.example/newsletters/weekly/1/"
