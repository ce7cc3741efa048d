"""EDGE. What the last run saw and showed, kept in the cache: by it a few can be drawn anew.

It holds as long as no run was since that ended otherwise than it began to: what a run leaves behind
at its end says so (`store.standstill`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from publisher.fingerprint import dump, load
from publisher.model import Entry
from publisher.shown import Place, Shown, ShownArticle

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS shown_article (
        source TEXT NOT NULL, file TEXT NOT NULL,
        id TEXT NOT NULL UNIQUE, mark TEXT NOT NULL, entry BLOB NOT NULL,
        PRIMARY KEY (source, file)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE IF NOT EXISTS shown (what TEXT PRIMARY KEY, data BLOB NOT NULL)",
)
"""No migration: an older version goes on with the cache, and needs not know of these."""


T = TypeVar("T")
_ALL, _PLACES = "all", "places"


class ShownStore:
    """These tables, over a connection that whoever opened it commits."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def keep(self, articles: Sequence[ShownArticle], shown: Shown, places: Sequence[Place]) -> None:
        """Hold just that; what is held already is not written again."""
        self._make_tables()
        rows = self._connection.execute("SELECT id, mark, source, file FROM shown_article")
        known = {id_: (mark, source, file) for id_, mark, source, file in rows}
        self._save(
            one
            for one in articles
            if known.pop(one.entry.id, "") != (one.mark, one.source, one.file)
        )
        self._connection.executemany(
            "DELETE FROM shown_article WHERE id = ?", [(id_,) for id_ in known]
        )
        self.put(_ALL, shown)
        self.put(_PLACES, places)

    def revise(self, articles: Iterable[ShownArticle], places: Sequence[Place]) -> None:
        """Hold these in place of what was held of the same files, and `places`, if any, in place of
        all."""
        self._save(articles)
        if places:
            self.put(_PLACES, places)

    def all(self) -> Shown | None:
        """What was shown; None where nothing is held that this version can read."""
        return self.get(_ALL, Shown)

    def places(self) -> tuple[Place, ...] | None:
        """The addresses of the sitemap, as `all`."""
        return self.get(_PLACES, tuple[Place, ...])

    def put(self, what: str, value: object) -> None:
        """Hold a value under a name."""
        self._make_tables()
        self._connection.execute("INSERT OR REPLACE INTO shown VALUES (?, ?)", (what, dump(value)))

    def get(self, what: str, kind: type[T]) -> T | None:
        """What is held under a name; None where nothing is that this version can read."""
        self._make_tables()
        row = self._connection.execute("SELECT data FROM shown WHERE what = ?", (what,)).fetchone()
        try:
            return None if row is None else load(row[0], kind)
        except msgspec.ValidationError:
            return None

    def of_file(self, source: str, file: str) -> ShownArticle | None:
        """What was shown of a file."""
        return self._find("source = ? AND file = ?", source, file)

    def of_id(self, id_: str) -> ShownArticle | None:
        """What was shown under an id."""
        return self._find("id = ?", id_)

    def _make_tables(self) -> None:
        for table in _TABLES:
            self._connection.execute(table)

    def _find(self, condition: str, *values: str) -> ShownArticle | None:
        asking = f"SELECT source, file, mark, entry FROM shown_article WHERE {condition}"  # noqa: S608
        row = self._connection.execute(asking, values).fetchone()
        if row is None:
            return None
        source, file, mark, entry = row
        return ShownArticle(source=source, file=file, mark=mark, entry=load(entry, Entry))

    def _save(self, articles: Iterable[ShownArticle]) -> None:
        self._connection.executemany(
            "INSERT OR REPLACE INTO shown_article (source, file, mark, entry, id)"
            " VALUES (?, ?, ?, ?, ?)",
            ((one.source, one.file, one.mark, dump(one.entry), one.entry.id) for one in articles),
        )
