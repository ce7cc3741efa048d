"""Delivery while something dies, hangs, fills up or jumps, at every point where that matters.

What random kills find by chance is looked for here by name: the faults F3, F5, F8, F10, F13,
F18 to F20 and F22.
"""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.cli.delivery import deliver_command
from publisher.config.load import load_config
from publisher.mailing import deliver, sender
from publisher.wiring.stores import Stores
from tests.conftest import ROOT
from tests.disks import fill, small_disk
from tests.mailings import CONNECTIONS, Delivering, Mailed, found_against, kill
from tests.relays import Relay, relay
from tests.serving import within
from tests.sites import NOW
from tests.web_servers import free_port

POINTS = ("rcpt", "data", "mid-text", "text-before-reply", "text-after-reply")


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def with_connections(mailed: Mailed, there: Relay, count: int) -> None:
    mailed.use(there)
    text = (mailed.site.folder / "publisher.yaml").read_text()
    mailed.site.write(
        "publisher.yaml", text.replace(f"connections: {CONNECTIONS}", f"connections: {count}")
    )


@pytest.mark.parametrize("plain", [0, pytest.param(1, marks=pytest.mark.long)])
def test_killed_at_every_point_between_recipient_and_result(
    mailed: Mailed, tmp_path: Path, plain: int
) -> None:
    """F3: one after the other, the sender dies at each point of a session; then it goes on."""
    addresses = mailed.readers(20)
    mailed.site.publish_here()
    doubtful = unarrived = 0
    log = tmp_path / "log"
    for point in POINTS:
        group = tmp_path / f"group-{point}"
        with relay(log, f"plain={plain}", f"kill={point}:3:{group}") as there:
            with_connections(mailed, there, 1)
            before = len(there.taken())
            process = mailed.start()
            group.write_text(str(process.pid))
            assert process.ended(30)[0] == -signal.SIGKILL
            taken = len(there.taken()) - before
            states = mailed.states()
            named = states["sending"] + states["doubtful"] - doubtful
            arrived_before = before - (doubtful - unarrived)
            if point == "mid-text" or (point == "data" and plain):
                assert (taken, named) == (2, 1), "the intent was on disk, the text did not arrive"
                unarrived += 1
            elif point == "text-before-reply":
                assert (taken, named) == (3, 1), "it arrived, and nobody was told"
            else:
                arrived = 3 if point == "text-after-reply" else 2
                assert (taken, states["sent"] + named) == (arrived, arrived_before + arrived)
                assert named <= 1, "the last answer is noted with the next intent"
            doubtful += named
            assert max(there.copies().values()) == 1
    with relay(log, f"plain={plain}") as there:
        mailed.use(there)
        assert mailed.deliver().code == 3
        found = found_against(mailed, there, addresses)
        assert (found["sent"], found["doubtful"]) == (20 - doubtful, doubtful)
        assert (found["lost"], found["untrue"], found["copies"]) == (0, 0, 0)
        assert mailed.deliver(after=16 * 60).out == f"{doubtful} sent\n"
        found = found_against(mailed, there, addresses)
        assert (found["sent"], found["lost"], found["different"]) == (20, 0, 0)
        assert found["copies"] <= doubtful - unarrived, "those had surely not arrived"


def test_while_the_database_is_held_nothing_leaves(mailed: Mailed, tmp_path: Path) -> None:
    """F5: another program keeps SQLite to itself for a while."""
    if mailed.database != "sqlite":
        pytest.skip("PostgreSQL has no lock of the whole")
    with relay(tmp_path / "log", "wait=0.02") as there:
        mailed.use(there)
        addresses = mailed.readers(200)
        mailed.site.publish_here()
        process = mailed.start()
        wait_for(lambda: len(there.taken()) > 20)
        with closing(sqlite3.connect(mailed.site.folder / ".publisher/publisher.db")) as other:
            other.execute("BEGIN EXCLUSIVE")
            time.sleep(0.5)  # what had its intent on disk may still arrive
            intents = other.execute("SELECT count(*) FROM delivery WHERE state = 'sending'")
            assert intents.fetchone()[0] <= CONNECTIONS
            before = len(there.taken())
            time.sleep(2)
            assert len(there.taken()) == before
            assert process.poll() is None
            other.rollback()
        code, said = process.ended(30)
        assert (code, said.splitlines()[-1]) == (0, "200 sent"), "a line every ten seconds before"
        assert there.copies() == dict.fromkeys(addresses, 1)


@pytest.fixture
def state_disk(mailed: Mailed) -> Iterator[Path]:
    """The state folder of the site on a disk of its own, of 3 MB."""
    with small_disk(mailed.site.folder / ".publisher", "3m") as folder:
        yield folder


def test_on_a_full_disk_nothing_leaves_without_its_intent(
    mailed: Mailed, tmp_path: Path, state_disk: Path
) -> None:
    """F8: the disk of the ledger fills up; when there is room again it goes on by itself."""
    if mailed.database != "sqlite":
        pytest.skip("the ledger is not in the state folder")
    with relay(tmp_path / "log", "wait=0.02") as there:
        mailed.use(there)
        addresses = mailed.readers(300)
        mailed.site.publish_here()
        process = mailed.start()
        wait_for(lambda: len(there.taken()) > 20)
        filler = fill(state_disk)
        code, out = process.ended(30)
        assert code == 1
        assert "publisher.db: cannot be used: " in out
        assert f"the disk at {state_disk} has too little room: " in out
        assert "make room there, then do it again: nothing is sent meanwhile" in out
        before = len(there.taken())
        ran = mailed.deliver()
        assert ran.code == 1
        assert "make room there" in ran.err, "when it is opened, or when it is written"
        assert len(there.taken()) == before
        filler.unlink()
        states = mailed.states()
        assert before <= states["sending"] + states["doubtful"] + states["sent"], "an intent each"
        assert states["sending"] + states["doubtful"] <= CONNECTIONS
        mailed.deliver()
        mailed.deliver(after=16 * 60)
        assert mailed.states() == {"sent": 300}
        assert set(there.copies()) == set(addresses)
        assert len(there.taken()) <= 300 + CONNECTIONS


def test_a_clock_that_jumps_loses_nobody_and_hangs_nothing(mailed: Mailed, tmp_path: Path) -> None:
    """F10: two hours on, two hours back, a day on, between runs and after a death."""
    hours = 3600.0
    with relay(tmp_path / "log", "rcpt451=0.4", "accdrop=0.4", "heal=1") as there:
        mailed.use(there)
        addresses = mailed.readers(20)
        mailed.site.publish_here()
        mailed.deliver(after=2 * hours)
        first = mailed.states()
        assert first["deferred"] > 2
        assert first["doubtful"] > 2
        began = time.monotonic()
        assert mailed.deliver(after=-2 * hours).out == "nothing to send\n"
        assert time.monotonic() - began < within(10)
        assert mailed.states() == first
        assert mailed.deliver(after=2 * hours + 61 + 16 * 60).code == 0
        assert mailed.states() == {"sent": 20}
        assert mailed.deliver(after=26 * hours).out == "nothing to send\n"
        assert set(there.copies()) == set(addresses)
        assert len(there.taken()) == 20 + first["doubtful"]


@pytest.mark.long
def test_what_a_dead_process_held_is_free_also_for_a_clock_that_went_back(
    mailed: Mailed, tmp_path: Path
) -> None:
    with relay(tmp_path / "log", "wait=0.02") as there:
        mailed.use(there)
        addresses = mailed.readers(100)
        mailed.site.publish_here()
        process = mailed.start(after=7200)
        wait_for(lambda: len(there.taken()) > 10)
        kill(process)
        mailed.deliver(after=0)
        states = mailed.states()
        assert states["sent"] + states["doubtful"] == 100
        assert states["doubtful"] <= CONNECTIONS
        assert set(there.copies()) | {
            row["recipient"] for row in mailed.ledger() if row["state"] == "doubtful"
        } == set(addresses)


def test_who_slept_past_the_lease_sends_nothing_after_the_takeover(
    mailed: Mailed, tmp_path: Path
) -> None:
    """F13, by clocks: the second run's says that the first one's lease is over."""
    with relay(tmp_path / "log", "wait=0.02") as there:
        mailed.use(there)
        addresses = mailed.readers(120)
        mailed.site.publish_here()
        sleeper = mailed.start()
        wait_for(lambda: len(there.taken()) > 10)
        put_to_sleep(sleeper, mailed)
        mailed.deliver(after=200)
        _wakes_and_sends_nothing(mailed, there, sleeper, addresses, after=200)


@pytest.mark.long
def test_who_slept_past_a_short_lease_sends_nothing_after_the_takeover(
    mailed: Mailed, tmp_path: Path
) -> None:
    """F13, by the time that goes by: both by the same clock, with leases of six seconds."""
    with relay(tmp_path / "log", "wait=0.05") as there:
        mailed.use(there)
        addresses = mailed.readers(400)
        mailed.site.publish_here(now=datetime.now(UTC).isoformat())
        sleeper = deliver_with_lease(mailed, 6)
        wait_for(lambda: len(there.taken()) > 10)
        put_to_sleep(sleeper, mailed)
        early = deliver_with_lease(mailed, 6)
        early.ended(30)
        assert mailed.states()["claimed"] + mailed.states()["pending"] > 300, "the lease holds"
        time.sleep(7)
        second = deliver_with_lease(mailed, 6)
        second.ended()
        _wakes_and_sends_nothing(mailed, there, sleeper, addresses, after=0)


def put_to_sleep(process: subprocess.Popen[str], mailed: Mailed) -> None:
    """SIGSTOP at an instant at which it writes nothing: else nobody can, until it wakes."""
    for _ in range(100):
        os.killpg(process.pid, signal.SIGSTOP)
        time.sleep(0.02)
        if not _is_held(mailed):
            return
        os.killpg(process.pid, signal.SIGCONT)
        time.sleep(0.003)
    raise AssertionError("it writes without an end")


def _is_held(mailed: Mailed) -> bool:
    if mailed.database == "sqlite":
        file = mailed.site.folder / ".publisher/publisher.db"
        with closing(sqlite3.connect(file, timeout=0)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
        return False
    import psycopg

    with psycopg.connect(mailed.database) as connection:
        try:
            connection.execute("SELECT * FROM shard FOR UPDATE NOWAIT")
        except psycopg.errors.LockNotAvailable:
            return True
    return False


def deliver_with_lease(mailed: Mailed, seconds: float) -> Delivering:
    """`publisher deliver` by the machine's clock, with leases as short as no user wants them."""
    code = (
        "import sys; from pathlib import Path; from publisher.config.load import load_config\n"
        "from publisher.wiring.stores import Stores\n"
        "from publisher.mailing.deliver import deliver\n"
        "from publisher.cli.common import make_clock\n"
        "config = load_config(Path('publisher.yaml')); stores = Stores(config, make_clock(None))\n"
        f"deliver(config, stores.database, stores.issues.load, lease_seconds={seconds})\n"
    )
    said = mailed.site.folder / f"deliver-{time.monotonic_ns()}.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=mailed.site.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return Delivering(process=process, log=said)


def _wakes_and_sends_nothing(
    mailed: Mailed,
    there: Relay,
    sleeper: Delivering,
    addresses: list[str],
    after: float,
) -> None:
    doubtful = {row["recipient"] for row in mailed.ledger() if row["state"] == "doubtful"}
    assert len(doubtful) <= CONNECTIONS
    assert mailed.states() == {"sent": len(addresses) - len(doubtful), "doubtful": len(doubtful)}
    before = len(there.taken())
    os.killpg(sleeper.pid, signal.SIGCONT)
    sleeper.ended(30)
    since = {message.recipient for message in there.taken()[before:]}
    assert since <= doubtful, "what was on the wire may end; nothing is begun"
    assert max(there.copies().values()) == 1
    mailed.deliver(after=after + 16 * 60)
    assert mailed.states()["sent"] == len(addresses) if after else True
    assert set(there.copies()) | doubtful == set(addresses)


@pytest.mark.parametrize(
    ("rule", "copies"),
    [
        ("accrst", 2),
        ("accpart", 2),
        pytest.param("loserst", 1, marks=pytest.mark.long),
        pytest.param("accgarb", 2, marks=pytest.mark.long),
    ],
)
def test_a_line_that_breaks_or_babbles_leaves_doubt_and_is_not_used_again(
    mailed: Mailed, tmp_path: Path, rule: str, copies: int
) -> None:
    """F18: reset, half an answer, no SMTP. Everybody else gets theirs in the same run."""
    with relay(tmp_path / "log", f"{rule}=0.3", "heal=1") as there:
        mailed.use(there)
        addresses = mailed.readers(30)
        mailed.site.publish_here()
        mailed.deliver()
        states = mailed.states()
        assert states["doubtful"] >= 5
        assert states["sent"] + states["doubtful"] == 30
        mailed.deliver(after=16 * 60)
        assert mailed.states() == {"sent": 30}
        assert len(there.taken()) == 30 + (copies - 1) * states["doubtful"]
        assert found_against(mailed, there, addresses)["different"] == 0


@pytest.mark.parametrize("rule", ["acchang", pytest.param("losehang", marks=pytest.mark.long)])
def test_silence_is_doubt_and_holds_up_nobody_else(
    mailed: Mailed, tmp_path: Path, rule: str
) -> None:
    """F19: no answer to a text. The timeout is 2 s; the other lanes go on meanwhile."""
    with relay(tmp_path / "log", f"{rule}=0.02") as there:
        mailed.use(there)
        mailed.readers(150)
        mailed.site.publish_here()
        began = time.monotonic()
        mailed.deliver()
        took = time.monotonic() - began
        states = mailed.states()
        assert 1 <= states["doubtful"] <= 8
        assert states["sent"] == 150 - states["doubtful"]
        assert took < 2 * states["doubtful"] + within(4)


def test_a_relay_of_few_connections_takes_all(mailed: Mailed, tmp_path: Path) -> None:
    """F20: two sessions, ten messages each, every fifth greeting a 421: nobody is blamed."""
    rules = ("maxconns=2", "perconn=10", "greet421=5")
    with relay(tmp_path / "log", *rules) as there:
        mailed.use(there)
        addresses = mailed.readers(60)
        mailed.site.publish_here()
        for minutes in range(2):
            mailed.deliver(after=60 * minutes)
        assert there.copies() == dict.fromkeys(addresses, 1)
        assert {row["attempts"] for row in mailed.ledger()} == {"1"}


def without_relay(mailed: Mailed, tmp_path: Path, readers: int) -> int:
    """An issue to so many readers, and the port of a relay where nobody listens."""
    port = free_port()
    mailed.use(Relay(port=port, log=tmp_path / "log"))
    mailed.readers(readers)
    mailed.site.publish_here()
    return port


def refused_by(port: int) -> str:
    """What is said of a relay where nobody listens."""
    error = f"[Errno {errno.ECONNREFUSED}] Connection refused"
    return f"relay 127.0.0.1:{port}: {error}; see that it runs, and smtp: in publisher.yaml"


@pytest.mark.parametrize("away", [2.5, pytest.param(60, marks=pytest.mark.long)])
def test_a_relay_that_comes_late_is_waited_for(mailed: Mailed, tmp_path: Path, away: float) -> None:
    """F22: nobody listens at the start; nothing fails."""
    port = without_relay(mailed, tmp_path, readers=10)
    process = mailed.start()
    time.sleep(away)
    assert process.poll() is None
    assert mailed.states() in ({"pending": 10}, {"claimed": 10})
    with relay(tmp_path / "log", port=port) as there:
        code, said = process.ended()
        *progress, last = said.splitlines()  # a line every ten seconds
        assert (code, last) == (0, "10 sent")
        assert set(progress) <= {"sending: 0 of 10", f"waiting ({refused_by(port)}): 0 of 10"}
        assert {row["attempts"] for row in mailed.ledger()} == {"1"}
        assert len(there.taken()) == 10


def test_who_waits_for_a_relay_is_told_why(
    mailed: Mailed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = without_relay(mailed, tmp_path, readers=3)
    monkeypatch.setattr(deliver, "_SILENT", 0.3)
    config = load_config(mailed.site.folder / "publisher.yaml")
    said: list[str] = []
    now = datetime.fromisoformat(NOW)
    with closing(Stores(config, lambda: now, time_is_told=True)) as stores:
        report = deliver.deliver(
            config,
            stores.database,
            stores.issues.load,
            progress=lambda what, done, total: said.append(f"{what}: {done} of {total}"),
            should_stop=lambda: said[-1:] != ["sending: 0 of 3"] and len(said) > 1,
        )
    why = refused_by(port)
    assert said[0] == "sending: 0 of 3"
    assert said[-1] == f"waiting ({why}): 0 of 3"
    assert report.trouble == why
    assert report.exit_code == 3


def test_a_relay_that_stays_away_is_all_that_is_said(
    mailed: Mailed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    port = without_relay(mailed, tmp_path, readers=3)
    monkeypatch.setattr(sender, "PATIENCE", 0.3)
    config = str(mailed.site.folder / "publisher.yaml")
    with pytest.raises(SystemExit) as ended:
        deliver_command(["--config", config, "--now", NOW])
    said = capsys.readouterr()
    assert ended.value.code == 3
    assert said.out == "", "there is something to send"
    assert f"warning: relay 127.0.0.1:{port}: " in said.err
