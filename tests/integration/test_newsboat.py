"""A reader of flesh and blood: newsboat subscribes over HTTP and shows every entry once."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.feed_reading import Shown, read_feed
from tests.feed_samples import BODY, make_entry, make_site, many_entries, render_feeds
from tests.sites import Site

pytestmark = pytest.mark.service
NAMES = {"rss": "rss.xml", "atom": "atom.xml"}


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves a folder and keeps the terminal clean."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it overrides
        """Say nothing."""


@pytest.fixture
def newsboat(program: Callable[[str], str]) -> str:
    """The reader; where it is missing the test skips, or fails if services are due."""
    return program("newsboat")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder on loopback."""
    handler = partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def reload_feed(newsboat: str, address: str, home: Path) -> Path:
    """Let newsboat fetch a feed. Gives its cache, one a feed: guids alone are its keys."""
    home.mkdir(exist_ok=True)
    (home / "urls").write_text(address + "\n", "utf-8")
    (home / "config").touch()
    subprocess.run(
        [newsboat, "-q", "-u", "urls", "-C", "config", "-c", "cache.db", "-x", "reload"],
        cwd=home,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"},
        check=True,
        timeout=30,
    )
    return home / "cache.db"


def ask(cache: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(cache)) as connection:
        return connection.execute(question).fetchall()


def check_reader_shows(newsboat: str, output: Path, entries: list[Shown], tmp_path: Path) -> None:
    """newsboat shows, from both XML feeds of a site in `output`, each entry once with its link.

    Of several enclosures it keeps one: the last of an Atom entry.
    """
    expected = [(e.id, e.title, e.url, int(e.published.timestamp())) for e in entries]
    enclosures = {e.id: {url for url, _, _ in e.enclosures} or {""} for e in entries}
    with served(output) as address:
        for format_, name in NAMES.items():
            cache = reload_feed(newsboat, address + name, tmp_path / format_)
            shown = ask(cache, "select guid, title, url, pubDate from rss_item")
            assert sorted(shown) == sorted(expected), format_
            for guid, url in ask(cache, "select guid, coalesce(enclosure_url, '') from rss_item"):
                assert url in enclosures[str(guid)], format_


def test_newsboat_shows_every_entry_once(newsboat: str, tmp_path: Path) -> None:
    bare = make_entry(id="tag:courier.example,2026:bare", enclosures=(), summary="A < B & C")
    feeds = render_feeds(bare, *many_entries(12))
    for format_, name in NAMES.items():
        (tmp_path / name).write_bytes(feeds[format_])
    check_reader_shows(newsboat, tmp_path, read_feed(feeds["json"]), tmp_path)


def test_newsboat_shows_the_published_sample_site(newsboat: str, tmp_path: Path) -> None:
    site = Site(tmp_path / "sample")
    for name in ("articles", "media"):
        shutil.copytree(ROOT / name, site.folder / name)
    for name in ("publisher.yaml", "published.jsonl"):
        shutil.copy(ROOT / name, site.folder / name)
    site.publish(now="2026-11-22T01:00:00Z")
    entries = read_feed(site.output("feed.json").read_bytes())
    assert len(entries) >= 10
    check_reader_shows(newsboat, site.output(""), entries, tmp_path)


@pytest.mark.parametrize("format_", NAMES)
def test_a_retitled_and_rewritten_entry_is_no_second_one(
    newsboat: str, tmp_path: Path, format_: str
) -> None:
    path = tmp_path / NAMES[format_]
    retitled = [replace(entry, title=f"New {entry.title}") for entry in many_entries(3)]
    with served(tmp_path) as address:
        for entries, body in ((many_entries(3), BODY), (retitled, "<p>Rewritten</p>")):
            path.write_bytes(render_feeds(*entries, body=body)[format_])
            cache = reload_feed(newsboat, address + path.name, tmp_path / "home")
    shown = ask(cache, "select guid, title, content from rss_item")
    assert {guid for guid, _, _ in shown} == {entry.id for entry in retitled}
    assert {title for _, title, _ in shown} == {entry.title for entry in retitled}
    assert {str(content).endswith("<p>Rewritten</p>") for _, _, content in shown} == {True}
    assert len(shown) == 3


@pytest.mark.parametrize("format_", NAMES)
def test_newsboat_knows_the_feeds_title_and_home_page(
    newsboat: str, tmp_path: Path, format_: str
) -> None:
    site = make_site(title="Salt & <Pepper>")
    (tmp_path / NAMES[format_]).write_bytes(render_feeds(*many_entries(1), site=site)[format_])
    with served(tmp_path) as address:
        cache = reload_feed(newsboat, address + NAMES[format_], tmp_path / "home")
    assert ask(cache, "select title, url from rss_feed") == [
        ("Salt & <Pepper>", "https://courier.example/")
    ]
