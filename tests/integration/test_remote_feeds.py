"""Feeds of others as sources: what comes in of them, and what feeds, pages and mails say of it."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests import remote_feeds
from tests.feed_servers import FeedServer, Page
from tests.remote_feeds import T0, T1, atom, config, entry, feed, listed, states
from tests.sites import UNJUDGED, Site

server = remote_feeds.server


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
