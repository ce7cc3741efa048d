"""A feed of ours, read again as a feed of somebody else, says the same; and no bytes harm."""

from __future__ import annotations

import contextlib
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.model import Author, Entry, ForeignFeed
from publisher.parse.clean.fragment import plain_text
from publisher.parse.feeds import NoFeedError, read_feed, read_opml
from publisher.parse.feeds.keeping import merge
from tests.feed_samples import make_feed, render_feeds

LETTERS = st.characters(
    codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters="<>&"
).filter(lambda letter: letter.isprintable() and not "\x7f" < letter < "\u0100")
"""What no reader guesses at: mark-up in an RSS title, and UTF-8 that looks like Latin-1."""
TEXT = st.text(LETTERS, min_size=1, max_size=40).map(
    lambda text: unicodedata.normalize("NFC", " ".join(f"a{text}z".split()))
)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda n: timezone(timedelta(minutes=n)))
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2190, 1, 1), timezones=OFFSETS).map(
    lambda when: when.replace(microsecond=0)
)
FOREIGN = st.none() | st.builds(
    ForeignFeed,
    id=st.just("tag:other.example,2026:feed"),
    title=TEXT,
    url=st.just("https://other.example/"),
    feed_url=st.just("https://other.example/atom.xml"),
    updated=TIMES,
    rights=st.just("") | TEXT,
)


def entries() -> st.SearchStrategy[list[Entry]]:
    one = st.builds(
        Entry,
        id=st.integers(0, 10**6).map("tag:courier.example,2026:{}".format),
        url=st.integers(0, 10**6).map("https://courier.example/{}/?a=1&b=2".format),
        title=TEXT,
        summary=TEXT,
        published=TIMES,
        updated=TIMES,
        body_key=st.just("x"),
        authors=st.lists(TEXT.map(lambda name: Author(name=name)), max_size=2).map(tuple),
        foreign=FOREIGN,
    )
    return st.lists(one, min_size=1, max_size=4, unique_by=lambda entry: entry.id)


@settings(max_examples=25)
@given(entries(), TEXT, st.sampled_from(["rss", "atom", "json"]))
def test_what_we_write_is_read_as_it_was_meant(made: list[Entry], body: str, format_: str) -> None:
    feed = make_feed(content="full")
    data = render_feeds(*made, feed=feed, body=f"<p>{escape(body)}</p>")[format_]
    read = read_feed(data, url="https://elsewhere.example/feed", most=10)
    assert len(read.entries) == len(made)
    for found, entry in zip(read.entries, made, strict=True):
        assert (found.id, found.name, found.link) == (entry.id, entry.id, entry.url)
        assert found.title == entry.title
        assert found.when == entry.published
        assert plain_text(found.body) == " ".join(body.split())
        if entry.foreign is None:
            assert found.feed.title == "The Example Courier"
        elif format_ != "rss":
            assert (found.feed.id, found.feed.title) == (entry.foreign.id, entry.foreign.title)
            assert found.feed.rights == entry.foreign.rights
        else:
            assert found.feed.title == entry.foreign.title


GOOD = render_feeds(
    Entry(
        id="tag:courier.example,2026:1",
        url="https://courier.example/1/",
        title="One",
        summary="Two",
        published=datetime(2026, 1, 1, tzinfo=UTC),
        updated=datetime(2026, 1, 1, tzinfo=UTC),
        body_key="x",
    )
)


def _never_raises(data: bytes) -> None:
    for read in (
        lambda: merge((), read_feed(data, url="https://x.example/"), now=NOW, most=5),
        lambda: read_opml(data, url="https://x.example/"),
    ):
        with contextlib.suppress(NoFeedError):
            read()


NOW = datetime(2026, 1, 1, tzinfo=UTC)
CUTS = st.tuples(
    st.floats(0, 1),
    st.integers(0, 9),
    st.binary(max_size=8)
    | st.sampled_from(
        [
            b"<",
            b"&",
            b"]]>",
            b"<![CDATA[",
            b"<!DOCTYPE [",
            b'"',
            b"\xff",
            b"&#0;",
            b"<a:b>",
            b"{",
            b"[" * 99,
        ]
    ),
)


@given(st.sampled_from(sorted(GOOD)), st.lists(CUTS, max_size=4))
def test_no_bytes_do_harm(format_: str, cuts: list[tuple[float, int, bytes]]) -> None:
    _mutate(format_, cuts)


@pytest.mark.long
@settings(max_examples=10_000)
@given(st.sampled_from(sorted(GOOD)), st.lists(CUTS, max_size=6))
def test_many_bytes_do_no_harm(format_: str, cuts: list[tuple[float, int, bytes]]) -> None:
    _mutate(format_, cuts)


def _mutate(format_: str, cuts: list[tuple[float, int, bytes]]) -> None:
    data = GOOD[format_]
    for share, length, more in cuts:
        place = int(share * len(data))
        data = data[:place] + more + data[place + length :]
    _never_raises(data)
