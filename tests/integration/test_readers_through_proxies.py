"""What readers do, where nginx or Caddy serves the files, by docs/how-to.md's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.mailings import SMTP
from tests.proxied import Proxy, by_our_words
from tests.serving import Serving, ask, ask_raw, serving
from tests.sites import CONFIG, NOW, UNJUDGED, Site

pytestmark = pytest.mark.service


class Before(NamedTuple):
    """The address of a server, and of ours behind it."""

    address: str
    ours: Serving


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def before(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    program: Callable[[str], str],
) -> Iterator[Before]:
    name: Proxy = request.param
    site = Site(tmp_path_factory.mktemp("sites") / "site")
    more = SMTP.format(port=1, connections=1) + "web: {compress: [gzip, brotli]}\n"
    site.write("publisher.yaml", CONFIG + UNJUDGED + more)
    site.article("fog.md", "A text about fog.")
    site.publish()
    folder = Path(tmp_path_factory.mktemp(name))
    with (
        serving(site, "--now", NOW) as ours,
        by_our_words(name, site, folder, program, ours.address) as address,
    ):
        yield Before(address, ours)


@pytest.mark.parametrize("path", ["/subscribe", "/unsubscribe/x", "/preferences/x", "/confirm/x"])
def test_pages_of_readers_come_as_ours_are(before: Before, path: str) -> None:
    """Those of the files say that a page may be kept, and shown to others."""
    through, straight = ask(before.address, path), ask(before.ours.address, path)
    assert through.status == straight.status
    assert through.body == straight.body
    for name in ("cache-control", "referrer-policy", "content-security-policy", "x-robots-tag"):
        assert through.headers.get(name) == straight.headers[name]
    assert through.headers["cache-control"] == "no-store"


def test_a_form_and_one_click_arrive(before: Before) -> None:
    """They answered with 405, as a file does: nobody could subscribe, nor leave."""
    for path in ("/subscribe", "/unsubscribe/x"):
        straight = ask(before.ours.address, path, "POST", content_length="0")
        through = ask(before.address, path, "POST", content_length="0")
        assert through.status == straight.status != 405
    assert ask(before.address, "/rss.xml", "POST", content_length="0").status == 405


def test_numbers_are_for_nobody_behind_a_proxy(before: Before) -> None:
    """nginx says of nobody that he came through it, unless it is told to."""
    assert ask(before.ours.address, "/metrics").status == 200
    for version in (b"1.0", b"1.1"):
        fields = b"" if version == b"1.0" else b"X-Forwarded-For: 192.0.2.1\r\n"
        asked = b"GET /metrics HTTP/%s\r\nHost: a\r\nConnection: close\r\n%s\r\n"
        said = ask_raw(before.ours.address, asked % (version, fields))
        assert b" 404 " in said.partition(b"\r\n")[0]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("courier.example", 404),
        ("courier.example:443", 404),
        ("monitor-host:8000", 200),
        ("[::ffff:127.0.0.1]:8000", 200),
    ],
)
def test_who_asked_the_site_asked_a_proxy_whatever_that_says(
    before: Before, host: str, status: int
) -> None:
    """HAProxy hands on what it was asked for, over HTTP/1.1, and no field of its own."""
    asked = f"GET /metrics HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    said = ask_raw(before.ours.address, asked.encode("ascii"))
    assert f" {status} ".encode("ascii") in said.partition(b"\r\n")[0]
