"""A watched folder that goes away, and one of its name that comes after it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.config import Config, load_config
from publisher.schedule import watching
from publisher.schedule.watching import Watcher
from tests.serving import wait_until
from tests.sites import CONFIG


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
    for name, value in {"_DEBOUNCE_MS": 50, "_LOOK_MS": 50, "_PAUSE_SECONDS": 0.01}.items():
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
