"""Feeds of others as sources, from servers on loopback that behave, and from those that do not."""

from __future__ import annotations

from collections.abc import Callable


from tests.sites import Site
from tests.web_servers import RawServer, answer, saying

SITE = (
    'site: {title: Planet, url: "https://planet.example/", language: en, timezone: Asia/Jakarta}\n'
)
T0, T1, T2 = "2026-11-22T08:00:00Z", "2026-11-22T09:30:00Z", "2026-11-22T12:00:00Z"
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>tag:a.example,2026:feed</id><title>Quay News</title><updated>2026-11-20T10:00:00Z</updated>
<link href="https://a.example/"/><link rel="self" href="https://a.example/atom.xml"/>
<author><name>Ada</name></author><rights>CC BY 4.0</rights>
{}</feed>"""


def entry(number: int, *, title: str = "", link: str = "", id_: str = "", more: str = "") -> str:
    day = f"2026-11-{number:02d}T10:00:00Z"
    return (
        f"<entry><id>{id_ or f'tag:a.example,2026:{number}'}</id>"
        f"<title>{title or f'Entry {number}'}</title>"
        f'<link href="{link or f"https://a.example/{number}"}"/>'
        f"<published>{day}</published><updated>{day}</updated>"
        f'<content type="html">&lt;p>Text of {number}.&lt;/p>&lt;p>More.&lt;/p></content>{more}</entry>'
    )


def atom(*entries: str) -> bytes:
    return ATOM.format("\n".join(entries)).encode()


def config(*sources: str, local: bool = False) -> str:
    lines = ["  - {name: articles}\n"] if local else []
    return SITE + "sources:\n" + "".join([*lines, *(f"  - {one}\n" for one in sources)])


def feed(url: str, name: str = "quay", **keys: str) -> str:
    told = {"name": name, "type": "feed", "url": url, "allow_private": "true"} | keys
    return "{" + ", ".join(f"{k}: {v}" for k, v in told.items()) + "}"


def listed(site: Site) -> dict[str, dict[str, object]]:
    return {str(line["file"]): line for line in site.articles()}


def test_one_feed_end_to_end(make_site: Callable[..., Site]) -> None:
    with RawServer(saying(answer(body=atom(entry(2), entry(1)), ETag='"1"'))) as server:
        site = make_site(config(feed(server.address)))
        ran = site.publish(now=T0)
    assert "2 listed" in ran.out
    line = listed(site)["tag:a.example,2026:2"]
    assert line["title"] == "Entry 2"
    assert line["id"] == "tag:a.example,2026:2"
    assert line["url"] == "https://a.example/2"
    text = site.output("atom.xml").read_text()
    assert "Text of 2." in text
    assert "More." not in text
    assert not site.output("2026").exists()
