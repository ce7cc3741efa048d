"""EDGE. build.db: what was read from each file and what was written to each output.

Of every article the last good version stays here, whatever becomes of its file,
until a better one replaces it; so this is state, though a fresh clone can do without.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from publisher.alike import Alike
from publisher.errors import ArticleError, Location, StoreError
from publisher.fingerprint import dump, load, loader
from publisher.model import Asset, Document, Manifest, ManifestEntry
from publisher.readings import FileStat, Finished, KnownAsset, KnownFile, Reading
from publisher.store.database import open_copy, open_database
from publisher.store.shown import ShownStore

MIGRATIONS = (
    """
    CREATE TABLE candidate (
        source TEXT NOT NULL, file TEXT NOT NULL,
        mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
        size INTEGER NOT NULL, inode INTEGER NOT NULL,
        seen_ns INTEGER NOT NULL, context TEXT NOT NULL,
        fate TEXT NOT NULL CHECK (fate IN ('read', 'skipped', 'refused')),
        message TEXT NOT NULL, line INTEGER NOT NULL, column INTEGER NOT NULL, mend TEXT,
        body_key TEXT, document BLOB,
        PRIMARY KEY (source, file)
    ) WITHOUT ROWID;
    CREATE INDEX candidate_body ON candidate (body_key);
    CREATE TABLE body (key TEXT PRIMARY KEY, html TEXT NOT NULL);
    CREATE TABLE asset (
        source TEXT NOT NULL, file TEXT NOT NULL,
        mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
        size INTEGER NOT NULL, inode INTEGER NOT NULL,
        seen_ns INTEGER NOT NULL, asset BLOB NOT NULL,
        PRIMARY KEY (source, file)
    ) WITHOUT ROWID;
    CREATE TABLE checked (what TEXT PRIMARY KEY, fingerprint TEXT NOT NULL);
    CREATE TABLE written (
        output TEXT NOT NULL, path TEXT NOT NULL, fingerprint TEXT NOT NULL,
        size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
        PRIMARY KEY (output, path)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE asset ADD COLUMN context TEXT NOT NULL DEFAULT '';
    ALTER TABLE asset ADD COLUMN problem TEXT NOT NULL DEFAULT '';
    """,
)


_CANDIDATES = (
    "SELECT file, mtime_ns, ctime_ns, size, inode, seen_ns, context,"
    " fate, message, line, column, mend, document FROM candidate"
)
_LEFT = "bodies"
"""Stands among what was checked as long as there may be bodies that no document has."""


T = TypeVar("T")

_TOGETHER = 50
"""Readings that are kept by one statement: each by itself takes twice as long."""


class BuildStore:
    """One connection to build.db. Changes made by a run are kept by `commit`, lost by `close`."""

    def __init__(self, path: Path, *, aside: bool = False) -> None:
        """Open the file; with `aside` a copy of it in memory, whose changes nobody sees."""
        self._path = None if aside else path
        self._connection = open_copy(path, MIGRATIONS) if aside else open_database(path, MIGRATIONS)
        self._connection.execute("BEGIN IMMEDIATE")
        self._left: set[str] = set()
        self._inherited: sqlite3.Connection | None = None

    def commit(self) -> None:
        """Keep what was changed, and go on."""
        self.forget_bodies()
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN IMMEDIATE")

    def commit_with_room(self) -> None:
        """Keep what was changed, and see that as much can be changed on a disk that is full.

        What the log holds goes into the file, which grows now or says that it cannot; the log is
        then written over from its beginning.
        """
        self._connection.execute("COMMIT")
        self._connection.execute("PRAGMA wal_checkpoint").fetchall()
        self._connection.execute("BEGIN IMMEDIATE")

    def lay_open(self) -> bool:
        """Put all there is into the file itself, where `go_on_apart` finds it.

        False where that cannot be: it lies in memory, or somebody else reads an older state.
        """
        if self._path is None:
            return False
        if self._left:
            self.save_checked(_LEFT, "")  # a run that is killed forgets which they are
        self._connection.execute("COMMIT")
        busy, logged, moved = self._connection.execute("PRAGMA wal_checkpoint").fetchone()
        self._connection.execute("BEGIN IMMEDIATE")
        return not busy and bool(logged == moved)

    def go_on_apart(self) -> None:
        """In a copy of this process: read the file as it was when it was laid open.

        A connection of the process before the fork must not be used here, nor even closed; nor
        may this one take locks, of which SQLite believes that it has them already
        (sqlite.org/howtocorrupt.html, section 2.6). The owner moves nothing into the file
        meanwhile.
        """
        assert self._path is not None, "it was laid open"
        self._inherited = self._connection
        address = f"file:{quote(str(self._path))}?immutable=1"
        self._connection = sqlite3.connect(address, uri=True)

    def close(self) -> None:
        """Let go of the file; SQLite forgets what was not committed."""
        self._connection.close()

    @property
    def shown(self) -> ShownStore:
        """What the last run showed."""
        return ShownStore(self._connection)

    # -- what was read

    def files(self, source: str) -> Mapping[str, KnownFile]:
        """What is known of the candidate files of a source, by path."""
        return self._files(source, f"{_CANDIDATES} WHERE source = ?", source)

    def file(self, source: str, file: str) -> KnownFile | None:
        """What is known of one of them."""
        one = self._files(source, f"{_CANDIDATES} WHERE source = ? AND file = ?", source, file)
        return one.get(file)

    def _files(self, source: str, asking: str, *values: str) -> Mapping[str, KnownFile]:
        rows = self._connection.execute(asking, values)
        read, alike = loader(Document), Alike()
        known: dict[str, KnownFile] = {}
        for row in rows:
            file, mtime, ctime, size, inode, seen, context, fate, *said, blob = row
            try:
                document = None if blob is None else alike.document(read(blob))
            except msgspec.ValidationError:
                continue  # another version saved it in a shape of its own
            file = document.file if document else file  # which is equal
            known[file] = KnownFile(
                stat=FileStat(mtime, ctime, size, inode),
                seen_ns=seen,
                context=alike.word(context),
                reading=_reading(source, file, fate, said, document),
            )
        return known

    def assets(self, source: str) -> Mapping[str, KnownAsset]:
        """What is known of the other files of a source, by path."""
        rows = self._connection.execute(
            "SELECT file, mtime_ns, ctime_ns, size, inode, seen_ns, asset, context, problem"
            " FROM asset WHERE source = ?",
            (source,),
        )
        return {
            row[0]: KnownAsset(
                stat=FileStat(*row[1:5]),
                seen_ns=row[5],
                asset=load(row[6], Asset),
                context=row[7],
                problem=row[8],
            )
            for row in rows
        }

    def save_files(self, finished: Iterable[Finished]) -> None:
        """Remember readings of one source, as they come; the last good document stays where there
        is no new one.
        """
        readings = iter(finished)
        while some := list(islice(readings, _TOGETHER)):
            self._leave_bodies(some[0].known.reading.source, [o.known.reading.file for o in some])
            self._connection.executemany(
                "INSERT OR IGNORE INTO body VALUES (?, ?)", filter(None, map(_body, some))
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO candidate"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                map(_candidate, some),
            )

    def save_asset(self, known: KnownAsset) -> None:
        """Remember what a file beside the articles is."""
        stat, asset = known.stat, known.asset
        self._connection.execute(
            "INSERT OR REPLACE INTO asset VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                asset.source,
                asset.origin,
                stat.mtime_ns,
                stat.ctime_ns,
                stat.size,
                stat.inode,
                known.seen_ns,
                dump(asset),
                known.context,
                known.problem,
            ),
        )

    def forget(self, source: str, files: Iterable[str]) -> None:
        """Drop what is known of files that are gone."""
        gone = list(files)
        self._leave_bodies(source, gone)
        for table in ("candidate", "asset"):
            self._connection.executemany(
                f"DELETE FROM {table} WHERE source = ? AND file = ?",  # noqa: S608 (one of two)
                ((source, file) for file in gone),
            )

    def forget_bodies(self) -> None:
        """Drop the bodies that no document has any more."""
        left: list[tuple[str]] = [(key,) for key in sorted(self._left)]
        if self.was_checked(_LEFT, ""):
            left = self._connection.execute("SELECT key FROM body").fetchall()
            self._connection.execute("DELETE FROM checked WHERE what = ?", (_LEFT,))
        self._connection.executemany(
            "DELETE FROM body WHERE key = ?"
            " AND NOT EXISTS (SELECT 1 FROM candidate WHERE body_key = body.key)",
            left,
        )
        self._left.clear()

    def _leave_bodies(self, source: str, files: Sequence[str]) -> None:
        """Note the bodies that rows are about to lose: to look for all such takes each run long."""
        self._left |= {
            key
            for (key,) in self._connection.execute(
                "SELECT body_key FROM candidate WHERE source = ? AND body_key IS NOT NULL"
                " AND file IN (SELECT value FROM json_each(?))",
                (source, dump(files)),
            )
        }

    def body(self, key: str) -> str:
        """The finished HTML of a document. Raises StoreError when it is not here."""
        row = self._connection.execute("SELECT html FROM body WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise StoreError(
                "the state folder lacks an article's text", mend="run `publisher publish --full`"
            )
        return str(row[0])

    def was_checked(self, what: str, fingerprint: str) -> bool:
        """Whether this very state of a thing was found good before."""
        row = self._connection.execute(
            "SELECT fingerprint FROM checked WHERE what = ?", (what,)
        ).fetchone()
        return row is not None and row[0] == fingerprint

    def save_checked(self, what: str, fingerprint: str) -> None:
        """Remember that a thing was found good."""
        self._connection.execute(
            "INSERT OR REPLACE INTO checked VALUES (?, ?)", (what, fingerprint)
        )

    def note(self, what: str, kind: type[T]) -> T | None:
        """A value that was noted; None where none is, or none of this kind."""
        return self.shown.get(what, kind)

    def save_note(self, what: str, value: object) -> None:
        """Note a value."""
        self.shown.put(what, value)

    # -- what was written

    def manifest(self, output: str) -> Manifest:
        """What we wrote to an output last time, by path."""
        rows = self._connection.execute(
            "SELECT path, fingerprint, size, mtime_ns FROM written WHERE output = ?", (output,)
        )
        return _manifest(rows)

    def entries(self, output: str, paths: Collection[str]) -> Manifest:
        """The same of these paths alone."""
        return _manifest(
            self._connection.execute(
                "SELECT path, fingerprint, size, mtime_ns FROM written"
                " WHERE output = ? AND path IN (SELECT value FROM json_each(?))",
                (output, dump([*paths])),
            )
        )

    def knows(self, output: str) -> bool:
        """Whether anything was written to an output."""
        asked = "SELECT EXISTS (SELECT 1 FROM written WHERE output = ?)"
        return bool(self._connection.execute(asked, (output,)).fetchone()[0])

    def save_written(self, output: str, entries: Iterable[tuple[str, ManifestEntry]]) -> None:
        """Remember what lies at these paths; a time below zero means that a write is under way."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO written VALUES (?, ?, ?, ?, ?)",
            ((output, p, e.fingerprint, e.size, e.mtime_ns) for p, e in entries),
        )

    def forget_written(self, output: str, paths: Iterable[str]) -> None:
        """Paths that are no longer ours."""
        self._connection.executemany(
            "DELETE FROM written WHERE output = ? AND path = ?", [(output, p) for p in paths]
        )


def _manifest(rows: Iterable[tuple[Any, ...]]) -> Manifest:
    return {r[0]: ManifestEntry(fingerprint=r[1], size=r[2], mtime_ns=r[3]) for r in rows}


def _body(finished: Finished) -> tuple[str, str] | None:
    """The row of a body, where there is one."""
    document = finished.known.reading.document
    if document is None or finished.body_html is None:
        return None
    return document.body_key, finished.body_html


def _candidate(finished: Finished) -> tuple[object, ...]:
    """The row of a file."""
    known, reading = finished.known, finished.known.reading
    problem = reading.problem
    document = reading.document or (reading.good if problem else None)
    place = problem.where if problem and problem.where else Location(file=reading.file)
    return (
        reading.source,
        reading.file,
        known.stat.mtime_ns,
        known.stat.ctime_ns,
        known.stat.size,
        known.stat.inode,
        known.seen_ns,
        known.context,
        "refused" if problem else "skipped" if reading.skipped else "read",
        problem.message if problem else reading.skipped,
        place.line,
        place.column,
        problem.mend if problem else None,
        document.body_key if document else None,
        dump(document) if document else None,
    )


def _reading(
    source: str, file: str, fate: str, said: Sequence[Any], document: Document | None
) -> Reading:
    """What a row says of a file; `said` are the columns of a message and where it belongs."""
    if fate == "read":
        return Reading(source=source, file=file, document=document, good=document)
    message, line, column, mend = said
    if fate == "skipped":
        return Reading(source=source, file=file, skipped=message, good=document)
    where = Location(file=file, line=line, column=column)
    problem = ArticleError(message, where=where, mend=mend)
    return Reading(source=source, file=file, problem=problem, good=document)
