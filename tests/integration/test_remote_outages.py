"""Feeds of others that are away, slow, broken or mean harm, and a run that is killed meanwhile."""

from __future__ import annotations

import gzip
import os
import shutil
import time
from collections.abc import Callable

from tests import remote_feeds
from tests.command import run_killed
from tests.feed_servers import FeedServer, Page
from tests.remote_feeds import T0, T1, T3, atom, config, entry, feed, kept_time, rss
from tests.serving import within
from tests.sites import Site
from tests.web_servers import RawServer, answer, free_port, saying

server = remote_feeds.server


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
