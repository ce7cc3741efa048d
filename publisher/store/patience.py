"""EDGE. Connections to a PostgreSQL server that wait for its words, but not without an end.

The server ends what takes too long, and the system a line whose other side is gone. Where
something in between takes every byte and gives none (a server that stands still, a proxy that has
lost it), neither does, and the driver would wait for ever.

A module of its own, for it needs the driver, an extra: SQLAlchemy imports it by its name when the
first server is opened.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

T = TypeVar("T")

STATEMENT_SECONDS = 70.0
"""A server that lives has ended any statement before (`statement_timeout`)."""

PING_SECONDS = 10.0
"""For the word by which a connection from the pool shows that it is one; as to connect."""


class PatientConnection(psycopg.Connection[Any]):
    """A connection on which silence is an error after `patience` seconds, and the end of it."""

    patience: float | None = None
    """None is the usual one."""

    def wait(self, gen: Generator[Any, Any, T], *arguments: Any, **options: Any) -> T:
        """Wait for what the driver does; of each pause it is told at least every `interval`."""
        return super().wait(self._heard(gen), *arguments, **options)

    def _heard(self, doing: Generator[Any, Any, T]) -> Generator[Any, Any, T]:
        seconds = STATEMENT_SECONDS if self.patience is None else self.patience
        heard = time.monotonic()
        try:
            awaited = next(doing)
            while True:
                ready = yield awaited
                if ready:
                    heard = time.monotonic()
                elif time.monotonic() - heard > seconds:
                    self.pgconn.finish()  # nothing can be said on it any more, not even a rollback
                    raise psycopg.OperationalError(f"no word came for {seconds:.0f} seconds")
                awaited = doing.send(ready)
        except StopIteration as done:
            result: T = done.value
            return result


class PatientDialect(PGDialect_psycopg):
    """PostgreSQL by such connections."""

    supports_statement_cache = True

    def connect(self, *arguments: Any, **options: Any) -> Any:
        """A new one. What was given up half-made is closed, and not only when garbage is collected:
        a server that goes down waits for it up to a minute, and takes nobody meanwhile."""
        try:
            return PatientConnection.connect(*arguments, **options)
        except psycopg.Error as error:
            traceback.clear_frames(error.__traceback__)
            raise

    def do_ping(self, dbapi_connection: Any) -> bool:
        """Whether it is one still. What it was used for before may have had its own patience."""
        ping: Any = super().do_ping
        dbapi_connection.patience = PING_SECONDS
        try:
            return bool(ping(dbapi_connection))
        finally:
            dbapi_connection.patience = None
