"""EDGE. The whole database from one place to another, whichever of the two kinds they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from publisher.store.database import damage_named
from publisher.store.engine import Database, open_sqlite
from publisher.store.tables import TABLES, alert, mailbox_mark, secret, state_mark

_PIECE = 1000
_PIECE_OF_BYTES = 20
"""Rows at once; those with pictures or issues in them may have some megabytes each."""

_SEQUENCE_OF = sa.text("SELECT pg_get_serial_sequence(:name, 'id')")
_NUMBERED = tuple(table.name for table in TABLES if "id" in table.c)
"""Tables whose numbers are never used again, also not those of rows that are gone."""

_MADE_UNASKED = (secret, state_mark, alert, mailbox_mark)
"""What commands put into a database that has nothing to send, and nobody to send it to."""

_GIVEN_TO = ("subscriber", "mailing")
"""Whose numbers links in mails are signed for."""

_READERS = 64
"""Numbers for each millisecond, more than readers can be taken in; a token has room for 48 bits of
a reader's number, and for 32 of a mailing's."""


def snapshot(database: Database, path: Path, clock: Callable[[], int]) -> None:
    """All of a database at one instant, as a SQLite file that was not there. Raises StoreError.

    Whoever writes meanwhile goes on writing.
    """
    if database.is_sqlite:
        with database.reading() as connection, damage_named(path):
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            with closing(sqlite3.connect(path)) as target:
                source.backup(target)
        return
    copy = open_sqlite(path, clock)
    try:
        with database.at_one_instant() as source_rows, copy.writing() as target_rows:
            copy_rows(source_rows, target_rows)
    finally:
        copy.close()


def copy_rows(source: Connection, target: Connection) -> None:
    """Every row of every table into a database that has none, and the numbers that are used up."""
    for table in TABLES:
        size = piece_of(table)
        rows = source.execution_options(yield_per=size).execute(sa.select(table))
        for piece in rows.mappings().partitions(size):
            target.execute(sa.insert(table), [dict(row) for row in piece])
    carry_numbers(target, used_numbers(source))


def piece_of(table: sa.Table) -> int:
    """How many rows of a table are held at once."""
    has_bytes = any(isinstance(column.type, sa.LargeBinary) for column in table.c)
    return _PIECE_OF_BYTES if has_bytes else _PIECE


def used_numbers(connection: Connection) -> dict[str, int]:
    """The highest number that each table has ever given."""
    return {name: _used_up(connection, name) for name in _NUMBERED}


def carry_numbers(connection: Connection, used: Mapping[str, int]) -> None:
    """Give no number again that was given elsewhere."""
    for name, number in used.items():
        _use_up(connection, name, number)


def skip_numbers(connection: Connection, now: int) -> None:
    """Give readers and mailings numbers that nobody has had, also where rows are missing that were
    written since: links in their mail are signed for numbers.

    By the clock (milliseconds since 1970): what is put back twice goes on elsewhere each time.
    """
    used = used_numbers(connection)
    further = {"subscriber": now * _READERS, "mailing": now // 1000}
    carry_numbers(connection, {name: max(used[name], number) for name, number in further.items()})


def is_unused(connection: Connection) -> bool:
    """Whether nothing was ever put into a database but what commands put there unasked: no link
    was ever signed by its secrets, for there was nobody whom one could be for."""
    return not any(_used_up(connection, name) for name in _GIVEN_TO) and all(
        connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is None
        for table in TABLES
        if table not in _MADE_UNASKED
    )


def take_out_unasked(connection: Connection) -> dict[str, int]:
    """Empty a database that `is_unused`; gives how many rows went of which table."""
    gone = {table.name: connection.execute(sa.delete(table)).rowcount for table in _MADE_UNASKED}
    return {name: count for name, count in gone.items() if count}


def _used_up(connection: Connection, table: str) -> int:
    """The highest number that a table has ever given."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(
            sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table}
        ).scalar()
        return int(found or 0)
    if not connection.execute(_SEQUENCE_OF, {"name": table}).scalar():
        return 0
    given = connection.execute(
        sa.text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {table}_id_seq")  # noqa: S608 (a name of ours)
    ).scalar_one()
    return int(given)


def _use_up(connection: Connection, table: str, number: int) -> None:
    if not number:
        return
    if connection.dialect.name == "sqlite":
        values = {"name": table, "number": number}
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
        connection.execute(sa.text("INSERT INTO sqlite_sequence VALUES (:name, :number)"), values)
    else:
        connection.execute(
            sa.text("SELECT setval(:sequence, :number)"),
            {"sequence": f"{table}_id_seq", "number": number},
        )
