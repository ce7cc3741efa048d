"""The elements of a podcast in RSS, against the pages of Apple and of Podcasting 2.0."""

from __future__ import annotations

import json
from typing import Any

import feedparser
import pytest
from lxml import etree

from publisher.config import FundingSpec, OwnerSpec, PersonSpec, PodcastSpec
from publisher.model import Chapters, Enclosure, Entry, Episode, Person, Picture, Transcript
from publisher.render.feeds.podcast import (
    NAMESPACES,
    PodcastEntryExtension,
    PodcastFeedExtension,
    podcast_guid,
)
from tests.feed_rules import check_feed, disagreements
from tests.feed_samples import feed_addresses, make_entry, make_feed, render_feeds

COVER = "https://courier.example/media/1f/cover.jpeg"
GUID = "917393e3-1b1e-5cef-ace4-edaa54e1f810"
EPISODE = Episode(
    duration=754,
    number="12",
    season=2,
    kind="bonus",
    explicit=False,
    transcripts=(
        Transcript(url="https://courier.example/t.vtt", media_type="text/vtt"),
        Transcript(
            url="https://courier.example/t.srt",
            media_type="application/x-subrip",
            language="de",
            captions=True,
        ),
    ),
    chapters=Chapters(url="https://courier.example/c.json", media_type="application/json+chapters"),
    persons=(Person(name="Bo & Cy", role="guest", href="https://bo.example/"), Person(name="Di")),
)
AUDIO = Enclosure(
    url="https://courier.example/a.mp3", length=8, media_type="audio/mpeg", duration=754
)
PDF = Enclosure(
    url="https://courier.example/n.pdf", length=9, media_type="application/pdf", title="Notes"
)


def spec(**changes: Any) -> PodcastSpec:
    return PodcastSpec(**{"category": ("News",), "explicit": False, **changes})


def feeds(*entries: Entry, podcast: PodcastSpec | None = None) -> dict[str, bytes]:
    feed = make_feed(podcast=podcast or spec())
    return render_feeds(*entries, feed=feed, image_url=COVER)


def channel_of(podcast: PodcastSpec) -> etree._Element:
    return etree.fromstring(feeds(make_entry(), podcast=podcast)["rss"])[0]


def item_of(**changes: Any) -> etree._Element:
    item = etree.fromstring(feeds(make_entry(**changes))["rss"])[0].find("item")
    assert item is not None
    return item


def told(parent: etree._Element, name: str) -> list[tuple[str | None, dict[str, str]]]:
    return [(e.text, dict(e.attrib)) for e in parent.findall(name, NAMESPACES)]


# ---------------------------------------------------------------- podcast:guid


@pytest.mark.parametrize(
    ("url", "guid"),
    [
        ("mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("https://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("http://podnews.net/rss//", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
    ],
)
def test_the_guid_is_that_of_the_specification_s_examples(url: str, guid: str) -> None:
    assert podcast_guid(url) == guid


def test_the_guid_of_the_settings_wins() -> None:
    assert told(channel_of(spec(guid=GUID)), "podcast:guid") == [(GUID, {})]
    own = podcast_guid("https://courier.example/rss.xml")
    assert told(channel_of(spec()), "podcast:guid") == [(own, {})]


# ---------------------------------------------------------------- the channel


def test_the_least_that_a_podcast_says() -> None:
    channel = channel_of(spec())
    names = {etree.QName(e).localname for e in channel if e.prefix in ("itunes", "podcast")}
    assert names == {"author", "category", "type", "image", "explicit", "guid", "medium"}
    assert told(channel, "itunes:author") == [("The Example Courier", {})]
    assert told(channel, "itunes:explicit") == [("false", {})]
    assert told(channel, "itunes:type") == [("episodic", {})]
    assert told(channel, "itunes:category") == [(None, {"text": "News"})]
    assert told(channel, "itunes:image") == [(None, {"href": COVER})]
    assert told(channel, "podcast:medium") == [("podcast", {})]


def test_everything_that_a_podcast_can_say() -> None:
    channel = channel_of(
        spec(
            category=("Society & Culture/Documentary", "Society & Culture/Philosophy", "News"),
            explicit=True,
            description="About the sea",
            author="Ana & Bo",
            owner=OwnerSpec(name="Ana", email="ana@courier.example"),
            type="serial",
            medium="audiobook",
            locked=False,
            funding=(FundingSpec(url="https://courier.example/give", text="Give & take"),),
            persons=(PersonSpec(name="Ana", role="host", img="https://courier.example/ü.jpg"),),
            complete=True,
            block=True,
            new_feed_url="https://new.example/rss.xml",
        )
    )
    society = channel.find("itunes:category", NAMESPACES)
    assert society is not None
    assert told(society, "itunes:category") == [
        (None, {"text": "Documentary"}),
        (None, {"text": "Philosophy"}),
    ]
    assert [a["text"] for _, a in told(channel, "itunes:category")] == ["Society & Culture", "News"]
    assert channel.findtext("description") == "About the sea"
    for name, text in {
        "itunes:explicit": "true",
        "itunes:author": "Ana & Bo",
        "itunes:owner/itunes:name": "Ana",
        "itunes:owner/itunes:email": "ana@courier.example",
        "itunes:type": "serial",
        "itunes:complete": "Yes",
        "itunes:block": "Yes",
        "itunes:new-feed-url": "https://new.example/rss.xml",
        "podcast:medium": "audiobook",
    }.items():
        assert told(channel, name) == [(text, {})], name
    assert told(channel, "podcast:locked") == [("no", {"owner": "ana@courier.example"})]
    assert told(channel, "podcast:funding") == [
        ("Give & take", {"url": "https://courier.example/give"})
    ]
    portrait = "https://courier.example/%C3%BC.jpg"
    assert told(channel, "podcast:person") == [("Ana", {"role": "host", "img": portrait})]


def test_locked_without_an_owner_names_none() -> None:
    assert told(channel_of(spec(locked=True)), "podcast:locked") == [("yes", {})]


# ---------------------------------------------------------------- an item


def test_everything_that_an_episode_can_say() -> None:
    item = item_of(episode=EPISODE)
    for name, text in {
        "itunes:duration": "754",
        "itunes:season": "2",
        "itunes:episode": "12",
        "itunes:episodeType": "bonus",
        "itunes:explicit": "false",
        "podcast:season": "2",
        "podcast:episode": "12",
    }.items():
        assert told(item, name) == [(text, {})], name
    assert [a for _, a in told(item, "podcast:transcript")] == [
        {"url": "https://courier.example/t.vtt", "type": "text/vtt"},
        {
            "url": "https://courier.example/t.srt",
            "type": "application/x-subrip",
            "language": "de",
            "rel": "captions",
        },
    ]
    assert told(item, "podcast:chapters") == [
        (None, {"url": "https://courier.example/c.json", "type": "application/json+chapters"})
    ]
    assert told(item, "podcast:person") == [
        ("Bo & Cy", {"role": "guest", "href": "https://bo.example/"}),
        ("Di", {}),
    ]


@pytest.mark.parametrize(
    ("number", "itunes", "podcast"),
    [("12.5", [], ["12.5"]), ("0", [], ["0"]), ("", [], []), ("7", ["7"], ["7"])],
)
def test_apple_takes_whole_numbers_from_one(
    number: str, itunes: list[str], podcast: list[str]
) -> None:
    item = item_of(episode=Episode(number=number))
    assert [text for text, _ in told(item, "itunes:episode")] == itunes
    assert [text for text, _ in told(item, "podcast:episode")] == podcast


@pytest.mark.parametrize(
    ("url", "kind", "taken"),
    [
        ("https://courier.example/a.jpeg?v=1", "", True),
        ("https://courier.example/a", "image/png", True),
        ("https://courier.example/a.jpg", "image/webp", False),
        ("https://courier.example/a.svg", "", False),
        ("javascript:a.jpg", "image/jpeg", False),
    ],
)
def test_artwork_is_a_picture_that_apple_takes(url: str, kind: str, taken: bool) -> None:
    item = item_of(picture=Picture(url=url, media_type=kind))
    assert bool(told(item, "itunes:image")) is taken


def test_an_article_that_says_nothing_of_itself_stays_plain() -> None:
    item = item_of(picture=None)
    assert [e.tag for e in item if e.prefix in ("itunes", "podcast")] == []


# ---------------------------------------------------------------- whole feeds


def test_only_podcasts_get_any_of_it_and_only_in_rss() -> None:
    entry = make_entry(episode=EPISODE)
    plain = render_feeds(entry)
    assert b"itunes" not in plain["rss"]
    assert b"podcastindex" not in plain["rss"]
    for data in (plain["atom"], feeds(entry)["atom"], feeds(entry)["json"]):
        assert b"itunes" not in data
        assert b"podcastindex" not in data


def test_the_formats_agree_and_each_has_what_it_can_hold() -> None:
    made = feeds(make_entry(enclosures=(PDF, AUDIO), episode=EPISODE))
    for format_, data in made.items():
        assert check_feed(data, feed_addresses()[format_]) == []
    assert disagreements(**{"json_feed" if f == "json" else f: d for f, d in made.items()}) == []
    item = etree.fromstring(made["rss"])[0].find("item")
    assert item is not None
    assert told(item, "enclosure") == [
        (None, {"url": AUDIO.url, "length": "8", "type": "audio/mpeg"})
    ]
    (shown,) = json.loads(made["json"])["items"]
    assert shown["attachments"] == [
        {"url": PDF.url, "mime_type": PDF.media_type, "title": "Notes", "size_in_bytes": 9},
        {
            "url": AUDIO.url,
            "mime_type": "audio/mpeg",
            "size_in_bytes": 8,
            "duration_in_seconds": 754,
        },
    ]
    assert shown["image"] == "https://courier.example/media/pier.jpg"
    assert b'title="Notes"' in made["atom"]


def test_feedparser_reads_it() -> None:
    read = feedparser.parse(feeds(make_entry(enclosures=(AUDIO,), episode=EPISODE))["rss"])
    assert not read.bozo
    assert read.feed.itunes_type == "episodic"
    assert read.feed.podcast_medium == "podcast"
    assert read.feed.image.href == COVER
    assert read.entries[0].itunes_duration == "754"
    assert read.entries[0].itunes_episode == "12"


def test_two_renderings_are_the_same_bytes() -> None:
    entry = make_entry(episode=EPISODE)
    assert feeds(entry) == feeds(entry)


HOSTILE = "\x00\x0b]]>&<b>\ufffe" + "x" * 1_000_000


def test_hostile_values_never_cost_the_feed() -> None:
    made = feeds(
        make_entry(
            enclosures=(
                Enclosure(
                    url="https://courier.example/a b.mp3",
                    length=-1,
                    media_type="audio/mpeg",
                    title=HOSTILE,
                    duration=-5,
                ),
            ),
            episode=Episode(
                duration=-5,
                number=HOSTILE,
                season=-3,
                kind="maybe",
                transcripts=(
                    Transcript(url="javascript:x", media_type="text/vtt"),
                    Transcript(url="t.vtt", media_type="text/vtt"),
                    Transcript(
                        url="https://courier.example/t t.vtt", media_type="text/vtt", language="no!"
                    ),
                ),
                chapters=Chapters(url="/c.json", media_type="application/json+chapters"),
                persons=(
                    Person(name=HOSTILE, role=HOSTILE, img="data:x", href="//x"),
                    Person(name="\x00"),
                ),
            ),
        ),
        podcast=spec(
            author=HOSTILE,
            funding=(FundingSpec(url="javascript:x", text="x"),),
            persons=(PersonSpec(name=HOSTILE),),
        ),
    )
    for format_, data in made.items():
        assert check_feed(data, feed_addresses()[format_]) == []
    channel = etree.fromstring(made["rss"], etree.XMLParser(huge_tree=True))[0]
    item = channel.find("item")
    assert item is not None
    assert told(channel, "podcast:funding") == []
    assert told(item, "itunes:duration") == told(item, "itunes:season") == []
    assert told(item, "podcast:episode") == told(item, "podcast:chapters") == []
    assert [a["url"] for _, a in told(item, "podcast:transcript")] == [
        "https://courier.example/t%20t.vtt"
    ]
    ((name, attributes),) = told(item, "podcast:person")
    assert name is not None
    assert name.startswith("]]>&<b>xxx")
    assert len(name) <= 128
    assert attributes.keys() == {"role"}


def test_the_extensions_are_feedgen_s_by_their_methods() -> None:
    channel = PodcastFeedExtension(spec(), guid=GUID, image_url=None, author="A")
    assert channel.extend_ns() == NAMESPACES
    rss = etree.fromstring("<rss><channel/></rss>")
    assert channel.extend_rss(rss) is rss
    assert told(rss[0], "itunes:image") == []
    item = etree.fromstring("<item/>")
    assert PodcastEntryExtension(make_entry(picture=None)).extend_rss(item) is item
    assert len(item) == 0
