"""EDGE. The database of issues, readers and deliveries: SQLite or PostgreSQL, through SQLAlchemy.

Both give the same promise: what a `writing` block did is on disk when it is left.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.compiler import SQLCompiler

from publisher.errors import (
    Location,
    MigrationNeeded,
    StoreConflict,
    StoreError,
    StoreUnreachable,
    install,
)
from publisher.store.database import Look, damage_named, mend_of, open_copy, open_database
from publisher.store.fence import barred, refuse_moved
from publisher.store.schema import MIGRATIONS, for_postgresql
from publisher.store.tables import BEFORE_DELIVERY
from publisher.system.room import trouble
from publisher.values import dataclass

NOTHING_SENT = "nothing is sent meanwhile"
_MEND = f"see that it runs and has room; {NOTHING_SENT}"
_BUSY_SECONDS = 30
_BEGIN = "BEGIN IMMEDIATE"
CONNECTING: Mapping[str, Any] = {
    "connect_timeout": 10,
    "tcp_user_timeout": 20_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "options": "-c statement_timeout=60000 -c lock_timeout=30000"
    " -c idle_in_transaction_session_timeout=30000",
}
"""What libpq is told: a server that went without a word is found out within half a minute. So is a
client by the server: in the midst of a transaction it would keep for hours what others take over.
"""

_SOME_BYTES = 128_000
"""Room for what a run has to keep once files are in place: whose mail may go, what hubs are told.
"""

_LONG_SECONDS = 3600.0
"""What the server is told not to end is waited for as long, and no longer."""

_MIGRATING = 0x7075626C  # the lock that lets one process migrate ("publ")


@dataclass(frozen=True, slots=True)
class Words:
    """A statement as a driver reads it, and where its values go: by place, or by name."""

    text: str
    places: Sequence[str]
    constants: Mapping[str, Any]

    def run(self, cursor: Any, values: Mapping[str, Any]) -> Any:
        """Do it; gives the cursor."""
        named = {**self.constants, **values}
        cursor.execute(self.text, [named[name] for name in self.places] if self.places else named)
        return cursor


class Database:
    """An open database; connections are taken from a pool, so that threads may share it."""

    def __init__(self, engine: Engine, place: str, clock: Callable[[], int] | None) -> None:
        """Without a clock the database's own is asked."""
        self._engine = engine
        self._place = place
        self._clock = clock
        # Of a file there is one writer at a time: those of a process wait here for their turn, for
        # SQLite would have them sleep and look again.
        self._turn = threading.RLock() if self.is_sqlite else nullcontext()

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of this machine."""
        return self._engine.dialect.name == "sqlite"

    @property
    def is_file(self) -> bool:
        """Whether it is one on disk, and not only in memory."""
        return self.is_sqlite and bool(self._engine.url.database)

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()

    def take_out(self) -> PoolProxiedConnection:
        """A connection of the driver's from the pool, into which closing it puts it back."""
        return self._engine.raw_connection()

    @contextmanager
    def one_turn(self) -> Iterator[None]:
        """While it lasts nobody else of this process writes; what the driver raises is ours."""
        with self._named(), self._turn:
            yield

    @contextmanager
    def writing(self, *, for_all_readers: bool = False) -> Iterator[Connection]:
        """One transaction: durable when the block is left, undone when it raises.

        A statement for all readers may take as long as it does; any other is ended by the server
        after a minute.
        """
        with self._named(), self._turn, self._engine.begin() as connection:
            if for_all_readers and not self.is_sqlite:
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
                _wait_long(connection)
            yield connection

    def words(self, statement: sa.Executable) -> Words:
        """A statement in the words of the driver."""
        compiled = statement.compile(dialect=self._engine.dialect)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        return Words(str(compiled), tuple(compiled.positiontup or ()), dict(compiled.params))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Statements that change nothing, each on its own; they hold up no writer."""
        with self._named(), self._engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def at_one_instant(self) -> Iterator[Connection]:
        """Statements that all see the same rows, whatever is written meanwhile."""
        with self._named(), self._engine.connect() as connection:
            level = "SERIALIZABLE" if self.is_sqlite else "REPEATABLE READ"
            with connection.execution_options(isolation_level=level).begin():
                if not self.is_sqlite:  # whoever reads all of it may take their time
                    connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
                yield connection

    def keep_room(self) -> None:
        """See that some changes more can be kept, also where the disk is full by then. Raises
        StoreError where there is too little room for them already; of a server's nobody knows, nor
        where somebody else writes at this moment: to wait for that is for who has to write."""
        if self.is_file:
            with self.one_turn(), closing(self.take_out()) as pooled:
                cursor = pooled.cursor()
                (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
                cursor.execute("PRAGMA busy_timeout = 100")
                try:
                    lengthen_log(cursor, _SOME_BYTES)
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                        raise
                finally:
                    cursor.execute(f"PRAGMA busy_timeout = {patience}")

    def require_ours(self) -> None:
        """Raises MigrationNeeded where a newer version has changed a server's tables since."""
        with self.reading() as connection:
            _version(connection, self._place)

    def scrub(self) -> None:
        """Leave nothing on disk of what was deleted."""
        with self.reading() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                return
            connection.exec_driver_sql("SET statement_timeout = 0")  # it reads whole tables
            _wait_long(connection)
            try:
                connection.exec_driver_sql(
                    "VACUUM subscriber, subscription, delivery, notice, sign_up"
                )
            finally:
                connection.exec_driver_sql("RESET statement_timeout")

    def now(self, connection: Connection) -> int:
        """Milliseconds since 1970 by the clock that leases go by.

        Of several machines no two clocks agree, so there it is the database's; on one machine,
        and where `--now` was told, it is the run's.
        """
        if self._clock is not None:
            return self._clock()
        return int(connection.execute(sa.select(_POSTGRESQL_NOW)).scalar_one())

    def now_in_words(self) -> sa.ColumnElement[int]:
        """The same within a statement, which is run with `now_told`."""
        if self._clock is not None:
            return sa.bindparam("now", type_=sa.BigInteger)
        return _POSTGRESQL_NOW

    def now_told(self) -> Mapping[str, int]:
        """The values that `now_in_words` asks for."""
        return {"now": self._clock()} if self._clock is not None else {}

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, self._engine.dialect.loaded_dbapi.Error) as error:
            said = getattr(error, "orig", error)
            moved = barred(said, self._place)
            if moved is not None:
                raise moved from error
            if isinstance(error, sa.exc.IntegrityError):
                raise
            if isinstance(said, sqlite3.Error):
                place = Path(self._place)
                raise trouble(
                    StoreError,
                    said,
                    place,
                    what="cannot be used",
                    mend=mend_of(place, said, otherwise=_MEND),
                    meanwhile=NOTHING_SENT,
                ) from error
            words = " ".join(str(said).split())  # a server's hints are lines of their own
            raise self._kind(error)(
                f"cannot be used: {words}", where=Location(file=self._place), mend=_MEND
            ) from error

    def _kind(self, error: Exception) -> type[StoreError]:
        """Whether to wait for the server, or do it again, or neither.

        A server that never answered has no code; 08, 57P and 25P03 are those of lost sessions,
        shutdown, and a client that was silent too long; 40 of transactions that were undone for
        another's sake, 55P03 of those that waited for another no longer (PostgreSQL's appendix A).
        """
        if self.is_sqlite:
            return StoreError
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            return StoreUnreachable
        said = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(said, "sqlstate", None)
        if code is None:
            never = isinstance(said, self._engine.dialect.loaded_dbapi.OperationalError)
            return StoreUnreachable if never else StoreError
        if code.startswith(("08", "57P", "25P03")):
            return StoreUnreachable
        return StoreConflict if code.startswith(("40", "55P03")) else StoreError


_PATIENT = "postgresql.patient"
"""By this SQLAlchemy knows our connections, which need the driver, an extra."""

_SCHEMA_VERSION = sa.text("INSERT INTO schema_version VALUES (:number)")
_POSTGRESQL_NOW = sa.literal_column(
    "(extract(epoch FROM clock_timestamp()) * 1000)::bigint", sa.BigInteger
)


def open_sqlite(path: Path, clock: Callable[[], int]) -> Database:
    """The file of the state folder, made and migrated.

    Raises StoreError, MigrationNeeded, StoreMoved.
    """
    open_database(path, MIGRATIONS, _look_at(path)).close()
    return open_sqlite_as_it_is(path, clock)


def open_sqlite_as_it_is(path: Path, clock: Callable[[], int]) -> Database:
    """A file that is there, whatever its schema is and says of a move."""
    engine = sa.create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _BUSY_SECONDS},
        pool_size=20,
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return Database(engine, str(path), clock)


def _look_at(path: Path) -> Look:
    def look(connection: sqlite3.Connection) -> None:
        def run(statement: str) -> Any:
            return connection.execute(statement).fetchone()

        refuse_moved(run, str(path), is_sqlite=True)

    return look


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by us, see below
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # who is erased is not to be found on disk


def _begin_sqlite(connection: Connection) -> None:
    """A transaction that will write takes its turn at once: one that only becomes a writer later
    can find that another was first, and must be undone."""
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql(_BEGIN)


def open_sqlite_aside(path: Path, clock: Callable[[], int]) -> Database:
    """A copy of the file in memory, or an empty one: it is neither made nor changed."""
    return _in_memory(open_copy(path, MIGRATIONS, _look_at(path)), str(path), clock)


def open_sqlite_at_rest(path: Path, clock: Callable[[], int]) -> Database | None:
    """A file that nobody writes to, to be read as it lies, for which SQLite needs no room beside
    it; None where it has to be brought up to date first. Raises StoreMoved."""
    real = os.path.realpath(path)  # beside which SQLite keeps the log
    log = Path(f"{real}-wal")
    if log.exists() and log.stat().st_size:
        return None

    def connect() -> sqlite3.Connection:
        address = f"file:{quote(real)}?immutable=1"
        return sqlite3.connect(address, uri=True, check_same_thread=False)

    with damage_named(path), closing(connect()) as there:
        if there.execute("PRAGMA user_version").fetchone()[0] != len(MIGRATIONS):
            return None
        _look_at(path)(there)
    engine = sa.create_engine("sqlite://", creator=connect, poolclass=sa.NullPool)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return Database(engine, str(path), clock)


def lengthen_log(cursor: Any, size: int) -> None:
    """Let the log of a file be at once so much longer.

    Where it grows a commit takes twice as long, for the file system has its new length to write as
    well. What was written of a transaction for want of cache is no part of the log once that is
    undone, but its room stays ("WAL Mode File Format", section 4.1).
    """
    (cache,) = cursor.execute("PRAGMA cache_size").fetchone()
    try:
        cursor.execute("PRAGMA cache_size = 10")
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("CREATE TABLE room (bytes BLOB)")
        cursor.execute("INSERT INTO room VALUES (zeroblob(?))", [size])
    finally:
        if cursor.connection.in_transaction:
            cursor.execute("ROLLBACK")
        cursor.execute(f"PRAGMA cache_size = {cache}")


def open_postgresql_aside(address: str, clock: Callable[[], int]) -> Database:
    """A copy in memory of what runs look at. Raises StoreError, MigrationNeeded."""
    copy = _in_memory(open_copy(Path(), MIGRATIONS), address, clock)
    there = open_postgresql(address, clock)
    with there.reading() as source, copy.writing() as target:
        for table in BEFORE_DELIVERY:
            rows = [dict(row) for row in source.execute(sa.select(table)).mappings()]
            if rows:
                target.execute(sa.insert(table), rows)
    there.close()
    return copy


def _in_memory(connection: sqlite3.Connection, place: str, clock: Callable[[], int]) -> Database:
    engine = sa.create_engine("sqlite://", creator=lambda: connection, poolclass=sa.StaticPool)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return Database(engine, place, clock)


def open_postgresql(address: str, clock: Callable[[], int] | None = None) -> Database:
    """A PostgreSQL database, migrated; its own clock rules unless another is given.

    Raises StoreError, MigrationNeeded, StoreMoved.
    """
    database = open_postgresql_as_it_is(address, clock)
    try:
        with database.writing() as connection:
            _migrate(connection, make_url(address).render_as_string(hide_password=True))
    except BaseException:
        database.close()
        raise
    return database


def open_postgresql_as_it_is(address: str, clock: Callable[[], int] | None = None) -> Database:
    """The same, whatever its schema is and says of a move. Raises StoreError."""
    url = make_url(address)
    place = url.render_as_string(hide_password=True)
    registry.register(_PATIENT, "publisher.store.patience", "PatientDialect")
    try:
        engine = sa.create_engine(
            url.set(drivername=_PATIENT.replace(".", "+")),
            pool_size=20,
            pool_pre_ping=True,
            connect_args=dict(CONNECTING),
        )
    except ModuleNotFoundError as error:
        raise StoreError(
            "needs the library psycopg",
            where=Location(file=place),
            mend=install("postgresql"),
        ) from error
    return Database(engine, place, clock)


def _wait_long(connection: Connection) -> None:
    """For what is done on this connection, until it is taken from the pool the next time."""
    driver: Any = connection.connection.driver_connection
    driver.patience = _LONG_SECONDS


def _version(connection: Connection, place: str) -> int:
    """The schema's. Raises MigrationNeeded where it is newer than ours."""
    version: int = (
        connection.exec_driver_sql("SELECT max(version) FROM schema_version").scalar() or 0
    )
    if version > len(MIGRATIONS):
        raise MigrationNeeded(
            f"was written by a newer publisher (schema {version}, known here: {len(MIGRATIONS)})",
            where=Location(file=place),
            mend="use that version, or another database",
        )
    return version


def _migrate(connection: Connection, place: str) -> None:
    def run(statement: str) -> Any:
        return connection.exec_driver_sql(statement).fetchone()

    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATING)))
    refuse_moved(run, place, is_sqlite=False)
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER)")
    version = _version(connection, place)
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.exec_driver_sql(for_postgresql(script))
        connection.execute(_SCHEMA_VERSION, {"number": number})
