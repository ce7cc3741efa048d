"""newsboat and `reader` show nothing as new again, whatever happens to the site behind a feed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import pytest

from tests.feed_samples import BODY, many_entries, render_feeds
from tests.readers import with_newsboat
from tests.readers.drivers import DRIVERS, require
from tests.readers.reading import FORMATS
from tests.readers.selection import asked
from tests.readers.serving import served
from tests.readers.subscribers import NewsboatSubscriber, ReaderSubscriber
from tests.sites import Site

pytestmark = pytest.mark.service
COUNT = 6
SUBSCRIBERS = {
    ("newsboat", "rss.xml"): NewsboatSubscriber,
    ("newsboat", "atom.xml"): NewsboatSubscriber,
    **{("reader", name): ReaderSubscriber for name in FORMATS},
}


@dataclass(frozen=True)
class Step:
    """Feeds as they are served for a while, and how many entries in them are truly new."""

    folder: Path
    new: int = 0


def configure(
    site: Site, *, url: str = "http://courier.example/", pattern: str = "", limit: int = 50
) -> None:
    """Write publisher.yaml."""
    address = f", url: '{pattern}'" if pattern else ""
    site.write(
        "publisher.yaml",
        f"site: {{title: The Example Courier, url: '{url}', language: en, timezone: UTC}}\n"
        f"sources: [{{name: articles, path: articles{address}}}]\n"
        f"feeds: [{{name: main, limit: {limit}}}]\n",
    )


def write_article(site: Site, number: int, body: str = "", **fields: str) -> None:
    """One of the site's articles: 1 is the oldest, 2 lies in a folder of its own."""
    known = {"title": f"Article {number}", "date": f"2026-11-0{number}", "tags": "[harbour]"}
    name = "folder/index.md" if number == 2 else f"article-{number}.md"
    site.article(name, body or f"The text of article {number}.", **(known | fields))


def rebuild(site: Site) -> Iterator[int]:
    shutil.rmtree(site.output(""))
    site.publish("--full", now="2026-11-23T08:00:00Z")
    yield 0


def retitle(site: Site) -> Iterator[int]:
    for number in (1, 2, COUNT):
        write_article(site, number, title=f"A better title {number}")
    site.publish(now="2026-11-23T08:00:00Z")
    yield 0


def edit(site: Site) -> Iterator[int]:
    for number in (1, 2, COUNT):
        write_article(site, number, body=f"Another text of article {number}.")
    site.publish(now="2026-11-23T08:00:00Z")
    yield 0


def rename_files(site: Site) -> Iterator[int]:
    articles = site.folder / "articles"
    (articles / "article-3.md").rename(articles / "three.md")
    (articles / "folder").rename(articles / "two")
    (articles / "deep").mkdir()
    (articles / "article-6.md").rename(articles / "deep" / "article-6.md")
    site.publish(now="2026-11-23T08:00:00Z")
    yield 0


def change_the_address_pattern(site: Site) -> Iterator[int]:
    configure(site, pattern="/stories/{slug}/")
    site.publish(now="2026-11-23T08:00:00Z")
    yield 0


def change_slugs(site: Site) -> Iterator[int]:
    for number in (1, 2, COUNT):
        write_article(site, number, slug=f"by-another-name-{number}")
    site.publish(now="2026-11-23T08:00:00Z")
    yield 0


def change_dates(site: Site) -> Iterator[int]:
    write_article(site, 1, date="2026-11-21")
    write_article(site, COUNT, date="2025-01-01")
    site.publish(now="2026-11-23T08:00:00Z")
    yield 0


def go_to_https(site: Site) -> Iterator[int]:
    configure(site, url="https://courier.example/")
    site.publish(now="2026-11-23T08:00:00Z")
    yield 0


def move_to_a_new_domain(site: Site) -> Iterator[int]:
    configure(site, url="https://lantern.example/news/")
    site.publish(now="2027-01-01T08:00:00Z")
    yield 0


def restore_a_backup(site: Site) -> Iterator[int]:
    """State and record copied away; published on for a while; put back; published."""
    copy = site.folder.with_name("backup")
    shutil.copytree(site.folder / ".publisher", copy / ".publisher")
    shutil.copy(site.folder / "published.jsonl", copy)
    write_article(site, 1, title="A better title")
    write_article(site, 7)
    (site.folder / "articles" / "article-3.md").rename(site.folder / "articles" / "three.md")
    site.publish(now="2026-11-23T08:00:00Z")
    yield 1
    shutil.rmtree(site.folder / ".publisher")
    shutil.copytree(copy / ".publisher", site.folder / ".publisher")
    shutil.copy(copy / "published.jsonl", site.folder)
    site.publish(now="2026-11-24T08:00:00Z")
    yield 0


def clone_afresh(site: Site) -> Iterator[int]:
    """Only what is committed, in another place, after each kind of change was published."""
    (site.folder / "articles" / "article-3.md").rename(site.folder / "articles" / "three.md")
    write_article(site, 1, title="A better title")
    configure(site, url="https://lantern.example/", pattern="/stories/{slug}/")
    site.publish(now="2027-02-01T08:00:00Z")
    yield 0
    before = site.folder.rename(site.folder.with_name("before"))
    site.folder.mkdir()
    shutil.copytree(before / "articles", site.folder / "articles", copy_function=shutil.copyfile)
    for name in ("publisher.yaml", "published.jsonl"):
        shutil.copyfile(before / name, site.folder / name)
    site.publish(now="2027-02-02T08:00:00Z")
    yield 0


def change_tags(site: Site) -> Iterator[int]:
    for number in (1, 2, COUNT):
        write_article(site, number, tags="[sea, boats]")
    site.publish(now="2026-11-23T08:00:00Z")
    yield 0


def move_the_limit(site: Site) -> Iterator[int]:
    """Entries that leave the feed and come back are no news to those who have them."""
    for limit in (3, 50):
        configure(site, limit=limit)
        site.publish(now="2026-11-23T08:00:00Z")
        yield 0


def all_at_once(site: Site) -> Iterator[int]:
    """Moved, renamed, then edited; a rename and an edit of one file in one step would be new."""
    configure(site, url="https://lantern.example/", pattern="/stories/{slug}/", limit=4)
    articles = site.folder / "articles"
    (articles / "article-3.md").rename(articles / "three.md")
    for number in (1, 2, COUNT):
        write_article(
            site,
            number,
            "New text.",
            title="New",
            slug=f"new-{number}",
            tags="[sea]",
            date="2026-11-20",
        )
    site.publish(now="2027-01-01T08:00:00Z")
    yield 0
    site.article("three.md", "New text, too.", title="New three", date="2026-11-19")
    configure(site, url="https://lantern.example/", limit=50)
    site.publish(now="2027-01-02T08:00:00Z")
    yield 0


def give_an_id_by_hand(site: Site) -> Iterator[int]:
    """What must be seen: an author who gives another id has made another entry."""
    write_article(site, COUNT, id="tag:courier.example,2026:another")
    site.publish(now="2026-11-23T08:00:00Z")
    yield 1


CHANGES = {
    change.__name__: change
    for change in (
        rebuild,
        retitle,
        edit,
        rename_files,
        change_the_address_pattern,
        change_slugs,
        change_dates,
        go_to_https,
        move_to_a_new_domain,
        restore_a_backup,
        clone_afresh,
        change_tags,
        move_the_limit,
        all_at_once,
        give_an_id_by_hand,
    )
}


@pytest.fixture(scope="module")
def steps_of(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Step]]:
    """What is served before, during and after each change, made once for all readers."""
    root = tmp_path_factory.mktemp("changes")
    names = [name for name in CHANGES if name in asked(request, "change")]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(
            zip(names, pool.map(lambda name: _steps(name, root / name), names), strict=True)
        )


def _steps(name: str, root: Path) -> list[Step]:
    site = Site(root / "site")
    configure(site)
    for number in range(1, COUNT + 1):
        write_article(site, number)
    site.publish()
    found = enumerate(chain((COUNT,), CHANGES[name](site)))
    return [_keep(site, root / f"step-{number}", new) for number, new in found]


def _keep(site: Site, folder: Path, new: int) -> Step:
    """The feeds as they are now: the next step changes them."""
    folder.mkdir()
    for name in FORMATS:
        shutil.copyfile(site.output(name), folder / name)
    return Step(folder, new)


def _cells() -> Iterator[object]:
    """Each change with each subscriber; the quick ones are one format of each reader, in turns."""
    whole = ("rebuild", "all_at_once", "give_an_id_by_hand")
    for place, change in enumerate(CHANGES):
        of_each: dict[str, list[str]] = {}
        for reader, format_ in SUBSCRIBERS:
            of_each.setdefault(reader, []).append(format_)
        for reader, formats in of_each.items():
            turn = formats[place % len(formats)]
            for format_ in formats:
                is_quick = change in whole or format_ == turn
                marks = () if is_quick else (pytest.mark.long,)
                yield pytest.param(change, reader, format_, marks=marks)


@pytest.mark.parametrize(("change", "reader", "format_"), list(_cells()))
def test_only_what_is_new_is_unread(
    change: str,
    reader: str,
    format_: str,
    steps_of: dict[str, list[Step]],
    tmp_path: Path,
) -> None:
    require(DRIVERS[reader])
    steps = steps_of[change]
    total, had = 0, set()
    with served(steps[0].folder) as server:
        subscriber = SUBSCRIBERS[reader, format_](server.url(format_), tmp_path / "home")
        for step in steps:
            server.folder = step.folder
            subscriber.reload()
            sent = (step.folder / format_).read_bytes()
            if sent not in had:  # so that what is counted has been read
                assert server.took(format_)[-1] == 200
            had.add(sent)
            total += step.new
            assert subscriber.counted() == (total, step.new)
            subscriber.mark_all_read()
            assert subscriber.counted() == (total, 0)
    assert (len(had) == 1) is (change == "rebuild")


@pytest.mark.parametrize("format_", ["rss", "atom"])
def test_a_retitled_and_rewritten_entry_is_shown_as_it_is_now(tmp_path: Path, format_: str) -> None:
    require(DRIVERS["newsboat"])
    retitled = [replace(entry, title=f"New {entry.title}") for entry in many_entries(3)]
    with served(tmp_path) as server:
        for entries, body in ((many_entries(3), BODY), (retitled, "<p>Rewritten</p>")):
            (tmp_path / "feed.xml").write_bytes(render_feeds(*entries, body=body)[format_])
            cache = with_newsboat.reload(server.url("feed.xml"), tmp_path / "home")
    shown = with_newsboat.entries(cache)
    assert sorted(entry.id for entry in shown) == sorted(entry.id for entry in retitled)
    assert {entry.title for entry in shown} == {entry.title for entry in retitled}
    assert all(entry.text.endswith("<p>Rewritten</p>") for entry in shown)
