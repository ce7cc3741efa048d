"""A watched folder that goes away, and one of its name that comes after it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from publisher.cli.common import make_clock
from publisher.config import Config
from publisher.config.load import load_config
from publisher.schedule import watching
from publisher.schedule.run import make_timer
from publisher.schedule.watching import Watcher
from publisher.wiring.stores import Stores
from tests.serving import wait_until
from tests.sites import CONFIG, Site


class Watched:
    """A watcher of articles/, and how often it was told that something changed."""

    def __init__(self, config: Config) -> None:
        self.articles = config.path("articles")
        self.config = config
        self.count = 0
        self.watcher = Watcher(self._changed, lambda _error: None)

    def _changed(self) -> None:
        self.count += 1

    def follow(self) -> None:
        self.watcher.follow(self.config)

    def write_until_seen(self) -> None:
        """A watcher needs a moment until it sees."""
        before, number = self.count, 0
        while self.count == before:
            number += 1
            assert number < 100, "what was written is not seen"
            (self.articles / f"{number}.md").write_text("Text.", encoding="utf-8")
            try:
                wait_until(lambda: self.count > before, 0.2)
            except pytest.fail.Exception:
                continue


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    quick = {"_DEBOUNCE_MS": 50, "_LOOK_MS": 50, "_PAUSE_SECONDS": 0.01, "_LONGEST_PAUSE": 1.0}
    for name, value in quick.items():
        monkeypatch.setattr(watching, name, value)
    text = CONFIG + "schedule: {watch: true}\n"
    (tmp_path / "publisher.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "articles").mkdir()
    watched = Watched(load_config(tmp_path / "publisher.yaml"))
    watched.follow()
    watched.write_until_seen()
    yield watched
    watched.watcher.stop()


@pytest.mark.parametrize("how", ["deleted", "moved"])
def test_is_followed_again_when_it_is_there_again(watched: Watched, how: str) -> None:
    """A file system may give it the same number again, by which nobody can tell them apart."""
    before = watched.count
    if how == "deleted":
        shutil.rmtree(watched.articles)
    else:
        watched.articles.rename(watched.articles.with_name("old"))
    watched.articles.mkdir()
    wait_until(lambda: watched.count > before, 10)
    watched.follow()
    watched.write_until_seen()


def test_what_nothing_comes_of_is_told_less_and_less_often(watched: Watched) -> None:
    """As a log that the timer writes where it looks."""
    (watched.articles / "timer.log").write_text("", encoding="utf-8")

    def told_within(seconds: float, enough: int = 1_000) -> int:
        before, end = watched.count, time.monotonic() + seconds
        while time.monotonic() < end and watched.count - before < enough:
            with (watched.articles / "timer.log").open("a", encoding="utf-8") as log:
                log.write("event=publish.done\n")
            time.sleep(0.02)
        return watched.count - before

    assert told_within(3, enough=4) == 4, "more often than with the longest pause, of a second"
    for _ in range(10):
        watched.watcher.heed(mattered=False)
    told_within(0.2)  # the pause that has begun
    assert told_within(0.6) <= 1
    watched.watcher.heed(mattered=True)
    wait_until(lambda: told_within(0.3) > 1, 10)


def test_the_timer_heeds_what_came_of_a_change(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    heeded: list[bool] = []
    monkeypatch.setattr(Watcher, "heed", lambda _self, *, mattered: heeded.append(mattered))
    monkeypatch.setattr(watching, "_DEBOUNCE_MS", 50)
    monkeypatch.setattr(watching, "_LOOK_MS", 50)
    monkeypatch.setattr(watching, "_PAUSE_SECONDS", 0.01)
    site = make_site(CONFIG + "schedule: {rebuild: 1h, watch: true}\n")
    site.article("one.md")
    site.settle()
    place, clock = site.folder / "publisher.yaml", make_clock(None)
    timer = make_timer(lambda: load_config(place), clock, lambda c: Stores(c, clock), place)
    running = threading.Thread(target=timer.run)
    running.start()
    try:
        wait_until(lambda: timer.rounds.tally.rounds.get(("rebuild", "done")) == 1)

        def is_heeded() -> bool:  # a watcher needs a moment until it sees
            site.write("articles/timer.log", f"event=publish.done {time.monotonic()}")
            return bool(heeded)

        wait_until(is_heeded)
        assert not any(heeded)
        site.article("two.md", draft="true")
        wait_until(lambda: any(heeded))
    finally:
        timer.stop()
        running.join()
