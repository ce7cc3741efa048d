"""What must not end the timer, and what it leaves behind where something does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from publisher.cli.common import make_clock
from publisher.config import Config
from publisher.config.load import load_config
from publisher.schedule import watching
from publisher.schedule.run import make_timer
from publisher.schedule.timer import Timer
from publisher.wiring.stores import Stores
from tests.serving import wait_until
from tests.sites import CONFIG, NEWSLETTER, Site


def timer_of(site: Site, tell: Callable[..., object] = lambda *_: False) -> Timer:
    place, clock = site.folder / "publisher.yaml", make_clock(None)
    return make_timer(
        lambda: load_config(place), clock, lambda c: Stores(c, clock), place, tell=tell
    )


def test_a_folder_that_cannot_be_looked_at_is_told_and_the_timer_goes_on(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes between two questions, or its parent takes the right to look into it."""
    is_mended = threading.Event()

    def folders(_config: Config) -> Mapping[Path, int]:
        if not is_mended.is_set():
            raise PermissionError(13, "Permission denied", "articles")
        return {}

    monkeypatch.setattr(watching, "_folders", folders)
    site = make_site(CONFIG + NEWSLETTER + "schedule: {rebuild: 1h, watch: true}\n")
    site.article("one.md")
    timer = timer_of(site)
    tally = timer.rounds.tally
    running = threading.Thread(target=timer.run)
    running.start()
    try:
        wait_until(lambda: tally.rounds.get(("rebuild", "done")) == 1)
        wait_until(lambda: tally.rounds.get(("hubs", "done")) == 1)  # planned after the run
        (trouble,) = tally.troubles
        assert "files cannot be watched: [Errno 13] Permission denied" in trouble.text
        is_mended.set()
        timer.reload()
        wait_until(lambda: not tally.troubles)
        assert running.is_alive()
    finally:
        timer.stop()
        running.join()


def test_what_ends_it_leaves_nothing_at_work(make_site: Callable[..., Site]) -> None:
    """A worker begins another timer then; two would publish side by side."""
    site = make_site(CONFIG)
    site.article("one.md")

    def tell(*_: str) -> bool:
        raise OSError("no supervisor")

    timer = timer_of(site, tell)
    before = set(threading.enumerate())
    with pytest.raises(OSError, match="no supervisor"):
        timer.run()
    assert timer.rounds.stop.is_set()
    assert [one.name for one in set(threading.enumerate()) - before] == []
