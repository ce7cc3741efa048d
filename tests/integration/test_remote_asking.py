"""When the servers of others are asked, for what, and where they lead: put off, moved or gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import remote_feeds
from tests.feed_servers import FeedServer, Page
from tests.remote_feeds import T0, T1, T2, T3, atom, config, entry, feed, rss
from tests.serving import wait_until, within
from tests.sites import Site
from tests.timers import Timer
from tests.web_servers import RawServer, answer, saying

server = remote_feeds.server


def test_nothing_but_publish_asks(server: FeedServer, make_site: Callable[..., Site]) -> None:
    site = make_site(config(feed(server.url("a"))))
    for command in (["publish", "--dry-run"], ["articles"], ["check"], ["plan"]):
        assert site.run(*command, now=T0).code == 0
    assert server.requests == []
    assert "was not read yet" in site.run("check", now=T0).err
    site.publish(now=T0)
    assert len(server.requests) == 1
    assert site.run("articles", "--explain", "tag:a.example,2026:1", now=T0).code == 0


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
