"""JSON Feed 1.1."""

from __future__ import annotations

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from publisher.model import Author, Entry
from tests.feed_samples import BODY, make_entry, make_feed, make_site, render_feeds
from tests.property.test_feeds import ENTRIES


def test_a_feed_has_every_key_of_the_version_in_order() -> None:
    data = render_feeds(make_entry(language="id"), image_url="https://courier.example/i.png")
    feed = json.loads(data["json"])
    (entry,) = feed.pop("items")
    assert list(feed.items()) == [
        ("version", "https://jsonfeed.org/version/1.1"),
        ("title", "The Example Courier"),
        ("home_page_url", "https://courier.example/"),
        ("feed_url", "https://courier.example/feed.json"),
        ("description", "News from the example coast"),
        ("icon", "https://courier.example/i.png"),
        ("authors", [{"name": "The Example Courier", "url": "https://courier.example/"}]),
        ("language", "en"),
    ]
    picture = '<figure><img src="https://courier.example/media/pier.jpg" alt="The pier"></figure>'
    assert list(entry.items()) == [
        ("id", "tag:courier.example,2026:articles/pier.md"),
        ("url", "https://courier.example/2026/03/20/pier/"),
        ("title", "The pier opens"),
        ("content_html", f"{picture}\n{BODY}"),
        ("summary", "After two years of work the pier is open again."),
        ("image", "https://courier.example/media/pier.jpg"),
        ("date_published", "2026-03-20T07:30:00+07:00"),
        ("date_modified", "2026-03-21T09:00:00+07:00"),
        ("authors", [{"name": "Sari Dewi"}, {"name": "Desk"}]),
        ("tags", ["Harbour", "pier", "news"]),
        ("language", "id"),
        (
            "attachments",
            [
                {
                    "url": "https://courier.example/a.mp3",
                    "mime_type": "audio/mpeg",
                    "size_in_bytes": 1200,
                },
                {"url": "https://courier.example/b.mp3", "mime_type": "audio/mpeg"},
            ],
        ),
    ]


def test_a_feed_of_summaries_has_them_as_text() -> None:
    data = render_feeds(make_entry(), feed=make_feed(content="summary"))["json"]
    (entry,) = json.loads(data)["items"]
    assert entry["content_text"] == entry["summary"] == make_entry().summary
    assert "content_html" not in entry


def test_an_entry_without_media_has_its_keys_in_the_same_order() -> None:
    entry = make_entry(
        picture=None,
        enclosures=(),
        title='A "quoted" & odd\\title',
        authors=(Author(name="Ada", email="a@x.example", url="https://ada.example/"),),
    )
    (item,) = json.loads(render_feeds(entry)["json"])["items"]
    assert list(item.items()) == [
        ("id", "tag:courier.example,2026:articles/pier.md"),
        ("url", "https://courier.example/2026/03/20/pier/"),
        ("title", 'A "quoted" & odd\\title'),
        ("content_html", BODY),
        ("summary", "After two years of work the pier is open again."),
        ("date_published", "2026-03-20T07:30:00+07:00"),
        ("date_modified", "2026-03-21T09:00:00+07:00"),
        ("authors", [{"name": "Ada", "url": "https://ada.example/"}]),
        ("tags", ["Harbour", "pier", "news"]),
        ("language", "en"),
    ]


@given(entry=ENTRIES, full=st.booleans())
def test_every_entry_is_indented_as_the_feed_is(entry: Entry, full: bool) -> None:
    feed = make_feed(content="full" if full else "summary")
    data = render_feeds(entry, feed=feed)["json"]
    assert data == msgspec.json.format(msgspec.json.encode(json.loads(data)), indent=2) + b"\n"


def test_the_bytes_are_readable() -> None:
    data = render_feeds(site=make_site(title="شبكة الميناء"))["json"].decode()
    assert data.startswith('{\n  "version": "https://jsonfeed.org/version/1.1",\n')
    assert '"title": "شبكة الميناء"' in data
    assert '"items": []' in data
    assert data.endswith("}\n")
