"""EDGE. Open a SQLite file of the state folder and bring its schema up to date."""

from __future__ import annotations

import os
import random
import shlex
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from publisher.errors import Location, MigrationNeeded, StoreError
from publisher.store.unwritable import copy_unwritable, may_write
from publisher.system.room import NOT_OURS, is_there, trouble

_BUSY_SECONDS = 30
_PAUSE_SECONDS = 0.02
_MEND = (
    "move the state folder away, and put back the last backup where there is one "
    "(publisher restore); what was published is in the record"
)
CACHE = "build.db"
"""The file of the state folder that runs make themselves, out of what others hold."""

_MEND_CACHE = (
    f"move it away, and {CACHE}-wal and {CACHE}-shm where they are: the next run makes it anew, "
    "and lacks only the last good version of articles that cannot be read now"
)

_HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

Look = Callable[[sqlite3.Connection], None]


def _see_nothing(_connection: sqlite3.Connection) -> None:
    """What is done with a database that may always be opened."""


def open_database(
    path: Path, migrations: Sequence[str], look: Look = _see_nothing
) -> sqlite3.Connection:
    """Open or make a database; apply the migrations it has not seen, each in one transaction.

    Migration n (from 1) brings `user_version` to n; before that `look` may raise. Raises
    MigrationNeeded when the file is from a newer version, StoreError when it cannot be used.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise trouble(StoreError, error, path, what="cannot be made") from error
    with damage_named(path):
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        with _closed_on_failure(connection):
            _keep_a_log(connection)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            look(connection)
            _migrate(connection, migrations, path)
    return connection


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Write ahead to a log. Where others make the same file, SQLite itself has no patience here."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS * random.random())  # noqa: S311 (so that all do not try at once)
        else:
            return


def open_copy(
    path: Path, migrations: Sequence[str], look: Look = _see_nothing
) -> sqlite3.Connection:
    """A copy of a database in memory, or an empty one; the file is neither made nor changed.

    `look` may raise. Raises MigrationNeeded or StoreError as `open_database` does.
    """
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    with damage_named(path), _closed_on_failure(copy):
        if is_there(StoreError, path) and path.is_file():  # none at all: PostgreSQL's copies
            if may_write(path):
                _fill(copy, path)
            else:
                copy_unwritable(path, copy, _BUSY_SECONDS)
        look(copy)
        _migrate(copy, migrations, path)
    return copy


def _fill(copy: sqlite3.Connection, path: Path) -> None:
    # Without a log of writes beside it, whoever only reads makes one and cannot remove it;
    # whoever may write removes it on leaving. With one it is the other way round: leaving,
    # a writer would move what it holds into the file.
    mode = "ro" if Path(f"{path}-wal").exists() else "rw"
    address = f"file:{quote(str(path))}?mode={mode}"
    with closing(sqlite3.connect(address, uri=True)) as source:
        source.backup(copy)


@contextmanager
def _closed_on_failure(connection: sqlite3.Connection) -> Iterator[None]:
    """Keep a connection that the block made ready; close one that it could not."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


@contextmanager
def damage_named(place: Path) -> Iterator[None]:
    """What SQLite itself says while the block runs (damage, a full disk) as a StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        mend = mend_of(place, error)
        raise trouble(StoreError, error, place, what="cannot be used", mend=mend) from error


def mend_of(place: Path, error: sqlite3.Error, otherwise: str | None = None) -> str:
    """What to do where SQLite cannot use a database: `otherwise` where nothing says that it may
    not, that another holds it, or that the file is damaged."""
    if _code(error) in _HELD:
        return (
            f"another program holds it open: see which (`fuser -v {shlex.quote(str(place))}`), "
            "let it come to its end, or end it, and try again"
        )
    if not _may_write(place, error):
        return NOT_OURS
    if otherwise is not None and _code(error) not in _DAMAGED:
        return otherwise
    return _MEND_CACHE if place.name == CACHE else _MEND


def _may_write(place: Path, error: sqlite3.Error) -> bool:
    """Whether the system lets us; the log of writes is a file of its own beside the database."""
    if _code(error) == sqlite3.SQLITE_READONLY:
        return False
    near = place if os.path.exists(place) else place.parent  # noqa: PTH110 (see room)
    return os.access(near, os.R_OK | os.W_OK)


def _code(error: sqlite3.Error) -> int:
    """SQLite's, without what it adds to it."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _migrate(connection: sqlite3.Connection, migrations: Sequence[str], path: Path) -> None:
    while _version(connection, migrations, path) < len(migrations):
        connection.execute("BEGIN IMMEDIATE")
        try:
            # asked again with the lock in hand: another process may have been first
            version = _version(connection, migrations, path)
            if version < len(migrations):
                for statement in _statements(migrations[version]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version + 1}")
        except BaseException:
            connection.rollback()
            raise
        connection.execute("COMMIT")


def _version(connection: sqlite3.Connection, migrations: Sequence[str], path: Path) -> int:
    """Which migrations a file has seen. Raises MigrationNeeded where they are more than ours."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(migrations):
        raise MigrationNeeded(
            f"was written by a newer publisher (schema {version}, known here: {len(migrations)})",
            where=Location(file=str(path)),
            mend="use that version, or a later one",
        )
    return version


def _statements(script: str) -> Iterator[str]:
    """One after the other: `executescript` would end the transaction that they are to be in."""
    statement = ""
    for piece in script.split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
