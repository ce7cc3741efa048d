"""Feeds of others as sources, from servers on loopback that behave, and from those that do not."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator

import pytest

from tests.command import run_killed
from tests.feed_servers import FeedServer, Page
from tests.serving import wait_until, within
from tests.sites import UNJUDGED, Site
from tests.timers import Timer
from tests.web_servers import RawServer, answer, free_port, saying

SITE = (
    'site: {title: Planet, url: "https://planet.example/", language: en, timezone: Asia/Jakarta}\n'
)
T0, T1, T2, T3 = (f"2026-11-22T{hour}:00:00Z" for hour in ("08", "10", "12", "20"))
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>tag:a.example,2026:feed</id><title>Quay News</title><updated>2026-11-20T10:00:00Z</updated>
<link href="https://a.example/"/><link rel="self" href="https://a.example/atom.xml"/>
<author><name>Ada</name></author><rights>CC BY 4.0</rights>
{}</feed>"""
RSS = "<rss version='2.0'><channel><title>Harbour</title><link>https://b.example/</link>{}</channel></rss>"


def entry(number: int, *, title: str = "", link: str = "", id_: str = "", more: str = "") -> str:
    day = f"2026-11-{number:02d}T10:00:00Z"
    return (
        f"<entry><id>{id_ or f'tag:a.example,2026:{number}'}</id>"
        f"<title>{title or f'Entry {number}'}</title>"
        f'<link href="{link or f"https://a.example/{number}"}"/>'
        f"<published>{day}</published><updated>{day}</updated>"
        f'<content type="html">&lt;p>Text of {number}.&lt;/p>&lt;p>More.&lt;/p></content>'
        f"{more}</entry>"
    )


def atom(*entries: str) -> bytes:
    return ATOM.format("\n".join(entries)).encode()


def rss(*items: str) -> bytes:
    return RSS.format("\n".join(f"<item>{item}</item>" for item in items)).encode()


def config(*sources: str) -> str:
    return SITE + "sources:\n" + "".join(f"  - {one}\n" for one in sources)


def feed(url: str, name: str = "quay", **keys: str) -> str:
    told = {"name": name, "type": "feed", "url": url, "allow_private": "true"} | keys
    return "{" + ", ".join(f"{k}: {v}" for k, v in told.items()) + "}"


def listed(site: Site) -> dict[str, dict[str, object]]:
    return {str(line["file"]): line for line in site.articles()}


def states(site: Site) -> dict[str, str]:
    return {file: str(line["state"]) for file, line in listed(site).items()}


def kept_time(site: Site) -> dict[str, bytes]:
    return {name: data for name, (data, _) in site.tree().items()}


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer(a=atom(entry(2), entry(1))) as serving:
        yield serving


# ---------------------------------------------------------------- what comes in, and where it goes


def test_an_entry_leads_to_where_it_lives_and_says_whose_it_is(
    server: FeedServer, make_site: Callable[..., Site]
) -> None:
    site = make_site(config(feed(server.url("a"))))
    assert "2 listed" in site.publish(now=T0).out
    line = listed(site)["tag:a.example,2026:2"]
    assert (line["title"], line["id"]) == ("Entry 2", "tag:a.example,2026:2")
    assert (line["url"], line["authors"]) == ("https://a.example/2", ["Ada"])
    text = site.output("atom.xml").read_text()
    assert "Text of 2." in text
    assert "More." not in text
    assert not site.output("2026").exists()
    source = text.partition("<source>")[2].partition("</source>")[0]
    for told in ("tag:a.example,2026:feed", "Quay News", 'href="https://a.example/atom.xml"'):
        assert told in source
    assert "<rights>CC BY 4.0</rights>" in text
    told = site.output("rss.xml").read_text()
    assert '<source url="https://a.example/atom.xml">Quay News</source>' in told
    item = json.loads(site.output("feed.json").read_bytes())["items"][0]
    assert item["_source"]["title"] == "Quay News"
    assert item["url"] == "https://a.example/2"


def test_pages_and_mails_say_whose_an_article_is(
    server: FeedServer, make_site: Callable[..., Site]
) -> None:
    unaddressed = entry(3, title="Only here").replace('<link href="https://a.example/3"/>', "")
    server.pages["a"] = Page(atom(unaddressed, entry(2)))
    source = feed(server.url("a"), full_text="true", rights="mine")
    site = make_site(config(source) + UNJUDGED)
    assert "preflight" not in site.publish(now="2026-11-23T08:00:00Z").err
    link = '<a href="https://a.example/"><bdi>Quay News</bdi></a>'
    (page,) = site.folder.glob("output/2026/**/index.html")
    for shown in (
        site.output("index.html").read_text("utf-8"),
        page.read_text("utf-8"),
        site.output("newsletters/weekly/1/index.html").read_text("utf-8"),
    ):
        assert f"from {link}" in shown
    mail = site.output("newsletters/weekly/1/email.html").read_text("utf-8")
    assert "<bdi>Ada</bdi> · <bdi>from <a" in mail
    text = site.output("newsletters/weekly/1/email.txt").read_text("utf-8")
    assert "Ada · from Quay News · November 2\n" in text


def test_full_text_needs_a_right_and_gives_all(
    server: FeedServer, make_site: Callable[..., Site]
) -> None:
    site = make_site(config(feed(server.url("a"), full_text="true")))
    assert "say by what right with `rights:`" in site.run("check").err
    site.write("publisher.yaml", config(feed(server.url("a"), full_text="true", rights="mine")))
    site.publish(now=T0)
    assert "More." in site.output("atom.xml").read_text()
    assert not site.output("2026").exists()


def test_nothing_but_publish_asks(server: FeedServer, make_site: Callable[..., Site]) -> None:
    site = make_site(config(feed(server.url("a"))))
    for command in (["publish", "--dry-run"], ["articles"], ["check"], ["plan"]):
        assert site.run(*command, now=T0).code == 0
    assert server.requests == []
    assert "was not read yet" in site.run("check", now=T0).err
    site.publish(now=T0)
    assert len(server.requests) == 1
    assert site.run("articles", "--explain", "tag:a.example,2026:1", now=T0).code == 0


def test_json_feeds_and_lists(make_site: Callable[..., Site]) -> None:
    items = [
        {"id": "1", "url": "/one", "content_text": "Hello.", "date_published": "2026-11-01"},
        {"id": 7, "url": "https://c.example/7", "title": "Seven", "content_html": "<p>x</p>"},
    ]
    told = {"version": "https://jsonfeed.org/version/1.1", "title": "Café", "items": items}
    with FeedServer(j=json.dumps(told).encode(), a=atom(entry(1))) as server:
        urls = "".join(
            f'<outline xmlUrl="{server.url(path)}"/>' for path in ("j", "a", "gone", "a")
        )
        server.pages["list"] = Page(f"<opml><body><outline>{urls}</outline></body></opml>".encode())
        site = make_site(config(feed(server.url("list"), type="opml")))
        ran = site.publish(now=T0, code=3)
        assert "3 listed" in ran.out
        assert "gone answered 404; nothing was ever read from it" in ran.err
        names = listed(site)
        (one,) = (line for name, line in names.items() if name.endswith("j#1"))
        assert one["title"] == "Hello."
        assert one["published"] == "2026-11-01T00:00:00+07:00"
        assert one["id"] == f"tag:planet.example,2026:quay/{one['file']}".replace("#", "%23")
        assert one["url"] == server.url("one")
        # what leaves the list leaves the site
        urls = f'<outline xmlUrl="{server.url("a")}"/><outline xmlUrl="no address"/>'
        server.pages["list"] = Page(f"<opml>{urls}</opml>".encode())
        ran = site.publish(now=T1)
        assert "1 listed" in ran.out
        assert "list: 'no address' in the list is no web address, and is not read" in ran.err


def test_what_we_would_not_ask_is_asked_once_its_source_lets_us(
    server: FeedServer, make_site: Callable[..., Site]
) -> None:
    site = make_site(config(feed(server.url("a"), allow_private="false")))
    for _ in range(2):
        ran = site.run("publish", now=T0)
        assert ran.code == 3
        assert "or set allow_private: true of the source" in ran.err
    assert server.paths == []
    site.write("publisher.yaml", config(feed(server.url("a"))))
    assert "2 listed" in site.publish(now=T0).out  # it need not wait until it is due
    site.publish(now=T0)
    assert server.paths == ["a"]


def test_a_list_may_be_a_file(server: FeedServer, make_site: Callable[..., Site]) -> None:
    source = "{name: all, type: opml, path: feeds.opml, allow_private: true}"
    text = f'<opml version="2.0"><body><outline text="Q" xmlUrl="{server.url("a")}"/></body></opml>'
    site = make_site(config(source), {"feeds.opml": text})
    assert "2 listed" in site.publish(now=T0).out
    site.write(
        "feeds.opml", text.replace("</body>", '<outline xmlUrl="ftp://a.example/?k=1"/></body>')
    )
    told = "all: feeds.opml: 'ftp://a.example/' in the list is no web address, and is not read"
    assert told in site.publish(now=T0).err
    site.write("feeds.opml", "<html/>")
    ran = site.run("publish", now=T1)
    assert ran.code == 1
    assert "feeds.opml: is no OPML list of feeds" in ran.err


def test_dates_that_feedparser_cannot_read(make_site: Callable[..., Site]) -> None:
    told = {
        "Sab, 20 Mar 2021 10:15:00 WIB": "2021-03-20T10:15:00+07:00",
        "20 Maret 2021": "2021-03-20T00:00:00+07:00",
        "Sat, 20 Mar 21 10:15:00 GMT": "2021-03-20T10:15:00+00:00",
        "2021-03-20T10:15": "2021-03-20T10:15:00+07:00",
    }
    items = [
        f"<guid>g{n}</guid><link>/{n}</link><title>T{n}</title><pubDate>{date}</pubDate>"
        for n, date in enumerate(told)
    ]
    with FeedServer(a=rss(*items)) as server:
        site = make_site(config(feed(server.url("a"), language="id")))
        site.publish(now=T0)
    assert [line["published"] for line in listed(site).values()] == list(told.values())


def test_without_dates_the_order_stays_and_so_does_the_first_sight(
    make_site: Callable[..., Site],
) -> None:
    items = [f"<guid>g{n}</guid><link>/{n}</link><title>T{n}</title>" for n in (3, 2, 1)]
    with FeedServer(a=rss(*items)) as server:
        site = make_site(config(feed(server.url("a"))))
        site.publish(now=T0)
        text = site.output("rss.xml").read_text()
        assert text.index("<title>T3") < text.index("<title>T2") < text.index("<title>T1")
        before = {line["path"]: line["published"] for line in site.record() if "path" in line}
        assert before["g3"] == "2026-11-22T08:00:00Z"
        shutil.rmtree(site.folder / ".publisher")  # the record alone knows when that was
        server.pages["a"].body += b" "
        site.publish(now=T1)
        after = {line["path"]: line["published"] for line in site.record() if "path" in line}
    assert after == before


def test_without_ids_and_links(make_site: Callable[..., Site]) -> None:
    items = [
        "<title>Linked</title><link>https://b.example/1</link>",
        "<title>Lost</title><description>Nowhere to go.</description>",
        "<title>Heard</title><enclosure url='https://b.example/a.mp3' type='audio/mpeg'/>",
    ]
    with FeedServer(a=rss(*items)) as server:
        site = make_site(config(feed(server.url("a"))))
        assert "2 listed, 1 skipped" in site.publish(now=T0).out
        names = set(listed(site))
        assert "https://b.example/1" in names
        server.pages["a"].body += b"\n"
        site.publish(now=T1)
        assert set(listed(site)) == names
        site.write("publisher.yaml", config(feed(server.url("a"), full_text="true", rights="x")))
        site.publish(now=T1)
    assert site.output("2026/11/22/lost/index.html").exists()


def test_an_id_that_is_used_again_is_another_article(make_site: Callable[..., Site]) -> None:
    def item(title: str, link: str, day: int) -> str:
        return (
            f"<guid isPermaLink='false'>today</guid><title>{title}</title><link>{link}</link>"
            f"<pubDate>{day} Nov 2026 10:00:00 GMT</pubDate>"
        )

    with FeedServer(a=rss(item("First", "/1", 1))) as server:
        site = make_site(config(feed(server.url("a"))))
        site.publish(now=T0)
        server.pages["a"] = Page(rss(item("Second", "/2", 2), item("First, mended", "/1", 1)))
        site.publish(now=T1)
        told = {str(line["title"]): line for line in listed(site).values()}
        assert told["First, mended"]["file"] == "today"
        assert str(told["Second"]["file"]).startswith("today~")
        assert told["Second"]["id"] != told["First, mended"]["id"]
        server.pages["a"] = Page(rss(item("Second", "/2", 2)))
        site.publish(now=T2)
        assert {str(line["title"]): line["file"] for line in listed(site).values()} == {
            title: line["file"] for title, line in told.items()
        }


@pytest.mark.parametrize("dated", [True, False])
def test_a_feed_that_gives_all_it_has_new_ids_makes_nothing_new(
    dated: bool, make_site: Callable[..., Site]
) -> None:
    def items(ids: str, title: str = "One") -> bytes:
        date = "<pubDate>Sun, 01 Nov 2026 10:0{}:00 GMT</pubDate>" if dated else ""
        return rss(
            *(
                f"<guid isPermaLink='false'>{ids}-{n}</guid><title>{title if n == 1 else n}</title>"
                f"<link>https://b.example/{n}</link><description>Text {n}</description>"
                f"{date.format(n)}"
                for n in (3, 2, 1)
            )
        )

    with FeedServer(b=items("old")) as server:
        site = make_site(config(feed(server.url("b"), "b")))
        site.publish(now=T0)
        before = kept_time(site)
        assert sorted(states(site)) == ["old-1", "old-2", "old-3"]
        server.pages["b"] = Page(items("new"))
        assert "3 listed" in site.publish(now=T1).out
        assert kept_time(site) == before
        server.pages["b"] = Page(items("new", title="Edited"))
        assert "3 listed" in site.publish(now=T2).out
        assert sorted(states(site)) == ["old-1", "old-2", "old-3"]
        assert listed(site)["old-1"]["title"] == "Edited"


def test_what_is_left_of_an_entry_that_breaks_off_is_no_article(
    make_site: Callable[..., Site],
) -> None:
    items = [
        f"<guid>g{n}</guid><title>T{n}</title><link>https://b.example/{n}</link>" for n in "21"
    ]
    whole = rss(*items)
    with FeedServer(b=whole[: whole.index(b"T1</title>") + 1]) as server:
        site = make_site(config(feed(server.url("b"), "b")))
        ran = site.publish(now=T0)
        assert sorted(states(site)) == ["g2"]
        assert "breaks off within its last entry, which is left out" in ran.err
        server.pages["b"] = Page(whole)
        assert "breaks off" not in site.publish(now=T1).err
        assert sorted(states(site)) == ["g1", "g2"]


def test_a_page_that_is_told_of_again_is_another_article(make_site: Callable[..., Site]) -> None:
    def item(day: int) -> bytes:
        return rss(
            f"<guid>w{day}</guid><title>Weather</title><link>https://b.example/weather</link>"
            f"<description>Fog</description><pubDate>0{day} Nov 2026 10:00:00 GMT</pubDate>"
        )

    with FeedServer(b=item(1)) as server:
        site = make_site(config(feed(server.url("b"), "b")))
        site.publish(now=T0)
        server.pages["b"] = Page(item(2))
        site.publish(now=T1)
        assert sorted(states(site)) == ["w1", "w2"]


def test_the_newest_are_taken_and_the_rest_is_named(make_site: Callable[..., Site]) -> None:
    with FeedServer(a=atom(*(entry(n) for n in range(1, 8)))) as server:
        site = make_site(config(feed(server.url("a"), limit="{items: 3}")))
        assert "3 listed, 4 skipped" in site.publish(now=T0).out
    assert {name[-1] for name, state in states(site).items() if state == "listed"} == set("765")


def test_what_left_the_feed_by_age_stays_and_what_was_taken_out_goes(
    make_site: Callable[..., Site],
) -> None:
    with FeedServer(a=atom(entry(3), entry(2), entry(1))) as server:
        site = make_site(config(feed(server.url("a"))))
        site.publish(now=T0)
        server.pages["a"] = Page(atom(entry(4), entry(2)))
        site.publish(now=T1)
    assert {name[-1] for name in listed(site)} == {"4", "2", "1"}


# ---------------------------------------------------------------- asked again


def test_it_is_asked_when_it_is_due_and_only_for_what_changed(
    server: FeedServer, make_site: Callable[..., Site]
) -> None:
    site = make_site(config(feed(server.url("a"))))
    site.publish(now=T0)
    before = site.tree()
    site.publish(now="2026-11-22T08:59:00Z")
    assert len(server.requests) == 1
    site.publish(now=T1)
    assert b"If-None-Match" in server.requests[1]
    assert "0 read" in site.publish(now=T1).out
    assert site.tree() == before
    server.pages["a"] = Page(atom(entry(3), entry(2), entry(1)))
    assert "1 read" in site.publish(now=T2).out
    site.publish("--full", now=T2)
    assert len(server.requests) == 4


def test_where_there_is_no_etag_the_time_of_change_is_asked_for(
    make_site: Callable[..., Site],
) -> None:
    when = "Sat, 21 Nov 2026 10:00:00 GMT"
    first = answer(body=atom(entry(1)), Last_Modified=when)
    with RawServer(saying(first, answer("304 Not Modified"))) as server:
        site = make_site(config(feed(server.address)))
        site.publish(now=T0)
        assert "1 listed; 0 read" in site.publish(now=T1).out
        assert f"If-Modified-Since: {when}\r\n".encode() in server.requests[1]


def test_what_may_be_secret_in_an_address_is_not_told(make_site: Callable[..., Site]) -> None:
    with FeedServer(a=rss("<guid>1</guid><title>A</title><link>/1</link>")) as server:
        text = f'<opml><body><outline xmlUrl="{server.url("a?key=s3cret")}"/></body></opml>'
        source = "{name: all, type: opml, path: feeds.opml, allow_private: true}"
        site = make_site(config(source), {"feeds.opml": text})
        site.publish(now=T0)
        assert [line["state"] for line in site.articles()] == ["listed"]
        server.pages["a"] = Page(status="500 Oh")
        ran = site.publish(now=T1, code=3)
    assert "s3cret" not in ran.err + (site.folder / "published.jsonl").read_text()
    assert not [
        p for p in site.output("").rglob("*") if p.is_file() and b"s3cret" in p.read_bytes()
    ]


def test_an_outage_costs_nothing_but_a_word(
    server: FeedServer, make_site: Callable[..., Site]
) -> None:
    site = make_site(config(feed(server.url("a"))))
    site.publish(now=T0)
    before, record = kept_time(site), site.record()
    page = server.pages["a"]
    for status in ("500 Oh", "404 Not Found", "200 OK"):
        server.pages["a"] = Page(b"<html>Parked</html>", status)
        ran = site.publish("--full", now=T1, code=3)
        assert "the copy of 2 hours ago is used" in ran.err
        assert f"quay: {server.url('a')} " in ran.err
    assert "begins with <html>" in ran.err
    assert site.run("articles", now=T1).code == 3
    assert site.publish("--strict", now=T1, code=3).code == 3
    assert site.run("check", "--strict", now=T1).code == 3
    assert (kept_time(site), site.record()) == (before, record)
    asked = len(server.requests)
    assert asked == 4  # a failing server is not asked at every run
    server.pages["a"] = page
    site.publish(now=T3)
    assert len(server.requests) == asked + 1
    assert (kept_time(site), site.record()) == (before, record)


def test_state_lost_while_the_feed_is_away_makes_nothing_new(
    server: FeedServer, make_site: Callable[..., Site]
) -> None:
    site = make_site(config(feed(server.url("a"))))
    site.publish(now=T0)
    before, record = kept_time(site), site.record()
    page, server.pages["a"] = server.pages["a"], Page(status="500 Oh")
    shutil.rmtree(site.folder / ".publisher")
    assert "nothing was ever read from it" in site.publish(now=T1, code=3).err
    server.pages["a"] = page
    site.publish(now=T3)
    assert (kept_time(site), site.record()) == (before, record)


def test_a_server_that_asks_for_patience_gets_it(
    server: FeedServer, make_site: Callable[..., Site]
) -> None:
    server.pages["a"] = Page(status="429 Slow down", headers={"Retry_After": "18000"})
    site = make_site(config(feed(server.url("a"))))
    site.publish(now=T0, code=3)
    site.publish(now=T2, code=3)
    assert len(server.requests) == 1
    server.pages["a"] = Page(status="503 Later", headers={"Retry_After": "nonsense"})
    site.publish(now=T3, code=3)
    assert len(server.requests) == 2


def test_gone_is_gone(server: FeedServer, make_site: Callable[..., Site]) -> None:
    site = make_site(config(feed(server.url("a"))))
    site.publish(now=T0)
    server.pages["a"] = Page(status="410 Gone")
    assert "is gone for good (410)" in site.publish(now=T1).err
    ran = site.publish("--full", now=T3)
    assert "gone" not in ran.err
    assert "2 listed" in ran.out
    assert len(server.requests) == 2
    server.pages["b"] = Page(atom(entry(3)))
    site.write("publisher.yaml", config(feed(server.url("b"))))
    assert "3 listed" in site.publish(now=T3).out


def test_redirects_for_good_are_kept_and_said(
    server: FeedServer, make_site: Callable[..., Site]
) -> None:
    server.pages["old"] = Page(status="301 Moved", headers={"Location": "/a"})
    server.pages["temporary"] = Page(status="302 Found", headers={"Location": "/a"})
    site = make_site(config(feed(server.url("old"))))
    assert f"has moved for good to {server.url('a')}" in site.publish(now=T0).err
    site.publish(now=T1)
    assert server.paths == ["old", "a", "a"]
    # where that fails the address of the configuration has the last word
    server.pages["a"].status = "410 Gone"
    assert "answered 410" in site.publish(now=T2, code=3).err
    assert "is gone for good" in site.publish(now=T3).err
    assert server.paths[3:] == ["a", "old", "a"]
    server.pages["a"].status = "200 OK"
    site.write("publisher.yaml", config(feed(server.url("temporary"))))
    assert "moved" not in site.publish("--full", now=T3).err


@pytest.mark.parametrize("status", ["301 Moved", "302 Found"])
def test_redirects_in_a_circle_end_and_the_last_good_copy_is_used(
    status: str, server: FeedServer, make_site: Callable[..., Site]
) -> None:
    site = make_site(config(feed(server.url("a"))))
    assert "2 listed" in site.publish(now=T0).out
    good = server.pages["a"]
    server.pages["a"] = Page(status=status, headers={"Location": "/b"})
    server.pages["b"] = Page(status=status, headers={"Location": "/a"})
    ran = site.publish(now=T1, code=3)
    assert "leads through more than 5 redirects" in ran.err
    assert "name the address that they should end at" in ran.err
    assert "moved for good" not in ran.err
    assert "2 listed" in ran.out
    assert server.paths == ["a", *("a", "b") * 3]
    server.pages["a"] = good
    assert "2 listed" in site.publish(now=T3).out
    assert server.paths[7:] == ["a"], "a circle leads nowhere that would be remembered"


def test_a_feed_that_leads_to_itself_is_no_feed_from_the_first_day(
    server: FeedServer, make_site: Callable[..., Site]
) -> None:
    server.pages["self"] = Page(status="301 Moved", headers={"Location": "/self"})
    site = make_site(config(feed(server.url("self")), "{name: articles}"))
    site.article("own.md")
    ran = site.publish(now=T0, code=3)
    assert "leads through more than 5 redirects" in ran.err
    assert "1 listed" in ran.out


def test_a_slow_feed_holds_up_neither_the_others_nor_the_run(
    server: FeedServer, make_site: Callable[..., Site]
) -> None:
    server.pages["slow"] = Page(atom(entry(5)), slow=30)
    sources = [
        feed(server.url("slow"), "slow", limit="{timeout: 1s}"),
        feed(server.url("a").replace("127.0.0.1", "localhost"), "quick"),
        "{name: articles}",
    ]
    site = make_site(config(*sources))
    site.article("own.md")
    began = time.monotonic()
    ran = site.publish(now=T0, code=3)
    assert time.monotonic() - began < within(10)
    assert "3 listed" in ran.out
    assert "slow took longer than 1 s" in ran.err


def test_killed_while_it_fetches(server: FeedServer, make_site: Callable[..., Site]) -> None:
    site = make_site(config(feed(server.url("a"))))
    site.publish(now=T0)
    folder = site.folder / ".publisher" / "remote" / "quay"
    (folder / ".source.json.new").write_bytes(b'{"url": "half')
    assert "2 listed" in site.publish(now=T0).out
    (folder / "source.json").write_bytes(b'{"url": "half')  # as a broken disk may leave it
    record = site.record()
    assert "2 listed" in site.publish(now=T0).out
    assert site.record() == record


# ---------------------------------------------------------------- hostile


def test_bombs_and_entities(make_site: Callable[..., Site]) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(9))
    pages = {
        "gzip": Page(gzip.compress(bytes(60_000_000)), headers={"Content_Encoding": "gzip"}),
        "laughs": Page(f"<!DOCTYPE r [{laughs}]>".encode() + rss("<title>&l8;</title>")),
        "outside": Page(
            b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            + rss("<guid>x</guid><link>/x</link><title>a &x;</title>")
        ),
        "deep": Page(b"<rss><channel>" + b"<item>" * 200_000),
        "tags": Page(b"<rss><channel><item><title>a</title>" + b"<a " * 300_000),
    }
    with FeedServer(**pages) as server:
        site = make_site(config(*(feed(server.url(name), name) for name in pages)))
        began = time.process_time()
        ran = site.publish(now=T0, code=3)
        assert time.process_time() - began < 5
    assert "gzip is larger than" in ran.err
    assert "tags holds more than" in ran.err
    text = "".join(path.read_text() for path in site.output("").rglob("*.xml"))
    assert "root:" not in text
    assert "hahaha" not in text


def test_an_address_inside_is_not_connected_to(make_site: Callable[..., Site]) -> None:
    with RawServer(saying(answer(body=atom(entry(1))))) as trap:
        port = trap.address.rsplit(":", 1)[1].strip("/")
        hosts = ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "0.0.0.0"]
        hosts += ["[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"]
        sources = [
            f'{{name: s{n}, type: feed, url: "http://{host}:{port}/"}}'
            for n, host in enumerate(hosts)
        ]
        site = make_site(config(*sources))
        ran = site.run("publish", now=T0)
        assert trap.requests == []
    refused = ran.err.count("must not be connected to") + ran.err.count("found 'http")
    assert refused == len(hosts), ran.err


# ---------------------------------------------------------------- a planet


def test_what_two_feeds_hold_is_shown_once(make_site: Callable[..., Site]) -> None:
    with FeedServer(
        a=atom(entry(1), entry(2), entry(3)),
        b=atom(
            entry(1, title="Another title"),
            entry(9, title="Copied", link="http://www.a.example/2/?utm_source=b", id_="urn:b:2"),
            entry(8, title="Entry 3", link="https://a.example/3?from=b#top", id_="urn:b:3"),
            entry(7),
        ),
    ) as server:
        sources = [feed(server.url(name), name) for name in "ab"]
        site = make_site(config(*sources))
        assert "4 listed, 3 skipped" in site.publish(now=T0).out
        told = {line["file"]: line for line in site.articles() if line["state"] == "skipped"}
        for what in ("(the same id)", "(the same link)", "(the same title and page)"):
            assert what in json.dumps(list(told.values()))
        before = site.tree()
        # what was published stays where it was: another order changes nothing
        site.write("publisher.yaml", config(*reversed(sources)))
        site.publish(now=T0)
        assert site.tree() == before


def test_ours_come_first_and_one_page_may_have_many(make_site: Callable[..., Site]) -> None:
    items = [
        "<guid>1</guid><title>Status 1</title><link>https://s.example/</link>",
        "<guid>2</guid><title>Status 2</title><link>https://s.example/</link>",
        "<guid>3</guid><title>Ours</title><link>https://planet.example/2026/11/01/own/</link>",
        "<guid>tag:planet.example,2026:x</guid><title>Forged</title><link>/x</link>",
    ]
    with FeedServer(a=rss(*items)) as server:
        site = make_site(config(feed(server.url("a")), "{name: articles}"))
        site.article("own.md")
        site.article("x.md", id="tag:planet.example,2026:x")
        assert "4 listed, 2 skipped" in site.publish(now=T0).out
    assert states(site)["own.md"] == states(site)["x.md"] == "listed"


def test_a_port_that_nobody_listens_at(make_site: Callable[..., Site]) -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    site = make_site(config(feed(url, type="jsonfeed")))
    assert "does not take connections" in site.publish(now=T0, code=3).err


def test_killed_at_any_moment_the_copy_is_whole(make_site: Callable[..., Site]) -> None:
    with FeedServer(a=atom(*(entry(n) for n in range(1, 20)))) as server:
        site = make_site(config(feed(server.url("a"), every="1m")))
        site.publish(now=T0)
        record = site.record()
        for number, at in enumerate((0.05, 0.1, 0.15, 0.2)):
            server.pages["a"].body += b" "
            told = ("publish", "--now", f"2026-11-22T09:0{number}:00Z")
            run_killed(told, site.folder, os.environ, at)
            assert "19 listed" in site.run("articles", now=T1).out
        site.publish(now=T1)
    assert site.record() == record


def test_the_timer_asks_apart_and_publishes_what_came(make_site: Callable[..., Site]) -> None:
    with FeedServer(a=atom(entry(1)), slow=Page(atom(entry(2)), slow=20)) as server:
        sources = [feed(server.url(name), name, every="1m") for name in ("slow", "a")]
        sources[1] = sources[1].replace("127.0.0.1", "localhost")
        site = make_site(config(*sources, "{name: articles}") + "schedule: {rebuild: 2s}\n")
        site.article("own.md")
        timer = Timer(site, T0)
        try:
            timer.wait_for("event=publish.done woken_by=rebuild")
            assert site.output("2026/11/01/own/index.html").exists()
            site.article("more.md")  # the slow feed holds up no rebuild
            wait_until(site.output("2026/11/01/more/index.html").exists)
            assert "event=fetch.done" not in timer.said()
            server.pages["slow"].slow = 0
            assert timer.end() < within(6)
            assert timer.process.returncode == 0
        finally:
            timer.process.kill()
        timer = Timer(site, T0)
        try:
            said = timer.wait_for("woken_by=fetched")
            assert "event=fetch.done asked=" in said
            assert "fetch.deferred" not in said
            assert "tag:a.example,2026:2" in site.output("atom.xml").read_text()
            assert timer.end() < within(6)
        finally:
            timer.process.kill()
    assert "Traceback" not in timer.said()
