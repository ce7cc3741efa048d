"""EDGE. Every row of one database into another, in pieces, and whether both hold the same.

A piece and the note how far it went are one transaction of the database that is filled: who goes
on after a death goes on behind the last piece. What tables there are, and by which keys they are
read, is asked of the tables themselves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from publisher.errors import StoreConflict, StoreError, StoreMoved, StoreUnreachable
from publisher.store.engine import Database
from publisher.store.fence import pieces
from publisher.store.schema import MIGRATIONS
from publisher.store.tables import TABLES
from publisher.store.transfer import carry_numbers, piece_of, used_numbers
from publisher.values import dataclass

_SUM_BYTES = 16
_MOVING = 0x70756D76  # the lock that lets one process move ("pumv")
_NOT_TAKEN = (
    "see that the new database runs and has room. PostgreSQL takes no text with the character of "
    "number 0 in it: end the move with --give-up, and take it out of the old database"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What a table holds: how many rows, and a checksum of them whatever their order.

    `used` is the highest number that it has ever given to a row, 0 where it gives none.
    """

    rows: int
    checksum: str
    used: int


@contextmanager
def moving_alone(database: Database) -> Iterator[None]:
    """Nobody else moves a PostgreSQL database to or from there meanwhile, on whatever machine.

    Any death frees it, with the session. Raises StoreConflict.
    """
    if database.is_sqlite:
        yield
        return
    with database.reading() as connection:
        if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(_MOVING))).scalar_one():
            raise StoreConflict(
                "another process moves it at this moment",
                mend="let that one do it; it is done when it says so",
            )
        try:
            yield
        finally:
            connection.invalidate()  # with its session the lock is gone


def schema_version(connection: Connection) -> int:
    """Which migrations a database has seen; 0 where it is none of ours. Changes nothing."""
    if connection.dialect.name == "sqlite":
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    there = "SELECT to_regclass('schema_version') IS NOT NULL"
    if not connection.exec_driver_sql(there).scalar_one():
        return 0
    found = connection.exec_driver_sql("SELECT coalesce(max(version), 0) FROM schema_version")
    return int(found.scalar_one())


def is_latest(version: int) -> bool:
    """Whether a schema is the one that this version of ours knows."""
    return version == len(MIGRATIONS)


def tables_there(connection: Connection) -> list[sa.Table]:
    """Those of our tables that a database has."""
    names = set(sa.inspect(connection).get_table_names())
    return [table for table in TABLES if table.name in names]


def who_is_at_work(connection: Connection, now: int, is_alive: Callable[[str], bool]) -> str | None:
    """What somebody does at this moment that must not be done twice; None where nobody is.

    Held is what has an owner, who lives, and a deadline that is to come; a mail about a
    subscription has no owner while it is sent, only its deadline.
    """
    for table in TABLES:
        if {"owner", "deadline"} <= set(table.c.keys()):
            held = sa.select(table.c.owner).where(table.c.owner != "", table.c.deadline > now)
            for owner in connection.execute(held.distinct()).scalars():
                if is_alive(owner):
                    return f"{owner} works with it"
        if {"state", "due", "queued"} <= set(table.c.keys()):
            sending = sa.select(table.c.due).where(table.c.state == "sending", table.c.due > now)
            if connection.execute(sending.limit(1)).first() is not None:
                return "a mail about a subscription is being sent"
    return None


def count_rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for table in TABLES
    }


def copy_all(source: Database, target: Database, progress: Callable[[int], None]) -> None:
    """Every row that is not there yet, each table behind those that it refers to.

    `progress` is told how many rows there are now. Raises StoreError.
    """
    with target.reading() as connection:
        noted = {row.name: row for row in connection.execute(sa.select(pieces))}
    done = sum(row.rows for row in noted.values())
    progress(done)
    for table in TABLES:
        row = noted[table.name]
        after, had = row.after, row.rows
        for piece, end in _pieces(source, table, after):
            had += len(piece)
            _put(target, table, piece, (after, end), had)
            after = end
            done += len(piece)
            progress(done)
    with source.reading() as connection:
        used = used_numbers(connection)
    with target.writing() as connection:
        carry_numbers(connection, used)


def sums(database: Database, progress: Callable[[int], None]) -> dict[str, Sum]:
    """What each table holds; `progress` is told how many rows were looked at. Raises StoreError."""
    with database.reading() as connection:
        used = used_numbers(connection)
    found, done = {}, 0
    for table in TABLES:
        rows, checksum = 0, 0
        for piece, _ in _pieces(database, table, ""):
            rows += len(piece)
            for row in piece:
                data = msgspec.msgpack.encode(list(row.values()))
                digest = hashlib.blake2b(data, digest_size=_SUM_BYTES).digest()
                checksum += int.from_bytes(digest, "big")
            done += len(piece)
            progress(done)
        whole = (checksum % (1 << (8 * _SUM_BYTES))).to_bytes(_SUM_BYTES, "big").hex()
        found[table.name] = Sum(rows=rows, checksum=whole, used=used.get(table.name, 0))
    return found


def has_rows(connection: Connection) -> bool:
    """Whether anything was ever put into those of our tables that are there."""
    tables = tables_there(connection)
    return any(connection.execute(sa.select(table).limit(1)).first() for table in tables)


def empty(connection: Connection) -> None:
    """Take out whatever is in our tables."""
    tables = [
        connection.dialect.identifier_preparer.format_table(t) for t in tables_there(connection)
    ]
    if connection.dialect.name == "sqlite":
        for name in reversed(tables):
            connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608 (a name of ours)
    elif tables:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(tables)}")


def _put(
    target: Database,
    table: sa.Table,
    piece: Sequence[Mapping[str, Any]],
    step: tuple[str, str],
    rows: int,
) -> None:
    before, end = step
    noted = (
        sa.update(pieces)
        .where(pieces.c.name == table.name, pieces.c.after == before)
        .values(after=end, rows=rows)
    )
    try:
        with target.writing() as connection:
            if connection.execute(noted).rowcount != 1:
                raise StoreConflict(  # noqa: TRY301 (it undoes the transaction)
                    f"another process copies the table {table.name} too",
                    mend="let that one do it; it is done when it says so",
                )
            _insert(connection, table, piece)
    except (StoreConflict, StoreMoved, StoreUnreachable):
        raise
    except (StoreError, sa.exc.IntegrityError) as error:
        said = error.message if isinstance(error, StoreError) else str(error.orig)
        raise StoreError(
            f"rows of {table.name} behind {before or 'its beginning'} cannot be written: {said}",
            where=error.where if isinstance(error, StoreError) else None,
            mend=_NOT_TAKEN,
        ) from error


def _insert(connection: Connection, table: sa.Table, piece: Sequence[Mapping[str, Any]]) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(sa.insert(table), list(piece))
        return
    quote = connection.dialect.identifier_preparer
    columns = ", ".join(quote.quote(name) for name in piece[0])
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {quote.format_table(table)} ({columns}) FROM STDIN") as rows:
        for row in piece:
            rows.write_row(list(row.values()))
    cursor.close()


def _pieces(
    database: Database, table: sa.Table, after: str
) -> Iterator[tuple[list[dict[str, Any]], str]]:
    """The rows of a table behind a key, in pieces, each with the key of its last one."""
    with database.reading() as connection:
        key = _key(connection, table)
        if not key:
            rows = [dict(row) for row in connection.execute(sa.select(table)).mappings()]
            if rows and not after:
                yield rows, "all"
            return
        size = piece_of(table)
        statement = sa.select(table).order_by(*key).limit(size)
        while True:
            behind = statement
            if after:
                behind = statement.where(sa.tuple_(*key) > tuple(json.loads(after)))
            piece = [dict(row) for row in connection.execute(behind).mappings()]
            if not piece:
                return
            after = json.dumps([piece[-1][column.name] for column in key])
            yield piece, after
            if len(piece) < size:
                return


def _key(connection: Connection, table: sa.Table) -> list[sa.Column[Any]]:
    """The columns of a table's key; none for a table of a row or two that has no key."""
    found = sa.inspect(connection).get_pk_constraint(table.name)["constrained_columns"]
    return [table.c[name] for name in found]
