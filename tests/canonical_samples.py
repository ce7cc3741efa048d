"""Feeds of our own and what may befall their bytes, for the tests of the short way of the check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from hypothesis import strategies as st

from publisher.feedcheck import Finding, check_feed
from publisher.model import Author, Enclosure, ForeignFeed, Picture
from tests.feed_samples import feed_addresses, make_entry, make_feed, many_entries, render_feeds

ADDRESSES = feed_addresses()
_LATE = datetime(9999, 1, 1, tzinfo=UTC)
_FOREIGN = ForeignFeed(
    id="https://friend.example/feed",
    title="A friend's & <b>",
    url="https://friend.example/",
    feed_url="https://friend.example/feed.xml",
    updated=datetime(2026, 1, 1, tzinfo=UTC),
    rights="All & none",
)
_HTML = (
    '<h2>One &amp; two</h2>\n<p>An <em>odd</em> <a href="https://x.example/?a=1&amp;b=2">link</a>, '
    "a <strong>bold</strong> one<br>&lt;b&gt; \u00a0»漢字，«</p>\n<ul>\n<li>one</li>\n</ul>\n"
)
SHAPES = {
    "many": render_feeds(*many_entries(4)),
    "summaries": render_feeds(*many_entries(3), feed=make_feed(content="summary")),
    "plain": render_feeds(make_entry(picture=None, enclosures=()), body=_HTML),
    "nested": render_feeds(
        make_entry(), body=f"<blockquote><ol><li>{_HTML}</li></ol></blockquote>"
    ),
    "one enclosure, known size": render_feeds(
        make_entry(
            picture=Picture(url="https://courier.example/p.jpg?a=1&b=2", width=3, height=4),
            enclosures=(
                Enclosure(
                    url="https://courier.example/a.mp3",
                    length=12,
                    media_type="audio/mpeg",
                    title='The "song" & more',
                    duration=61,
                ),
            ),
        )
    ),
    "odd words": render_feeds(
        make_entry(
            title="Is 1 < 2 & 3 > 2; a <b>bold</b> &copy;?",
            summary="a < b & c",
            tags=("a & b", "漢字", '"c"'),
            authors=(Author(name="Ada & Bob <x>", url="https://ada.example/?a=1&b=2"),),
            language="zh-Hant",
        )
    ),
    "bare": render_feeds(
        make_entry(
            id="https://courier.example/1/",
            url="https://courier.example/1/",
            section="",
            authors=(),
            tags=(),
            enclosures=(),
            picture=None,
            language=None,
        )
    ),
    "of a friend": render_feeds(make_entry(foreign=_FOREIGN)),
}
"""By what is in them, each in three formats: all that our forms know, but for podcasts."""

_PIECES = st.sampled_from(
    [
        *(b"<", b">", b"&", b"]]>", b"<!--", b"-->", b"<![CDATA[", b'"', b"'", b" ", b"\n", b"\r"),
        *(b"\x00", b"\x0b", b"\x1c", b"\x7f", b"\xff", b"\xc2\x85", b"\xc2\xa0", b"\xe2\x80\xa8"),
        *(b"\xef\xbf\xbf", b"\xef\xbf\xbd", b"\xf0\x9f\x98\x80", b"&#0;", b"&#133;", b"&#x26;"),
        *(b"&nbsp;", b"&amp;", b"&lt;", b"&gt;", b"&quot;", b"&amp;lt;", b"&lt;script&gt;"),
        *(b"&lt;p&gt;", b"&lt;/p&gt;", b"&lt;em&gt;", b'&lt;a href="/x"&gt;', b"<p>", b"</em>"),
        *(b"/", b"%", b"%20", b":", b"#", b"@", b"0", b"-", b"http://", b"javascript:", b"x:y"),
        *(b"\\u0000", b"\\u0085", b"\\ud800", b"null", b"[]", b"{}", b",", b"1e99", b"-1", b'""'),
        *(b" xmlns='x'", b' xmlns:dc="x"', b' xml:base="x"', b"2026-13-01T00:00:00Z", b"Sat"),
    ]
)
_VALUE = re.compile(rb'>([^<>\n]*)</|="([^"<>]*)"|: "((?:[^"\\]|\\.)*)"')


def spoil(draw: st.DrawFn, data: bytes) -> bytes:
    """A document after one change: bytes, lines or values put in, lost, doubled or exchanged."""
    kind = draw(st.sampled_from(["bytes", "line lost", "line doubled", "lines", "value", "values"]))
    if kind == "bytes":
        start = draw(st.integers(0, len(data)))
        end = start + draw(st.integers(0, 12))
        return data[:start] + draw(_PIECES | st.just(b"")) + data[end:]
    if kind.startswith("line"):
        lines = data.split(b"\n")
        one, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        if kind == "line lost":
            del lines[one]
        elif kind == "line doubled":
            lines.insert(other, lines[one])
        else:
            lines[one], lines[other] = lines[other], lines[one]
        return b"\n".join(lines)
    places = list(_values(data))
    start, end = draw(st.sampled_from(places))
    if kind == "value":
        within = draw(st.integers(start, end))
        return draw(
            st.sampled_from([data[:start] + data[end:]])
            | _PIECES.map(lambda piece: data[:start] + piece + data[end:])
            | _PIECES.map(lambda piece: data[:within] + piece + data[within:])
        )
    from_, to = draw(st.sampled_from(places))
    return data[:start] + data[from_:to] + data[end:]


def _values(data: bytes) -> Iterator[tuple[int, int]]:
    for found in _VALUE.finditer(data):
        yield found.span(found.lastindex or 0)


def by_each_rule(data: bytes, url: str) -> tuple[Finding, ...]:
    """What the check finds where it may not go the short way, which knows no present."""
    found = check_feed(data, url=url, own=True, now=_LATE)
    return tuple(finding for finding in found if finding.rule != "date-in-future")
