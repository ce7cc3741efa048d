"""`publisher serve` while it runs: how it begins and ends, and follows what is published."""

from __future__ import annotations

import gzip
import http.client
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests import served_site
from tests.served_site import fill, output
from tests.serving import serving, wait_until, within
from tests.sites import CONFIG, Site

site = served_site.site


@pytest.fixture
def fresh(make_site: Callable[..., Site]) -> Site:
    site = make_site(CONFIG)
    fill(site)
    return site


def test_a_hub_is_named_as_feeds_name_it(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + "hub: https://例え.example/tell?me=<it>\n")
    site.write("output/rss.xml", "<rss/>")
    with serving(site) as server:
        link = server.ask("/rss.xml").headers["link"]
    assert '<https://xn--r8jz45g.example/tell?me=%3Cit%3E>; rel="hub"' in link


def test_it_waits_for_what_is_not_there_yet_and_follows_what_is_published(fresh: Site) -> None:
    with serving(fresh) as server:
        assert "event=serve.nothing" in server.said()
        assert server.ask("/rss.xml").status == 404
        fresh.publish()
        wait_until(lambda: server.ask("/rss.xml").status == 200)
        first = server.ask("/rss.xml")
        fresh.article("news.md", date="2026-11-21", title="Fresh fish")
        fresh.publish()
        wait_until(lambda: b"Fresh fish" in server.ask("/rss.xml").body)
        assert server.ask("/rss.xml", if_none_match=first.headers["etag"]).status == 200
        page = next(fresh.output("2026/11/21").glob("*/index.html"))
        address = "/" + page.parent.relative_to(fresh.output("")).as_posix() + "/"
        assert server.ask(address).status == 200
        (fresh.folder / "articles/news.md").unlink()
        fresh.publish()
        wait_until(lambda: server.ask(address).status == 404)
        assert b"Fresh fish" not in server.ask("/rss.xml").body


def test_tags_and_dates_outlive_a_restart_and_a_run_that_changes_nothing(fresh: Site) -> None:
    fresh.publish()
    seen = []
    for run in ("", "--full", ""):
        with serving(fresh) as server:
            for path in ("/", "/rss.xml", "/sitemap.xml"):
                reply = server.ask(path)
                seen.append((path, reply.headers["etag"], reply.headers["last-modified"]))
            fresh.publish(*run.split())
            time.sleep(1.5)  # it has looked again by then
            assert server.ask("/rss.xml", if_none_match=seen[1][1]).status == 304
    assert len(set(seen)) == 3


def test_a_file_that_goes_back_in_time_gets_a_later_date(fresh: Site) -> None:
    place = fresh.write("output/note.txt", "one")
    with serving(fresh) as server:
        first = server.ask("/note.txt").headers
        other = fresh.write("output/.note", "two")
        os.utime(other, (1_000_000_000, 1_000_000_000))
        other.replace(place)
        wait_until(lambda: server.ask("/note.txt").body == b"two")
        date = first["last-modified"]
        assert server.ask("/note.txt", if_modified_since=date).status == 200


@pytest.mark.parametrize("runs", [40, pytest.param(400, marks=pytest.mark.long)])
def test_readers_never_see_half_a_file_or_none(fresh: Site, runs: int) -> None:
    """Two readers ask without rest while many runs' worth of files are replaced."""
    fresh.publish()
    paths = [
        p.relative_to(fresh.output("")).as_posix()
        for p in sorted(fresh.output("").rglob("*.xml")) + sorted(fresh.output("").rglob("*.html"))
    ]
    stop = threading.Event()
    wrong: list[tuple[str, int, bytes]] = []
    counts: list[int] = []

    def read(address: str) -> None:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
        count = 0
        while not stop.is_set():
            path = paths[count % len(paths)]
            connection.request("GET", f"/{path}", headers={"Accept-Encoding": "gzip"})
            response = connection.getresponse()
            body = response.read()
            if response.headers["Content-Encoding"] == "gzip":
                body = gzip.decompress(body)
            is_whole = body.rstrip().endswith((b"</html>", b"</rss>", b"</feed>", b"</urlset>"))
            if response.status != 200 or not is_whole:
                wrong.append((path, response.status, body[-80:]))
            count += 1
        connection.close()
        counts.append(count)

    with serving(fresh) as server:
        readers = [threading.Thread(target=read, args=(server.address,)) for _ in range(2)]
        for reader in readers:
            reader.start()
        try:
            bodies = {path: output(fresh, path) for path in paths}
            for round_ in range(runs):
                for path, body in bodies.items():
                    aside = fresh.output(".aside")
                    aside.write_bytes(b"<!-- %d -->" % round_ + body)
                    aside.replace(fresh.output(path))
                time.sleep(0.02)
            fresh.article("last.md", date="2026-11-21", title="The last word")
            fresh.publish("--full")
            wait_until(lambda: b"The last word" in server.ask("/rss.xml").body)
        finally:
            stop.set()
            for reader in readers:
                reader.join()
    assert wrong == []
    assert sum(counts) > 2.5 * runs


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_once_also_with_readers_under_way(site: Site, number: signal.Signals) -> None:
    with serving(site) as server:
        parts = urlsplit(server.address)
        idle = socket.create_connection((parts.hostname or "", parts.port or 0))
        busy = socket.create_connection((parts.hostname or "", parts.port or 0))
        busy.sendall(b"GET /film.mp4 HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.2)
        assert server.end(number) < within(3)
        idle.close()
        busy.close()
        assert server.process.returncode == 0
        lines = server.said().splitlines()
    assert ["serve.started" in lines[0], "serve.stopped" in lines[1]] == [True, True]
    assert len(lines) == 2


def test_a_port_that_is_taken_is_told_with_its_mend(site: Site) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        place = f"127.0.0.1:{other.getsockname()[1]}"
        ran = site.run("serve", "--listen", place)
    assert ran.code == 1
    assert f"error: cannot listen on {place}: address already in use" in ran.err
    assert "mend:" in ran.err


@pytest.mark.parametrize(
    "place", ["8000", ":8000", "127.0.0.1", "127.0.0.1:99999", "::1:80", "a b:1"]
)
def test_a_place_that_is_none_is_refused(site: Site, place: str) -> None:
    ran = site.run("serve", "--listen", place)
    assert ran.code == 2
    assert "is no host and port; write 127.0.0.1:8000" in ran.err


def test_a_host_that_is_not_ours_is_told(site: Site) -> None:
    ran = site.run("serve", "--listen", "no-such-host.invalid:8000")
    assert ran.code == 1
    assert "there is no such host" in ran.err
