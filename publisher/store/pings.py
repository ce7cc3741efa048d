"""EDGE. publisher.db: what the hubs are still to be told (WebSub).

A topic is *owed* from just before its file is put in place until its pings are
queued, so that no death in between loses one; only what is queued is sent, so that
no hub is told of a file that is not there yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publisher.store.database import open_copy, open_database
from publisher.store.schema import MIGRATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One hub to be told of one topic: when it changed, when to try, how often that failed."""

    id: int
    hub: str
    topic: str
    changed: datetime
    due: datetime
    tries: int


class PingStore:
    """One connection to publisher.db; every change is durable when the method returns."""

    def __init__(self, path: Path, *, aside: bool = False) -> None:
        """Open the file; with `aside` a copy of it in memory, whose changes nobody sees."""
        self._connection = open_copy(path, MIGRATIONS) if aside else open_database(path, MIGRATIONS)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def owed(self) -> tuple[str, ...]:
        """The topics whose files a run was about to put in place, or did, when it died."""
        rows = self._connection.execute("SELECT topic FROM ping_owed ORDER BY topic")
        return tuple(row[0] for row in rows)

    def owe(self, topics: Iterable[str]) -> None:
        """Note topics whose files are about to be put in place."""
        rows = [(topic,) for topic in topics]
        if rows:
            with self._transaction():
                self._connection.executemany("INSERT OR IGNORE INTO ping_owed VALUES (?)", rows)

    def queue(self, hubs: Sequence[str], topics: Collection[str], now: datetime) -> None:
        """Queue a ping of each hub for each topic, instead of an older one; all owed is paid."""
        stamp = now.isoformat()
        with self._transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO ping (hub, topic, changed, due, tries)"
                " VALUES (?, ?, ?, ?, 0)",
                [(hub, topic, stamp, stamp) for topic in topics for hub in hubs],
            )
            self._connection.execute("DELETE FROM ping_owed")

    def drop_other_hubs(self, hubs: Collection[str]) -> None:
        """Forget what hubs that are no longer configured were to be told."""
        for (hub,) in self._connection.execute("SELECT DISTINCT hub FROM ping").fetchall():
            if hub not in hubs:
                self._connection.execute("DELETE FROM ping WHERE hub = ?", (hub,))

    def waiting(self) -> tuple[Ping, ...]:
        """All that is queued, what is due first before the rest."""
        rows = self._connection.execute(
            "SELECT id, hub, topic, changed, due, tries FROM ping ORDER BY due, id"
        )
        return tuple(
            Ping(
                id=row[0],
                hub=row[1],
                topic=row[2],
                changed=datetime.fromisoformat(row[3]),
                due=datetime.fromisoformat(row[4]),
                tries=row[5],
            )
            for row in rows
        )

    def settle(self, results: Iterable[tuple[Ping, datetime | None]]) -> None:
        """Take pings out of the queue, or try them again at a time; all of them in one step.

        A newer ping that took the place of one of them meanwhile stays as it is.
        """
        with self._transaction():
            for ping, due in results:
                if due is None:
                    self._connection.execute("DELETE FROM ping WHERE id = ?", (ping.id,))
                else:
                    self._connection.execute(
                        "UPDATE ping SET due = ?, tries = tries + 1 WHERE id = ?",
                        (due.isoformat(), ping.id),
                    )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
