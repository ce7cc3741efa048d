"""What feeds of others say, by the formats and the ways in which they say it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from publisher.config import FeedSourceSpec, SiteSpec
from publisher.model import Author
from publisher.parse.feeds import ForeignEntry, NoFeedError, read_feed, read_opml
from publisher.parse.feeds.asitems import items_of
from publisher.parse.feeds.keeping import Kept, merge
from publisher.parse.items import Item, parse_item

URL = "https://a.example/feeds/all.xml?key=secret"
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SPEC = FeedSourceSpec(name="a", type="feed", url=URL, full_text=True, rights="x")
SITE = SiteSpec(title="Planet", url="https://planet.example/", language="en")


def only(document: str | bytes, **more: str) -> ForeignEntry:
    data = document if isinstance(document, bytes) else document.encode()
    (entry,) = read_feed(data, url=URL, **more).entries
    return entry


def body_of(entry: ForeignEntry) -> str:
    """The text as it goes out."""
    kept = merge((), read_document(entry), now=NOW, most=5)
    (item,) = items_of(kept, SPEC)
    assert isinstance(item, Item)
    return parse_item(item, site=SITE, source=SPEC, look_up=lambda _: None).body_html


def read_document(entry: ForeignEntry):  # type: ignore[no-untyped-def]
    from publisher.parse.feeds import ForeignDocument

    return ForeignDocument(feed=entry.feed, entries=(entry,))


RSS = "<item><title>T</title><link>https://a.example/1</link></item>"


@pytest.mark.parametrize(
    "document",
    [
        f'<rss version="0.91"><channel><title>F</title>{RSS}</channel></rss>',
        f'<rss version="0.92"><channel><title>F</title>{RSS}</channel></rss>',
        (
            '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://x.example/d">'
            f'<rss version="0.91"><channel><title>F</title>{RSS}</channel></rss>'
        ),
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>F</title></channel>'
            f"{RSS}</rdf:RDF>"
        ),
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>F</title></channel>'
            f"{RSS}</rdf:RDF>"
        ),
        (
            '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>F</title><entry>'
            '<title>T</title><link rel="alternate" href="https://a.example/1"/></entry></feed>'
        ),
        (
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry>'
            '<title>T</title><link href="https://a.example/1"/></entry></feed>'
        ),
        (
            '{"version": "https://jsonfeed.org/version/1", "title": "F", "items": '
            '[{"id": "1", "url": "https://a.example/1", "title": "T"}]}'
        ),
    ],
)
def test_every_format(document: str) -> None:
    entry = only(document)
    assert (entry.title, entry.link, entry.feed.title) == ("T", "https://a.example/1", "F")


def test_references_stand_under_their_base() -> None:
    entry = only(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/blog/">'
        '<title>F</title><entry xml:base="2026/"><id>urn:1</id><title>T</title><link href="one"/>'
        '<content type="html">&lt;img src="p.png" alt=""> &lt;a href="/x">x&lt;/a></content>'
        "</entry></feed>"
    )
    assert entry.link == "https://b.example/blog/2026/one"
    html = body_of(entry)
    assert 'src="https://b.example/blog/2026/p.png"' in html
    assert 'href="https://b.example/x"' in html


def test_without_a_base_it_is_the_articles_own_page() -> None:
    entry = only(
        "<rss version='2.0'><channel><title>F</title><item><link>/2026/one/</link><title>T</title>"
        "<description>&lt;img src='p.png'></description></item></channel></rss>"
    )
    assert 'src="https://a.example/2026/one/p.png"' in body_of(entry)


def test_markup_of_titles_is_taken_off_once() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><id>urn:1</id>{}</entry>'
        "</feed>"
    )
    for written, read in (
        ('<title type="html">A &amp;amp; &lt;b>B&lt;/b></title>', "A & B"),
        ('<title type="text">A &amp; &lt;b></title>', "A & <b>"),
        (
            (
                '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <i>b</i></div>'
                "</title>"
            ),
            "A b",
        ),
    ):
        assert only(atom.format(written)).title == read


@pytest.mark.parametrize(
    ("head", "encoding", "charset"),
    [
        ("", "utf-8", ""),
        ("", "utf-8", "iso-8859-1"),  # what HTTP says by default is often wrong
        ("", "windows-1252", ""),
        ("", "iso-8859-2", "iso-8859-2"),
        ('<?xml version="1.0" encoding="ISO-8859-2"?>', "iso-8859-2", "utf-8"),
        ("", "utf-16", ""),
        ('<?xml version="1.0" encoding="no-such"?>', "utf-8", ""),
    ],
)
def test_encodings(head: str, encoding: str, charset: str) -> None:
    letter = "ő" if encoding == "iso-8859-2" else "é"
    text = f"{head}<rss><channel><item><title>caf{letter}</title></item></channel></rss>"
    assert only(text.encode(encoding), charset=charset).title == f"caf{letter}"


def test_what_is_not_well_formed_is_read_as_far_as_it_goes() -> None:
    entry = only(
        "  <rss version='2.0'><channel><title>Q&A &nbsp; &hellip;</title><item><title>A & B</title>"
        "<link>https://a.example/?a=1&b=2</link><media:thumbnail url='https://a.example/p.png'/>"
        "<description>&lt;p>One &mdash; two&lt;/p></description></item>"
    )
    assert entry.feed.title == "Q&A \xa0 …".replace("\xa0 ", "").replace("  ", " ")
    assert (entry.title, entry.link) == ("A & B", "https://a.example/?a=1&b=2")
    assert entry.picture == "https://a.example/p.png"
    assert entry.body == "<p>One — two</p>"


def test_who_wrote_it() -> None:
    rss = (
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel>{}</channel></rss>"
    )
    item = "<item><title>T</title>{}</item>"
    told = item.format("<author>ada@a.example (Ada)</author>")
    assert only(rss.format(told)).authors == (Author(name="Ada"),)
    told = item.format("<dc:creator>Ada</dc:creator>")
    assert [one.name for one in only(rss.format(told)).authors] == ["Ada"]
    told = item.format("<source url='https://c.example/rss'>Third</source>")
    third = only(rss.format(f"<title>F</title>{told}"))
    assert (third.feed.title, third.feed.feed_url) == ("Third", "https://c.example/rss")


def test_the_address_of_a_feed_that_may_be_secret_is_not_shown() -> None:
    entry = only(f"<rss><channel><title>F</title>{RSS}</channel></rss>")
    assert entry.feed.feed_url == "https://a.example/feeds/all.xml"
    assert "secret" not in repr(entry)


def test_the_newest_count_wherever_they_stand() -> None:
    def items(days: list[int]) -> str:
        return "".join(
            f"<item><guid>g{day}</guid><title>{day}</title>"
            f"<pubDate>{day} Nov 2026 10:00:00 GMT</pubDate></item>"
            for day in days
        )

    for days in ([1, 2, 3, 4], [4, 3, 2, 1], [2, 4, 1, 3]):
        data = f"<rss><channel>{items(days)}</channel></rss>".encode()
        read = read_feed(data, url=URL, most=2)
        assert {one.name for one in read.entries} == {"g3", "g4"}
        assert set(read.others) == {"g1", "g2"}


def test_what_is_kept_only_changes_when_an_article_does() -> None:
    def document(updated: str, title: str) -> bytes:
        return (
            '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:f</id><title>F</title>'
            f"<updated>{updated}</updated><entry><id>urn:1</id><title>{title}</title>"
            "<updated>2026-11-01T10:00:00Z</updated></entry></feed>"
        ).encode()

    first = merge((), read_feed(document("2026-11-01", "A"), url=URL), now=NOW, most=5)
    later = NOW + timedelta(days=1)
    again = merge(first.entries, read_feed(document("2026-11-20", "A"), url=URL), now=later, most=5)
    assert again == first
    changed = merge(
        again.entries, read_feed(document("2026-11-21", "B"), url=URL), now=later, most=5
    )
    assert changed.entries[0].first == first.entries[0].first
    assert changed.entries[0].entry.feed.updated != first.entries[0].entry.feed.updated


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"   \n", "is empty"),
        (b"Not Found", "cannot be read as XML"),
        (b"<html><body>", "is no feed: it begins with <html>"),
        (b"{}", "is JSON, but no JSON Feed"),
        (b"{" * 100_000, "cannot be read as JSON"),
        (b'{"a":' * 100_000, "cannot be read as JSON"),
        (b"<!DOCTYPE x [" + b"]" * 100_000, "its DOCTYPE does not end"),
        (b"<rss><channel>" + b"<a/>" * 120_000, "holds more than"),
        ("<rss><channel><a:b xmlns:a='x\xa0y\xa0z'/>".encode(), "cannot be read by feedparser"),
    ],
)
def test_what_is_no_feed(data: bytes, says: str) -> None:
    began = time.process_time()
    with pytest.raises(NoFeedError, match=says.replace("<", "<")):
        read_feed(data, url=URL)
    assert time.process_time() - began < 2


def test_lists() -> None:
    text = (
        b'<opml version="1.0"><body><outline text="Sea"><outline type="rss" title="A" text="a" '
        b'xmlUrl="https://a.example/1"/><outline xmlurl="/2"/></outline><outline xmlUrl="x:y"/>'
        b'<outline xmlUrl="https://a.example/1"/></body></opml>'
    )
    found = read_opml(text, url="https://b.example/list")
    assert found.warnings == ("'x:y' in the list is no web address, and is not read",)
    assert [(one.url, one.title) for one in found.feeds] == [
        ("https://a.example/1", "A"),
        ("https://b.example/2", ""),
    ]
    many = b"".join(b'<outline xmlUrl="https://a.example/%d"/>' % n for n in range(1001))
    with pytest.raises(NoFeedError, match="more than 1000"):
        read_opml(b"<opml><body>" + many + b"</body></opml>", url="")


def test_nothing_kept_gives_nothing() -> None:
    assert list(items_of(Kept(entries=(), others=()), SPEC)) == []
