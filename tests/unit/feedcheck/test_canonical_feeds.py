"""Feeds of our own are held against the rules in a short way, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from publisher.feedcheck import canonical, check, check_feed
from publisher.feedcheck.html import is_sound_in_xml
from publisher.model import Tombstone
from publisher.render.feeds.text import escape_xml
from tests import factories
from tests.canonical_samples import ADDRESSES, SHAPES, by_each_rule
from tests.feed_samples import draw_feeds, make_entry, many_entries, render_feeds

MANY = SHAPES["many"]
_ATOM_TITLE = b'<title type="text">Entry 1</title>'
SPOILT = [
    ("rss", b"</item>\n    <item>", b"</item><item>", ()),
    ("rss", b"<title>Entry 1", b"<title>1 &amp;amp; 2", ("title-not-hexadecimal",)),
    ("rss", b"<title>Entry 1</title>", b"<title> </title>", ("blank-value",)),
    ("rss", b"<title>Entry 1</title>\n      ", b"", ("entry-title-missing",)),
    ("rss", b"articles/1.md", b"articles/2.md", ("id-repeated",)),
    ("rss", b'<guid isPermaLink="false"', b"<guid", ("guid-not-permalink",)),
    ("rss", b"<link>https://courier.example/1/", b"<link>/1/", ("address-not-absolute",)),
    ("rss", b"<pubDate>Thu,", b"<pubDate>Fri,", ("weekday-wrong",)),
    ("rss", b"<pubDate>Fri, 20 Mar", b"<pubDate>Sat, 21 Mar", ("updated-behind-entries",)),
    ("rss", b'length="1200"', b'length="-1"', ("enclosure-length-invalid",)),
    ("rss", b"<category>news<", b"<category> <", ("category-blank",)),
    ("rss", b"<dc:creator>", b"<dc:author>x</dc:author><dc:creator>", ("unknown-element",)),
    ("rss", b"<dc:language>en<", b"<dc:language>English, really<", ("language-invalid",)),
    ("rss", b"&lt;p&gt;", b"&lt;p&gt;&lt;em&gt;", ("html-unbalanced",)),
    ("rss", b"&lt;p&gt;", b"&lt;p onclick=x&gt;", ("event-attribute",)),
    ("rss", b"&lt;p&gt;", b"&lt;script&gt;x&lt;/script&gt;&lt;p&gt;", ("unsafe-element",)),
    ("rss", b"&lt;p&gt;", b"&lt;p&gt;\xc2\x85", ("control-character",)),
    ("rss", b"&lt;p&gt;", b"&lt;p&gt;&#x85;", ("control-character",)),
    ("rss", b"&lt;p&gt;", b"&lt;p&gt;\x0c", ("well-formed",)),
    ("rss", b"&lt;p&gt;", b"&lt;p&gt;]]>", ("well-formed",)),
    ("rss", b"&lt;p&gt;", b"&lt;p&gt;&nbsp;", ("well-formed",)),
    ("rss", b"&lt;p&gt;", b"&lt;p&gt;\xe4", ("encoding",)),
    ("rss", b'"http://purl.org/dc/', b'"http://purl.org/DC/', ("namespace-misspelt",)),
    ("rss", b"  <channel>\n", b'  <channel xmlns:dc="x">\n', ()),
    ("rss", b'href="https://courier.example/pier', b'href="/pier', ("relative-reference",)),
    ("atom", b"articles/1.md", b"articles/2.md", ("id-repeated",)),
    ("atom", b"<id>tag:courier.example,2026:articles/1.md", b"<id>1", ("id-not-iri",)),
    ("atom", _ATOM_TITLE, _ATOM_TITLE * 2, ("repeated-element",)),
    ("atom", _ATOM_TITLE, b"", ("title-missing",)),
    ("atom", b"<published>2026", b"<published>2027", ("published-after-updated",)),
    ("atom", b"\n  <updated>2026", b"\n  <updated>2027", ("updated-not-newest",)),
    ("atom", b"\n  <updated>2026", b"\n  <updated>2025", ("updated-behind-entries",)),
    ("atom", b"<name>Desk</name>", b"<name></name>", ("author-name-missing",)),
    ("atom", b"<email>sari@", b"<email>sari", ("mail-invalid",)),
    ("atom", b'term="news"', b'term=""', ("category-blank",)),
    ("atom", b'rel="enclosure"', b'rel="alternate"', ("alternate-several",)),
    ("atom", b'type="html"', b'type="CDATA"', ("content-type-invalid",)),
    ("json", b"articles/1.md", b"articles/2.md", ("id-repeated",)),
    ("json", b'"title": "Entry 1",', b"", ("entry-title-missing",)),
    ("json", b'"title": "Entry 1"', b'"title": ""', ("blank-value",)),
    ("json", b'"title": "Entry 1"', b'"title": 1', ("json-type",)),
    ("json", b'"title": "Entry 1"', b'"name": "Entry 1"', ("json-key-unknown",)),
    ("json", b'"content_html": "', b'"content_html": "<script>', ("unsafe-element",)),
    ("json", b'"content_html": "', b'"content_html": "\\u0085', ("control-character",)),
    ("json", b'"date_published": "2026', b'"date_published": "2027', ("published-after-updated",)),
    ("json", b'"date_published": "2026-03', b'"date_published": "2026-13', ("date-invalid",)),
    ("json", b'"size_in_bytes": 1200', b'"size_in_bytes": -1', ("enclosure-length-invalid",)),
    ("json", b'"mime_type": "audio/mpeg"', b'"mime_type": "audio"', ("media-type-invalid",)),
    ("json", b'"url": "https://courier.example/1/"', b'"url": "1/"', ("address-not-absolute",)),
    ("json", b'"news"', b'" "', ("category-blank",)),
]


@pytest.fixture
def given_entries(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many entries the rules themselves were given, each time that they were asked."""
    seen: list[int] = []

    def watch(name: str, entries: Mapping[str, str]) -> None:
        real = getattr(check, name)

        def spy(report: Any, root: Any, *more: Any) -> None:
            seen.append(
                len(root["items"]) if isinstance(root, dict) else len(root.findall(entries))
            )
            real(report, root, *more)

        monkeypatch.setattr(check, name, spy)

    watch("check_rss", "channel/item")
    watch("check_atom", "{http://www.w3.org/2005/Atom}entry")
    watch("check_json", "")
    return seen


@pytest.mark.parametrize("format_", ADDRESSES)
@pytest.mark.parametrize("shape", SHAPES)
def test_what_we_draw_is_of_the_form(shape: str, format_: str, given_entries: list[int]) -> None:
    assert check_feed(SHAPES[shape][format_], url=ADDRESSES[format_], own=True) == ()
    assert given_entries == [0]
    assert by_each_rule(SHAPES[shape][format_], ADDRESSES[format_]) == ()
    assert given_entries[1] > 0


@pytest.mark.parametrize("format_", ADDRESSES)
def test_feeds_of_others_are_held_against_each_rule(format_: str, given_entries: list[int]) -> None:
    check_feed(MANY[format_], url=ADDRESSES[format_])
    assert given_entries == [4]


@pytest.mark.parametrize(("format_", "sound", "spoilt", "rules"), SPOILT)
@pytest.mark.parametrize("known", ["no bodies", "its bodies", "those of all formats"])
def test_what_breaks_a_rule_is_found(
    format_: str, sound: bytes, spoilt: bytes, rules: tuple[str, ...], known: str
) -> None:
    memo: set[int] = set()
    for other in {"no bodies": (), "its bodies": (format_,)}.get(known, ADDRESSES):
        check_feed(MANY[other], own=True, memo=memo)
    assert sound in MANY[format_]
    data = MANY[format_].replace(sound, spoilt, 1)
    found = check_feed(data, url=ADDRESSES[format_], own=True, memo=memo)
    assert found == by_each_rule(data, ADDRESSES[format_])
    assert [any(one.rule.startswith(rule) for one in found) for rule in rules] == [True] * len(
        rules
    )
    assert bool(found) == bool(rules)


def test_a_body_that_one_format_was_found_sound_with_is_not_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    memo: set[int] = set()
    check_feed(MANY["atom"], url=ADDRESSES["atom"], own=True, memo=memo)
    read: list[str] = []
    monkeypatch.setattr(canonical, "body_faults", lambda body: read.append(body) or ())
    assert check_feed(MANY["json"], url=ADDRESSES["json"], own=True, memo=memo) == ()
    assert read == []
    assert check_feed(MANY["json"], url=ADDRESSES["json"], own=True, memo=set()) == ()
    assert read, "else it would prove nothing"


def test_entries_that_are_commented_out_are_missed() -> None:
    rss = MANY["rss"].replace(b"    <item>", b"<!--<item>", 1)
    atom = MANY["atom"].replace(b"<updated>", b"<![CDATA[<updated>", 1)
    for format_, data in (("rss", rss), ("atom", atom)):
        found = check_feed(data, url=ADDRESSES[format_], own=True)
        assert found == by_each_rule(data, ADDRESSES[format_]) != ()


def test_what_was_taken_back_is_held_against_the_entries() -> None:
    entries = many_entries(2)
    assert entries[0].updated is not None
    gone = Tombstone(id="tag:courier.example,2026:gone", when=entries[0].updated, place=9)
    part = factories.make_part(*entries, tombstones=(gone,))
    data = draw_feeds(factories.make_feed(parts=(part,)))["atom.xml"]
    assert check_feed(data, own=True) == ()
    wrong = data.replace(b'ref="tag:courier.example,2026:gone"', f'ref="{entries[0].id}"'.encode())
    assert [one.rule for one in check_feed(wrong, own=True)] == ["tombstone-of-an-entry"]


def test_a_large_body_is_left_to_the_parser_with_its_limits() -> None:
    text = b"&lt;p&gt;" + b"x" * 10_000_001
    data = render_feeds(make_entry())["rss"].replace(b"&lt;p&gt;", text)
    assert [one.rule for one in check_feed(data, own=True)] == ["beyond-parser-limits"]


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ('<p>One</p>\n<p>a <em>b</em><br><a href="https://x.example/?a&amp;b">c</a></p>', True),
        ('<h2 id="one">One &amp; "two"</h2>\n<ul>\n<li>&lt;b&gt;</li>\n</ul>\n', True),
        ('<figure><img src="https://x.example/a.png" alt="a &amp; b" width="3"></figure>', True),
        ('<blockquote><ol start="3"><li><p><a href="mailto:a@b.c"><em>x</em></a></p>', False),
        ('<pre><code class="language-c">a &lt; b\n\nc</code></pre>\n<hr>', True),
        ("text & more", True),
        ("a < b", False),
        ("<p>One", False),
        ("<p>a <em>b</p></em>", False),
        ('<p><a href="/x">c</a></p>', False),
        ('<p><a href="javascript:x">c</a></p>', False),
        ('<p><img src="data:text/html,x"></p>', False),
        ('<p onclick="x">c</p>', False),
        ('<p title="<b>">c</p>', False),
        ("<ul><p>x</p></ol>", False),
        ("<script>x</script>", False),
        ("<p class='x'>One</p>", False),
        ("<!-- x --><p>One</p>", False),
        ("<div>" * 6 + "</div>" * 6, True),
        ("<div>" * 7 + "</div>" * 7, False),
    ],
)
def test_a_body_is_soon_seen_to_be_sound_in_xml(body: str, seen: bool) -> None:
    assert is_sound_in_xml(escape_xml(body)) == seen
