"""EDGE. A connection for what is written for every message, where nothing may be done twice.

SQLAlchemy's part, and that of its pool, take longer there than the database's.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy.pool import PoolProxiedConnection

from publisher.store.engine import Database, Words, lengthen_log

_KEPT_SECONDS = 1.0
_MANY = 50
"""Statements after which many more are likely to follow."""
_LOG_BYTES = 4_130_000
"""How long SQLite lets its log become before it begins at its front again: 1,000 pages."""


class KeptConnection:
    """A connection of a database that is kept from one statement to the next, for one thread at a
    time.

    A server may have gone meanwhile; the pool, which looks each time, is asked every second.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pooled: PoolProxiedConnection | None = None
        self._until = 0.0
        self._written = 0

    def write(self, words: Words, values: Mapping[str, Any]) -> int:
        """Run a statement that is a transaction by itself; gives how many rows it wrote.

        They are on disk when this returns.
        """
        with self._database.one_turn():
            try:
                cursor = self._taken().cursor()
                self._written += 1
                if self._written == _MANY and self._database.is_file:
                    with suppress(sqlite3.OperationalError):
                        # where that goes wrong all goes on as before, or what is written will
                        lengthen_log(cursor, _LOG_BYTES)
                written: int = words.run(cursor, values).rowcount
                cursor.close()
            except BaseException:
                self.let_go()
                raise
            return written

    def let_go(self) -> None:
        """Give it back to the pool."""
        pooled, self._pooled = self._pooled, None
        if pooled is None:
            return
        driver: Any = pooled.driver_connection
        if not self._database.is_sqlite and driver.closed:
            pooled.invalidate()  # else the pool would roll back on it, and log that it cannot
            return
        try:
            self._commit_each(pooled, each=False)
        finally:
            pooled.close()

    def _taken(self) -> PoolProxiedConnection:
        fresh = self._pooled is None or time.monotonic() > self._until
        if fresh:
            self.let_go()
            self._pooled = self._database.take_out()
            self._until = time.monotonic() + _KEPT_SECONDS
        assert self._pooled is not None, "it was just taken"
        if fresh or self._database.is_sqlite:  # others may have had the only one that is in memory
            self._commit_each(self._pooled, each=True)
        return self._pooled

    def _commit_each(self, pooled: PoolProxiedConnection, *, each: bool) -> None:
        """Whether each statement is a transaction, or the driver begins one."""
        driver: Any = pooled.driver_connection
        if self._database.is_sqlite:
            driver.isolation_level = None  # others begin theirs by themselves
        else:
            driver.autocommit = each
