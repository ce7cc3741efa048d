"""What the database of readers and deliveries costs, beside its driver: notes of messages, and an
issue frozen for many readers; in a file and in PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa

from publisher.cluster.wakeups import prepare, wake_for
from publisher.model import DeliveryState, Lease, Recipient, Result
from publisher.store.engine import Database
from publisher.store.ledger import Batch, Ledger
from tests.benchmarks.contest import Job
from tests.benchmarks.mailing_site import (
    LIST,
    MailedSite,
    done,
    freeze,
    open_frozen_site,
    open_site,
    told,
)

LANES, MANY_LANES = 10, 50
_HOUR = 3600.0
T = TypeVar("T")


# ---------------------------------------------------------------- the ledger


def noted_sqlite(size: int) -> Job:
    """Ours, in a file."""
    return _noted_by_ledger(size, LANES, on_postgresql=False)


def noted_postgresql(size: int) -> Job:
    """Ours, in PostgreSQL."""
    return _noted_by_ledger(size, LANES, on_postgresql=True)


def noted_postgresql_by_fifties(size: int) -> Job:
    """Ours, in PostgreSQL, as where fifty lanes send."""
    return _noted_by_ledger(size, MANY_LANES, on_postgresql=True)


def updated_sqlite(size: int) -> Job:
    """The anchor: sqlite3."""
    opened = ExitStack()
    site = open_frozen_site(opened, size, on_postgresql=False)
    connection = opened.enter_context(closing(sqlite3.connect(site.file, isolation_level=None)))
    connection.execute("PRAGMA synchronous = FULL")
    return _noted_by_driver(opened, site, connection.cursor(), LANES, "?")


def updated_postgresql(size: int) -> Job:
    """The anchor: psycopg."""
    return _noted_by_psycopg(size, LANES)


def updated_postgresql_by_fifties(size: int) -> Job:
    """The anchor: psycopg, the same number a commit."""
    return _noted_by_psycopg(size, MANY_LANES)


def _noted_by_ledger(size: int, lanes: int, *, on_postgresql: bool) -> Job:
    """What the writer of a process does: each commit has what came of the messages before, and
    what is about to be sent."""
    opened = ExitStack()
    site = open_frozen_site(opened, size, on_postgresql=on_postgresql)
    database = opened.enter_context(site.database())
    ledger = Ledger(database)
    opened.callback(ledger.let_go)
    leases: dict[tuple[int, int], Lease] = {}
    due: list[Recipient] = []
    while (lease := ledger.claim("bench", _HOUR, [LIST])) is not None:
        leases[lease.mailing, lease.shard] = lease
        due += ledger.recipients(lease)

    def rewind() -> None:
        with database.writing() as connection:
            connection.execute(sa.text("UPDATE delivery SET state = 'pending', tries = 0"))
        site.tidy(database)

    def work() -> Iterator[bytes]:
        stood = 0
        for before, now in _steps(due, lanes):
            intents, lost = ledger.write(Batch(results=_results(before), intents=now), leases)
            assert not lost
            stood += len(intents)
        assert site.count("state = 'sent'") == stood
        yield told(stood)

    return Job(work=work, facts=done, rewind=rewind, close=opened.close, tell=True)


def _noted_by_psycopg(size: int, lanes: int) -> Job:
    opened = ExitStack()
    site = open_frozen_site(opened, size, on_postgresql=True)
    connection = opened.enter_context(psycopg.connect(site.address, autocommit=True))
    return _noted_by_driver(opened, site, connection.cursor(), lanes, "%s")


def _noted_by_driver(
    opened: ExitStack, site: MailedSite, cursor: Any, lanes: int, value: str
) -> Job:
    cursor.execute("SELECT mailing, subscriber FROM delivery ORDER BY shard, subscriber")
    due = cursor.fetchall()
    of_one = f"WHERE mailing = {value} AND subscriber = {value}"
    sent = f"UPDATE delivery SET state = 'sent', tries = 1, reply = '250 2.0.0 Ok' {of_one}"
    sending = f"UPDATE delivery SET state = 'sending' {of_one}"

    def work() -> Iterator[bytes]:
        for before, now in _steps(due, lanes):
            cursor.execute("BEGIN")
            if before:
                cursor.executemany(sent, before)
            if now:
                cursor.executemany(sending, now)
            cursor.execute("COMMIT")
        yield told(site.count("state = 'sent'"))

    return Job(work=work, facts=done, rewind=site.rewind, close=opened.close, tell=True)


def _steps(rows: Sequence[T], size: int) -> Iterator[tuple[Sequence[T], Sequence[T]]]:
    """Pieces of that size, each with the one before it."""
    before: Sequence[T] = ()
    for at in range(0, len(rows), size):
        now = rows[at : at + size]
        yield before, now
        before = now
    yield before, ()


def _results(sent: Sequence[Recipient]) -> list[Result]:
    return [
        Result(
            mailing=one.mailing,
            shard=one.shard,
            subscriber=one.subscriber,
            state=DeliveryState.SENT,
            tries=1,
            due=0,
            reply="250 2.0.0 Ok",
        )
        for one in sent
    ]


# ---------------------------------------------------------------- an issue


def frozen_sqlite(size: int) -> Job:
    """Ours, in a file."""
    return _issue(size, _freeze, on_postgresql=False)


def frozen_postgresql(size: int) -> Job:
    """Ours, in PostgreSQL, with the jobs of its shards."""
    return _issue(size, _freeze_and_wake, on_postgresql=True)


def inserted_sqlite(size: int) -> Job:
    """The anchor: SQLite does it all by itself."""
    return _issue(size, _insert, on_postgresql=False)


def inserted_postgresql(size: int) -> Job:
    """The anchor: so does PostgreSQL."""
    return _issue(size, _insert, on_postgresql=True)


def _issue(size: int, make: Callable[[Database], None], *, on_postgresql: bool) -> Job:
    opened = ExitStack()
    site = open_site(opened, on_postgresql=on_postgresql)
    site.configure(1)
    site.add_readers(size)
    database = opened.enter_context(site.database())
    if on_postgresql:
        prepare(database)

    def rewind() -> None:
        with database.writing() as connection:
            for table in ("delivery", "shard", "mailing", "issue"):
                connection.execute(sa.text(f"DELETE FROM {table}"))
        site.tidy(database)

    def work() -> Iterator[bytes]:
        make(database)
        yield told(site.count())

    return Job(work=work, facts=done, rewind=rewind, close=opened.close, tell=True)


def _freeze(database: Database) -> None:
    freeze(database)


def _freeze_and_wake(database: Database) -> None:
    freeze(database, wake_for)


def _insert(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO delivery SELECT 1, subscriber, subscriber / 500, 'pending', 0, 0,"
                f" 0, '' FROM subscription WHERE newsletter = '{LIST}' AND state = 'active'"
            )
        )
