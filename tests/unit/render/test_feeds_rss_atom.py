"""The traps of feedgen, one by one (docs/decisions/0003)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from lxml import etree

from publisher.model import Author, Picture
from tests.feed_reading import ATOM, DC, LANG, read_feed
from tests.feed_samples import make_entry, make_site, many_entries, render_feeds

MEDIA = "{http://search.yahoo.com/mrss/}"


def rss(*entries: object, **options: object) -> etree._Element:
    return etree.fromstring(render_feeds(*entries, **options)["rss"])[0]


def atom(*entries: object, **options: object) -> etree._Element:
    return etree.fromstring(render_feeds(*entries, **options)["atom"])


def test_atom_links_keep_their_attributes() -> None:
    (entry,) = atom(make_entry()).findall(ATOM + "entry")
    assert [dict(link.attrib) for link in entry.findall(ATOM + "link")] == [
        {
            "href": "https://courier.example/2026/03/20/pier/",
            "rel": "alternate",
            "type": "text/html",
        },
        {
            "href": "https://courier.example/a.mp3",
            "rel": "enclosure",
            "type": "audio/mpeg",
            "length": "1200",
        },
        {
            "href": "https://courier.example/b.mp3",
            "rel": "enclosure",
            "type": "audio/mpeg",
            "length": "0",
        },
    ]


def test_an_atom_feed_names_itself_and_the_site() -> None:
    feed = atom(make_entry(), image_url="https://courier.example/media/logo.png")
    assert feed.findtext(ATOM + "id") == "https://courier.example/atom.xml"
    assert [dict(link.attrib) for link in feed.findall(ATOM + "link")] == [
        {"href": "https://courier.example/", "rel": "alternate", "type": "text/html"},
        {
            "href": "https://courier.example/atom.xml",
            "rel": "self",
            "type": "application/atom+xml",
        },
    ]
    assert feed.findtext(ATOM + "subtitle") == "News from the example coast"
    assert feed.findtext(ATOM + "rights") == "The Example Courier"
    assert feed.findtext(ATOM + "logo") == "https://courier.example/media/logo.png"


def test_an_rss_channel_links_the_site_and_itself() -> None:
    channel = rss(make_entry(), image_url="https://courier.example/media/logo.png")
    assert channel.findtext("link") == "https://courier.example/"
    assert channel.findtext("copyright") == "The Example Courier"
    assert dict(channel.find(ATOM + "link").attrib) == {
        "href": "https://courier.example/rss.xml",
        "rel": "self",
        "type": "application/rss+xml",
    }
    assert [(e.tag, e.text) for e in channel.find("image")] == [
        ("url", "https://courier.example/media/logo.png"),
        ("title", "The Example Courier"),
        ("link", "https://courier.example/"),
    ]


def test_a_channel_without_description_is_described_by_its_title() -> None:
    assert rss(site=make_site(description="")).findtext("description") == "The Example Courier"
    assert atom(site=make_site(description="")).find(ATOM + "subtitle") is None


def test_titles_in_rss_use_hexadecimal_references_in_titles_only() -> None:
    entry = make_entry(title="Salt & <pepper>", body_key="x")
    data = render_feeds(
        entry,
        site=make_site(title="A & B"),
        image_url="https://courier.example/i.png",
        body="<p>&lt;title&gt;a &amp; b&lt;/title&gt;</p>",
    )["rss"]
    titles = re.findall(rb"<title>(.*)</title>", data)
    assert titles == [b"A &#x26; B", b"A &#x26; B", b"Salt &#x26; &#x3C;pepper&gt;"]
    assert b"&lt;p&gt;&amp;lt;title&amp;gt;a &amp;amp; b&amp;lt;/title&amp;gt;" in data
    assert etree.fromstring(data)[0].find("item").findtext("title") == "Salt & <pepper>"


def test_atom_titles_and_summaries_are_declared_plain_and_content_html() -> None:
    feed = atom(make_entry(title="1 < 2 & <b>"))
    (entry,) = feed.findall(ATOM + "entry")
    kinds = [entry.find(ATOM + name).get("type") for name in ("title", "summary", "content")]
    assert kinds == ["text", "text", "html"]
    assert feed.find(ATOM + "title").get("type") == "text"
    assert entry.findtext(ATOM + "title") == "1 < 2 & <b>"


LIKE_A_FEED = """<pre>
    &lt;item>
      &lt;content:encoded>content&lt;/content:encoded>
    &lt;/item>
  &lt;entry>
    &lt;content type="html">content&lt;/content>
  &lt;/entry>
</pre>"""


@pytest.mark.parametrize("format_", ["rss", "atom"])
def test_a_text_about_feeds_is_a_text(format_: str) -> None:
    first = make_entry(title="content", summary="content")
    feeds = render_feeds(first, make_entry(id="tag:x,2026:2", title=LIKE_A_FEED), body=LIKE_A_FEED)
    one, other = read_feed(feeds[format_])
    assert (one.title, one.summary) == ("content", "content")
    assert other.title == " ".join(LIKE_A_FEED.split())
    assert one.content.endswith(LIKE_A_FEED)
    assert other.content.endswith(LIKE_A_FEED)


def test_dates_are_the_entries_in_utc() -> None:
    entry = make_entry(
        published=datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
        updated=datetime(2026, 1, 3, 3, 4, 5, tzinfo=UTC),
    )
    (item,) = rss(entry).findall("item")
    assert item.findtext("pubDate") == "Fri, 02 Jan 2026 03:04:05 GMT"
    (written,) = atom(entry).findall(ATOM + "entry")
    assert written.findtext(ATOM + "published") == "2026-01-02T03:04:05+00:00"
    assert written.findtext(ATOM + "updated") == "2026-01-03T03:04:05+00:00"


def test_a_feed_is_as_new_as_its_newest_update() -> None:
    old = make_entry(
        id="tag:courier.example,2026:old", updated=datetime(2026, 5, 1, 12, tzinfo=UTC)
    )
    entries = (*many_entries(3), old)
    assert rss(*entries).findtext("lastBuildDate") == "Fri, 01 May 2026 12:00:00 GMT"
    assert atom(*entries).findtext(ATOM + "updated") == "2026-05-01T12:00:00+00:00"


def test_a_guid_is_a_permanent_link_only_if_it_is_the_address() -> None:
    (item,) = rss(make_entry()).findall("item")
    assert item.find("guid").get("isPermaLink") == "false"
    (item,) = rss(make_entry(id="https://courier.example/2026/03/20/pier/")).findall("item")
    assert item.find("guid").get("isPermaLink") == "true"


def test_rss_names_authors_by_dublin_core() -> None:
    channel = rss(make_entry())
    (item,) = channel.findall("item")
    assert [e.text for e in item.findall(DC + "creator")] == ["Sari Dewi", "Desk"]
    assert list(channel.iter("author", "managingEditor", "webMaster")) == []


def test_atom_authors_have_what_is_known_and_no_more() -> None:
    authors = (
        Author(name="A", email="a@courier.example", url="https://courier.example/a/"),
        Author(name="B", email="no address", url=""),
    )
    (entry,) = atom(make_entry(authors=authors)).findall(ATOM + "entry")
    assert [[(e.tag, e.text) for e in person] for person in entry.findall(ATOM + "author")] == [
        [
            (ATOM + "name", "A"),
            (ATOM + "email", "a@courier.example"),
            (ATOM + "uri", "https://courier.example/a/"),
        ],
        [(ATOM + "name", "B")],
    ]


def test_languages_are_written_for_the_feed_and_for_every_entry_that_has_one() -> None:
    entries = (make_entry(language="id"), make_entry(id="tag:courier.example,2026:b"))
    feed = atom(*entries)
    assert feed.get(LANG) == "en"
    assert [entry.get(LANG) for entry in feed.findall(ATOM + "entry")] == ["id", "en"]
    channel = rss(*entries)
    assert channel.findtext("language") == "en"
    languages = [item.findtext(DC + "language") for item in channel.findall("item")]
    assert languages == ["id", "en"]
    assert rss(site=make_site(language=None)).find("language") is None
    assert atom(site=make_site(language=None)).get(LANG) is None


@pytest.mark.parametrize("format_", ["rss", "atom"])
def test_the_lead_picture_is_a_thumbnail_and_no_enclosure(format_: str) -> None:
    picture = Picture(url="https://courier.example/p.jpg", width=640)
    entry = make_entry(picture=picture, enclosures=())
    root = etree.fromstring(render_feeds(entry)[format_])
    (thumbnail,) = root.iter(MEDIA + "thumbnail")
    assert dict(thumbnail.attrib) == {"url": "https://courier.example/p.jpg", "width": "640"}
    assert b"enclosure" not in render_feeds(entry)[format_]
    assert b"ns0" not in render_feeds(entry)[format_]


def test_xml_is_declared_indented_and_ends_with_a_line_break() -> None:
    for name in ("rss", "atom"):
        data = render_feeds(make_entry())[name]
        assert data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<")
        assert data.endswith(b">\n")
        assert b"\n    <title" in data
