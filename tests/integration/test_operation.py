"""The timer as one leaves it alone: its configuration changes, its files, its clock; it tells."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from publisher.cli.common import make_clock
from publisher.config.load import load_config
from publisher.errors import ConfigError, install
from publisher.schedule.run import make_timer
from publisher.schedule.watching import Watcher
from publisher.wiring.stores import Stores
from tests.serving import Serving, ask, ask_raw, wait_until, within
from tests.sites import CONFIG, UNJUDGED, Site
from tests.timers import Timer, ended_timers

HOURLY = "schedule: {rebuild: 1h}\n"


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(CONFIG + UNJUDGED + HOURLY)
    site.article("one.md")
    return site


@pytest.fixture
def start(site: Site) -> Iterator[Callable[..., Timer]]:
    with ended_timers() as timers:

        def begin(**how: object) -> Timer:
            timers.append(Timer(site, "2026-11-22T08:00:00Z", **how))  # type: ignore[arg-type]
            timers[-1].wait_for("event=publish.done")
            return timers[-1]

        yield begin


def title(site: Site) -> str:
    return str(json.loads(site.output("feed.json").read_bytes())["title"])


def renamed(site: Site, name: str) -> None:
    site.write("publisher.yaml", (CONFIG + UNJUDGED + HOURLY).replace("Example Courier", name))


class TestAConfigurationThatChanges:
    def test_is_taken_over(self, site: Site, start: Callable[..., Timer]) -> None:
        timer = start()
        renamed(site, "Salt Courier")
        timer.wait_for("event=config.reloaded")
        wait_until(lambda: title(site) == "The Salt Courier")
        assert timer.end() < within(3)

    def test_keeps_the_last_good_one_when_it_is_broken(
        self, site: Site, start: Callable[..., Timer]
    ) -> None:
        """F35."""
        timer = start()
        site.write("publisher.yaml", "site: {title: [\n")
        assert "publisher.yaml:" in timer.wait_for("event=config.refused")
        site.article("two.md")
        timer.process.send_signal(signal.SIGHUP)
        wait_until(lambda: timer.said().count("event=config.refused") == 2)
        (site.folder / "publisher.yaml").unlink()
        wait_until(lambda: timer.said().count("event=config.refused") == 3)
        assert title(site) == "The Example Courier"
        renamed(site, "Salt Courier")
        wait_until(lambda: title(site) == "The Salt Courier")

    def test_is_read_again_when_told_so(self, site: Site, start: Callable[..., Timer]) -> None:
        timer = start()
        site.article("two.md")
        timer.process.send_signal(signal.SIGHUP)
        timer.wait_for("event=config.reloaded")
        wait_until(lambda: b"Two" in site.output("feed.json").read_bytes())

    def test_may_be_told_to_do_so_again_and_again(
        self, site: Site, start: Callable[..., Timer]
    ) -> None:
        """A handler that set an event waited for ever for the one that it had interrupted."""
        timer = start()
        for _ in range(20_000):
            timer.process.send_signal(signal.SIGHUP)
        renamed(site, "Salt Courier")
        wait_until(lambda: title(site) == "The Salt Courier")
        timer.process.send_signal(signal.SIGINT)
        assert timer.end() < within(3)

    def test_may_name_other_newsletters(self, site: Site, start: Callable[..., Timer]) -> None:
        timer = start()
        text = (site.folder / "publisher.yaml").read_text(encoding="utf-8")
        site.write("publisher.yaml", text.replace("name: weekly", "name: monthly"))
        said = timer.wait_for("job=issue:monthly")
        assert "event=issue.composed newsletter=monthly issue=1" in said


def is_watching(timer: Timer) -> bool:
    """Whether the system tells a process of what changes in a folder (proc(5), fdinfo)."""
    for file in Path(f"/proc/{timer.process.pid}/fdinfo").iterdir():
        with suppress(FileNotFoundError):  # it was closed meanwhile
            if "inotify wd:" in file.read_text("ascii"):
                return True
    return False


class TestFiles:
    def test_are_watched_where_that_is_asked_for(
        self, site: Site, start: Callable[..., Timer]
    ) -> None:
        text = (site.folder / "publisher.yaml").read_text(encoding="utf-8")
        site.write("publisher.yaml", text.replace("rebuild: 1h", "rebuild: 1h, watch: true"))
        timer = start()
        # What changes before the system looks is seen by the run itself, or by none.
        wait_until(lambda: is_watching(timer))
        site.article("two.md")
        timer.wait_for("woken_by=files")
        wait_until(lambda: b"Two" in site.output("feed.json").read_bytes())
        site.article("deep/er/three.md")
        wait_until(lambda: b"Three" in site.output("feed.json").read_bytes())
        site.write("articles/three.md", "")  # a bad one harms itself alone
        timer.wait_for("event=article.refused")
        wait_until(lambda: "publish.done" in timer.said().rpartition("article.refused")[2])
        time.sleep(1.5)
        settled = timer.said().count("event=publish.done")
        time.sleep(1.5)
        assert timer.said().count("event=publish.done") == settled  # its own files wake nobody
        assert timer.end() < within(3)

    def test_that_cannot_be_watched_are_found_by_the_interval(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = (site.folder / "publisher.yaml").read_text(encoding="utf-8")
        place = site.write("publisher.yaml", text.replace("rebuild: 1h", "watch: true"))

        def watch(*_folders: Path, **_how: object) -> Iterator[None]:
            raise OSError("OS file watch limit reached")

        monkeypatch.setattr("watchfiles.watch", watch)
        told: list[str] = []
        watcher = Watcher(lambda: None, told.append)
        for _ in range(2):  # each run tries again
            watcher.follow(load_config(place))
            wait_until(lambda: bool(told[-1]))
        assert told == ["", "OS file watch limit reached"] * 2
        watcher.stop()

    def test_in_a_folder_that_comes_later(self, site: Site, start: Callable[..., Timer]) -> None:
        text = (site.folder / "publisher.yaml").read_text(encoding="utf-8")
        site.write("publisher.yaml", text.replace("rebuild: 1h", "rebuild: 2s, watch: true"))
        timer = start()
        site.write("templates/web/index.html", "{% if %}")
        timer.wait_for("event=publish.failed")
        site.write("templates/web/index.html", "mended")
        wait_until(lambda: site.output("index.html").read_text("utf-8") == "mended")


class TestHealth:
    def test_is_told_with_metrics(self, site: Site, start: Callable[..., Timer]) -> None:
        text = (site.folder / "publisher.yaml").read_text(encoding="utf-8")
        more = "rebuild: 1h, listen: '127.0.0.1:0'"
        site.write("publisher.yaml", text.replace("rebuild: 1h", more))
        timer = start()
        address = timer.wait_for("event=schedule.listening").partition("address=")[2].split()[0]
        reply = ask(address, "/healthz")
        said = json.loads(reply.body)
        assert (reply.status, said["status"]) == (200, "ok"), said
        assert 0 <= said["rebuild_age_seconds"] < 30
        metrics = ask(address, "/metrics")
        assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
        numbers = {
            sample.name: sample.value
            for family in text_string_to_metric_families(metrics.body.decode())
            for sample in family.samples
            if sample.labels in ({}, {"job": "rebuild", "outcome": "done"}, {"state": "listed"})
        }
        assert numbers["publisher_rounds_total"] == 1
        assert numbers["publisher_articles"] == 1
        site.write("publisher.yaml", "site: {}\n")
        timer.wait_for("event=config.refused")
        time.sleep(2.1)  # an answer is good for two seconds
        said = json.loads(ask(address, "/healthz").body)
        assert [one["kind"] for one in said["troubles"]] == ["config"]

    def test_is_not_told_to_the_world(self, site: Site, start: Callable[..., Timer]) -> None:
        text = (site.folder / "publisher.yaml").read_text(encoding="utf-8")
        more = "rebuild: 1h, listen: '127.0.0.1:0'"
        site.write("publisher.yaml", text.replace("rebuild: 1h", more))
        timer = start()
        address = timer.wait_for("event=schedule.listening").partition("address=")[2].split()[0]
        for field in ("x_forwarded_for", "forwarded", "via"):
            assert json.loads(ask(address, "/healthz", **{field: "a"}).body) == {"status": "ok"}
            assert ask(address, "/metrics", **{field: "a"}).status == 404
        for host, status in (("courier.example", b"404"), ("monitor-host:8000", b"200")):
            asked = f"GET /metrics HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            assert ask_raw(address, asked.encode("ascii")).split()[1] == status

    def test_a_database_that_is_locked_holds_up_nobody(self, site: Site) -> None:
        site.publish()
        server = Serving(site)
        try:
            lock = sqlite3.connect(site.folder / ".publisher/publisher.db", isolation_level=None)
            lock.execute("PRAGMA locking_mode = EXCLUSIVE")
            lock.execute("BEGIN EXCLUSIVE")
            with ThreadPoolExecutor(60) as many:
                asked = [many.submit(server.ask, "/healthz") for _ in range(60)]
                wait_until(lambda: server.ask("/feed.json").status == 200, 1)
                told = [json.loads(one.result().body) for one in asked]
            assert {one["troubles"][0]["kind"] for one in told} == {"state"}
            assert {one["status"] for one in told} == {"failing"}
            assert server.ask("/metrics").status == 503
            lock.close()
            wait_until(lambda: json.loads(server.ask("/healthz").body)["status"] != "failing", 40)
            assert server.end() < within(4)
        finally:
            server.process.kill()


class Supervisor:
    """What systemd would hear."""

    def __init__(self, folder: Path) -> None:
        self.place = str(folder / "notify")
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.bind(self.place)
        self.heard: list[str] = []
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self) -> None:
        while True:
            self.heard += self._line.recv(4096).decode().splitlines()


def test_it_tells_its_supervisor(site: Site, start: Callable[..., Timer], tmp_path: Path) -> None:
    systemd = Supervisor(tmp_path)
    timer = start(env={"NOTIFY_SOCKET": systemd.place, "WATCHDOG_USEC": "4000000"})
    wait_until(lambda: bool(systemd.heard))
    assert systemd.heard[0] == "READY=1"
    wait_until(lambda: systemd.heard.count("WATCHDOG=1") > 1)
    timer.process.send_signal(signal.SIGHUP)
    wait_until(lambda: systemd.heard.count("READY=1") == 2)
    at = systemd.heard.index("RELOADING=1")
    assert systemd.heard[at + 1].startswith("MONOTONIC_USEC=")
    timer.end()
    wait_until(lambda: systemd.heard[-1] == "STOPPING=1")


class Log:
    """A log that is a list."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def __getattr__(self, _level: str) -> Callable[..., None]:
        return lambda event, **fields: self.events.append(event + str(fields.get("woken_by", "")))


class Wall:
    """The machine's clock, which may be set."""

    def __init__(self) -> None:
        self.off = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.off


def test_a_clock_that_is_set_hangs_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """F10: APScheduler itself would wait for hours where the clock is set back."""
    log, wall = Log(), Wall()
    monkeypatch.setattr(structlog, "get_logger", lambda: log)
    place = site.folder / "publisher.yaml"
    clock = make_clock(datetime(2026, 11, 22, 8, tzinfo=UTC))
    timer = make_timer(
        lambda: load_config(place),
        clock,
        lambda config: Stores(config, clock, time_is_told=True),
        place,
        wall=wall,
    )
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", _Told(wall))
    running = threading.Thread(target=timer.run)
    running.start()
    try:
        done = "publish.donerebuild"
        wait_until(lambda: log.events.count(done) == 1)
        for jumps, hours in enumerate((-2, 2, 24), start=1):
            before = log.events.count(done)
            wall.off += timedelta(hours=hours)
            wait_until(lambda before=before: log.events.count(done) > before, within(10))
            wait_until(lambda jumps=jumps: log.events.count("clock.jumped") == jumps, within(10))
    finally:
        timer.stop()
        running.join()


class _Told:
    """The class datetime as APScheduler uses it, by a clock that is told."""

    def __init__(self, wall: Wall) -> None:
        self._wall = wall

    def now(self, zone: object) -> datetime:
        return self._wall().astimezone(zone)  # type: ignore[arg-type]


def test_a_server_with_the_timer_does_both_and_takes_a_new_configuration(site: Site) -> None:
    both = Serving(site, "--with-schedule", "--now", "2026-11-22T08:00:00Z")
    try:
        wait_until(lambda: both.ask("/feed.json").status == 200)
        assert b"The Example Courier" in both.ask("/nothing").body
        # A round is done a moment after what it wrote is there.
        done = b'publisher_rounds_total{job="rebuild",outcome="done"} 1.0'
        wait_until(lambda: done in both.ask("/metrics").body)
        health = json.loads(both.ask("/healthz").body)
        assert health["status"] == "ok"
        assert both.ask("/subscribe").status == 200
        renamed(site, "Salt Courier")
        wait_until(lambda: b"The Salt Courier" in both.ask("/nothing").body)
        wait_until(lambda: b"The Salt Courier" in both.ask("/feed.json").body)
        assert b"The Salt Courier" in both.ask("/subscribe").body
        assert both.end() < within(4)
        assert both.process.returncode == 0
        assert "event=schedule.stopped" in both.said()
    finally:
        both.process.kill()


def test_a_server_alone_takes_a_new_configuration_when_told(site: Site) -> None:
    site.publish()
    server = Serving(site)
    try:
        renamed(site, "Salt Courier")
        os.kill(server.process.pid, signal.SIGHUP)
        wait_until(lambda: b"The Salt Courier" in server.ask("/nothing").body)
        site.write("publisher.yaml", "site: {}\n")
        os.kill(server.process.pid, signal.SIGHUP)
        wait_until(lambda: "event=config.refused" in server.said())
        assert b"The Salt Courier" in server.ask("/nothing").body
        assert server.end() < within(4)
    finally:
        server.process.kill()


def test_what_watching_needs_is_said_before_anything_runs(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (site.folder / "publisher.yaml").read_text(encoding="utf-8")
    place = site.write("publisher.yaml", text.replace("rebuild: 1h", "watch: true"))
    config, clock = load_config(place), make_clock(None)
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with pytest.raises(ConfigError, match="watchfiles is not installed") as refused:
        make_timer(lambda: config, clock, lambda c: Stores(c, clock), place)
    assert install("watch") in (refused.value.mend or "")
