"""A reader who walks the archives sees every entry once, before and after weeks of publishing.

Each day brings a new article, on some days an old one is edited, taken back or comes
late with an old date; of the archive documents that lay there, only those change that
hold such an entry.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.config.load import load_config
from publisher.publishing.publish import PublishOptions, publish
from tests.feed_archives import FILES, archives_of, walk_feed
from tests.feed_reading import read_feed
from tests.sites import CONFIG, Site

START = datetime(2026, 7, 1, 8, tzinfo=UTC)
FEEDS = "feeds: [{name: main, limit: %d}]\nfeeds_for: {tags: true, languages: true}\n"


def publish_at(site: Site, day: int) -> None:
    """Publish within this process, on that day."""
    report = publish(
        load_config(site.folder / "publisher.yaml"),
        PublishOptions(),
        clock=lambda: START + timedelta(days=day),
        progress=lambda *_: None,
    )
    assert report.problems == ()


def recorded(site: Site) -> dict[str, str]:
    """The ids of what was ever published, by the file under articles/."""
    return {
        line["path"]: line["id"] for line in site.record() if "path" in line and line.get("place")
    }


def holding(archives: Mapping[str, bytes], id_: str) -> Iterator[str]:
    """The archive documents that hold an entry."""
    for path, data in archives.items():
        if id_.encode() in data and any(entry.id == id_ for entry in read_feed(data)):
            yield path


def edit(site: Site, file: str, before: str, after: str) -> None:
    path = site.folder / "articles" / file
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def live_on(site: Site, files: list[str], days: int) -> None:
    """`files` are the articles, oldest first; those that a day touches are spread over them."""
    output = site.folder / "output"
    gone: set[str] = set()

    def check_the_walk() -> None:
        expected = {id_ for file, id_ in recorded(site).items() if file not in gone}
        for format_ in FILES:
            walked = [id_ for document in walk_feed(output, format_) for id_ in document.ids]
            assert len(walked) == len(expected), format_
            assert set(walked) == expected, format_

    publish_at(site, 0)
    check_the_walk()
    before = archives_of(output)
    at_first = len(before)
    assert at_first > 5 * len(FILES)
    for day in range(1, days + 1):
        touched = []
        when = START + timedelta(days=day, hours=-1)
        site.article(f"day{day}.md", f"News of day {day}.", date=when.isoformat(), tags="[daily]")
        if day % 3 == 0:
            touched.append(files[day * 7 % len(files)])
            edit(site, touched[-1], "\n---\n", f"\n---\n\nRevised on day {day}.\n")
        if day % 5 == 0:
            late = f"late{day}.md"
            site.article(late, "Found in a drawer.", date=f"2012-01-{day:02d}", tags="[daily]")
        if day % 7 == 0:
            touched.append(files[day * 11 % len(files)])
            edit(site, touched[-1], "---\n", "---\nretract: true\n")
            gone.add(touched[-1])
        ids = recorded(site)
        publish_at(site, day)
        after = archives_of(output)
        expected = {path for file in touched for path in holding(before, ids[file])}
        assert before.keys() <= after.keys()
        assert {path for path in before if before[path] != after[path]} == expected, day
        before = after
        if day % 10 == 0:
            check_the_walk()
    assert len(after) > at_first


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site(CONFIG + FEEDS % 10)


def test_two_weeks_over_a_hundred_articles(site: Site) -> None:
    for number in range(100):
        when = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=22 * number)
        site.article(
            f"a{number:02}.md",
            f"Text {number}.",
            date=when.isoformat(),
            tags=f"[t{number % 5}]",
            language="de" if number % 3 else "en",
        )
    live_on(site, [f"a{number:02}.md" for number in range(100)], days=14)


@pytest.mark.long
def test_a_month_over_a_thousand_articles(site: Site, shared: Path) -> None:
    """Those of the corpus that readers' speed is measured with: nine languages, many tags."""
    make_corpus = shared / "bench" / "make_corpus.py"
    if not make_corpus.is_file():
        pytest.skip("the shared material has no bench/make_corpus.py")
    subprocess.run(
        [sys.executable, str(make_corpus), "1000", str(site.folder)], check=True, timeout=120
    )
    facts = json.loads((site.folder / "corpus.json").read_text("utf-8"))
    articles = site.folder / "articles"
    files = sorted(path.relative_to(articles).as_posix() for path in articles.rglob("*.md"))
    assert len(files) == facts["articles"] == 1000
    live_on(site, files, days=30)
