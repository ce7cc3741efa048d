"""What wakes the timer while it is at work is not lost, and nothing is begun when it is to end."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from publisher.config import Config
from publisher.config.load import load_config
from publisher.errors import OutputBusy
from publisher.publishing.publish import PublishOptions, PublishReport, publish
from publisher.schedule.run import make_timer
from publisher.wiring.app import Clock
from publisher.wiring.stores import Stores
from tests.serving import wait_until, within
from tests.sites import CONFIG, UNJUDGED, Site
from tests.web_servers import RawServer

HOURLY = "schedule: {rebuild: 1h}\n"


def clock() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Runs:
    """What the timer publishes by: each run waits until it may begin, and is busy when told."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.may_begin = threading.Event()
        self.is_busy = False

    def publish(
        self,
        config: Config,
        options: PublishOptions,
        *,
        clock: Clock,
        progress: Callable[[str, int, int], None],
    ) -> PublishReport:
        self.titles.append(config.site.title)
        assert self.may_begin.wait(10)
        if self.is_busy:
            raise OutputBusy("another run is at it")
        return publish(config, options, clock=clock, progress=progress)


class Running:
    """A timer in a thread, and its runs."""

    def __init__(self, site: Site) -> None:
        self.place = site.folder / "publisher.yaml"
        self.runs = Runs()
        self.timer = make_timer(
            lambda: load_config(self.place),
            clock,
            lambda config: Stores(config, clock),
            self.place,
        )
        self.thread = threading.Thread(target=self.timer.run)

    def count(self, outcome: str) -> int:
        return self.timer.rounds.tally.rounds.get(("rebuild", outcome), 0)

    def end(self) -> None:
        self.timer.stop()
        self.runs.may_begin.set()
        self.thread.join()


@pytest.fixture
def running(make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    site = make_site(CONFIG + HOURLY)
    site.article("one.md")
    running = Running(site)
    monkeypatch.setattr("publisher.schedule.rounds.publish", running.runs.publish)
    monkeypatch.setattr("publisher.schedule.timer._BEAT_SECONDS", 0.02)
    monkeypatch.setattr("publisher.schedule.timer._AGAIN", timedelta(seconds=0.2))
    running.thread.start()
    wait_until(lambda: len(running.runs.titles) == 1)
    yield running
    running.end()


def test_a_configuration_that_changes_during_a_run_is_published_after_it(running: Running) -> None:
    for name in ("Salt", "Fog"):
        text = (CONFIG + HOURLY).replace("Example Courier", name)
        running.place.write_text(text, encoding="utf-8")
        wait_until(lambda name=name: running.timer.rounds.config.site.title == f"The {name}")
    running.runs.may_begin.set()
    wait_until(lambda: running.count("done") == 2)
    assert running.runs.titles == ["The Example Courier", "The Fog"]


def test_a_run_that_another_one_kept_out_is_made_up_for(running: Running) -> None:
    running.runs.is_busy = True
    running.runs.may_begin.set()
    wait_until(lambda: running.count("busy") >= 2)  # and again, until it may
    running.runs.is_busy = False
    wait_until(lambda: running.count("done") == 1)


def test_what_waits_is_not_begun_when_it_is_to_end(running: Running) -> None:
    text = (CONFIG + HOURLY).replace("Example Courier", "Salt")
    running.place.write_text(text, encoding="utf-8")
    wait_until(lambda: running.timer.rounds.config.site.title == "The Salt")
    running.end()
    assert running.runs.titles == ["The Example Courier"]
    assert running.timer.rounds.tally.rounds == {("rebuild", "given_up"): 1}


def test_an_alert_that_nobody_takes_does_not_keep_it_from_ending(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publisher.schedule.timer._BEAT_SECONDS", 0.02)
    monkeypatch.setattr("publisher.schedule.rounds._GRACE_SECONDS", 0.05)
    asked, ended = threading.Event(), threading.Event()

    def silent(_connection: socket.socket, _request: bytes) -> None:
        asked.set()
        ended.wait(30)

    with RawServer(silent) as hook:
        review = UNJUDGED + "    review: true\n"
        site = make_site(CONFIG + review + HOURLY + f"alerts: {{webhook: '{hook.address}'}}\n")
        site.article("one.md")
        running = Running(site)
        running.runs.may_begin.set()
        running.thread.start()
        try:
            assert asked.wait(20)
            began = time.monotonic()
            running.end()
            assert time.monotonic() - began < within(3)
        finally:
            ended.set()
