"""Nine readers over HTTP agree with the documents, on every field of every entry."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.feed_samples import make_site, many_entries, render_feeds
from tests.readers import by_hand, with_newsboat
from tests.readers.documents import documented, feed_files
from tests.readers.drivers import DRIVERS, require
from tests.readers.published import CORPORA, CORPORA_FOLDER, SITES, publish
from tests.readers.reading import Driver, Read, Readings, file_name, in_order, visible_text
from tests.readers.selection import asked
from tests.readers.serving import Served, served
from tests.sites import Site

pytestmark = pytest.mark.service
CHOSEN = [
    pytest.param(name, marks=() if name in ("sample", "made") else pytest.mark.long)
    for name in SITES
]
_OF_EACH = {"sample": 3} | dict.fromkeys(CORPORA, 0)
"""How many feeds of each kind are read, where not all are."""
_LEAD_PICTURE = re.compile(r"(<figure>.*?</figure>)?(.*)", re.DOTALL)
"""What stands above the body, which a page sets in its own way, and the body."""


@dataclass(frozen=True)
class Bench:
    """The published sites on one server, and the readers at work on all of them."""

    sites: dict[str, Site]
    server: Served
    readings: dict[str, Future[Readings]]

    def paths(self, name: str) -> list[str]:
        """The feeds of a site, below its output."""
        return feed_files(self.sites[name].output(""), of_each=_OF_EACH.get(name))

    def address(self, name: str, path: str) -> str:
        """Where a feed of a site is served."""
        return self.server.url(f"{name}/output/{path}")


@pytest.fixture(scope="module")
def bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    """Publish each site once; let each reader read all feeds in one go, beside the others.

    Only what a selected test asks for.
    """
    folder = tmp_path_factory.mktemp("served")
    homes = tmp_path_factory.mktemp("homes")
    names = [n for n in SITES if n in asked(request, "name") and _has(n)]
    drivers = [DRIVERS[n] for n in DRIVERS if n in asked(request, "reader")]
    by_hand.write(folder)
    with ThreadPoolExecutor(os.cpu_count()) as pool, served(folder) as server:
        sites = dict(zip(names, pool.map(lambda name: publish(name, folder), names), strict=True))
        bench = Bench(sites, server, {})
        for driver in drivers:
            addresses = [
                bench.address(name, path)
                for name in names
                for path in bench.paths(name)
                if driver.reads(path)
            ]
            if not driver.lacking():
                addresses.append(server.url(by_hand.PATH))
                future = pool.submit(driver.read, addresses, homes / driver.name)
                bench.readings[driver.name] = future
        yield bench


def _has(name: str) -> bool:
    return name not in CORPORA or (CORPORA_FOLDER / name).is_dir()


def _require_site(name: str) -> None:
    if not _has(name):
        pytest.skip(f"the corpus {name} is not beside the project")


@pytest.mark.parametrize("name", CHOSEN)
@pytest.mark.parametrize("reader", DRIVERS)
def test_reader_agrees_with_the_documents(bench: Bench, reader: str, name: str) -> None:
    driver = DRIVERS[reader]
    require(driver)
    _require_site(name)
    readings = bench.readings[reader].result()
    paths = [path for path in bench.paths(name) if driver.reads(path)]
    assert {file_name(path) for path in paths} == set(driver.formats)
    for path in paths:
        address = bench.address(name, path)
        assert 200 in bench.server.took(f"{name}/output/{path}")
        entries = documented(bench.sites[name].output(""), path)
        expected = in_order(driver.told(entry, file_name(path)) for entry in entries)
        _compare(driver, in_order(readings[address]), expected, path)


def _compare(driver: Driver, found: list[Read], expected: list[Read], path: str) -> None:
    """Every field exactly; first what is short, so that a difference can be read."""
    assert [entry.id for entry in found] == [entry.id for entry in expected], path
    for got, due in zip(found, expected, strict=True):
        assert replace(got, text="") == replace(due, text=""), path
        shown = driver.shown
        if "<" not in due.text and driver.shown is str and due.kind == "html":
            shown = visible_text  # a summary: what is escaped in it beside `<` is our choice
        assert shown(got.text) == shown(due.text), (path, got.id)


@pytest.mark.parametrize("reader", DRIVERS)
def test_what_a_reader_gets_wrong_it_gets_wrong_in_a_feed_by_hand(
    bench: Bench, reader: str
) -> None:
    driver = DRIVERS[reader]
    require(driver)
    found = bench.readings[reader].result()[bench.server.url(by_hand.PATH)]
    expected = [driver.told(entry, "rss.xml") for entry in by_hand.ENTRIES]
    _compare(driver, in_order(found), in_order(expected), by_hand.PATH)
    meant = {value for e in by_hand.ENTRIES for value in (e.title, e.published)}
    given = {value for e in found for value in (e.title, e.published)}
    assert given - meant == by_hand.FAULTS.get(reader, set())


@pytest.mark.parametrize("name", CHOSEN)
def test_the_feeds_say_what_the_articles_say(bench: Bench, name: str) -> None:
    """Every listed article is in the main feed or its archives, with the text of its page."""
    _require_site(name)
    site = bench.sites[name]
    paths = (path for path in feed_files(site.output(""), of_each=0) if path.endswith(".json"))
    entries = [entry for path in paths for entry in documented(site.output(""), path)]
    shown = {entry.id: entry for entry in entries}
    listed = [article for article in site.articles() if article["state"] == "listed"]
    assert {article["id"] for article in listed} == set(shown)
    for article in listed:
        entry = shown[article["id"]]
        assert (entry.title, entry.url) == (article["title"], article["url"])
        assert entry.published == datetime.fromisoformat(article["published"]).timestamp()
        assert entry.updated == datetime.fromisoformat(article["updated"]).timestamp()
        page = site.output(urlsplit(article["url"]).path.strip("/") + "/index.html")
        on_page = _words(visible_text(page.read_text("utf-8")))
        lead, body = _LEAD_PICTURE.findall(entry.text)[0]
        assert _words(visible_text(lead)) in on_page, article["file"]
        assert _words(visible_text(body)) in on_page, article["file"]


def _words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("format_", ["rss", "atom"])
def test_newsboat_knows_the_feeds_title_and_home_page(tmp_path: Path, format_: str) -> None:
    require(DRIVERS["newsboat"])
    site = make_site(title="Salt & <Pepper>")
    feed = render_feeds(*many_entries(1), site=site)[format_]
    (tmp_path / "feed.xml").write_bytes(feed)
    with served(tmp_path) as server:
        cache = with_newsboat.reload(server.url("feed.xml"), tmp_path / "home")
    assert with_newsboat.ask(cache, "select title, url from rss_feed") == [
        ("Salt & <Pepper>", "https://courier.example/")
    ]
