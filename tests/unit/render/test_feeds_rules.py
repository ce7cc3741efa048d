"""The checker that judges feeds in other tests finds what it is told to find."""

from __future__ import annotations

import pytest

from tests.feed_rules import check_feed, disagreements
from tests.feed_samples import feed_addresses, make_entry, many_entries, render_feeds

ADDRESSES = feed_addresses()
SOUND = render_feeds(*many_entries(2), image_url="https://courier.example/i.png")

BROKEN = [
    ("rss", b"</channel>", b"", "readable"),
    ("rss", b"<title>The", b"<title>A &amp; ", "hexadecimal-in-titles"),
    ("rss", b"<link>https://courier.example/</link>", b"<link> </link>", "channel-link"),
    ("rss", b'rel="self"', b'rel="hub"', "self-is-true"),
    ("rss", b"<pubDate>Thu,", b"<pubDate>Fri,", "rfc822"),
    ("rss", b" +0700</pubDate>", b" EST</pubDate>", "rfc822"),
    ("rss", b'isPermaLink="false"', b"", "guid-permalink"),
    ("rss", b"<dc:creator>Desk</dc:creator>", b"<author>Desk</author>", "mail-and-name"),
    ("rss", b'length="1200"', b'length="None"', "enclosure-length"),
    ("rss", b"<category>news<", b"<category> <", "category-not-blank"),
    ("rss", b"articles/1.md", b"articles/0.md", "ids-differ"),
    ("rss", b"<language>en<", b"<language>in English<", "bcp-47"),
    ("rss", b"<url>https://courier.example/i.png</url>", b"<title>x</title>", "image-is-"),
    ("rss", b'href="https://courier.example/pier', b'href="/pier', "absolute-references"),
    ("atom", b'rel="alternate" type="text/html"', b"", "one-typed-alternate"),
    ("atom", b'rel="enclosure"', b'rel="alternate"', "one-typed-alternate"),
    ("atom", b'type="html"', b'type="CDATA"', "content-is-html"),
    ("atom", b'<title type="text">Entry', b'<title type="html">Entry', "plain-title"),
    ("atom", b"<published>2026", b"<published>2027", "published-before-updated"),
    ("atom", b"\n  <updated>2026", b"\n  <updated>2025", "feed-updated-is-newest"),
    ("atom", b"+07:00<", b"+00:19:32<", "rfc3339"),
    ("atom", b"tag:courier.example,2026:articles/0.md", b"no iri", "id-is-iri"),
    ("atom", b'term="news"', b'term=""', "category-not-blank"),
    ("atom", b"&lt;p&gt;", b"&lt;script&gt;", "safe-html"),
    ("json", b"version/1.1", b"version/1", "version"),
    ("json", b'"content_html"', b'"content"', "known-keys"),
    ("json", b'"content_html"', b'"content"', "one-content"),
    ("json", b'"size_in_bytes": 1200', b'"size_in_bytes": 0', "enclosure-length"),
    ("json", b"+07:00", b"", "rfc3339"),
    ("json", b'"feed_url": "https', b'"feed_url": "http', "self-is-true"),
    ("json", b"{", b"{{", "readable"),
]


@pytest.mark.parametrize("format_", SOUND)
def test_a_sound_feed_has_no_findings(format_: str) -> None:
    assert check_feed(SOUND[format_], ADDRESSES[format_]) == []


@pytest.mark.parametrize(("format_", "sound", "broken", "rule"), BROKEN)
def test_a_broken_rule_is_named(format_: str, sound: bytes, broken: bytes, rule: str) -> None:
    assert sound in SOUND[format_]
    findings = check_feed(SOUND[format_].replace(sound, broken), ADDRESSES[format_])
    assert any(finding.rule.startswith(rule) for finding in findings), findings


def test_formats_that_differ_are_named() -> None:
    assert disagreements(rss=SOUND["rss"], atom=SOUND["atom"], json_feed=SOUND["json"]) == []
    other = render_feeds(*many_entries(1))
    found = disagreements(SOUND["rss"], other["atom"], SOUND["json"])
    assert {finding.rule for finding in found} == {"same-entries-same-order"}
    one, two = render_feeds(make_entry()), render_feeds(make_entry(title="Another", tags=()))
    found = disagreements(one["rss"], two["atom"], one["json"])
    assert {finding.rule for finding in found} == {"same-title", "same-tags"}
