"""A published site with files of every kind and a few that nobody may have, and its server.

Fixtures are here too: a file of tests takes one under its name, as `server = served_site.server`;
with `server` it takes `site`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.picture_samples import png
from tests.serving import Serving, serving, wait_until
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
