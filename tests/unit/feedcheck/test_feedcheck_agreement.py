"""What formats say differently is named, and only that."""

from __future__ import annotations

import pytest

from publisher.feedcheck import RULES, disagreements
from tests.feed_samples import make_entry, render_feeds

FEEDS = render_feeds(
    make_entry(), make_entry(id="tag:courier.example,2026:two", title="Two", language="id")
)
CHANGED = [
    ("rss", b">tag:courier.example,2026:two<", b">tag:courier.example,2026:2<", "entries-differ"),
    ("atom", b"articles/pier.md", b"articles/pier2.md", "entries-differ"),
    ("json", b'"title": "The Example Courier"', b'"title": "Another"', "feed-title-differs"),
    (
        "rss",
        b"<link>https://courier.example/</link>",
        b"<link>https://x.example/</link>",
        "home-differs",
    ),
    ("rss", b"<link>https://courier.example/2026", b"<link>https://x.example/2026", "url-differs"),
    ("atom", b">The pier opens<", b">The pier shuts<", "title-differs"),
    ("json", b"open &amp; free", b"shut", "content-differs"),
    ("atom", b"two years", b"ten years", "summary-differs"),
    ("rss", b"<pubDate>Fri, 20", b"<pubDate>Thu, 19", "published-differs"),
    ("atom", b"<updated>2026-03-21T09:00:00+07:00</updated>\n    ", b"", "updated-differs"),
    ("rss", b"<dc:creator>Desk</dc:creator>", b"", "authors-differ"),
    ("json", b'"news"', b'"new"', "tags-differ"),
    ("rss", b"<dc:language>id", b"<dc:language>ms", "language-differs"),
    ("rss", b'length="1200"', b'length="12"', "enclosures-differ"),
    ("json", b'"size_in_bytes": 1200', b'"size_in_bytes": 12', "enclosures-differ"),
]


def test_the_same_feed_agrees() -> None:
    assert disagreements(FEEDS["rss"], FEEDS["atom"], FEEDS["json"]) == ()


@pytest.mark.parametrize(("format_", "old", "new", "rule"), CHANGED)
def test_a_difference_is_named(format_: str, old: bytes, new: bytes, rule: str) -> None:
    assert old in FEEDS[format_]
    changed = {**FEEDS, format_: FEEDS[format_].replace(old, new, 1)}
    found = disagreements(changed["rss"], changed["atom"], changed["json"])
    assert [finding.rule for finding in found] == [rule]
    assert all(name in found[0].detail for name in ("atom", "json"))


def test_every_rule_of_agreement_has_its_case() -> None:
    rules = {name for name, rule in RULES.items() if rule.formats == ("together",)}
    assert rules == {rule for *_, rule in CHANGED}


def test_two_formats_can_be_compared() -> None:
    assert disagreements(rss=FEEDS["rss"], json=FEEDS["json"]) == ()
    other = render_feeds(make_entry(title="Another"))
    (found,) = disagreements(rss=render_feeds(make_entry())["rss"], atom=other["atom"])
    assert found.rule == "title-differs"
    assert found.place == make_entry().id
    assert "'The pier opens'" in found.detail


def test_what_cannot_be_read_is_said() -> None:
    (found,) = disagreements(FEEDS["rss"], b"<feed>", FEEDS["json"])
    assert found.rule == "entries-differ"
    assert found.detail.startswith("atom cannot be read")
