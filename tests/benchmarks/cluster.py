"""What it costs to send from several processes by one PostgreSQL database, and what each part of
that costs: the queue of jobs, the ledger, an issue frozen for many readers."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path

import sqlalchemy as sa

from publisher.cluster.wakeups import prepare, wake_for
from publisher.store.engine import Database
from publisher.store.ledger import Ledger
from tests.benchmarks.contest import Contest, Job
from tests.benchmarks.ledgers import LANES, MANY_LANES
from tests.benchmarks.mailing_site import (
    INITDB,
    LIST,
    MailedSite,
    Sink,
    done,
    open_frozen_site,
    open_site,
    told,
)
from tests.workers import Worker

MESSAGES = 5_000
_NOTED = 20_000
_SHARDS = 1_000
_PATIENCE = 300.0
_HOUR = 3600.0
_SINK = ("smtp-sink", INITDB)
QUEUE = f"publisher_jobs_{version('procrastinate').replace('.', '_')}.procrastinate_jobs"
"""The table of jobs, as `publisher.cluster.wakeups` makes it."""

_MANY = "Several workers are for several machines; on one machine they share its cores."


def _workers(count: int) -> Contest:
    named = {1: "one", 2: "two", 4: "four"}[count]
    return Contest(
        what=f"messages of 30 kB handed over by {named} worker{'s' * (count > 1)} on PostgreSQL",
        ours=f"cluster:{named}_worker{'s' * (count > 1)}",
        anchor="cluster:embedded",
        anchor_is="publisher deliver on SQLite",
        size=MESSAGES,
        clock="wall",
        why=_MANY,
        rate="messages",
        needs=_SINK,
    )


def _noted(where: str, ours: str, lanes: int) -> Contest:
    return Contest(
        what=f"intents and results noted, of {lanes} lanes a commit, {where}",
        ours=f"ledgers:noted_{ours}",
        anchor=f"ledgers:updated_{ours}",
        anchor_is="the driver alone, the same rows and commits",
        size=_NOTED,
        clock="wall",
        rate="messages",
        needs=(INITDB,) if "postgresql" in ours else (),
    )


def _frozen(where: str, ours: str, size: int) -> Contest:
    return Contest(
        what=f"an issue frozen for {size:,} readers, {where}",
        ours=f"ledgers:frozen_{ours}",
        anchor=f"ledgers:inserted_{ours}",
        anchor_is="INSERT ... SELECT alone, the same rows",
        size=size,
        clock="wall",
        rate="readers",
        needs=(INITDB,) if ours == "postgresql" else (),
        long=size > 100_000,
    )


CONTESTS = (
    _workers(1),
    _workers(2),
    _workers(4),
    Contest(
        what="the same by publisher deliver on PostgreSQL",
        ours="cluster:embedded_on_postgresql",
        anchor="cluster:embedded",
        anchor_is="publisher deliver on SQLite",
        size=MESSAGES,
        clock="wall",
        rate="messages",
        needs=_SINK,
    ),
    Contest(
        what="jobs of shards with nothing to send, made and run by one worker",
        ours="cluster:jobs",
        anchor="cluster:claims",
        anchor_is="the same shards asked for in a loop",
        size=_SHARDS,
        clock="wall",
        rate="shards",
        needs=(INITDB,),
    ),
    _noted("SQLite", "sqlite", LANES),
    _noted("PostgreSQL", "postgresql", LANES),
    _noted("PostgreSQL", "postgresql_by_fifties", MANY_LANES),
    _frozen("SQLite", "sqlite", 100_000),
    _frozen("PostgreSQL", "postgresql", 100_000),
    _frozen("SQLite", "sqlite", 1_000_000),
    _frozen("PostgreSQL", "postgresql", 1_000_000),
)


# ---------------------------------------------------------------- messages


def one_worker(size: int) -> Job:
    """Ours: a `publisher worker`."""
    return _sent_by_workers(size, 1)


def two_workers(size: int) -> Job:
    """Ours: two of them."""
    return _sent_by_workers(size, 2)


def four_workers(size: int) -> Job:
    """Ours: four of them."""
    return _sent_by_workers(size, 4)


def embedded(size: int) -> Job:
    """The anchor: `publisher deliver`, the ledger in a file."""
    return _delivered(size, on_postgresql=False)


def embedded_on_postgresql(size: int) -> Job:
    """Ours: `publisher deliver`, the ledger in PostgreSQL, and no queue."""
    return _delivered(size, on_postgresql=True)


def _delivered(size: int, *, on_postgresql: bool) -> Job:
    opened = ExitStack()
    sink = Sink()
    opened.callback(sink.close)
    site = open_frozen_site(opened, size, on_postgresql=on_postgresql, port=sink.port)

    def work() -> Iterator[bytes]:
        before = sink.taken
        site.run("deliver")
        yield told(sink.taken - before)

    return Job(work=work, facts=done, rewind=site.rewind, close=opened.close, tell=True)


def _sent_by_workers(size: int, count: int) -> Job:
    """Workers that have started and wait; the work is that of an issue which may be sent from now
    on, until the ledger calls all of it sent."""
    opened = ExitStack()
    sink = Sink()
    opened.callback(sink.close)
    site = open_frozen_site(opened, size, on_postgresql=True, port=sink.port)
    database = opened.enter_context(site.database())
    prepare(database)
    _set_mailings(database, "paused")
    workers = [opened.enter_context(_worker(site)) for _ in range(count)]

    def rewind() -> None:
        _set_mailings(database, "paused")
        site.rewind()

    def work() -> Iterator[bytes]:
        before = sink.taken
        with database.writing() as connection:
            connection.execute(sa.text("UPDATE mailing SET state = 'open'"))
            wake_for(connection, _places(connection))
        _await(lambda: sink.taken - before >= size)
        _await(lambda: site.count("state <> 'sent'") == 0)
        yield told(sink.taken - before)

    return Job(
        work=work,
        facts=done,
        rewind=rewind,
        close=opened.close,
        tell=True,
        cpu=lambda: time.process_time() + sum(_cpu_of(worker.pid) for worker in workers),
    )


# ---------------------------------------------------------------- the queue


def jobs(size: int) -> Job:
    """Ours: a job for each shard, put into the queue together, until a worker has had all."""
    opened = ExitStack()
    site, database = _site_of_empty_shards(opened, size)
    prepare(database)
    worker = opened.enter_context(_worker(site))

    def work() -> Iterator[bytes]:
        with database.writing() as connection:
            wake_for(connection, _places(connection))
            put = _jobs_left(connection)

        def are_done() -> bool:
            with database.reading() as connection:
                return _jobs_left(connection) == 0

        _await(are_done)
        yield told(put)

    return Job(
        work=work,
        facts=done,
        close=opened.close,
        tell=True,
        cpu=lambda: time.process_time() + _cpu_of(worker.pid),
    )


def claims(size: int) -> Job:
    """The anchor: a claim for each, which finds that nothing is due."""
    opened = ExitStack()
    _, database = _site_of_empty_shards(opened, size)
    with database.reading() as connection:
        places = _places(connection)

    def work() -> Iterator[bytes]:
        ledger = Ledger(database)
        found = [ledger.claim("nobody", _HOUR, [LIST], place) for place in places]
        yield told(found.count(None))

    return Job(work=work, facts=done, close=opened.close, tell=True)


# ---------------------------------------------------------------- what they are made of


def _site_of_empty_shards(opened: ExitStack, size: int) -> tuple[MailedSite, Database]:
    """A site with an issue all of whose shards are done."""
    site = open_site(opened, on_postgresql=True)
    site.configure(1)
    site.add_readers(1)
    site.freeze()
    database = opened.enter_context(site.database())
    with database.writing() as connection:
        connection.execute(sa.text("UPDATE delivery SET state = 'sent'"))
        connection.execute(
            sa.text(
                "INSERT INTO shard SELECT mailing.id, n, '', 0, 0 FROM mailing,"
                f" generate_series(1, {size - 1}) AS n"
            )
        )
    site.tidy(database)
    return site, database


@contextmanager
def _worker(site: MailedSite) -> Iterator[Worker]:
    """A `publisher worker` that waits for jobs; it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="bench-worker-") as folder:
        log = Path(folder, "log")
        command = (sys.executable, "-m", "publisher", "worker", "--send-only")
        with log.open("wb") as said:
            process = subprocess.Popen(
                (*command, "--config", str(site.folder / "publisher.yaml")),
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        worker = Worker(process=process, log=log)
        try:
            worker.wait_for("worker.started", _PATIENCE)
            yield worker
        finally:
            worker.kill()


def _cpu_of(process: int) -> float:
    """Seconds of CPU that another process has used (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _set_mailings(database: Database, state: str) -> None:
    with database.writing() as connection:
        connection.execute(sa.text("UPDATE mailing SET state = :state"), {"state": state})


def _places(connection: sa.Connection) -> list[tuple[int, int]]:
    rows = connection.execute(sa.text("SELECT mailing, shard FROM shard ORDER BY mailing, shard"))
    return [(row.mailing, row.shard) for row in rows]


def _jobs_left(connection: sa.Connection) -> int:
    """Jobs of shards that wait or are in hand."""
    found = connection.execute(sa.text(f"SELECT count(*) FROM {QUEUE} WHERE queue_name = 'shards'"))
    return int(found.scalar_one())


def _await(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < end, "the workers did not do it"
        time.sleep(0.05)
