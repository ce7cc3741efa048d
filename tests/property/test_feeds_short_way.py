"""The short way of the check says that a feed is sound only where each rule says so."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from publisher.feedcheck import check_feed
from publisher.feedcheck.html import body_faults, is_sound_in_xml
from publisher.model import Entry
from publisher.render.feeds.text import escape_xml
from tests.canonical_samples import ADDRESSES, SHAPES, by_each_rule, spoil
from tests.feed_samples import render_feeds
from tests.property.test_feeds import ENTRIES

DRAWN = st.sampled_from([(form, data) for one in SHAPES.values() for form, data in one.items()])
TEXTS = st.text(st.sampled_from("ab &;\n<>\"'#é\u00a0漢"), max_size=12)
TAGS = st.sampled_from(
    [
        *('<h2 id="x">', '<p title="<b>">', '<p title="a &amp; b">', '<a title="x" href="tel:1">'),
        *('<img src="https://x.example/é" alt="x">', "<hr>", "<br/>", "<div>", "</div>", "<td>"),
        *(
            "<p>",
            "</p>",
            "<em>",
            "</em>",
            "<br>",
            "<li>",
            "</li>",
            "<ul>",
            "</ul>",
            "<h2>",
            "</h2>",
        ),
        *("<code>", "</code>", "<pre>", "</pre>", "<script>", "</script>", "<p onclick='x'>", "<b"),
        *('<a href="https://x.example/">', '<a href="/x">', '<a href="https://x.example/&amp;">'),
        *("</a>", "<!--", "-->", "<svg>", "<textarea>", '<img src="https://x.example/a.png">'),
    ]
)
MARKUP = st.lists(TAGS | TEXTS | TEXTS.map(escape), max_size=14).map("".join)
LINES = st.lists(MARKUP | TEXTS.map(escape).map("<p>{}</p>\n".format), max_size=4).map("".join)


@given(drawn=DRAWN, data=st.data())
def test_a_spoilt_feed_has_the_findings_of_each_rule(
    drawn: tuple[str, bytes], data: st.DataObject
) -> None:
    format_, feed = drawn
    memo: set[int] = set()
    assert check_feed(feed, url=ADDRESSES[format_], own=True, memo=memo) == ()
    for _ in range(8):
        spoilt = data.draw(st.composite(spoil)(feed))
        for known in (set[int](), set(memo)):
            found = check_feed(spoilt, url=ADDRESSES[format_], own=True, memo=known)
            assert found == by_each_rule(spoilt, ADDRESSES[format_])


@given(entry=ENTRIES, other=ENTRIES, body=LINES)
def test_both_ways_find_the_same_whatever_entries_say(
    entry: Entry, other: Entry, body: str
) -> None:
    feeds = render_feeds(entry, replace(other, id="tag:courier.example,2026:other"))
    for format_, feed in feeds.items():
        # a body that no sanitiser has seen, in the place of a word of one
        written = msgspec.json.encode(body)[1:-1] if format_ == "json" else escape_xml(body)
        data = feed.replace(b"free", written)
        found = check_feed(data, url=ADDRESSES[format_], own=True)
        assert found == by_each_rule(data, ADDRESSES[format_])


@given(body=LINES)
def test_a_body_that_is_sound_in_xml_in_xml_is_sound(body: str) -> None:
    if is_sound_in_xml(escape_xml(body)):
        assert body_faults(body) == ()


@given(body=LINES)
def test_whole_bodies_are_read_as_their_tags_are(body: str) -> None:
    by_the_rules_of_html = body_faults(f"<!---->{body}")  # a comment is left to those
    assert dict(body_faults(body)) == dict(by_the_rules_of_html)
