"""Whatever the bytes are, the check comes back and says what they are."""

from __future__ import annotations

import gzip
from time import process_time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.feedcheck import RULES, Finding, check_feed, disagreements, read_feed
from tests.feedcheck_good import ATOM, GOOD, JSON, PODCAST, RSS

FEEDS = st.sampled_from([data for data, _ in GOOD.values()])
PIECES = st.sampled_from(
    [
        *(b"<", b">", b"&", b"</item>", b"<entry>", b"]]>", b"<![CDATA[", b"\x00", b"\xff", b'"'),
        *(b"null", b"[", b"{}", b"-1", b"1e999", b"&#0;", b"&nbsp;", b"xmlns", b" ", b"\\ud800"),
        *(b"<!--", b"-->", b"<?x?>", b"true", b"9" * 400, b"<b/>", b"xml:base='x'", b"\xc2\x85"),
    ]
)
BOMB = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
NOT_FEEDS = {
    "nothing": (b"", "empty-document"),
    "a byte order mark": (b"\xef\xbb\xbf", "empty-document"),
    "text": (b"Hello", "not-a-feed"),
    "a page": (b"<html><head></head></html>", "not-a-feed"),
    "a page in XHTML": (
        b'<?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE html PUBLIC "x" "y">\n<html/>',
        "not-a-feed",
    ),
    "gzip": (gzip.compress(RSS), "not-a-feed"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not-a-feed"),
    "OPML": (b"<opml version='2.0'/>", "not-a-feed"),
    "other JSON": (b'{"a": 1}', "not-a-feed"),
    "a list": (b"[1]", "not-a-feed"),
    "deep JSON": (b'{"items":' * 100_000, "well-formed"),
    "deep JSON in a value": (b'{"version":' + b"[" * 100_000, "well-formed"),
    "an entity bomb": (BOMB + b"]><rss><channel>&j;</channel></rss>", "entity-declaration"),
    "an entity from a file": (
        b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss>&a;</rss>',
        "entity-declaration",
    ),
    "an entity of an outer DTD": (
        b'<!DOCTYPE rss PUBLIC "x" "http://127.0.0.1:1/x.dtd"><rss version="2.0">&eacute;</rss>',
        "entity-declaration",
    ),
    "an entity bomb in UTF-16": (
        (BOMB + b"]><rss>&a;</rss>").decode().encode("utf-16"),
        "entity-declaration",
    ),
    "an unknown encoding": (b'<?xml version="1.0" encoding="klingon"?><rss/>', "encoding"),
    "RSS 1.0": (b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "older-format"),
    "RSS 0.92": (b'<rss version="0.92"/>', "older-format"),
    "RSS 0.91 with its DTD": (
        b'<!DOCTYPE rss PUBLIC "x" "http://127.0.0.1:1/rss.dtd"><rss version="0.91"/>',
        "older-format",
    ),
    "Atom 0.3": (b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"/>', "older-format"),
    "RSS in a namespace": (b'<rss xmlns="http://x.example/rss2"/>', "namespace-misspelt"),
    "a long text": (RSS.replace(b"Fog,", b"x" * 10_000_001), "beyond-parser-limits"),
}


@pytest.mark.parametrize("name", NOT_FEEDS)
def test_what_is_no_feed_has_one_finding_that_says_so(name: str) -> None:
    data, rule = NOT_FEEDS[name]
    findings = check_feed(data)
    assert [finding.rule for finding in findings] == [rule], findings
    assert findings[0].place == "feed"


def _hold(data: bytes) -> None:
    for finding in check_feed(data, url="https://courier.example/"):
        assert isinstance(finding, Finding)
        assert finding.rule in RULES
        assert finding.place
        assert len(finding.detail) <= 200
        assert "\n" not in finding.detail
    assert all(isinstance(found, Finding) for found in disagreements(data, data, data))


@given(data=st.binary(max_size=400))
def test_any_bytes_are_borne(data: bytes) -> None:
    _hold(data)
    for start in (b"<", b"{", b"<?xml version='1.0'?><rss>", b'{"version":'):
        _hold(start + data)


@given(feed=FEEDS, place=st.floats(0, 1), width=st.integers(0, 40), piece=PIECES | st.binary())
def test_a_feed_broken_anywhere_is_borne(
    feed: bytes, place: float, width: int, piece: bytes
) -> None:
    start = int(place * len(feed))
    _hold(feed[:start] + piece + feed[start + width :])


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "url",
                    "name",
                    "items",
                    "tags",
                    "authors",
                    "attachments",
                    "size_in_bytes",
                    "type",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
KEYS = st.sampled_from(
    [
        *("version", "title", "items", "feed_url", "authors", "author", "hubs", "next_url"),
        *("home_page_url", "language", "expired"),
    ]
)


@given(feed=st.dictionaries(KEYS, JSON_VALUES), items=st.lists(JSON_VALUES, max_size=3))
def test_any_json_is_borne(feed: dict[str, object], items: list[object]) -> None:
    _hold(msgspec.json.encode({**feed, "version": "https://jsonfeed.org/version/1.1"}))
    _hold(msgspec.json.encode({**feed, "items": items}))


def test_lines_are_named() -> None:
    lines = RSS.splitlines()
    (finding,) = check_feed(RSS.replace(b"<ttl>60", b"<ttl>x"))
    assert b"<ttl>" in lines[finding.line - 1]
    (finding,) = check_feed(ATOM.replace(b"2026-03-19T00:30:00Z", b"then"))
    assert b"<published>2026-03-19" in ATOM.splitlines()[finding.line - 1]
    (finding,) = check_feed(JSON.replace(b'"title": "Fog",', b'"title": "Fog"'))
    assert abs(finding.line - JSON[: JSON.index(b'"Fog"')].count(b"\n")) <= 2


def test_places_are_ids_else_links_else_titles_else_numbers() -> None:
    item = b"<item><description>x</description>%s<category/></item>"
    for given_, place in (
        (
            b"<guid>https://x.example/1</guid><link>https://x.example/2</link>",
            "https://x.example/1",
        ),
        (b"<link>https://x.example/2</link><title>T</title>", "https://x.example/2"),
        (b"<title>T</title>", "T"),
        (b"", "entry 3"),
    ):
        feed = RSS.replace(b"</channel>", item % given_ + b"</channel>")
        assert {f.place for f in check_feed(feed)} == {place}
    feed = JSON.replace(b'"items": [', b'"items": [{"content_text": "x"},')
    assert {f.place for f in check_feed(feed)} == {"entry 1"}
    assert {f.place for f in check_feed(PODCAST.replace(b">yes<", b">x<"))} == {"feed"}


def test_a_memo_is_filled_by_sound_bodies_only() -> None:
    memo: set[int] = set()
    assert check_feed(RSS, memo=memo) == ()
    known = set(memo)
    assert known
    check_feed(JSON.replace(b"<em>open</em>", b"<script>x</script>"), memo=memo)
    assert memo == known
    assert check_feed(ATOM, memo=memo) == ()
    assert memo == known, "the same body was found sound before"


@pytest.mark.parametrize(
    "data",
    [
        b"<!-- --> " * 100_000,
        b"<!DOCTYPE[" * 100_000,
        b"<?xml " * 100_000,
        b" " * 1_000_000 + b"<",
        b'{"version": "' + b"\\" * 200_000,
        RSS.replace(b"<title>Fog", b"<title>" + b"&lt;b " * 100_000),
        RSS.replace(b"audio/mpeg", b"audio/mpeg; a=b" * 20_000),
        RSS.replace(b"<link>https://courier.example/fog", b"<link>https://" + b"%20" * 100_000),
        ATOM.replace(b"2026-03-19T00:30:00Z", b"2" * 200_000),
        RSS.replace(b"</item>", b"".join(b"<e%d/>" % n for n in range(30_000)) + b"</item>", 1),
    ],
    ids=range(10),
)
def test_a_hostile_document_takes_no_long_time(data: bytes) -> None:
    start = process_time()
    check_feed(data)
    assert process_time() - start < 3


def test_an_encoding_that_nobody_can_read_is_named() -> None:
    data = b'<?xml version="1.0" encoding="undefined"?><rss version="2.0"/>'
    assert [finding.rule for finding in check_feed(data)] == ["encoding"]


@pytest.mark.parametrize("value", [b"1", b"true", b'"text"', b"{}", b"[1, null]", b"null"])
@pytest.mark.parametrize("name", ["items", "authors", "attachments", "tags"])
def test_what_should_be_a_list_and_is_none_holds_nothing(name: str, value: bytes) -> None:
    inner = b'{"id": "a", "%s": %s}' % (name.encode(), value)
    data = inner if name == "items" else b'{"items": [%s]}' % inner
    assert len(read_feed(data).entries) == (name != "items")


def test_an_id_that_is_a_number_is_read_as_text() -> None:
    entries = read_feed(b'{"items": [{"id": 12}, {"id": 1.5}, {"id": true}, {}]}').entries
    assert [entry.id for entry in entries] == ["12", "1.5", "", ""]
