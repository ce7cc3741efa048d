"""WebSub end to end: the command, its state, and hubs on 127.0.0.1 that do as they are told."""

from __future__ import annotations

import contextlib
import functools
import http.server
import itertools
import json
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest

from publisher.config.load import load_config
from publisher.model import Ping
from publisher.publishing import hubs as telling
from publisher.publishing.hubs import send_pings
from publisher.publishing.pings import PingReport
from publisher.store.engine import open_sqlite
from publisher.store.pings import PingStore
from tests.sites import CONFIG, NOW, Site
from tests.web_servers import RawServer, answer, saying

TOPICS = {f"https://courier.example/{name}" for name in ("rss.xml", "atom.xml", "feed.json")}
OK = answer("204 No Content")
DOWN = answer("500 Internal Server Error")


def told(hub: RawServer) -> Counter[str]:
    """How often a hub was told of each topic; every request has the form that hubs understand."""
    topics: Counter[str] = Counter()
    for request in hub.requests:
        head, _, body = request.partition(b"\r\n\r\n")
        form = parse_qs(body.decode("ascii"), strict_parsing=True)
        assert head.startswith(b"POST / HTTP/1.1\r\n")
        assert b"(+https://courier.example/)" in head
        assert form["hub.mode"] == ["publish"]
        assert form["hub.url"] == form["hub.topic"]
        topics.update(form["hub.url"])
    return topics


def after(seconds: float) -> str:
    return (datetime.fromisoformat(NOW) + timedelta(seconds=seconds)).isoformat()


def silence(connection: socket.socket, _request: bytes) -> None:
    connection.recv(1)


@pytest.fixture
def make(make_site: Callable[..., Site]) -> Callable[..., Site]:
    """A site with one article and these hubs."""

    def make(*hubs: str) -> Site:
        lines = "".join(f"  - {hub}\n" for hub in hubs)
        site = make_site(CONFIG + (f"hub:\n{lines}" if hubs else ""))
        site.article("one.md")
        return site

    return make


@contextlib.contextmanager
def queue_of(site: Site) -> Iterator[PingStore]:
    path = site.folder / ".publisher" / "publisher.db"
    with contextlib.closing(open_sqlite(path, lambda: 0)) as database:
        yield PingStore(database)


def waiting(site: Site) -> tuple[Ping, ...]:
    with queue_of(site) as store:
        assert store.owed() == ()
        return store.waiting()


# ---------------------------------------------------------------- what is told, and when not


@pytest.mark.parametrize("status", ["200 OK", "202 Accepted", "204 No Content"])
def test_each_changed_feed_is_told_once_and_an_unchanged_run_tells_nothing(
    make: Callable[..., Site], status: str
) -> None:
    with RawServer(saying(answer(status))) as hub:
        site = make(hub.address)
        ran = site.publish()
        assert told(hub) == dict.fromkeys(TOPICS, 1)
        assert "hubs: told of 3 changes" in ran.out
        assert ran.err == ""
        assert "hubs" not in site.publish("--full").out
        assert len(hub.requests) == 3
        site.article("two.md", draft="true")
        site.publish()
        assert len(hub.requests) == 3
        site.article("two.md")
        site.publish()
        assert told(hub) == dict.fromkeys(TOPICS, 2)
    assert waiting(site) == ()


def test_only_the_feeds_that_changed_are_told(make: Callable[..., Site]) -> None:
    with RawServer(saying(OK)) as hub:
        site = make(hub.address)
        feeds = "feeds:\n  - {name: main, formats: [atom]}\n"
        feeds += "  - {name: sea, formats: [rss], select: {tags: [sea]}}\n"
        site.write("publisher.yaml", f"{CONFIG}{feeds}hub: {hub.address}\n")
        site.publish()
        hub.requests.clear()
        site.article("two.md", tags="[land]")
        site.publish()
        assert told(hub) == {"https://courier.example/atom.xml": 1}
        hub.requests.clear()
        site.article("three.md", tags="[sea]")
        site.publish()
    assert set(told(hub)) == {
        "https://courier.example/atom.xml",
        "https://courier.example/feeds/sea/rss.xml",
    }


def test_archive_documents_are_written_but_never_told(make: Callable[..., Site]) -> None:
    with RawServer(saying(OK)) as hub:
        site = make(hub.address)
        feeds = "feeds:\n  - {name: main, limit: 1, formats: [atom, json]}\n"
        site.write("publisher.yaml", f"{CONFIG}{feeds}hub: {hub.address}\n")
        for number in range(5):
            site.article(f"a{number}.md", date=f"2026-11-0{number + 1}")
        site.publish()
        assert list(site.output("archive").glob("*/atom.xml"))
        assert f'href="{hub.address}"' in site.output("atom.xml").read_text(encoding="utf-8")
        assert set(told(hub)) == {
            "https://courier.example/atom.xml",
            "https://courier.example/feed.json",
        }


def test_dry_runs_and_refused_runs_tell_and_queue_nothing(make: Callable[..., Site]) -> None:
    with RawServer(saying(OK)) as hub:
        site = make(hub.address)
        site.publish("--dry-run")
        assert not (site.folder / ".publisher").exists()
        site.article("bad.md", date="never")
        site.publish("--strict", code=1)
        assert hub.requests == []
    assert waiting(site) == ()


def test_what_is_written_elsewhere_is_no_news(make: Callable[..., Site]) -> None:
    with RawServer(saying(OK)) as hub:
        site = make(hub.address)
        site.publish_here()
        hub.requests.clear()
        site.article("new.md")
        site.publish("--output", "elsewhere")
        assert hub.requests == []
        site.publish_here()
        assert hub.requests != []


def test_without_a_hub_there_is_no_row(make: Callable[..., Site]) -> None:
    site = make()
    site.publish()
    assert waiting(site) == ()


def test_a_hub_that_is_taken_out_is_forgotten(make: Callable[..., Site]) -> None:
    with RawServer(saying(DOWN)) as hub:
        site = make(hub.address)
        site.publish()
        assert len(waiting(site)) == 3
        with queue_of(site) as store:
            store.owe(["https://courier.example/rss.xml"])
        with_hub = (site.folder / "publisher.yaml").read_text()
        site.write("publisher.yaml", CONFIG)
        assert site.publish().err == ""
        assert waiting(site) == ()
        site.write("publisher.yaml", with_hub)
        site.publish(now=after(3600))
        assert len(hub.requests) == 6  # the link to the hub that came back changed the feeds


def test_the_hub_finds_the_new_feed_when_it_is_told(
    make_site: Callable[..., Site], tmp_path: Path
) -> None:
    """Files first, then the ping: this hub fetches each topic before it answers."""
    output = tmp_path / "site" / "output"
    handler = functools.partial(_Quiet, directory=str(output))
    found: dict[str, bytes] = {}

    def script(connection: socket.socket, request: bytes) -> None:
        (topic,) = parse_qs(request.partition(b"\r\n\r\n")[2].decode())["hub.url"]
        with urllib.request.urlopen(topic, timeout=5) as reply:
            found[topic] = reply.read()
        connection.sendall(answer("202 Accepted"))

    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as web,
        RawServer(script) as hub,
    ):
        thread = threading.Thread(target=web.serve_forever, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{web.server_address[1]}/"
        config = CONFIG.replace("https://courier.example/", url)
        site = make_site(f"{config}hub: {hub.address}\n")
        for name in ("one", "two", "three"):
            found.clear()
            site.article(f"{name}.md", f"This is text {name}.")
            assert site.publish().err == ""
            assert set(found) == {f"{url}{file}" for file in ("rss.xml", "atom.xml", "feed.json")}
            assert all(f"This is text {name}.".encode() in feed for feed in found.values())
        web.shutdown()
        thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Requests are not told."""


# ---------------------------------------------------------------- hubs that fail


def test_a_hub_that_is_down_is_told_later(make: Callable[..., Site]) -> None:
    with RawServer(saying(DOWN)) as hub:
        site = make(hub.address)
        ran = site.publish()
        assert re.fullmatch(  # the clock ticks while the command runs
            f"warning: {hub.address}: answered 500; the first run after "
            r"2026-11-22T08:01:\d\d\+00:00 tells it again of 3 feeds\n",
            ran.err,
        )
        assert site.publish(now=after(30)).err == ""
        assert len(hub.requests) == 3
        assert re.search("T08:0[67]:", site.publish(now=after(90)).err)
        assert len(hub.requests) == 6
        hub.script = saying(OK)
        assert "told of 3 changes" in site.publish(now=after(600)).out
        site.publish(now=after(1200))
        assert told(hub) == dict.fromkeys(TOPICS, 3)
    assert waiting(site) == ()


def test_a_newer_change_takes_the_place_of_the_older(make: Callable[..., Site]) -> None:
    with RawServer(saying(DOWN)) as hub:
        site = make(hub.address)
        site.publish()
        first = waiting(site)
        site.article("two.md")
        site.publish(now=after(10))
        second = waiting(site)
    assert {p.topic for p in second} == {p.topic for p in first} == TOPICS
    assert len(second) == 3
    assert {p.tries for p in second} == {1}
    assert min(p.changed for p in second) > max(p.changed for p in first)
    assert told(hub) == dict.fromkeys(TOPICS, 2)


def test_it_is_given_up_a_day_after_the_change(make: Callable[..., Site]) -> None:
    with RawServer(saying(DOWN)) as hub:
        site = make(hub.address)
        site.publish()
        ran = site.publish(now=after(24 * 3600 + 1))
        assert "answered 500; it will not be told of 3 feeds before the next change" in ran.err
        assert waiting(site) == ()


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "400 Bad Request"])
def test_a_refusal_is_final_and_names_hub_and_status(
    make: Callable[..., Site], status: str
) -> None:
    with RawServer(saying(answer(status))) as hub:
        site = make(hub.address)
        ran = site.publish()
        assert f"warning: {hub.address}: answered {status[:3]}; it will not be told" in ran.err
        site.publish(now=after(3600))
        assert len(hub.requests) == 3
    assert waiting(site) == ()


def test_a_hub_that_moved_is_followed_or_named(make: Callable[..., Site]) -> None:
    with RawServer(saying(OK)) as new:
        with RawServer(saying(answer("308 Moved", Location=new.address))) as hub:
            assert make(hub.address).publish().err == ""
        assert told(new) == dict.fromkeys(TOPICS, 1)
        with RawServer(saying(answer("301 Moved", Location=new.address))) as hub:
            site = make(hub.address)
            site.article("two.md")
            assert f"it has moved to {new.address}: write that as `hub`" in site.publish().err
        assert len(new.requests) == 3


def test_a_hub_that_is_busy_is_left_alone_as_long_as_it_asks(make: Callable[..., Site]) -> None:
    busy = answer("429 Too Many Requests", Retry_After="600")
    with RawServer(saying(busy)) as hub:
        site = make(hub.address)
        assert re.search("after 2026-11-22T08:1[01]:", site.publish().err)
        asked = len(hub.requests)
        assert 1 <= asked <= 3
        assert site.publish(now=after(300)).err == ""
        assert len(hub.requests) == asked
        hub.script = saying(OK)
        assert "told of 3 changes" in site.publish(now=after(720)).out


def test_a_hub_that_does_not_listen_costs_nothing(make: Callable[..., Site]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        dead = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    with RawServer(saying(OK)) as hub:
        site = make(dead, hub.address)
        ran = site.publish()
        assert f"{dead}: does not take connections" in ran.err
        assert told(hub) == dict.fromkeys(TOPICS, 1)
        assert {p.hub for p in waiting(site)} == {dead}


@pytest.mark.long
def test_a_silent_hub_holds_up_neither_the_run_for_long_nor_other_hubs(
    make: Callable[..., Site],
) -> None:
    with RawServer(silence) as mute, RawServer(saying(OK)) as hub:
        site = make(mute.address, hub.address)
        began = time.monotonic()
        ran = site.publish()
        assert time.monotonic() - began < 15
        assert f"{mute.address}: took longer than" in ran.err
        assert told(hub) == dict.fromkeys(TOPICS, 1)
        assert {p.hub for p in waiting(site)} == {mute.address}


def test_garbage_from_a_hub_is_one_more_failure(make: Callable[..., Site]) -> None:
    with RawServer(saying(b"\x00\x01 what?\r\n\r\n")) as hub:
        site = make(hub.address)
        assert "did not answer in HTTP, or broke off; the first run after" in site.publish().err
        assert len(waiting(site)) == 3


# ---------------------------------------------------------------- deaths


def test_a_run_that_is_killed_while_it_sends_is_made_up_for(make: Callable[..., Site]) -> None:
    with RawServer(silence) as hub:
        site = make(hub.address)
        process = subprocess.Popen(
            [sys.executable, "-m", "publisher", "publish", "-q", "--now", NOW],
            cwd=site.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while len(hub.requests) < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert site.output("rss.xml").exists()
        assert len(waiting(site)) == 3
        hub.requests.clear()
        hub.script = saying(OK)
        ran = site.publish()
        assert "0 written" in ran.out
        assert told(hub) == dict.fromkeys(TOPICS, 1)
    assert waiting(site) == ()


def test_what_a_dead_run_owed_is_told_by_the_next_that_finds_it(make: Callable[..., Site]) -> None:
    """The files were in place (or about to be), the pings not queued yet."""
    with RawServer(saying(OK)) as hub:
        site = make(hub.address)
        site.publish()
        hub.requests.clear()
        with queue_of(site) as store:
            store.owe(["https://courier.example/rss.xml"])
        site.publish()
        assert told(hub) == {"https://courier.example/rss.xml": 1}
    assert waiting(site) == ()


def test_a_damaged_state_is_told_and_output_stays(make: Callable[..., Site]) -> None:
    with RawServer(saying(DOWN)) as hub:
        site = make(hub.address)
        site.publish()
        before = site.tree()
        (site.folder / ".publisher" / "publisher.db").write_bytes(b"no database" * 999)
        ran = site.publish(code=1)
        assert "cannot be used" in ran.err
        assert site.tree() == before


@pytest.mark.long
def test_killed_at_random_moments_the_hub_has_seen_the_last_word_of_each_feed(
    make: Callable[..., Site],
) -> None:
    """This hub reads the file at each ping: one that came too early or never would be seen."""
    site = make()
    seen: dict[str, bytes] = {}

    def script(connection: socket.socket, request: bytes) -> None:
        (topic,) = parse_qs(request.partition(b"\r\n\r\n")[2].decode())["hub.url"]
        name = topic.removeprefix("https://courier.example/")
        seen[name] = site.output(name).read_bytes()
        connection.sendall(OK)

    chance = random.Random(20261123)
    with RawServer(script) as hub:
        site.write("publisher.yaml", f"{CONFIG}hub: {hub.address}\n")
        began = time.monotonic()
        site.publish(cold=True)  # from the start, as those that are killed
        length = time.monotonic() - began
        for number in range(10):
            site.article("one.md", f"Version {number}.")
            process = subprocess.Popen(
                [sys.executable, "-m", "publisher", "publish", "-q", "--now", NOW],
                cwd=site.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            time.sleep(chance.uniform(0.4, 1.0) * length)
            process.send_signal(signal.SIGKILL)
            process.wait()
        site.publish()
        assert b"Version 9." in seen["rss.xml"]
        assert seen == {name: site.output(name).read_bytes() for name in seen}
        assert len(seen) == 3
        asked = len(hub.requests)
        site.publish()
        assert len(hub.requests) == asked
    assert waiting(site) == ()


# ---------------------------------------------------------------- many topics, many hubs


def send(site: Site, seconds: float) -> PingReport:
    def progress(_what: str, done: int, total: int) -> None:
        assert 0 <= done <= total

    config = load_config(site.folder / "publisher.yaml")
    clock = functools.partial(datetime.fromisoformat, NOW)
    return send_pings(config, clock=clock, progress=progress, seconds=seconds)


def queue_topics(site: Site, hubs: list[str], number: int) -> None:
    with queue_of(site) as store:
        topics = [f"https://courier.example/tags/{n}/rss.xml" for n in range(number)]
        store.queue(hubs, topics, datetime.fromisoformat(NOW))


def test_what_there_was_no_time_for_is_sent_by_the_next_round(
    make: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock that this hub alone moves on: five requests take all the time there is."""
    now = 0.0
    monkeypatch.setattr(telling, "time", SimpleNamespace(monotonic=lambda: now))

    def slow(connection: socket.socket, _request: bytes) -> None:
        nonlocal now
        now = min(now + 200.0, 1000.0)
        connection.sendall(OK)

    with RawServer(slow) as hub:
        site = make(hub.address)
        queue_topics(site, [hub.address], 60)
        first = send(site, 1000.0)
        assert 5 <= first.sent < 60
        assert first.waiting == 60 - first.sent
        (warning,) = first.warnings
        assert "there was no time left; the next run tells it of" in warning
        hub.script = saying(OK)
        second = send(site, 1000.0)
        assert second.sent == first.waiting
        assert (second.waiting, second.next_due, second.warnings) == (0, None, ())
        assert set(told(hub).values()) == {1}


def test_dead_hubs_do_not_keep_a_good_one_from_its_turn(make: Callable[..., Site]) -> None:
    with contextlib.ExitStack() as stack:
        mute = [stack.enter_context(RawServer(silence)).address for _ in range(6)]
        good = stack.enter_context(RawServer(saying(OK)))
        hubs = [*mute, good.address]
        site = make(*hubs)
        queue_topics(site, hubs, 20)
        report = send(site, 3.0)
    assert report.sent == 20
    assert len(good.requests) == 20
    assert report.waiting == 120
    assert len(report.warnings) == 6  # a line for each hub, not for each topic


def test_a_hub_that_falls_silent_is_one_line_however_long_each_thread_waited(
    make: Callable[..., Site],
) -> None:
    turns = itertools.count()

    def script(connection: socket.socket, request: bytes) -> None:
        if next(turns):
            silence(connection, request)
        else:
            time.sleep(0.4)
            connection.sendall(OK)

    with RawServer(script) as hub:
        site = make(hub.address)
        queue_topics(site, [hub.address], 20)
        report = send(site, 3.0)
        assert len(hub.requests) > 4  # a thread has gone on to a second topic
    assert (report.sent, report.waiting) == (1, 19)
    (warning,) = report.warnings
    assert "took longer than" in warning
    assert "tells it again of 19 feeds" in warning


# ---------------------------------------------------------------- the price


def test_an_unchanged_run_imports_no_http_client(make: Callable[..., Site]) -> None:
    with RawServer(saying(OK)) as hub:
        site = make(hub.address)
        site.publish()
        code = (
            "import json, sys\n"
            "from publisher.cli.commands import main\n"
            f"try: main(['publish', '-q', '--now', {NOW!r}])\n"
            "except SystemExit as end: assert end.code == 0\n"
            "client = ('urllib3', 'publisher.fetching')\n"
            "print(json.dumps([m for m in sys.modules if m.startswith(client)]))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=site.folder,
            capture_output=True,
            text=True,
            check=True,
        )
    assert json.loads(done.stdout) == []
