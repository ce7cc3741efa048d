"""The timer as a process: wakes, makes what is due, ends at once, survives being killed."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.relays import Relay, relay
from tests.serving import wait_until, within
from tests.sites import CONFIG, NEWSLETTER, UNJUDGED, Site
from tests.timers import Timer, ended_timers
from tests.web_servers import RawServer, answer, saying

TIMER = "schedule: {rebuild: 2s}\n"
SELDOM = "schedule: {rebuild: 1h}\n"
"""What comes of a slot is not of a rebuild that came a moment before."""


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(CONFIG + NEWSLETTER + TIMER)
    site.article("one.md")
    return site


@pytest.fixture
def start(site: Site) -> Iterator[Callable[..., Timer]]:
    with ended_timers() as timers:

        def begin(now: str, log: str = "timer.log", *, stands: bool = False) -> Timer:
            """With `stands` its clock stands still until it is told to `go`."""
            module = "tests.standing_timer" if stands else "publisher"
            timers.append(Timer(site, now, log, module=module))
            return timers[-1]

        yield begin


def go(site: Site) -> None:
    site.write("go", "")


def titles(site: Site) -> list[str]:
    return [i["title"] for i in json.loads(site.output("feed.json").read_bytes())["items"]]


def shows(site: Site, there: set[str]) -> bool:
    return set(titles(site)) == there


def test_it_publishes_at_once_and_makes_the_issue_at_its_minute(
    site: Site, start: Callable[..., Timer]
) -> None:
    site.write("publisher.yaml", CONFIG + NEWSLETTER + SELDOM)
    site.publish(now="2026-11-20T00:00:00Z")
    site.article("two.md", date="2026-11-21")
    timer = start("2026-11-22T23:59:58Z", stands=True)
    said = timer.wait_for("event=publish.done")
    assert titles(site) == ["Two", "One"]
    said = timer.wait_for("job=issue:weekly when=2026-11-23T07:00:00+07:00")
    assert 'job=rebuild when="every 3600 s"' in said
    assert re.search(r"event=publish\.done .* seconds=\d+\.\d+", said)
    assert not site.output("newsletters/weekly/2").exists()
    go(site)
    said = timer.wait_for("event=issue.composed")
    assert said.count("event=issue.composed newsletter=weekly issue=2 entries=1") == 1
    assert "woken_by=issue:weekly" in timer.wait_for("when=2026-11-30T07:00:00+07:00")
    assert site.output("newsletters/weekly/2/email.eml").exists()
    assert timer.end() < within(3)
    assert timer.process.returncode == 0
    assert "event=schedule.stopped" in timer.log.read_text(encoding="utf-8")


def test_it_rebuilds_again_and_again(site: Site, start: Callable[..., Timer]) -> None:
    timer = start("2026-11-22T08:00:00Z")
    timer.wait_for("event=publish.done")
    for shown in (["Two", "One"], ["Three", "Two", "One"]):
        site.article(f"{shown[0].lower()}.md", date="2026-11-20")
        wait_until(functools.partial(shows, site, set(shown)))
    assert 'job=rebuild when="every 2 s"' in timer.log.read_text(encoding="utf-8")


def test_killed_and_started_again_nothing_is_made_twice(
    site: Site, start: Callable[[str], Timer]
) -> None:
    for _ in range(3):
        timer = start("2026-11-22T08:00:00Z")
        timer.wait_for("event=publish.done")
        timer.end(signal.SIGKILL)
        timer.log.unlink()
    before = site.tree()
    timer = start("2026-11-22T08:00:00Z")
    timer.wait_for("written=0 removed=0")
    assert site.tree() == before
    assert [i["number"] for i in site.record() if "newsletter" in i] == [1]
    assert timer.end(signal.SIGINT) < within(3)


def test_a_failing_run_is_told_and_the_timer_goes_on(
    site: Site, start: Callable[[str], Timer]
) -> None:
    broken = site.write("templates/web/index.html", "{% if %}")
    timer = start("2026-11-22T08:00:00Z")
    assert "templates/web/index.html:1" in timer.wait_for("event=publish.failed")
    broken.unlink()
    timer.wait_for("event=publish.done")
    assert titles(site) == ["One"]


@pytest.mark.parametrize("lost", ["output and state", "state"])
def test_what_no_later_run_says_again_is_told(
    site: Site, start: Callable[[str], Timer], lost: str
) -> None:
    """A state that went with its readers, and in no log but that of all that may be of use."""
    site.write("publisher.yaml", CONFIG + NEWSLETTER + TIMER + "smtp: {folder: outbox}\n")
    site.publish(now="2026-11-20T00:00:00Z")
    assert site.output("newsletters/weekly/1").exists()
    shutil.rmtree(site.folder / ".publisher")
    if lost != "state":
        shutil.rmtree(site.folder / "output")
    timer = start("2026-11-20T08:00:00Z")
    said = timer.wait_for("event=publish.done").splitlines()
    (told,) = [line for line in said if "tells of 1 issue, and the state of none" in line]
    assert "event=publish.warning" in told
    assert "level=warning" in told
    timer.end()


def test_each_output_that_fails_is_told(site: Site, start: Callable[[str], Timer]) -> None:
    broken = "outputs:\n" + "".join(
        f"  - {{name: {name}, type: s3, bucket: {name}, access_key_file: id,"
        f" secret_key_file: no-key-of-{name}}}\n"
        for name in ("attic", "cellar")
    )
    site.write("publisher.yaml", CONFIG + NEWSLETTER + TIMER + broken)
    site.write("id", "an id").chmod(0o600)
    timer = start("2026-11-22T08:00:00Z")
    timer.wait_for("no-key-of-cellar")
    told = [line for line in timer.log.read_text().splitlines() if "event=publish.failed" in line]
    assert "no-key-of-attic" in told[0]
    assert "no-key-of-cellar" in told[1]
    assert titles(site) == ["One"], "output/ itself is done"


def test_a_broken_configuration_stops_it_before_it_starts(site: Site) -> None:
    site.write("publisher.yaml", "sites: {}\n")
    ran = site.run("schedule")
    assert ran.code == 2
    assert "unknown key 'sites'" in ran.err
    assert not Path(site.folder / "output").exists()


@pytest.mark.long
def test_a_hub_that_failed_is_told_at_its_time_between_the_runs(
    site: Site, start: Callable[[str], Timer]
) -> None:
    with RawServer(saying(answer("500 No"))) as hub:
        site.write("publisher.yaml", f"{CONFIG}hub: {hub.address}\nschedule: {{rebuild: 1h}}\n")
        site.publish(now="2026-11-22T08:00:00Z")
        asked = len(hub.requests)
        timer = start("2026-11-22T08:00:45Z")
        timer.wait_for("job=hubs")
        assert len(hub.requests) == asked
        said = timer.wait_for("event=hub.deferred", seconds=60)
        assert f"hub={hub.address} topic=https://courier.example/" in said
        assert 'error="answered 500" next_try=2026-11-22T08:06:' in said
        assert said.count("event=publish.done") == 1
        assert timer.end() < within(3)


def test_changes_are_told_after_each_run_and_refusals_are_final(
    site: Site, start: Callable[[str], Timer]
) -> None:
    with RawServer(saying(answer("202 Accepted"))) as hub:
        site.write("publisher.yaml", CONFIG + TIMER + f"hub: {hub.address}\n")
        timer = start("2026-11-22T08:00:00Z")
        said = timer.wait_for("topic=https://courier.example/rss.xml")
        assert said.index("event=publish.done") < said.index("event=hub.pinged")
        hub.script = saying(answer("410 Gone"))
        site.article("two.md", date="2026-11-21")
        assert 'error="answered 410"' in timer.wait_for("event=hub.given_up")
        assert timer.end() < within(3)


def test_a_silent_hub_does_not_keep_the_timer_from_ending(
    site: Site, start: Callable[[str], Timer]
) -> None:
    def silence(connection: socket.socket, _request: bytes) -> None:
        connection.recv(1)

    with RawServer(silence) as hub:
        site.write("publisher.yaml", CONFIG + TIMER + f"hub: {hub.address}\n")
        timer = start("2026-11-22T08:00:00Z")
        timer.wait_for("event=publish.done")
        deadline = time.monotonic() + 20
        while not hub.requests and time.monotonic() < deadline:
            time.sleep(0.05)
        assert hub.requests
        assert timer.end() < within(3)
        assert timer.process.returncode == 0


def with_readers(site: Site, there: Relay, more: str = "") -> None:
    smtp = f"smtp: {{host: 127.0.0.1, port: {there.port}, security: none}}\n"
    site.write("publisher.yaml", CONFIG + UNJUDGED + TIMER + smtp + more)
    site.write("list.csv", "email\nann@example.com\nbob@example.com\n")
    taken = ("subscribers", "import", "list.csv", "--newsletter", "weekly", "--confirmed")
    assert site.run(*taken).code == 0


def issues(site: Site) -> list[int]:
    return [line["number"] for line in site.record() if "newsletter" in line]


def test_two_timers_make_and_mail_each_issue_once(
    site: Site, start: Callable[..., Timer], tmp_path: Path
) -> None:
    """Both wake at the same minute for the same slot (fault F9 of delivery)."""
    with relay(tmp_path / "relay.log") as there:
        with_readers(site, there)
        site.publish(now="2026-11-22T20:00:00Z")
        site.article("two.md", date="2026-11-22T21:00:00Z")
        both = [start("2026-11-22T23:59:58Z", f"timer{n}.log", stands=True) for n in range(2)]
        for timer in both:
            timer.wait_for("event=publish.")
        go(site)
        wait_until(lambda: len(there.taken()) == 4)
        for timer in both:
            assert timer.end() < within(5)
        assert issues(site) == [1, 2]
        assert there.copies() == {"ann@example.com": 2, "bob@example.com": 2}
        said = "".join(timer.log.read_text(encoding="utf-8") for timer in both)
        assert said.count("event=issue.composed newsletter=weekly issue=2") == 1


def test_who_slept_over_a_slot_makes_one_issue_when_it_wakes(
    site: Site, start: Callable[..., Timer]
) -> None:
    """F12: a process that stands still for a while, as on a laptop that was shut."""
    site.publish(now="2026-11-20T00:00:00Z")
    site.article("two.md", date="2026-11-21")
    timer = start("2026-11-22T23:59:58Z", stands=True)
    timer.wait_for("job=issue:weekly")
    os.kill(timer.process.pid, signal.SIGSTOP)
    go(site)
    time.sleep(6)  # that it sleeps for
    os.kill(timer.process.pid, signal.SIGCONT)
    runs = timer.wait_for("issue=2").count("event=publish.done")
    wait_until(lambda: timer.said().count("event=publish.done") > runs + 2)
    assert timer.said().count("event=issue.composed") == 1
    assert issues(site) == [1, 2]


def test_it_mails_an_issue_as_soon_as_it_is_made(
    site: Site, start: Callable[[str], Timer], tmp_path: Path
) -> None:
    """And reads what came back."""
    with relay(tmp_path / "relay.log") as there:
        bounces = "bounces: {address: bounces@courier.example, mbox: returned}\n"
        with_readers(site, there, bounces)
        site.write("returned", "From x Sun Nov 22 08:00:00 2026\nSubject: a letter\n\nHello.\n")
        timer = start("2026-11-22T23:59:00Z")
        said = timer.wait_for("delivery.done")
        assert "sent=2" in said
        assert set(there.copies()) == {"ann@example.com", "bob@example.com"}
        said = timer.wait_for("bounces.done")
        assert 'job=bounces when="every 600 s"' in said
        assert "event=bounces.done suppressed=0 unsigned=1" in said
        assert timer.end() < within(5)
        assert timer.process.returncode == 0


def test_a_silent_mailbox_holds_up_neither_the_timer_nor_its_end(
    site: Site, start: Callable[[str], Timer]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        site.write(
            "publisher.yaml",
            f"{CONFIG}{UNJUDGED}{TIMER}bounces: {{address: bounces@courier.example, imap: "
            f"{{host: 127.0.0.1, port: {silent.getsockname()[1]}, security: none, "
            "username: us, password_file: word, timeout: 30s}}\n",
        )
        site.write("word", "s3cret")
        (site.folder / "word").chmod(0o600)
        timer = start("2026-11-22T08:20:00Z")
        silent.settimeout(30)
        line, _ = silent.accept()
        before = timer.log.read_text("utf-8").count("publish.done")
        wait_until(lambda: timer.log.read_text("utf-8").count("publish.done") > before)
        assert timer.end() < within(6)
        line.close()
    assert timer.process.returncode == 0
    assert "Traceback" not in timer.log.read_text("utf-8")
