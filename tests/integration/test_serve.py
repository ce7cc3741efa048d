"""`publisher serve` as a process: what a reader and a browser get."""

from __future__ import annotations

import gzip
import json
import re
import time
from email.utils import formatdate, parsedate_to_datetime
from urllib.parse import unquote

import brotli
import pytest

from tests import served_site
from tests.served_site import BIG, output
from tests.serving import Reply, Serving, ask_raw, wait_until
from tests.sites import Site

site = served_site.site
server = served_site.server


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


def without_date(reply: Reply) -> dict[str, str]:
    return {name: value for name, value in reply.headers.items() if name != "date"}


def test_each_request_is_a_line_when_asked_for(server: Serving) -> None:
    server.ask("/robots.txt")
    server.ask("/no%20such")
    wait_until(lambda: "path=/no%20such status=404 bytes=" in server.said())
    assert "event=serve.request method=GET path=/robots.txt status=200 bytes=" in server.said()
