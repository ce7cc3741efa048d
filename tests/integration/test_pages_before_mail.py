"""Mail leaves when the pages that it links to are in place, whatever becomes of the run between."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.config import Config
from publisher.config.load import load_config
from publisher.errors import OutputError
from publisher.issues import pausing
from publisher.issues.pausing import let_go
from publisher.mailing.deliver import deliver
from publisher.model import Record
from publisher.outputs.directory import DirectoryOutput
from publisher.store.ledger import Ledger
from publisher.store.mailings import COMPOSED, UNPUBLISHED, Wake
from publisher.upkeep.health import take_stock
from publisher.wiring.stores import Stores
from tests.buckets import ENV, Service
from tests.crashing import run_crashing
from tests.mailings import CONNECTIONS, Mailed, config, later
from tests.postgres import fresh
from tests.relays import Relay, relay
from tests.sites import NOW, Site
from tests.timers import Timer, ended_timers
from tests.web_servers import free_port
from tests.workers import workers_of

BOTH = pytest.mark.parametrize("mailed", ["sqlite", "postgresql"], indirect=True)
IN_THE_FOLDER = pytest.mark.parametrize("mailed", ["sqlite"], indirect=True)
"""For what is about the state folder."""

WAITS = f"issue 1 of weekly is paused, 3 wait: {UNPUBLISHED}"
STALE = "nothing of it was sent for longer than `max_late`"
PAGE = "newsletters/weekly/1/index.html"


@pytest.fixture
def ready(mailed: Mailed, tmp_path: Path) -> Iterator[tuple[Mailed, Relay]]:
    """A site with three readers and a relay, of which nothing was published yet."""
    with relay(tmp_path / "log") as there:
        mailed.use(there)
        mailed.readers(3)
        yield mailed, there


def killed(mailed: Mailed, point: str = "recorded", now: str | None = NOW) -> None:
    """A run that dies once it has frozen an issue."""
    told = [] if now is None else ["--now", now]
    folder, env = mailed.site.folder, dict(os.environ)
    assert run_crashing(["publish", "-q", *told], folder, env, point) == -signal.SIGKILL


def is_closed(mailed: Mailed, there: Relay, after: float = 0) -> None:
    """Nothing leaves, and whoever asks is told why."""
    ran = mailed.deliver(after=after)
    assert (ran.code, ran.out) == (3, ""), ran
    assert WAITS in ran.err
    assert not there.taken()
    told = mailed.site.run("status", now=later(after)).out
    assert f"paused: {UNPUBLISHED}" in told
    rows = mailed.ledger()
    assert {(row["state"], row["reply"]) for row in rows} == {("pending", f"waits: {UNPUBLISHED}")}


@contextmanager
def opened(site: Site, now: str = NOW, wake: Wake | None = None) -> Iterator[tuple[Config, Stores]]:
    """The state as a process of its own at an instant would see it."""
    instant = datetime.fromisoformat(now).astimezone(UTC)
    made = load_config(site.folder / "publisher.yaml")
    with closing(Stores(made, lambda: instant, time_is_told=True, wake=wake)) as stores:
        yield made, stores


@BOTH
@pytest.mark.parametrize("point", ["recorded", "commit"])
def test_what_a_killed_run_froze_waits_for_the_next_one(
    ready: tuple[Mailed, Relay], point: str
) -> None:
    mailed, there = ready
    killed(mailed, point)
    is_closed(mailed, there)
    ran = mailed.site.publish("--deliver")
    assert ran.out.endswith("3 sent\n")
    assert mailed.site.output(PAGE).is_file()
    assert len(there.taken()) == 3
    assert {row["reply"][:5] for row in mailed.ledger()} == {"250 2"}


def test_a_run_with_nothing_else_to_do_lets_it_go(ready: tuple[Mailed, Relay]) -> None:
    """Its pages are in place: all that died was the run."""
    mailed, there = ready
    mailed.site.settle()
    killed(mailed, "committed")
    is_closed(mailed, there)
    before = mailed.site.tree()
    assert "0 written, 0 removed" in mailed.site.publish().out
    assert mailed.site.tree() == before
    assert mailed.deliver().out == "3 sent\n"


def test_pages_that_cannot_be_moved_into_place_hold_it(
    ready: tuple[Mailed, Relay], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a disk is full when everything is drawn."""

    def full(*_: object) -> tuple[str, ...]:
        raise OutputError("has no room")

    mailed, there = ready
    with monkeypatch.context() as patched:
        patched.setattr(DirectoryOutput, "apply", full)
        with pytest.raises(OutputError, match="has no room"):
            mailed.site.publish_here()
    is_closed(mailed, there)
    assert mailed.site.publish("--deliver").out.endswith("3 sent\n")


def test_a_further_output_that_is_away_holds_it(ready: tuple[Mailed, Relay]) -> None:
    """Readers may be sent to any place that the configuration names."""
    mailed, there = ready
    here = (mailed.site.folder / "publisher.yaml").read_text(encoding="utf-8")
    nowhere = Service(f"http://127.0.0.1:{free_port()}").yaml(attempts="1", timeout="1s")
    mailed.site.write("publisher.yaml", here + nowhere)
    ran = mailed.site.run("publish", "--deliver", env=ENV)
    assert ran.code == 1, ran
    assert WAITS in ran.err
    assert mailed.site.output(PAGE).is_file()
    is_closed(mailed, there)
    mailed.site.write("publisher.yaml", here)
    assert mailed.site.publish("--deliver").out.endswith("3 sent\n")


@pytest.mark.parametrize("review", [False, True])
def test_an_issue_that_a_command_makes_waits_for_its_pages_or_for_another_command(
    ready: tuple[Mailed, Relay], *, review: bool
) -> None:
    """What sends by itself does not: a timer, or a run with --deliver that wrote nothing."""
    mailed, there = ready
    if review:
        text = (mailed.site.folder / "publisher.yaml").read_text(encoding="utf-8")
        text = text.replace("    checks:", "    review: true\n    checks:")
        mailed.site.write("publisher.yaml", text)
    mailed.site.settle()
    ran = mailed.site.run("issue", "approve" if review else "compose", "weekly")
    assert (ran.code, ran.err) == (0, "")
    assert "; the next publish writes its files and lets its mail go" in ran.out
    assert f"paused: {COMPOSED}" in mailed.site.run("status").out
    mailed.site.write("articles/bad.md", "---\ntitle: [open\n---\nx\n")
    ran = mailed.site.publish("--strict", "--deliver", code=1)
    assert f"issue 1 of weekly is paused, 3 wait: {COMPOSED}" in ran.err
    assert not there.taken()
    assert not mailed.site.output(PAGE).exists()
    assert mailed.deliver().out == "3 sent\n"
    assert len(there.taken()) == 3


@IN_THE_FOLDER
def test_an_issue_that_is_made_after_a_standstill_is_let_go(ready: tuple[Mailed, Relay]) -> None:
    """The run before it left behind that the next would do nothing."""
    mailed, there = ready
    mailed.site.publish("--deliver")
    for _ in range(2):
        mailed.site.settle()
        mailed.site.publish()
    assert (mailed.site.folder / ".publisher/standstill.json").exists()
    mailed.site.article("tide.md", "A text about tides.", date="2026-11-02")
    mailed.site.publish()
    mailed.site.settle()
    mailed.site.publish()
    assert mailed.site.run("issue", "compose", "weekly", now=later(60)).code == 0
    assert COMPOSED in mailed.site.run("status", now=later(60)).out
    mailed.site.publish(now=later(60))
    assert "paused" not in mailed.site.run("status", now=later(60)).out
    assert mailed.deliver(after=60).out == "3 sent\n"
    assert len(there.taken()) == 6


def test_a_run_that_writes_elsewhere_does_not_let_it_go_unless_it_mails(
    ready: tuple[Mailed, Relay],
) -> None:
    mailed, there = ready
    ran = mailed.site.publish("--output", "../elsewhere")
    assert "the mail of issues that were made waits for a run without it" in ran.err
    is_closed(mailed, there)
    assert "waits for a run" not in mailed.site.publish("--output", "../elsewhere").err
    is_closed(mailed, there)
    assert mailed.site.publish("--output", "../elsewhere", "--deliver").out.endswith("3 sent\n")


def test_a_rehearsal_does_not_let_it_go(ready: tuple[Mailed, Relay]) -> None:
    mailed, there = ready
    killed(mailed)
    mailed.site.publish("--dry-run")
    is_closed(mailed, there)


def test_a_run_that_is_refused_does_not_let_it_go(ready: tuple[Mailed, Relay]) -> None:
    mailed, there = ready
    killed(mailed)
    mailed.site.write("articles/bad.md", "---\ntitle: [open\n---\nx\n")
    mailed.site.publish("--strict", code=1)
    is_closed(mailed, there)
    mailed.site.publish(code=3)
    assert mailed.deliver().out == "3 sent\n"


def test_resending_what_is_unknown_does_not_let_it_go(ready: tuple[Mailed, Relay]) -> None:
    mailed, there = ready
    killed(mailed)
    ran = mailed.deliver("--resend-unknown")
    assert (ran.code, WAITS in ran.err) == (3, True)
    is_closed(mailed, there)


@IN_THE_FOLDER
def test_what_is_unknown_is_not_resent_where_publishing_fails(ready: tuple[Mailed, Relay]) -> None:
    """A clone without its state, of which not even the pages of that issue are in place."""
    mailed, there = ready
    mailed.site.publish()
    shutil.rmtree(mailed.site.folder / ".publisher")
    shutil.rmtree(mailed.site.folder / "output")
    mailed.readers(3)
    here = (mailed.site.folder / "publisher.yaml").read_text(encoding="utf-8")
    nowhere = Service(f"http://127.0.0.1:{free_port()}").yaml(attempts="1", timeout="1s")
    mailed.site.write("publisher.yaml", here + nowhere)
    ran = mailed.site.run("publish", "--deliver", "--resend-unknown", env=ENV)
    assert ran.code == 1
    assert "issue 1 of weekly was frozen elsewhere" in ran.err
    assert not there.taken()
    mailed.site.write("publisher.yaml", here)
    assert mailed.site.publish("--deliver", "--resend-unknown").out.endswith("3 sent\n")


@BOTH
def test_what_waited_for_longer_than_max_late_is_stale(ready: tuple[Mailed, Relay]) -> None:
    """Then a person decides, as of any issue of which nothing was sent for so long."""
    mailed, there = ready
    killed(mailed)
    is_closed(mailed, there, after=13 * 3600)
    ran = mailed.site.publish(now=later(13 * 3600))
    assert f"issue 1 of weekly: {STALE}" in ran.err
    ran = mailed.deliver(after=13 * 3600)
    assert (ran.code, ran.out) == (3, "")
    assert f"issue 1 of weekly is paused, 3 wait: {STALE}" in ran.err
    mailed.site.run("issue", "resume", "weekly", "1", now=later(13 * 3600))
    assert mailed.deliver(after=13 * 3600).out == "3 sent\n"
    assert len(there.taken()) == 3


def test_what_was_taken_back_meanwhile_is_not_let_go(ready: tuple[Mailed, Relay]) -> None:
    mailed, there = ready
    mailed.site.article("gull.md", "A text about gulls.")
    killed(mailed)
    mailed.site.article("gull.md", "A text about gulls.", retract="true")
    ran = mailed.site.publish()
    assert "issue 1 of weekly holds gull.md that was taken back since" in ran.err
    ran = mailed.deliver()
    assert (ran.code, "holds gull.md" in ran.err) == (3, True)
    mailed.site.settle()
    mailed.site.publish()
    assert mailed.deliver().code == 3
    assert not there.taken()


@BOTH
def test_a_person_may_say_so_while_it_is_looked_for(
    ready: tuple[Mailed, Relay], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process found it first, and a person had it go on before this one has its turn."""
    mailed, there = ready
    mailed.site.article("gull.md", "A text about gulls.")
    mailed.site.publish()
    assert mailed.site.run("retract", "gull.md").code == 0
    read = pausing.load_record

    with opened(mailed.site) as (made, stores):

        def meanwhile(path: Path) -> Record:
            (one,) = stores.mailings.all()
            stores.mailings.pause(one.id, "holds what was taken back")
            assert stores.mailings.resume("weekly", 1, held=False) == (True, 0)
            return read(path)

        monkeypatch.setattr(pausing, "load_record", meanwhile)
        report = deliver(made, stores.database, stores.issues.load, should_stop=lambda: False)
    assert (report.exit_code, list(report.paused)) == (0, [])
    assert len(there.taken()) == 3


@pytest.mark.parametrize("gone", [False, True])
def test_of_an_issue_for_nobody_nothing_is_told(mailed: Mailed, *, gone: bool) -> None:
    """Nothing of it can be stale, nor is there anything to take back."""
    ran = mailed.site.publish("--output", "../elsewhere")
    assert "waits for a run" not in ran.err
    if gone:
        mailed.site.article("fog.md", "A text about fog.", date="2020-01-01", retract="true")
    ran = mailed.site.publish(now=later(13 * 3600))
    assert not any(said in ran.err for said in (STALE, "taken back")), ran.err
    assert mailed.deliver(after=13 * 3600).code == 0


@IN_THE_FOLDER
def test_what_is_unknown_is_not_resent_by_a_run_that_is_refused(
    ready: tuple[Mailed, Relay],
) -> None:
    mailed, there = ready
    mailed.site.publish()
    shutil.rmtree(mailed.site.folder / ".publisher")
    shutil.rmtree(mailed.site.folder / "output")
    mailed.readers(3)
    killed(mailed)
    mailed.site.write("articles/bad.md", "---\ntitle: [open\n---\nx\n")
    ran = mailed.site.publish("--strict", "--deliver", "--resend-unknown", code=1)
    assert "issue 1 of weekly was frozen elsewhere" in ran.err
    assert not there.taken()


def test_deliver_names_what_stays_paused_whatever_is_said_of_it(
    ready: tuple[Mailed, Relay],
) -> None:
    """Another process may have had a message of it in hand, or found another reason."""
    mailed, _ = ready
    killed(mailed)
    with opened(mailed.site) as (made, stores):
        asked: list[int] = []

        def meanwhile() -> bool:
            if not asked:
                stores.mailings.pause_unfinished("a person looks")
            asked.append(1)
            return False

        report = deliver(made, stores.database, stores.issues.load, should_stop=meanwhile)
    assert asked
    assert list(report.paused) == ["issue 1 of weekly is paused, 3 wait: a person looks"]
    assert report.exit_code == 3


def test_a_persons_word_sends_it_before(ready: tuple[Mailed, Relay]) -> None:
    mailed, there = ready
    killed(mailed)
    ran = mailed.site.run("issue", "resume", "weekly", "1")
    assert ran.out == (
        "issue 1 of weekly goes on with the next `publisher deliver`, whether or not its pages are "
        "in place\n"
    )
    assert mailed.deliver().out == "3 sent\n"
    assert len(there.taken()) == 3


@BOTH
@pytest.mark.parametrize("waits", [False, True])
def test_what_is_paused_for_another_reason_stays_so(
    ready: tuple[Mailed, Relay], *, waits: bool
) -> None:
    mailed, there = ready
    if waits:
        killed(mailed)
    else:
        mailed.site.publish()
    with opened(mailed.site) as (_, stores):
        assert stores.mailings.pause_unfinished("a person looks") == [("weekly", 1)]
    mailed.site.publish("--full")
    ran = mailed.deliver()
    assert (ran.code, ran.out) == (3, "")
    assert "issue 1 of weekly is paused, 3 wait: a person looks" in ran.err
    assert not there.taken()


@IN_THE_FOLDER
def test_a_copy_of_a_state_in_which_it_waits_needs_a_person(ready: tuple[Mailed, Relay]) -> None:
    """The other place may publish it too, and mail it."""
    mailed, there = ready
    mailed.deliver()
    killed(mailed)
    state = mailed.site.folder / ".publisher"
    shutil.copytree(state, mailed.site.folder / "copy")
    shutil.rmtree(state)
    (mailed.site.folder / "copy").rename(state)
    assert "the state folder was copied" in mailed.deliver().err
    mailed.site.publish()
    ran = mailed.deliver()
    assert (ran.code, ran.out) == (3, "")
    assert "the state folder was copied" in ran.err
    assert not there.taken()


def test_a_moment_of_waiting_is_no_trouble(ready: tuple[Mailed, Relay]) -> None:
    """Each run has one; who looks after the site is told where it lasts."""
    mailed, _ = ready
    killed(mailed)
    for seconds, count in ((0, 0), (29 * 60, 0), (31 * 60, 1)):
        with opened(mailed.site, later(seconds)) as (made, stores):
            troubles = take_stock(made, stores, datetime.fromisoformat(later(seconds))).troubles
        told = [one.text for one in troubles if one.kind == "unsent"]
        assert told == [WAITS] * count, seconds


def test_a_run_lets_go_what_it_published_alone(ready: tuple[Mailed, Relay]) -> None:
    """Another machine may have frozen an issue that this one has no page of."""
    mailed, _ = ready
    killed(mailed)
    woken: list[tuple[int, int]] = []
    with opened(mailed.site, wake=lambda _, shards: woken.extend(shards)) as (made, stores):
        assert let_go(made, stores.mailings, {("weekly", 2), ("daily", 1)}).count == 0
        assert [one.why for one in stores.mailings.all()] == [UNPUBLISHED]
        assert woken == []
        assert let_go(made, stores.mailings, {("weekly", 1), ("weekly", 2)}).count == 1
        assert [(one.state, one.why) for one in stores.mailings.all()] == [("open", "")]
        assert woken == [(1, 0)], "workers are told"
        assert let_go(made, stores.mailings, {("weekly", 1)}).count == 0


@pytest.fixture
def shared(
    server: str, make_site: Callable[..., Site], tmp_path: Path
) -> Iterator[tuple[Mailed, Relay]]:
    """The same on a database that several machines share; it goes by their clocks."""
    database = fresh(server, tmp_path.name)
    site = make_site(config(1, CONNECTIONS) + f"database: {database}\n")
    site.article("fog.md", "A text about fog.", date="2020-01-01")
    mailed = Mailed(site=site, connections=CONNECTIONS, database=database)
    with relay(tmp_path / "log") as there:
        mailed.use(there)
        mailed.readers(3)
        yield mailed, there


def test_another_machine_puts_the_pages_in_place(
    shared: tuple[Mailed, Relay], tmp_path: Path
) -> None:
    """One froze the issue, and is gone; the other has its files in a folder of its own."""
    mailed, there = shared
    other = Site(tmp_path / "other")
    shutil.copytree(mailed.site.folder, other.folder)
    killed(mailed, now=None)
    for site in (mailed.site, other):
        ran = site.run("deliver", now=None)
        assert (ran.code, WAITS in ran.err) == (3, True)
    other.publish(now=None)
    assert other.output(PAGE).is_file()
    assert other.run("deliver", now=None).out == "3 sent\n"
    assert len(there.taken()) == 3


def test_a_publishing_worker_mails_when_the_pages_are_in_place(
    shared: tuple[Mailed, Relay],
) -> None:
    mailed, there = shared
    killed(mailed, now=None)
    with opened(mailed.site) as (_, stores):
        assert Ledger(stores.database).waiting(["weekly"], 10) == [], "no worker begins"
    with workers_of(mailed) as workers:
        workers.start()
        workers.until(lambda: mailed.states() == {"sent": 3})
        assert mailed.site.output(PAGE).is_file()
        workers.end()
    assert len(there.taken()) == 3


def test_the_timer_mails_at_once_what_its_run_lets_go(ready: tuple[Mailed, Relay]) -> None:
    """Not only when it looks next, which is after a minute."""
    mailed, there = ready
    text = (mailed.site.folder / "publisher.yaml").read_text(encoding="utf-8")
    mailed.site.write("publisher.yaml", text + "schedule: {watch: true}\n")
    mailed.site.publish("--deliver")
    mailed.site.article("tide.md", "A text about tides.", date="2026-11-02")
    with ended_timers() as timers:
        timer = Timer(mailed.site, NOW)
        timers.append(timer)
        timer.wait_for("publish.done")
        assert mailed.site.run("issue", "compose", "weekly", now=later(60)).code == 0
        mailed.site.article("gull.md", "A text about gulls.", date="2026-11-03")
        timer.wait_for("delivery.done")
        timer.end()
    assert len(there.taken()) == 6
