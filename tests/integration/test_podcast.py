"""A podcast from a folder: published by the command, read back as an app reads it."""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import feedparser
import pytest
from lxml import etree

from publisher.config.categories import CATEGORIES
from publisher.render.feeds.podcast import NAMESPACES, podcast_guid
from tests.feed_rules import check_feed, disagreements
from tests.sites import CONFIG, Site

ADDRESS = "https://courier.example/feeds/voices/"
FORMATS = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
PODCAST = """\
feeds:
  - name: main
  - name: voices
    title: Harbour Voices
    select: {tags: [podcast]}
    podcast:
      description: Half an hour with people by the water
      category: [Society & Culture/Documentary, News]
      explicit: false
      author: The Example Courier
      owner: {name: Sari Dewi, email: podcast@courier.example}
      image: art/cover.png
      locked: true
      funding: [{url: "https://courier.example/give/", text: Support the show}]
      persons: [{name: Sari Dewi, role: host}]
"""
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" + bytes(413)
M4A = b"\0\0\0\x20ftypM4A " + bytes(99)
CHAPTERS = '{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "Intro"}]}'


def png(width: int, height: int) -> bytes:
    """A grey picture of that size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    made = make_site(CONFIG + PODCAST, {})
    made.write("art/cover.png", png(1400, 1400))
    made.write("articles/ferry/ferry.mp3", MP3)
    made.write("articles/ferry/ferry.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nHello.\n")
    made.write("articles/ferry/ferry.txt", "Sari: Hello.\n")
    made.write("articles/ferry/chapters.json", CHAPTERS)
    made.write("articles/ferry/ferry.png", png(1400, 1400))
    made.write("articles/ferry/notes.pdf", b"%PDF-1.7 notes")
    made.write(
        "articles/ferry/index.md",
        "---\ntitle: The last ferry & its master\ndate: 2026-11-02\ntags: [podcast, ferry]\n"
        "enclosures: [notes.pdf, {path: ferry.mp3, title: Episode}]\nimage: ferry.png\n"
        "duration: 28:41\nepisode: 2\nseason: 1\nexplicit: false\n"
        "transcript: [ferry.vtt, {path: ferry.txt, language: en}]\nchapters: chapters.json\n"
        "hosts: [Sari Dewi]\nguests:\n  - {name: Tomás Silva, href: https://harbour.example/silva}\n"
        "---\n\nForty years at the wheel. Read the [transcript](ferry.txt).\n",
    )
    made.write("articles/pilot.mp3", M4A)  # a name can be wrong
    made.article(
        "pilot.md",
        date="2026-11-01",
        tags="[podcast]",
        audio="pilot.mp3",
        duration="90",
        episode_type="trailer",
    )
    made.article("plain.md")
    return made


def read(site: Site) -> Mapping[str, bytes]:
    return {
        name: site.output(f"feeds/voices/{file}").read_bytes() for name, file in FORMATS.items()
    }


def file_behind(site: Site, url: str) -> bytes:
    prefix = "https://courier.example/"
    assert url.startswith(prefix)
    return site.output(unquote(url.removeprefix(prefix))).read_bytes()


def test_a_podcast_is_published_without_a_warning_and_only_once(site: Site) -> None:
    assert site.publish().err == ""
    before = site.tree()
    assert "0 written" in site.publish(now="2026-11-22T09:00:00Z").out
    assert site.tree() == before


def test_the_three_formats_agree_and_keep_the_rules(site: Site) -> None:
    site.publish()
    made = read(site)
    for name, data in made.items():
        assert check_feed(data, ADDRESS + FORMATS[name]) == []
    assert disagreements(made["rss"], made["atom"], made["json"]) == []
    assert b"itunes" not in site.output("rss.xml").read_bytes()


def test_apple_s_requirements(site: Site) -> None:
    """A Podcaster's Guide to RSS: what must be there, and the form that it must have."""
    site.publish()
    data = read(site)["rss"]
    assert data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert b'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"' in data
    channel = etree.fromstring(data)[0]

    def text(path: str, parent: etree._Element = channel) -> str:
        (found,) = parent.findall(path, NAMESPACES)
        assert found.text == (found.text or "").strip() != ""
        return found.text or ""

    assert text("title") == "Harbour Voices"
    assert len(text("description").encode()) <= 4000
    assert re.match(r"[a-z]{2}(-[A-Za-z]+)?\Z", text("language"))
    assert text("itunes:explicit") in ("true", "false")
    assert text("itunes:type") == "episodic"
    assert text("link").startswith("https://")
    assert text("itunes:owner/itunes:email") == "podcast@courier.example"
    category = channel.find("itunes:category", NAMESPACES)
    assert category is not None
    below = category.find("itunes:category", NAMESPACES)
    assert below is not None
    assert below.get("text") in CATEGORIES[category.get("text") or ""]
    cover = channel.find("itunes:image", NAMESPACES)
    assert cover is not None
    assert (cover.get("href") or "").endswith(".png")
    assert file_behind(site, cover.get("href") or "") == png(1400, 1400)
    items = channel.findall("item")
    assert len(items) == 2
    guids = [text("guid", item) for item in items]
    assert len(set(guids)) == 2
    for item in items:
        assert text("title", item)
        assert text("pubDate", item)
        assert text("itunes:duration", item).isdecimal()
        enclosure = item.find("enclosure")
        assert enclosure is not None
        played = file_behind(site, enclosure.get("url") or "")
        assert int(enclosure.get("length") or 0) == len(played)
    for artwork in channel.findall("item/itunes:image", NAMESPACES):
        assert file_behind(site, artwork.get("href") or "") == png(1400, 1400)


def test_feedparser_plays_the_right_file_of_true_length_and_type(site: Site) -> None:
    site.publish()
    found = feedparser.parse(read(site)["rss"])
    assert not found.bozo
    ferry, pilot = found.entries
    assert [(e.type, e.length) for e in ferry.enclosures] == [("audio/mpeg", str(len(MP3)))]
    assert file_behind(site, ferry.enclosures[0].href) == MP3
    assert (ferry.itunes_duration, ferry.itunes_episode, ferry.itunes_season) == ("1721", "2", "1")
    assert [(e.type, e.length) for e in pilot.enclosures] == [("audio/mp4", str(len(M4A)))]
    assert pilot.itunes_episodetype == "trailer"
    assert found.feed.image.href.endswith("/cover.png")


def test_podcasting_2_of_channel_and_item(site: Site) -> None:
    site.publish()
    channel = etree.fromstring(read(site)["rss"])[0]

    def told(parent: etree._Element, name: str) -> list[tuple[str | None, dict[str, str]]]:
        return [(e.text, dict(e.attrib)) for e in parent.findall(f"podcast:{name}", NAMESPACES)]

    assert told(channel, "guid") == [(podcast_guid(ADDRESS + "rss.xml"), {})]
    assert told(channel, "medium") == [("podcast", {})]
    assert told(channel, "locked") == [("yes", {"owner": "podcast@courier.example"})]
    assert told(channel, "person") == [("Sari Dewi", {"role": "host"})]
    assert told(channel, "funding") == [
        ("Support the show", {"url": "https://courier.example/give/"})
    ]
    ferry = channel.findall("item")[0]
    assert told(ferry, "person") == [
        ("Sari Dewi", {"role": "host"}),
        ("Tomás Silva", {"role": "guest", "href": "https://harbour.example/silva"}),
    ]
    vtt, txt = (attributes for _, attributes in told(ferry, "transcript"))
    assert (vtt["type"], txt["type"], txt["language"]) == ("text/vtt", "text/plain", "en")
    assert file_behind(site, vtt["url"]).startswith(b"WEBVTT")
    assert file_behind(site, txt["url"]) == b"Sari: Hello.\n"
    ((_, chapters),) = told(ferry, "chapters")
    assert chapters["type"] == "application/json+chapters"
    assert json.loads(file_behind(site, chapters["url"]))["version"] == "1.2.0"


def test_json_tells_picture_title_and_duration(site: Site) -> None:
    site.publish()
    feed = json.loads(read(site)["json"])
    assert feed["description"] == "Half an hour with people by the water"
    assert feed["icon"].endswith("/cover.png")
    ferry, pilot = feed["items"]
    assert ferry["image"].endswith("/ferry.png")
    pdf, mp3 = ferry["attachments"]
    assert (pdf["mime_type"], pdf["size_in_bytes"]) == ("application/pdf", 14)
    assert (mp3["title"], mp3["duration_in_seconds"]) == ("Episode", 1721)
    assert pilot["attachments"][0]["duration_in_seconds"] == 90


def test_a_transcript_without_a_header_is_no_article_and_its_link_leads_to_it(site: Site) -> None:
    site.publish()
    states = {a["file"]: a["state"] for a in site.articles()}
    assert states["ferry/ferry.txt"] == "skipped"
    body = json.loads(read(site)["json"])["items"][0]["content_html"]
    target = re.search(r'href="([^"]+ferry\.txt)"', body)
    assert target
    assert file_behind(site, target[1]) == b"Sari: Hello.\n"
    # with a header it is an article of its own, and no longer a transcript
    site.write("articles/ferry/ferry.txt", "---\ntitle: Words\ndate: 2026-11-03\n---\nHello.\n")
    ran = site.publish()
    assert "line 11: transcript: 'ferry.txt' is read as an article of its own" in ran.err
    assert "2026/11/03/ferry/" in json.loads(read(site)["json"])["items"][0]["content_html"]


def test_what_directories_would_miss_is_told(site: Site) -> None:
    site.write("art/cover.png", png(1000, 900))
    site.article("silent.md", tags="[podcast]")
    err = site.publish().err
    assert "feeds[1].podcast.image: art/cover.png is 1000 x 900 pixels" in err
    assert "the podcast 'voices': 'Silent' has nothing to play" in err


def test_it_is_told_by_the_title_of_now(site: Site) -> None:
    site.article("silent.md", tags="[podcast]")
    site.settle()
    site.publish()
    site.article("silent.md", tags="[podcast]", title="Mute")
    site.settle()
    err = site.publish(now="2026-11-22T09:00:00Z").err
    assert "'Mute' has nothing to play" in err
    assert "Silent" not in err


def test_a_cover_elsewhere_and_a_missing_one(site: Site) -> None:
    config = CONFIG + PODCAST
    site.write("publisher.yaml", config.replace("art/cover.png", '"https://cdn.example/c.jpg"'))
    site.publish()
    assert b'<itunes:image href="https://cdn.example/c.jpg"/>' in read(site)["rss"]
    site.write("publisher.yaml", config.replace("art/cover.png", "art/gone.png"))
    assert "feeds[1].podcast.image: art/gone.png cannot be read" in site.publish(code=2).err


HOSTILE = """\
---
title: Hostile
date: 2026-11-05
tags: [podcast]
audio: ferry/ferry.mp3
duration: -5
episode: "\\x07 1e9"
season: -2
episode_type: maybe
explicit: maybe
transcript: "javascript:alert(1)"
chapters: ../../../etc/passwd
guests:
  - {name: "%s", href: "javascript:x", img: "data:image/png;base64,x"}
---
Text
"""


def test_a_hostile_episode_is_warned_of_by_line_and_costs_nobody(site: Site) -> None:
    site.write("articles/hostile.md", HOSTILE % ("x" * 60_000))
    site.write("articles/huge.md", HOSTILE % ("x" * 1_000_000))
    ran = site.publish(code=3)
    for line in (6, 7, 8, 9, 10, 11, 12, 14):
        assert f"articles/hostile.md: line {line}: " in ran.err, line
    assert "articles/huge.md:1:1: the header" in ran.err
    assert len(ran.err) < 10_000
    made = read(site)
    for name, data in made.items():
        assert check_feed(data, ADDRESS + FORMATS[name]) == []
    assert feedparser.parse(made["rss"]).entries[0].title == "Hostile"
    item = etree.fromstring(made["rss"])[0].find("item")
    assert item is not None
    names = [etree.QName(e).localname for e in item if e.prefix in ("itunes", "podcast")]
    assert names == ["explicit", "person"]
