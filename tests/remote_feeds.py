"""Sites whose sources are feeds of others: those feeds, the configuration, what came of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.feed_servers import FeedServer
from tests.sites import Site

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
