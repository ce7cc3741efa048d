"""One table of expectations, three servers: ours, and nginx and Caddy by docs/how-to.md's words."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from typing import Literal

import brotli
import pytest

from tests.picture_samples import png
from tests.proxied import by_our_words, changed, snippet
from tests.serving import Reply, ask, get_raw, serving, wait_until
from tests.sites import CONFIG, NEWSLETTER, Site

pytestmark = pytest.mark.service

Name = Literal["publisher", "nginx", "caddy"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("sites") / "site")
    config = changed(CONFIG, url=("https://courier.example/", "https://quiet.example/"))
    site.write("publisher.yaml", f"{config}{NEWSLETTER}web: {{compress: [gzip, brotli]}}\n")
    for number in range(9):
        site.article(f"a{number}.md", "Salt and wind. " * 60, date=f"2026-11-{number + 1:02}")
    site.write("articles/tide.png", png(40, 30))
    site.write("articles/tide.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>')
    site.article("pictured.md", "![](tide.png) ![](tide.svg)", date="2026-11-20")
    site.publish()
    site.write("output/.secret/rss.xml", "no")
    site.write("output/.well-known/security.txt", "Contact: mailto:desk@courier.example\n")
    site.write("output/archive/1/rss.xml", site.output("rss.xml").read_bytes())
    site.write("output/feeds.opml", "<opml/>")
    time.sleep(2.1)  # a date is a strong validator only when it is no longer now
    return site


@pytest.fixture(scope="module", params=["publisher", "nginx", "caddy"])
def name(request: pytest.FixtureRequest) -> Name:
    return request.param  # type: ignore[no-any-return] # pytest cannot say what it is


@pytest.fixture(scope="module")
def server(
    name: Name,
    site: Site,
    tmp_path_factory: pytest.TempPathFactory,
    program: Callable[[str], str],
) -> Iterator[str]:
    """The address of the site on one of the servers."""
    if name == "publisher":
        with serving(site) as ours:
            for coding in ("br", "gzip"):
                wait_until(lambda c=coding: "content-encoding" in get(ours.address, "/", c).headers)
            yield ours.address
        return
    with by_our_words(name, site, tmp_path_factory.mktemp(name), program) as address:
        yield address


def get(address: str, path: str, coding: str = "identity") -> Reply:
    return ask(address, path, accept_encoding=coding)


FEED = "public, max-age=300, stale-if-error=86400"
PAGE = "public, max-age=60, stale-if-error=86400"
ARCHIVE = "public, max-age=86400, stale-if-error=604800"


@pytest.mark.parametrize(
    ("path", "media_type", "caching"),
    [
        ("/", "text/html; charset=utf-8", PAGE),
        ("/feeds/", "text/html; charset=utf-8", PAGE),
        ("/rss.xml", "application/rss+xml; charset=utf-8", FEED),
        ("/atom.xml", "application/atom+xml; charset=utf-8", FEED),
        ("/feed.json", "application/feed+json", FEED),
        ("/archive/1/rss.xml", "application/rss+xml; charset=utf-8", ARCHIVE),
        ("/feeds.opml", "text/x-opml; charset=utf-8", "public, max-age=3600"),
        ("/sitemap.xml", "application/xml; charset=utf-8", "public, max-age=3600"),
        ("/robots.txt", "text/plain; charset=utf-8", "public, max-age=3600"),
        ("/newsletters/weekly/1/email.html", "text/html; charset=utf-8", PAGE),
        ("/newsletters/weekly/1/email.eml", "message/rfc822", "public, max-age=3600"),
        ("/.well-known/security.txt", "text/plain; charset=utf-8", "public, max-age=3600"),
    ],
)
def test_a_file_has_its_type_and_how_long_it_is_kept(
    server: str, site: Site, path: str, media_type: str, caching: str
) -> None:
    reply = get(server, path)
    file = path[1:] + ("index.html" if path.endswith("/") else "")
    assert (reply.status, reply.body) == (200, site.output(file).read_bytes())
    assert reply.headers["content-type"] == media_type
    assert reply.headers["cache-control"] == caching
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["accept-ranges"] == "bytes"
    head = ask(server, path, "HEAD", accept_encoding="identity")
    assert head.body == b""
    assert without_date(head) == without_date(reply)


def without_date(reply: Reply) -> dict[str, str]:
    return {name: value for name, value in reply.headers.items() if name != "date"}


def test_what_never_changes_may_be_kept_for_ever(server: str, site: Site) -> None:
    for pattern in ("site-*.css", "*/tide.png", "*/tide.svg"):
        (file,) = site.output("media").glob(pattern)
        reply = get(server, f"/{file.relative_to(site.output('')).as_posix()}")
        assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["content-type"] == "image/svg+xml"
    assert reply.headers["content-security-policy"].endswith("sandbox")


@pytest.mark.parametrize("path", ["/rss.xml", "/atom.xml", "/feed.json", "/", "/sitemap.xml"])
def test_brotli_and_gzip_are_sent_ready_made(server: str, name: Name, path: str) -> None:
    plain = get(server, path)
    tags = [plain.headers["etag"]]
    for coding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        reply = get(server, path, coding)
        assert reply.headers["content-encoding"] == coding
        assert reply.headers["vary"].lower() == "accept-encoding"
        assert reply.headers["content-type"] == plain.headers["content-type"]
        assert reply.headers["cache-control"] == plain.headers["cache-control"]
        assert unpack(reply.body) == plain.body
        if name != "caddy":  # it sends packed bytes in chunks; docs/how-to.md says so
            assert reply.headers["content-length"] == str(len(reply.body))
        tags.append(reply.headers["etag"])
    assert len(set(tags)) == 3
    assert not any(tag.startswith("W/") for tag in tags)
    assert get(server, path, "gzip, deflate, br").headers["content-encoding"] == "br"


def test_whoever_has_the_file_gets_304(server: str, name: Name) -> None:
    for coding in ("identity", "gzip", "br"):
        got = get(server, "/rss.xml", coding)
        etag, date = got.headers["etag"], got.headers["last-modified"]
        long_ago = "Sun, 06 Nov 1994 08:49:37 GMT"
        for fields, status in (
            ({"if_none_match": etag}, 304),
            ({"if_none_match": f"W/{etag}"}, 304),
            ({"if_none_match": f'"other", {etag}'}, 304),
            ({"if_none_match": "*"}, 304),
            ({"if_none_match": '"other"'}, 200),
            ({"if_modified_since": date}, 304),
            ({"if_modified_since": long_ago}, 200),
            # nginx wants both to agree, against RFC 9110, section 13.1.3; docs/how-to.md says so.
            (
                {"if_none_match": etag, "if_modified_since": long_ago},
                200 if name == "nginx" else 304,
            ),
            ({"if_none_match": '"other"', "if_modified_since": date}, 200),
        ):
            reply = ask(server, "/rss.xml", accept_encoding=coding, **fields)
            assert reply.status == status, (coding, fields)
            assert reply.headers["etag"] == etag
            if status == 304:
                assert reply.body == b""
                assert reply.headers["cache-control"] == FEED


def test_a_range_of_bytes(server: str, site: Site) -> None:
    whole = site.output("rss.xml").read_bytes()
    n = len(whole)
    headers = get(server, "/rss.xml").headers
    for field, start, end in (
        ("bytes=0-9", 0, 10),
        ("bytes=-5", n - 5, n),
        (f"bytes={n - 1}-", n - 1, n),
    ):
        reply = ask(server, "/rss.xml", range=field)
        assert (reply.status, reply.body) == (206, whole[start:end])
        assert reply.headers["content-range"] == f"bytes {start}-{end - 1}/{n}"
    beyond = ask(server, "/rss.xml", range=f"bytes={n}-")
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{n}")
    for field, status in (
        (headers["etag"], 206),
        (headers["last-modified"], 206),
        ('"other"', 200),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 200),
    ):
        assert ask(server, "/rss.xml", range="bytes=0-9", if_range=field).status == status, field


def test_a_feed_names_itself_and_is_open_to_readers_of_other_origins(server: str) -> None:
    for path in ("/rss.xml", "/atom.xml", "/feed.json", "/archive/1/rss.xml"):
        for fields in ({}, {"accept_encoding": "gzip"}):
            headers = ask(server, path, **fields).headers
            assert headers["link"] == f'<https://quiet.example{path}>; rel="self"'
            assert headers["access-control-allow-origin"] == "*"
            assert headers["access-control-expose-headers"] == "ETag, Link"
    assert not {"link", "access-control-allow-origin"} & get(server, "/").headers.keys()


def test_pages_and_mails_have_the_policy_of_their_kind(server: str) -> None:
    page = get(server, "/").headers
    assert page["content-security-policy"].startswith("default-src 'none'; style-src 'self'; ")
    assert page["referrer-policy"] == "strict-origin-when-cross-origin"
    mail = get(server, "/newsletters/weekly/1/email.html").headers
    assert "style-src 'unsafe-inline'" in mail["content-security-policy"]


def test_the_policies_of_the_snippets_are_ours(site: Site) -> None:
    from publisher.answers.headers import MAIL_POLICY, POLICY, STRANGER_POLICY

    for language in ("nginx", "caddyfile"):
        for policy in (POLICY, MAIL_POLICY, STRANGER_POLICY):
            assert f'"{policy}"' in snippet(language)


@pytest.mark.parametrize(
    "target",
    [
        b"/nothing",
        b"/media",
        b"/.gitignore",
        b"/.secret/rss.xml",
        b"/%2esecret/rss.xml",
        b"/%2e%2e/publisher.yaml",
        b"/../publisher.yaml",
        b"/rss.xml.gz",
        b"/rss.xml.br",
        b"/index.html.gz",
    ],
)
def test_what_is_not_for_readers_is_not_there(server: str, name: Name, target: bytes) -> None:
    status = get_raw(server, target)
    if target == b"/media" and name != "publisher":
        # A folder without a page is known by its redirection to / and 404 there (nginx: 403).
        assert status in (301, 308, 404)
        assert get_raw(server, b"/media/") in (403, 404)
    else:
        assert status in (400, 404)


def test_what_is_not_there_yet_is_not_kept_as_missing(server: str) -> None:
    reply = get(server, "/nothing")
    assert reply.status == 404
    assert "max-age" not in reply.headers.get("cache-control", "")


def test_a_folder_without_its_slash_leads_to_it(server: str, name: Name) -> None:
    reply = ask(server, "/newsletters/weekly")
    assert reply.status == (301 if name == "nginx" else 308)
    assert reply.headers["location"] in ("./weekly/", "/newsletters/weekly/", "weekly/")


def test_nothing_can_be_changed_and_a_browser_may_ask_first(server: str) -> None:
    for method in ("POST", "PUT", "DELETE"):
        reply = ask(server, "/rss.xml", method, content_length="0")
        assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    reply = ask(
        server,
        "/rss.xml",
        "OPTIONS",
        origin="https://reader.example",
        access_control_request_method="GET",
        access_control_request_headers="if-none-match",
    )
    assert reply.status == 204
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "If-None-Match" in reply.headers["access-control-allow-headers"]
