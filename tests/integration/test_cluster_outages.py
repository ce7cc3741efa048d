"""A cluster whose database goes away: restarted, gone for a while, or silent on the line.

The faults F6, F7, F31 and F32.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.mailings import CONNECTIONS, Mailed, config, found_against
from tests.postgres import Server, postgresql_server
from tests.proxies import proxy_to
from tests.relays import Relay, relay
from tests.serving import within
from tests.sites import Site
from tests.workers import Worker, workers_of

LONG_AGO = "2020-01-01"


@pytest.fixture
def postgresql() -> Iterator[Server]:
    with postgresql_server() as server:
        yield server


@pytest.fixture
def clustered(postgresql: Server, make_site: Callable[..., Site]) -> Mailed:
    """A site on a server of its own, by the machine's clock."""
    site = make_site(config(1, CONNECTIONS) + f"database: {postgresql.address}\n")
    site.article("fog.md", "A text about fog.", date=LONG_AGO)
    return Mailed(site=site, connections=CONNECTIONS, database=postgresql.address)


def machine(mailed: Mailed, folder: Path, port: int) -> Path:
    """The same site on another machine, which has a line of its own to the database."""
    shutil.copytree(
        mailed.site.folder, folder, ignore=shutil.ignore_patterns(".publisher", "*.log")
    )
    text = (folder / "publisher.yaml").read_text("utf-8")
    there = mailed.database.rpartition(":")[2].partition("/")[0]
    (folder / "publisher.yaml").write_text(text.replace(f":{there}/", f":{port}/"), "utf-8")
    return folder


def port_of(mailed: Mailed) -> int:
    return int(mailed.database.rpartition(":")[2].partition("/")[0])


def told_true(mailed: Mailed, there: Relay, addresses: list[str], most_doubtful: int) -> None:
    """Everybody has it, or is named as doubtful; nobody has it twice."""
    found = found_against(mailed, there, addresses)
    assert (found["lost"], found["untrue"], found["different"], found["copies"]) == (0, 0, 0, 0)
    assert found["doubtful"] <= most_doubtful
    assert found["sent"] + found["doubtful"] == len(addresses)


@pytest.mark.parametrize("seconds", [2.5, pytest.param(600.0, marks=pytest.mark.long)])
def test_workers_wait_for_a_database_that_is_away(
    clustered: Mailed, postgresql: Server, tmp_path: Path, seconds: float
) -> None:
    """F6, F7: it dies as in a power cut; nothing leaves meanwhile, nobody is pestered, and when it
    is back they go on by themselves."""
    with (
        relay(tmp_path / "log", "wait=0.01") as there,
        proxy_to(port_of(clustered)) as line,
        workers_of(clustered) as workers,
    ):
        clustered.use(there)
        addresses = clustered.readers(600)
        clustered.site.publish(now=None)
        elsewhere = machine(clustered, tmp_path / "elsewhere", line.port)
        near = workers.start("--send-only")
        far = workers.start("--send-only", folder=elsewhere)
        far.wait_for("worker.started")
        workers.until(lambda: there.count() > 100)
        postgresql.stop()
        for one in (near, far):
            one.wait_for("worker.waits")  # what it had in hand has ended
        before, asked, began = there.count(), line.connected, time.monotonic()
        time.sleep(seconds)
        assert there.count() == before, "without the ledger nothing leaves"
        tries, took = line.connected - asked, time.monotonic() - began
        assert tries < took, "less than one try a second"
        postgresql.start()
        workers.until(lambda: there.count() > before, within(30))
        workers.until(lambda: clustered.states().keys() <= {"sent", "doubtful"})
        workers.end()
        told_true(clustered, there, addresses, 2 * CONNECTIONS)


def test_a_server_that_is_going_down_is_let_go(clustered: Mailed, tmp_path: Path) -> None:
    """PostgreSQL waits a minute for a client that has not said yet who it is, and takes no other
    meanwhile: a line that is given up has to be closed, or the server does not come back."""
    with proxy_to(port_of(clustered)) as line, workers_of(clustered) as workers:
        elsewhere = machine(clustered, tmp_path / "elsewhere", line.port)
        far = workers.start("--send-only", folder=elsewhere, connect=2)
        far.wait_for("worker.started")
        time.sleep(1.5)  # its first look at everything is over, and nobody connects
        asked = line.connected
        line.go_down()
        far.wait_for("worker.waits", within(30))
        assert line.connected > asked
        workers.until(lambda: line.half_made(4) == 0, within(1))


@pytest.mark.parametrize(
    ("seconds", "lease", "stuck"),
    [(5, 2.0, 3.0), pytest.param(120, 60.0, 45.0, marks=pytest.mark.long)],
)
def test_a_worker_whose_line_goes_silent_stops_and_ends(
    clustered: Mailed, tmp_path: Path, seconds: float, lease: float, stuck: float
) -> None:
    """F31: no word comes and no error. What it holds another takes over; its watchdog ends it, and
    the next that its supervisor starts waits until the line is back."""
    with (
        relay(tmp_path / "log", "wait=0.02") as there,
        proxy_to(port_of(clustered)) as line,
        workers_of(clustered) as workers,
    ):
        clustered.use(there)
        addresses = clustered.readers(300)
        clustered.site.publish(now=None)
        elsewhere = machine(clustered, tmp_path / "elsewhere", line.port)
        cut_off = workers.start("--send-only", folder=elsewhere, lease=lease, stuck=stuck)
        workers.until(lambda: there.count() > 40)
        line.silence()
        silent = time.monotonic()
        time.sleep(1)
        before = there.count()
        assert before < len(addresses) - CONNECTIONS
        time.sleep(lease / 2)
        assert there.count() == before, "it has stopped before its lease ends"
        workers.start("--send-only", lease=lease)
        assert cut_off.process.wait(within(stuck + 15)) == 1
        assert "worker.stuck" in cut_off.said()
        workers.until(lambda: clustered.states().keys() <= {"sent", "doubtful"}, within(90))
        again = workers.start("--send-only", folder=elsewhere, lease=lease, stuck=30)
        time.sleep(max(0.0, silent + seconds - time.monotonic()))
        assert again.process.poll() is None
        line.speak()
        again.wait_for("worker.started", within(30))
        workers.end()
        told_true(clustered, there, addresses, CONNECTIONS)


def test_an_older_worker_and_a_newer_one_do_not_meet(clustered: Mailed, tmp_path: Path) -> None:
    """F32: a newer one changes the schema under an older one, which gives back what it holds and
    ends; one that starts refuses."""
    import psycopg

    with relay(tmp_path / "log", "wait=0.01") as there, workers_of(clustered) as workers:
        clustered.use(there)
        addresses = clustered.readers(600)
        clustered.site.publish(now=None)
        running = workers.start()
        workers.until(lambda: there.count() > 50)
        with psycopg.connect(clustered.database) as connection:
            connection.execute("INSERT INTO schema_version VALUES (999)")
        late = workers.start()
        assert late.process.wait(30) == 1
        assert "was written by a newer publisher (schema 999" in late.said()
        assert "use that version, or another database" in late.said()
        assert running.process.wait(30) == 1, "it sees it with its next lease"
        assert "schema 999" in running.said()
        sent = there.count()
        with psycopg.connect(clustered.database) as connection:
            connection.execute("DELETE FROM schema_version WHERE version = 999")
        assert clustered.states()["sent"] == sent
        workers.start()
        workers.until(lambda: clustered.states() == {"sent": len(addresses)})
        workers.end()
        assert there.copies() == dict.fromkeys(addresses, 1)


@pytest.mark.long
def test_a_hundred_thousand_through_everything(
    clustered: Mailed, postgresql: Server, tmp_path: Path
) -> None:
    """F6, F27: workers on four machines, of which one is killed twenty times, and the server dies
    five times. Every other time the killed one stays away until others have taken over what it
    held, by its lease alone; else its supervisor starts it again at once.

    `pytest -m long tests/integration/test_cluster_outages.py -k hundred_thousand -s`
    """
    count, kills, restarts = 100_000, 20, 5
    with relay(tmp_path / "log") as there, workers_of(clustered) as workers:
        clustered.use(there)
        addresses = clustered.readers(count)
        clustered.site.publish(now=None)
        port = port_of(clustered)
        away = [machine(clustered, tmp_path / f"machine{n}", port) for n in range(4)]
        running: dict[Path, Worker] = {}
        killed: dict[int, tuple[float, Path]] = {}
        taken_over: list[float] = []

        def look() -> None:
            for pid in owners_gone(clustered, list(killed)):
                at, folder = killed.pop(pid)
                taken_over.append(time.monotonic() - at)
                if folder not in running and folder not in away:
                    away.append(folder)
            while away:
                folder = away.pop()
                running[folder] = workers.start("--send-only", folder=folder, lease=60.0)

        def sent(mark: int) -> bool:
            look()
            return there.count() >= mark and len(running) > 1

        faults = ["kill"] * kills + ["restart"] * restarts
        chance = random.Random(27)
        chance.shuffle(faults)
        for number, fault in enumerate(faults):
            mark = (number + 1) * count // (len(faults) + 2)
            workers.until(lambda mark=mark: sent(mark), 600)  # type: ignore[misc]
            if fault == "restart":
                postgresql.stop()
                postgresql.start()
                before = there.count()
                workers.until(lambda before=before: there.count() > before, 30)  # type: ignore[misc]
            else:
                folder = chance.choice(list(running))
                worker = running.pop(folder)
                assert worker.process.poll() is None, worker.said()
                killed[worker.pid] = time.monotonic(), folder
                worker.kill()
                if number % 2:
                    away.append(folder)
        workers.until(lambda: sent(0) and not killed, 120)
        workers.until(lambda: clustered.states().keys() <= {"sent", "doubtful"}, 600)
        workers.end()
        print(f"taken over within {max(taken_over):.0f} s; {clustered.states()}")
        assert len(taken_over) == kills
        assert max(taken_over) < 90
        told_true(clustered, there, addresses, CONNECTIONS * (kills + 4 * restarts))


def owners_gone(mailed: Mailed, pids: list[int]) -> list[int]:
    """Of these processes those that hold no shard any more."""
    import psycopg

    if not pids:
        return []
    try:
        with psycopg.connect(mailed.database, connect_timeout=5) as connection:
            rows = connection.execute("SELECT DISTINCT owner FROM shard").fetchall()
    except psycopg.OperationalError:
        return []
    held = {int(owner.split(".")[-2]) for (owner,) in rows if owner}
    return [pid for pid in pids if pid not in held]
