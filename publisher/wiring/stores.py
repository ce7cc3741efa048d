"""WIRING. The database of issues, readers and deliveries, opened when it is first asked for.

SQLAlchemy takes a third of a second to import, and a run of a site without newsletters and hubs
asks for nothing that is in it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.config import Config
from publisher.errors import StoreError
from publisher.model import Readership
from publisher.store.unwritable import may_write
from publisher.system.room import is_there, takes_nothing

if TYPE_CHECKING:
    from publisher.store.engine import Database
    from publisher.store.issues import IssueStore
    from publisher.store.mailings import Mailings, Wake
    from publisher.store.pings import PingStore


class Stores:
    """What `database` in publisher.yaml names. Every first use may raise StoreError."""

    def __init__(
        self,
        config: Config,
        clock: Callable[[], datetime],
        *,
        aside: bool = False,
        reads: bool = False,
        time_is_told: bool = False,
        wake: Wake | None = None,
    ) -> None:
        """With `aside` it is a copy in memory, whose changes nobody sees. Who only `reads` needs no
        disk that takes anything, nor the right to write. `wake` has the shards of an issue sent
        that is let go.

        A clock whose `time_is_told` rules leases and waits, where otherwise PostgreSQL's does.
        """
        self._config = config
        self._clock = clock
        self._aside = aside
        self._reads = reads
        self._time_is_told = time_is_told
        self._wake = wake

    @property
    def is_there(self) -> bool:
        """Whether an earlier run had something to put into it. Raises StoreError."""
        return self._config.database != "sqlite" or is_there(StoreError, self._path)

    @cached_property
    def database(self) -> Database:
        """The database, migrated. Raises StoreError, MigrationNeeded."""
        from publisher.store import engine  # noqa: PLC0415 (see above)

        if self._config.database != "sqlite":
            address = self._config.database
            if self._aside:
                return engine.open_postgresql_aside(address, self._milliseconds)
            told = self._milliseconds if self._time_is_told else None
            return engine.open_postgresql(address, told)
        if self._aside:
            return engine.open_sqlite_aside(self._path, self._milliseconds)
        try:
            return engine.open_sqlite(self._path, self._milliseconds)
        except StoreError as error:
            if self._reads and self._may_not_write(error):
                # whoever may can write to it meanwhile, so that it cannot be read as it lies
                return engine.open_sqlite_aside(self._path, self._milliseconds)
            if not self._reads or not _takes_nothing(error, self._path):
                raise
            # where there was none, whoever could not make it left one behind that is empty
            is_there = self.is_there and self._path.stat().st_size
            open_file = engine.open_sqlite_at_rest if is_there else engine.open_sqlite_aside
            found = open_file(self._path, self._milliseconds)
            if found is None:
                raise
            return found

    @cached_property
    def issues(self) -> IssueStore:
        """Frozen issues and drafts."""
        from publisher.store.issues import IssueStore  # noqa: PLC0415 (see above)

        return IssueStore(self.database)

    @cached_property
    def mailings(self) -> Mailings:
        """The issues' deliveries as a whole."""
        from publisher.store.mailings import Mailings  # noqa: PLC0415 (see above)

        return Mailings(self.database, self._wake)

    @cached_property
    def pings(self) -> PingStore:
        """What hubs are to be told."""
        from publisher.store.pings import PingStore  # noqa: PLC0415 (see above)

        return PingStore(self.database)

    def count_readers(self, readers: Readership) -> int:
        """How many would get an issue that was frozen now. Raises StoreError."""
        if not self.is_there:
            return 0
        from publisher.store import engine  # noqa: PLC0415 (see above)
        from publisher.store.mailings import Mailings  # noqa: PLC0415

        if self._aside and self._config.database != "sqlite":
            # the copy of a server's tables is without readers, of whom there may be a million
            with closing(engine.open_postgresql(self._config.database)) as database:
                return Mailings(database).count_readers(readers)
        return Mailings(self.database).count_readers(readers)

    def close(self) -> None:
        """Let go of what was opened."""
        if "database" in vars(self):
            self.database.close()

    def _may_not_write(self, error: StoreError) -> bool:
        if not self.is_there:
            return isinstance(error.__cause__, PermissionError)
        return not may_write(self._path)

    @property
    def _path(self) -> Path:
        return self._config.path(self._config.state) / "publisher.db"

    def _milliseconds(self) -> int:
        return int(self._clock().timestamp() * 1000)


def _takes_nothing(error: StoreError, path: Path) -> bool:
    cause = error.__cause__
    return isinstance(cause, OSError | sqlite3.Error) and takes_nothing(cause, path)
