"""EDGE. Open a SQLite file of the state folder and bring its schema up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from publisher.errors import Location, MigrationNeeded, StoreError

_BUSY_SECONDS = 30
_MEND = "make room, or move the state folder away; what was published is in the record"


def open_database(path: Path, migrations: Sequence[str]) -> sqlite3.Connection:
    """Open or make a database; apply the migrations it has not seen, each in one transaction.

    Migration n (from 1) brings `user_version` to n. Raises MigrationNeeded when
    the file is from a newer version, StoreError when it cannot be used.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection, migrations, path)
    except sqlite3.Error as error:
        raise StoreError(
            f"cannot be used: {error}",
            where=Location(file=str(path)),
            mend=_MEND,
        ) from error
    except OSError as error:
        raise StoreError(
            f"cannot be made: {error.strerror}", where=Location(file=str(path))
        ) from error
    return connection


def open_copy(path: Path, migrations: Sequence[str]) -> sqlite3.Connection:
    """A copy of a database in memory, or an empty one; the file is neither made nor changed."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        if path.is_file():
            source = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
            source.backup(copy)
            source.close()
        _migrate(copy, migrations, path)
    except sqlite3.Error as error:
        raise StoreError(
            f"cannot be read: {error}",
            where=Location(file=str(path)),
            mend=_MEND,
        ) from error
    return copy


@contextmanager
def damage_named(folder: Path) -> Iterator[None]:
    """What SQLite itself says while the block runs (damage, a full disk) as a StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(
            f"cannot be used: {error}", where=Location(file=str(folder)), mend=_MEND
        ) from error


def _migrate(connection: sqlite3.Connection, migrations: Sequence[str], path: Path) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(migrations):
        raise MigrationNeeded(
            f"was written by a newer publisher (schema {version}, known here: {len(migrations)})",
            where=Location(file=str(path)),
            mend="use that version, or move the state folder away",
        )
    for number, statements in enumerate(migrations[version:], start=version + 1):
        script = f"BEGIN IMMEDIATE;\n{statements}\nPRAGMA user_version = {number};\nCOMMIT;"
        connection.executescript(script)
