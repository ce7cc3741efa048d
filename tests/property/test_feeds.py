"""Whatever an entry says, its three feeds can be read, follow the rules and say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta, timezone
from html import escape

import feedparser
from hypothesis import given
from hypothesis import strategies as st

from publisher.model import Author, Enclosure, Entry, Picture
from publisher.render.environment import make_environment
from publisher.render.feeds.atom import draw_atom_entries, feedgen_atom_entries
from publisher.render.feeds.forms import SHELL
from publisher.render.feeds.rss import draw_rss_entries, feedgen_rss_entries
from publisher.render.feeds.written import Writer
from publisher.render.words import make_words
from tests.feed_rules import check_feed, disagreements
from tests.feed_samples import (
    CATALOGUES,
    TEMPLATE,
    feed_addresses,
    make_feed,
    make_site,
    render_feeds,
)

OFFSETS = st.integers(-86399, 86399).map(lambda seconds: timezone(timedelta(seconds=seconds)))
TIMES = st.datetimes(timezones=OFFSETS) | st.datetimes(timezones=st.just(UTC))
TEXT = st.text(max_size=60)
LANGUAGES = st.sampled_from(["en", "id", "ar", "pt-BR", "zh-Hant-TW", "sr-Latn"]) | st.none() | TEXT
ADDRESSES = TEXT.map("https://courier.example/{}".format)
PICTURES = st.builds(
    Picture,
    url=ADDRESSES,
    alt=TEXT,
    caption=TEXT,
    width=st.integers(0, 9),
    height=st.integers(0, 9),
)
ENCLOSURES = st.builds(
    Enclosure,
    url=ADDRESSES,
    length=st.integers(-1, 10**12),
    media_type=st.sampled_from(["audio/mpeg", "", "no type", "image/png"]),
    title=st.just("") | TEXT,
)
AUTHORS = st.builds(
    Author, name=TEXT, email=st.none() | st.emails() | TEXT, url=st.none() | ADDRESSES | TEXT
)
ENTRIES = st.builds(
    Entry,
    id=TEXT.map("tag:courier.example,2026:one/{}".format),
    url=ADDRESSES,
    title=TEXT,
    summary=TEXT,
    published=TIMES,
    updated=TIMES,
    body_key=st.just("x"),
    section=TEXT,
    authors=st.lists(AUTHORS, max_size=3).map(tuple),
    tags=st.lists(TEXT, max_size=4).map(tuple),
    language=LANGUAGES,
    picture=st.none() | PICTURES,
    enclosures=st.lists(ENCLOSURES, max_size=3).map(tuple),
)
BODIES = st.text(st.characters() | st.sampled_from("\x00\x0b\ud800\ufffe\r]>&<"), max_size=200).map(
    lambda text: f"<p>{escape(text)}</p>"
)


@given(
    entry=ENTRIES,
    other=ENTRIES,
    body=BODIES,
    language=LANGUAGES,
    content=st.sampled_from(["full", "summary"]),
)
def test_any_entry_gives_three_sound_feeds_that_agree(
    entry: Entry, other: Entry, body: str, language: str | None, content: str
) -> None:
    entries = [entry, replace(other, id="tag:courier.example,2026:other.md")]
    feeds = render_feeds(
        *entries, site=make_site(language=language), feed=make_feed(content=content), body=body
    )
    for name, address in feed_addresses().items():
        assert check_feed(feeds[name], address) == []
    assert disagreements(feeds["rss"], feeds["atom"], feeds["json"]) == []
    for name in ("rss", "atom"):
        parsed = feedparser.parse(feeds[name])
        assert not parsed.bozo
        assert len(parsed.entries) == len(entries)


@given(
    entry=ENTRIES,
    id_=st.sampled_from(["its own", "its address", "none that is an IRI"]),
    body=BODIES,
    full=st.booleans(),
)
def test_a_form_gives_what_feedgen_writes(entry: Entry, id_: str, body: str, full: bool) -> None:
    ids = {"its own": entry.id, "its address": entry.url, "none that is an IRI": "12 at x"}
    writer = Writer(
        load_body=lambda _: body,
        environment=make_environment({"feeds/entry.html": TEMPLATE.read_text("utf-8")}),
        words=lambda language: make_words(language or "en", CATALOGUES),
    )
    written = [writer.write(replace(entry, id=ids[id_]), full=full)]
    assert draw_rss_entries(SHELL, written) == feedgen_rss_entries(SHELL, written)
    assert draw_atom_entries(written) == feedgen_atom_entries(written)
