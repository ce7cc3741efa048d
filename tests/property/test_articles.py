"""Whatever article files say, the feeds can be read, agree and follow the rules, or it is refused.

Through real files: our own YAML writer, the whole run, and readers written apart.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.config.load import load_config
from publisher.publishing.publish import PublishOptions, PublishReport, publish
from tests.feed_reading import Shown, read_feed
from tests.feed_rules import check_feed, disagreements
from tests.property.written import Written, articles
from tests.sites import CONFIG, Site

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
FEEDS = ("rss.xml", "atom.xml", "feed.json")
SOME = st.lists(articles(), min_size=1, max_size=8)
MANY = st.lists(articles(), min_size=4, max_size=20)


@given(SOME)
@settings(max_examples=15)
def test_any_articles(written: Sequence[Written]) -> None:
    check(written)


@pytest.mark.long
@given(MANY)
@settings(max_examples=2_500, derandomize=False)
def test_twenty_thousand_articles(written: Sequence[Written]) -> None:
    check(written)


def check(written: Sequence[Written]) -> None:
    """Publish the articles and hold what came of them against the rules and what they said."""
    folder = Path(tempfile.mkdtemp(prefix="written-"))
    try:
        site = Site(folder)
        site.write("publisher.yaml", CONFIG)
        for number, article in enumerate(written):
            site.write(f"articles/a{number}.md", article.data)
        report = publish(
            load_config(folder / "publisher.yaml"),
            PublishOptions(),
            clock=lambda: NOW,
            progress=lambda _what, _done, _total: None,
        )
        feeds = [site.output(name).read_bytes() for name in FEEDS]
    finally:
        shutil.rmtree(folder)
    check_feeds(feeds, report)
    check_refusals(report, len(written))
    shown = {entry.id.rpartition("/")[2]: entry for entry in read_feed(feeds[1])}
    for number, article in enumerate(written):
        if f"a{number}.md" in shown:
            check_words(shown[f"a{number}.md"], article)


def check_feeds(feeds: Sequence[bytes], report: PublishReport) -> None:
    """The three feeds can be read, follow the rules and say the same."""
    for name, data in zip(FEEDS, feeds, strict=True):
        assert check_feed(data, f"https://courier.example/{name}") == []
    assert disagreements(*feeds) == []
    for data in feeds[:2]:
        feed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
        assert not feed.bozo
        assert len(feed.entries) == report.counts["listed"]


def check_refusals(report: PublishReport, files: int) -> None:
    """Every file is accounted for; a refused one has a place, a reason and a mend."""
    assert sum(report.counts.values()) == files
    assert len(report.problems) == report.counts["refused"]
    for problem in report.problems:
        assert problem.where is not None
        assert problem.where.line
        assert problem.mend
        assert "\n" not in problem.message


def check_words(entry: Shown, article: Written) -> None:
    """What a file said without doubt is what the entry says."""
    if article.title is not None:
        assert entry.title == article.title
    if article.moment is not None:
        assert entry.published == article.moment
