"""What a feed says, in whichever format: read back from RSS, Atom and JSON alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from publisher.errors import TemplateError
from publisher.model import Author, Enclosure, Picture
from tests.feed_reading import Shown, read_feed
from tests.feed_rules import check_feed, disagreements
from tests.feed_samples import (
    BODY,
    JAKARTA,
    feed_addresses,
    make_entry,
    make_feed,
    make_site,
    many_entries,
    render_feeds,
)

FORMATS = ("rss", "atom", "json")


def assert_sound(feeds: dict[str, bytes]) -> None:
    addresses = feed_addresses()
    assert {name: check_feed(data, addresses[name]) for name, data in feeds.items()} == {
        name: [] for name in feeds
    }
    assert disagreements(feeds["rss"], feeds["atom"], feeds["json"]) == []
    assert not feedparser.parse(feeds["rss"]).bozo
    assert not feedparser.parse(feeds["atom"]).bozo


def shown(format_: str, **changes: object) -> Shown:
    (entry,) = read_feed(render_feeds(make_entry(**changes))[format_])
    return entry


def test_all_formats_hold_the_same_entries_in_the_order_given() -> None:
    feeds = render_feeds(*many_entries(5))
    assert_sound(feeds)
    for data in feeds.values():
        assert [entry.title for entry in read_feed(data)] == [f"Entry {n}" for n in range(5)]


@pytest.mark.parametrize("format_", FORMATS)
def test_an_entry_says_what_it_was_given(format_: str) -> None:
    entry = shown(format_, picture=None)
    assert entry.id == "tag:courier.example,2026:articles/pier.md"
    assert entry.url == "https://courier.example/2026/03/20/pier/"
    assert entry.title == "The pier opens"
    assert entry.summary == "After two years of work the pier is open again."
    assert entry.content == BODY
    assert entry.published == datetime(2026, 3, 20, 0, 30, tzinfo=UTC)
    assert entry.updated in (datetime(2026, 3, 21, 2, tzinfo=UTC), None)
    assert entry.authors == ("Sari Dewi", "Desk")
    assert entry.tags == ("Harbour", "pier", "news")
    assert entry.language == "en"
    assert entry.enclosures[0] == ("https://courier.example/a.mp3", "audio/mpeg", 1200)


@pytest.mark.parametrize("language", [None, "id"])
def test_a_feed_without_entries_is_sound(language: str | None) -> None:
    feeds = render_feeds(site=make_site(language=language, description="", copyright=""))
    assert_sound(feeds)
    assert b"1970-01-01T00:00:00+00:00" in feeds["atom"]
    assert b"lastBuildDate" not in feeds["rss"]


NASTY = "a\x00b\x0b<b>&amp; &copy ]]> \ufffe\r\n\u202e👩‍🚀 <script>alert(1)</script>"


def test_no_character_in_any_field_breaks_a_feed() -> None:
    entry = make_entry(
        id=f"tag:courier.example,2026:{NASTY}",
        title=NASTY,
        summary=NASTY,
        section=NASTY,
        tags=(NASTY, "\x00", " "),
        authors=(Author(name=NASTY, email=NASTY, url=NASTY), Author(name="\x07")),
        language=NASTY,
        picture=Picture(url=f"https://courier.example/{NASTY}", alt=NASTY, caption=NASTY),
        enclosures=(
            Enclosure(url=f"https://courier.example/{NASTY}", length=-1, media_type=NASTY),
            Enclosure(url="\x00", length=1, media_type="audio/mpeg"),
        ),
    )
    feeds = render_feeds(entry, body="<p>a\x00\x1b\ud800 ]]&gt; b\r\nc</p>")
    assert_sound(feeds)
    (read,) = read_feed(feeds["atom"])
    assert read.title == "ab<b>&amp; &copy ]]> \u202e👩‍🚀 <script>alert(1)</script>"
    assert read.tags == read.authors == (read.title,)
    assert "<p>a ]]&gt; b\nc</p>" in read.content
    assert [length for _, _, length in read.enclosures] == [0]
    assert read.language == "en"


def test_a_control_character_in_the_site_breaks_nothing() -> None:
    site = make_site(title="Courier\x00 & <Sons>", description="\x01", copyright="\ufffe©")
    feeds = render_feeds(make_entry(), site=site, image_url="https://courier.example/logo ü.png")
    assert_sound(feeds)
    assert feedparser.parse(feeds["atom"]).feed.logo.endswith("/logo%20%C3%BC.png")


@pytest.mark.parametrize("format_", FORMATS)
def test_what_an_entry_lacks_is_told_from_what_it_has(format_: str) -> None:
    untitled = shown(format_, title="\x00", summary="")
    assert untitled.title == untitled.summary == "The harbour pier is open & free."
    nothing = {"title": "", "summary": "", "picture": None}
    (empty,) = read_feed(render_feeds(make_entry(**nothing), body=" ")[format_])
    assert empty.title == empty.summary == "https://courier.example/2026/03/20/pier/"
    assert empty.content == "<p>https://courier.example/2026/03/20/pier/</p>"


def test_words_of_neighbouring_blocks_stay_apart() -> None:
    body = "<h2>One</h2><p>tw<b>o</b><br>three</p>four<ul><li>five</li></ul>" * 20
    (read,) = read_feed(render_feeds(make_entry(summary=""), body=body)["atom"])
    assert read.summary.startswith("One two three four five One two")
    assert read.summary.endswith("…")
    assert len(read.summary) <= 280


def test_a_deep_body_is_read_for_words() -> None:
    body = "<div>" * 300 + "deep" + "</div>" * 300
    feeds = render_feeds(make_entry(summary=""), body=body)
    assert_sound(feeds)
    assert read_feed(feeds["json"])[0].summary == "deep"


def test_a_feed_of_summaries_loads_a_body_only_for_an_entry_without_summary() -> None:
    feeds = render_feeds(make_entry(), feed=make_feed(content="summary"), body="<p>unread")
    assert_sound(feeds)
    assert all(b"unread" not in data for data in feeds.values())
    assert read_feed(feeds["atom"])[0].content == ""
    feeds = render_feeds(make_entry(summary=""), feed=make_feed(content="summary"))
    assert_sound(feeds)
    assert read_feed(feeds["rss"])[0].summary == "The harbour pier is open & free."


@pytest.mark.parametrize("format_", FORMATS)
def test_the_section_leads_the_tags_unless_it_is_one(format_: str) -> None:
    assert shown(format_, section="news").tags == ("pier", "news")
    assert shown(format_, section="", tags=("a", "a", " b ", "b")).tags == ("a", "b")


@pytest.mark.parametrize("format_", FORMATS)
def test_an_update_is_never_before_the_publication(format_: str) -> None:
    when = datetime(2026, 3, 20, 7, 30, tzinfo=JAKARTA)
    entry = shown(format_, published=when, updated=when - timedelta(days=3))
    assert entry.published == when
    assert entry.updated in (when, None)


@pytest.mark.parametrize("year", [1, 99, 999, 1899, 9999])
def test_any_year_is_written_with_four_digits(year: int) -> None:
    when = datetime(year, 7, 1, tzinfo=UTC)
    feeds = render_feeds(make_entry(published=when, updated=when))
    assert_sound(feeds)
    assert [read_feed(data)[0].published for data in feeds.values()] == [when] * 3


def test_an_entry_in_another_language_says_so() -> None:
    feeds = render_feeds(make_entry(language="id"), site=make_site(language="en"))
    assert_sound(feeds)
    assert {read_feed(data)[0].language for data in feeds.values()} == {"id"}
    assert {read_feed(data)[0].language for data in render_feeds(make_entry()).values()} == {"en"}


def test_the_lead_picture_is_shown_where_the_body_does_not_hold_it() -> None:
    picture = Picture(
        url="https://courier.example/p.jpg?a=1&b=2", alt='"x"', caption="A & B", width=8, height=6
    )
    feeds = render_feeds(make_entry(picture=picture))
    assert_sound(feeds)
    (read,) = read_feed(feeds["rss"])
    assert read.content.startswith(
        '<figure><img src="https://courier.example/p.jpg?a=1&amp;b=2" alt="&#34;x&#34;"'
        ' width="8" height="6"><figcaption>A &amp; B</figcaption></figure>\n<p>The harbour'
    )
    body = '<p><img src="https://courier.example/p.jpg?a=1&amp;b=2"></p>'
    (read,) = read_feed(render_feeds(make_entry(picture=picture), body=body)["rss"])
    assert read.content == body


def test_a_site_may_bring_its_own_template() -> None:
    feeds = render_feeds(make_entry(), template="{{ body }}<hr>{{ entry.title }}")
    assert_sound(feeds)
    assert read_feed(feeds["json"])[0].content == BODY + "<hr>The pier opens"
    with pytest.raises(TemplateError, match=r"templates/feeds/entry\.html:1"):
        render_feeds(make_entry(), template="{{ nothing.here }}")


def test_an_entry_without_authors_is_the_sites() -> None:
    feeds = render_feeds(make_entry(authors=()))
    assert_sound(feeds)
    assert feedparser.parse(feeds["atom"]).feed.author == "The Example Courier"
    assert read_feed(feeds["atom"])[0].authors == ()


@pytest.mark.parametrize("format_", ["rss", "atom"])
def test_feedparser_finds_what_the_entries_say(format_: str) -> None:
    entries = many_entries(3)
    parsed = feedparser.parse(render_feeds(*entries)[format_])
    assert not parsed.bozo
    assert parsed.feed.title == "The Example Courier"
    assert parsed.feed.link == "https://courier.example/"
    assert parsed.feed.language == "en"
    assert len(parsed.entries) == len(entries)
    for read, entry in zip(parsed.entries, entries, strict=True):
        assert (read.id, read.link, read.title) == (entry.id, entry.url, entry.title)
        assert read.summary == entry.summary
        assert read.content[0].type == "text/html"
        assert read.content[0].value.endswith(BODY)
        assert read.published_parsed[:6] == entry.published.astimezone(UTC).timetuple()[:6]
        assert [author.name for author in read.authors] == ["Sari Dewi", "Desk"]
        assert [tag.term for tag in read.tags] == ["Harbour", "pier", "news"]
        enclosures = [(e.href, e.type, int(e.length)) for e in read.enclosures]
        expected = [(e.url, e.media_type, e.length) for e in entry.enclosures]
        assert enclosures == (expected if format_ == "atom" else expected[:1])
