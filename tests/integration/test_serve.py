"""`publisher serve` as a process: what a reader, a browser and an attacker get."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import brotli
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from publisher.system.listening import PatientProtocol
from tests.picture_samples import png
from tests.serving import Reply, Serving, ask_raw, get_raw, serving, wait_until, within
from tests.sites import CONFIG, NEWSLETTER, Site

BIG = 5 * 1024 * 1024
"""More than is held in memory."""


def fill(site: Site) -> None:
    for number in range(12):
        site.article(f"a{number}.md", "Salt and wind. " * 60, date=f"2026-11-{number + 1:02}")
    site.write("articles/tide.png", png(40, 30))
    site.article("pictured.md", "![The tide](tide.png)", date="2026-11-20")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("served") / "site")
    site.write("publisher.yaml", CONFIG + NEWSLETTER)
    fill(site)
    site.publish()
    site.write("output/film.mp4", os.urandom(BIG))
    site.write("output/.secret", "no")
    site.write("output/.well-known/security.txt", "Contact: mailto:desk@courier.example\n")
    site.write("output/päper/a b.txt", "Ünïcode")
    site.write("output/empty.txt", "")
    (site.folder / "output" / "link.txt").symlink_to(site.folder / "publisher.yaml")
    (site.folder / "output" / "linked").symlink_to(site.folder / "articles")
    return site


@pytest.fixture(scope="module")
def server(site: Site) -> Iterator[Serving]:
    with serving(site, "-v") as server:
        for path in ("/rss.xml", "/feed.json", "/"):
            wait_until(lambda p=path: encoded(server, p, "br") and encoded(server, p, "gzip"))
        yield server


def encoded(server: Serving, path: str, encoding: str) -> bool:
    reply = server.ask(path, accept_encoding=encoding)
    return reply.headers.get("content-encoding") == encoding


def output(site: Site, path: str) -> bytes:
    return site.output(path).read_bytes()


class TestFiles:
    @pytest.mark.parametrize(
        ("path", "media_type", "caching"),
        [
            ("/", "text/html; charset=utf-8", "public, max-age=60"),
            ("/feeds/", "text/html; charset=utf-8", "public, max-age=60"),
            ("/rss.xml", "application/rss+xml; charset=utf-8", "public, max-age=300"),
            ("/atom.xml", "application/atom+xml; charset=utf-8", "public, max-age=300"),
            ("/feed.json", "application/feed+json", "public, max-age=300"),
            ("/sitemap.xml", "application/xml; charset=utf-8", "public, max-age="),
            ("/robots.txt", "text/plain; charset=utf-8", "public, max-age="),
            ("/newsletters/weekly/1/email.eml", "message/rfc822", "public, max-age="),
            ("/p%C3%A4per/a%20b.txt", "text/plain; charset=utf-8", "public"),
            ("/.well-known/security.txt", "text/plain; charset=utf-8", "public"),
            ("/film.mp4", "video/mp4", "public, max-age=3600"),
            ("/empty.txt", "text/plain; charset=utf-8", "public"),
        ],
    )
    def test_a_file_is_sent_as_it_lies_there(
        self, server: Serving, site: Site, path: str, media_type: str, caching: str
    ) -> None:
        reply = server.ask(path)
        file = unquote(path[1:]) + ("index.html" if path.endswith("/") else "")
        assert reply.status == 200
        assert reply.body == output(site, file)
        assert reply.headers["content-type"] == media_type
        assert reply.headers["cache-control"].startswith(caching)
        assert reply.headers["content-length"] == str(len(reply.body))
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["accept-ranges"] == "bytes"
        assert re.fullmatch(r'"[0-9a-f-]+"', reply.headers["etag"])
        modified = parsedate_to_datetime(reply.headers["last-modified"]).timestamp()
        assert modified == int(site.output(file).stat().st_mtime)
        assert "server" not in reply.headers

    def test_head_says_what_get_says(self, server: Serving) -> None:
        for path in ("/", "/rss.xml", "/film.mp4", "/nothing", "/feeds", "/healthz"):
            for encoding in ("identity", "gzip", "br"):
                got = server.ask(path, accept_encoding=encoding)
                head = server.ask(path, "HEAD", accept_encoding=encoding)
                assert head.body == b""
                assert (head.status, without_date(head)) == (got.status, without_date(got))

    def test_what_never_changes_may_be_kept_for_ever(self, server: Serving, site: Site) -> None:
        page = output(site, "index.html").decode()
        style = re.search(r"media/site-[0-9a-f]+\.css", page)
        picture = next(site.output("media").glob("*/tide.png"))
        assert style
        for path in (style[0], picture.relative_to(site.output("")).as_posix()):
            reply = server.ask(f"/{path}")
            assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert reply.headers["content-type"] == "image/png"
        assert "vary" not in reply.headers

    def test_a_feed_names_itself_and_may_be_read_by_other_origins(self, server: Serving) -> None:
        for name in ("rss.xml", "atom.xml", "feed.json"):
            headers = server.ask(f"/{name}", origin="https://reader.example").headers
            assert headers["link"] == f'<https://courier.example/{name}>; rel="self"'
            assert headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-origin" not in server.ask("/").headers

    def test_a_page_has_no_scripts_and_says_so(self, server: Serving) -> None:
        headers = server.ask("/").headers
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
        assert "script-src" not in headers["content-security-policy"]
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "camera=()" in headers["permissions-policy"]
        mail = server.ask("/newsletters/weekly/1/email.html").headers
        assert "style-src 'unsafe-inline'" in mail["content-security-policy"]

    def test_a_folder_without_its_slash_leads_to_it(self, server: Serving) -> None:
        reply = server.ask("/newsletters/weekly?from=feed")
        assert (reply.status, reply.headers["location"]) == (308, "./weekly/?from=feed")
        assert server.ask("/media").status == 404
        assert server.ask("/media/").status == 404

    def test_a_query_changes_nothing(self, server: Serving, site: Site) -> None:
        assert server.ask("/rss.xml?utm=1").body == output(site, "rss.xml")

    def test_an_address_that_leads_nowhere_has_a_page_of_its_own(self, server: Serving) -> None:
        reply = server.ask("/nothing")
        assert reply.status == 404
        assert b"There is nothing at this address" in reply.body
        assert b"The Example Courier" in reply.body
        assert reply.headers["cache-control"] == "no-cache"
        assert not re.search(rb'(?:src|href)="(?!/")', reply.body)

    def test_healthz(self, server: Serving) -> None:
        reply = server.ask("/healthz")
        said = json.loads(reply.body)
        assert reply.status == 200
        assert reply.headers["content-type"] == "application/json"
        assert said["files"] > 30
        # The site was published in November 2026, and nobody made the issue that was due since.
        assert (said["status"], said["late_issues"]) == ("attention", 1)
        assert server.ask("/healthz", "POST").status == 405

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "PROPFIND"])
    def test_nothing_can_be_changed(self, server: Serving, method: str) -> None:
        for path in ("/", "/rss.xml", "/film.mp4", "/feeds"):
            reply = server.ask(path, method, content_length="0")
            assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, OPTIONS")

    def test_options_are_told_and_a_preflight_is_granted(self, server: Serving) -> None:
        reply = server.ask("/rss.xml", "OPTIONS")
        assert (reply.status, reply.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
        reply = server.ask(
            "/rss.xml",
            "OPTIONS",
            origin="https://reader.example",
            access_control_request_method="GET",
            access_control_request_headers="if-none-match",
        )
        assert reply.headers["access-control-allow-origin"] == "*"
        assert "If-None-Match" in reply.headers["access-control-allow-headers"]
        answered = ask_raw(
            server.address, b"OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )
        assert answered.startswith(b"HTTP/1.1 204")


class TestCompression:
    def test_brotli_and_gzip_are_the_same_bytes_packed(self, server: Serving, site: Site) -> None:
        plain = output(site, "rss.xml")
        tags = {server.ask("/rss.xml").headers["etag"]}
        for encoding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
            reply = server.ask("/rss.xml", accept_encoding=encoding)
            assert reply.headers["content-encoding"] == encoding
            assert reply.headers["vary"] == "Accept-Encoding"
            assert reply.headers["content-length"] == str(len(reply.body))
            assert len(reply.body) < len(plain) / 2
            assert unpack(reply.body) == plain
            tags.add(reply.headers["etag"])
        assert len(tags) == 3

    @pytest.mark.parametrize(
        ("field", "encoding"),
        [
            ("gzip, deflate, br", "br"),
            ("gzip, deflate", "gzip"),
            ("br;q=0.5, gzip;q=0.8", "gzip"),
            ("br;q=0, *", "gzip"),
            ("*", "br"),
            ("x-gzip", "gzip"),
            ("GZIP;Q=1.0", "gzip"),
            ("identity", None),
            ("identity, gzip;q=0.5", None),
            ("gzip;q=0", None),
            ("*;q=0", None),
            ("zstd, ,;;, gzip;q=2", None),
            ("", None),
        ],
    )
    def test_the_reader_chooses(self, server: Serving, field: str, encoding: str | None) -> None:
        reply = server.ask("/rss.xml", accept_encoding=field)
        assert reply.headers.get("content-encoding") == encoding

    def test_pictures_and_films_are_sent_as_they_are(self, server: Serving) -> None:
        reply = server.ask("/film.mp4", accept_encoding="gzip, br")
        assert "content-encoding" not in reply.headers
        assert "vary" not in reply.headers


class TestConditions:
    def test_whoever_has_the_file_gets_304(self, server: Serving) -> None:
        for path in ("/", "/rss.xml", "/film.mp4"):
            for encoding in ("identity", "br"):
                got = server.ask(path, accept_encoding=encoding)
                etag = got.headers["etag"]
                for field in (etag, f"W/{etag}", f'"other", {etag}', "*", f'W/"x",W/{etag} '):
                    reply = server.ask(path, if_none_match=field, accept_encoding=encoding)
                    assert (reply.status, reply.body) == (304, b""), field
                    assert reply.headers["etag"] == etag
                    assert reply.headers["cache-control"] == got.headers["cache-control"]
                    assert reply.headers.get("vary") == got.headers.get("vary")
                    assert "content-type" not in reply.headers

    def test_one_encoding_s_tag_is_good_for_all(self, server: Serving) -> None:
        packed = server.ask("/rss.xml", accept_encoding="br").headers["etag"]
        assert server.ask("/rss.xml", if_none_match=packed).headers["etag"] == packed
        assert server.ask("/rss.xml", if_none_match=packed).status == 304

    def test_dates_count_only_without_a_tag(self, server: Serving) -> None:
        headers = server.ask("/rss.xml").headers
        date = headers["last-modified"]
        later = formatdate(time.time() + 86400, usegmt=True)
        earlier = formatdate(parsedate_to_datetime(date).timestamp() - 1, usegmt=True)
        assert server.ask("/rss.xml", if_modified_since=date).status == 304
        assert server.ask("/rss.xml", if_modified_since=later).status == 304
        assert server.ask("/rss.xml", if_modified_since=earlier).status == 200
        assert server.ask("/rss.xml", if_modified_since="yesterday").status == 200
        assert server.ask("/rss.xml", if_modified_since=later, if_none_match='"x"').status == 200
        same = {"if_none_match": headers["etag"], "if_modified_since": earlier}
        assert server.ask("/rss.xml", **same).status == 304

    def test_a_demand_that_does_not_hold_is_412(self, server: Serving) -> None:
        headers = server.ask("/rss.xml").headers
        etag, date = headers["etag"], headers["last-modified"]
        assert server.ask("/rss.xml", if_match=etag).status == 200
        assert server.ask("/rss.xml", if_match="*").status == 200
        assert server.ask("/rss.xml", if_match=f"W/{etag}").status == 412
        assert server.ask("/rss.xml", if_match='"x"').status == 412
        assert server.ask("/rss.xml", if_unmodified_since=date).status == 200
        ago = "Sun, 06 Nov 1994 08:49:37 GMT"
        assert server.ask("/rss.xml", if_unmodified_since=ago).status == 412


class TestRanges:
    @pytest.mark.parametrize("path", ["/rss.xml", "/film.mp4"])
    def test_one_range_of_bytes(self, server: Serving, site: Site, path: str) -> None:
        whole = output(site, path[1:])
        n = len(whole)
        for field, start, end in (
            ("bytes=0-0", 0, 1),
            ("bytes=10-19", 10, 20),
            (f"bytes={n - 1}-", n - 1, n),
            ("bytes=-7", n - 7, n),
            (f"bytes=-{n * 2}", 0, n),
            (f"bytes=5-{n * 9}", 5, n),
            ("BYTES=3-4", 3, 5),
        ):
            reply = server.ask(path, range=field)
            assert (reply.status, reply.body) == (206, whole[start:end]), field
            assert reply.headers["content-range"] == f"bytes {start}-{end - 1}/{n}"
            assert reply.headers["content-length"] == str(end - start)

    @pytest.mark.parametrize(
        "field",
        [
            "bytes=5-2",
            "bytes=0-1,4-5",
            "lines=1-2",
            "bytes=a-b",
            "bytes=",
            "bytes=-",
            "0-5",
            "bytes=" + "9" * 400 + "-",
            "bytes=1-2-3",
        ],
    )
    def test_what_is_no_single_range_gets_everything(self, server: Serving, field: str) -> None:
        reply = server.ask("/film.mp4", range=field)
        assert (reply.status, len(reply.body)) == (200, BIG)

    def test_a_range_behind_the_end_is_416(self, server: Serving) -> None:
        for field in (f"bytes={BIG}-", f"bytes={BIG + 5}-{BIG + 9}", "bytes=-0"):
            reply = server.ask("/film.mp4", range=field)
            assert (reply.status, reply.body) == (416, b"")
            assert reply.headers["content-range"] == f"bytes */{BIG}"
        assert server.ask("/empty.txt", range="bytes=0-").status == 416
        assert server.ask("/empty.txt", range="bytes=-1").status == 200

    def test_only_of_the_file_that_the_reader_began_with(self, server: Serving) -> None:
        headers = server.ask("/film.mp4").headers
        etag, date = headers["etag"], headers["last-modified"]
        wait_until(lambda: time.time() > parsedate_to_datetime(date).timestamp() + 2)
        for field, status in (
            (etag, 206),
            (date, 206),
            (f"W/{etag}", 200),
            ('"other"', 200),
            (formatdate(time.time() + 60, usegmt=True), 200),
            ("nonsense", 200),
        ):
            assert server.ask("/film.mp4", range="bytes=0-9", if_range=field).status == status

    def test_head_and_304_know_no_range(self, server: Serving) -> None:
        assert server.ask("/film.mp4", "HEAD", range="bytes=0-9").status == 200
        etag = server.ask("/film.mp4").headers["etag"]
        assert server.ask("/film.mp4", range="bytes=0-9", if_none_match=etag).status == 304

    def test_a_range_of_packed_bytes_is_a_part_of_the_packed_bytes(self, server: Serving) -> None:
        whole = server.ask("/rss.xml", accept_encoding="br")
        etag = whole.headers["etag"]
        reply = server.ask("/rss.xml", accept_encoding="br", range="bytes=9-", if_range=etag)
        assert (reply.status, reply.body) == (206, whole.body[9:])
        assert reply.headers["content-encoding"] == "br"


HOSTILE = [
    b"/../publisher.yaml",
    b"/%2e%2e/publisher.yaml",
    b"/%2e%2e%2fpublisher.yaml",
    b"/media/../../publisher.yaml",
    b"/..%5cpublisher.yaml",
    b"/%252e%252e/publisher.yaml",
    b"//rss.xml",
    b"//",
    b"//evil.example/..",
    b"/./rss.xml",
    b"/rss.xml/",
    b"/rss.xml%00.html",
    b"/%00",
    b"/%ff%fe",
    b"/%zz",
    b"/%",
    b"/.secret",
    b"/%2esecret",
    b"/.gitignore",
    b"/.publisher-staged/rss.xml",
    b"/link.txt",
    b"/linked/a1.md",
    b"/feeds/.hidden/x",
    b"/" + b"a" * 10_000,
    b"/" + b"a/" * 2_000,
    b"/%0d%0aSet-Cookie:x=1",
    b"http://elsewhere.example//rss.xml",
    b"ftp://elsewhere.example/rss.xml",
    b"*",
]


class TestHostility:
    @pytest.mark.parametrize("target", HOSTILE, ids=lambda t: t[:40].decode())
    def test_no_spelling_leads_out(self, server: Serving, target: bytes) -> None:
        assert get_raw(server.address, target) in (400, 404)

    def test_what_is_no_http_is_refused(self, server: Serving) -> None:
        for nonsense in (b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET /rss.xml\r\n\r\n", b"\r\n" * 9):
            ask_raw(server.address, nonsense + b"GET \x00 HTTP/9.9\r\n\r\n")
        long = b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"
        assert b" 400 " in ask_raw(server.address, long)[:20]
        assert server.ask("/healthz").status == 200

    def test_the_whole_address_may_stand_in_the_request(self, server: Serving) -> None:
        assert get_raw(server.address, b"http://courier.example/rss.xml") == 200
        assert get_raw(server.address, b"http://courier.example") == 200

    def test_readers_that_leave_or_dawdle_cost_little(self, server: Serving) -> None:
        parts = urlsplit(server.address)
        before = server.memory()
        connections = []
        for _ in range(60):
            connection = socket.create_connection((parts.hostname or "", parts.port or 0))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(b"GET /film.mp4 HTTP/1.1\r\nHost: a\r\n\r\n")
            connections.append(connection)
        time.sleep(1)
        assert server.ask("/rss.xml").status == 200
        grown = server.memory() - before
        for connection in connections:
            connection.close()
        assert grown < 40 * 1024 * 1024, grown  # all of them at once would be 300 MiB
        open_files = Path(f"/proc/{server.process.pid}/fd")
        wait_until(lambda: sum(1 for _ in open_files.iterdir()) < 40)


class Hasty(PatientProtocol):
    patience = 0.4


async def slow_app(_scope: Scope, _receive: Receive, send: Send) -> None:
    await asyncio.sleep(3 * Hasty.patience)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


@pytest.mark.parametrize(
    ("request_", "answered"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b""),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 204 "),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nxy", b"HTTP/1.1 204 "),
    ],
)
def test_a_request_that_does_not_end_is_not_waited_for(request_: bytes, answered: bytes) -> None:
    async def ask() -> bytes:
        config = uvicorn.Config(slow_app, lifespan="off", log_config=None)
        config.load()
        state = ServerState()
        server = await asyncio.get_running_loop().create_server(
            lambda: Hasty(config=config, server_state=state, app_state={}), "127.0.0.1", 0
        )
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(request_)
            found = await asyncio.wait_for(reader.read(), 10)
            writer.close()
            return found

    assert asyncio.run(ask())[:13] == answered


def without_date(reply: Reply) -> dict[str, str]:
    return {name: value for name, value in reply.headers.items() if name != "date"}


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


def test_each_request_is_a_line_when_asked_for(server: Serving) -> None:
    server.ask("/robots.txt")
    server.ask("/no%20such")
    wait_until(lambda: "path=/no%20such status=404 bytes=" in server.said())
    assert "event=serve.request method=GET path=/robots.txt status=200 bytes=" in server.said()


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
