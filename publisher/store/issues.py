"""EDGE. publisher.db: frozen issues of newsletters, drafts of the next, slots with nothing to say.

An issue is unique by newsletter and number and by newsletter and slot: two runs
at once cannot make it twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from publisher.compose.digests import recorded_issue
from publisher.errors import StoreError
from publisher.fingerprint import dump, load
from publisher.model import Draft, Issue, IssuePicture, RecordedIssue
from publisher.store.database import open_copy, open_database
from publisher.store.schema import MIGRATIONS


class IssueStore:
    """One connection to publisher.db; every change is durable when the method returns."""

    def __init__(self, path: Path, *, aside: bool = False) -> None:
        """Open the file; with `aside` a copy of it in memory, whose changes nobody sees."""
        self._connection = open_copy(path, MIGRATIONS) if aside else open_database(path, MIGRATIONS)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def freeze(self, issue: Issue, pictures: Sequence[IssuePicture] = ()) -> None:
        """Keep an issue for good, and which pictures of output/ it shows.

        Raises StoreError when its number or slot is taken.
        """
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.execute(
                    "INSERT INTO issue VALUES (?, ?, ?, ?, ?)",
                    (
                        issue.newsletter,
                        issue.number,
                        issue.digest.slot.isoformat(),
                        dump(recorded_issue(issue)),
                        dump(issue),
                    ),
                )
                self._connection.executemany(
                    "INSERT OR IGNORE INTO issue_picture VALUES (?, ?, ?, ?)",
                    [(p.newsletter, p.number, p.path, p.article) for p in pictures],
                )
        except sqlite3.IntegrityError as error:
            raise StoreError(
                f"issue {issue.number} of {issue.newsletter} was made by another run just now"
            ) from error

    def issues(self) -> tuple[RecordedIssue, ...]:
        """The record's lines of all frozen issues, by newsletter and number."""
        rows = self._connection.execute(
            "SELECT recorded FROM issue ORDER BY newsletter, number"
        ).fetchall()
        return tuple(load(row[0], RecordedIssue) for row in rows)

    def pictures(self) -> tuple[IssuePicture, ...]:
        """The pictures that frozen issues show, by newsletter and number."""
        rows = self._connection.execute(
            "SELECT newsletter, number, path, article FROM issue_picture"
            " ORDER BY newsletter, number, path"
        ).fetchall()
        return tuple(
            IssuePicture(newsletter=row[0], number=row[1], path=row[2], article=row[3])
            for row in rows
        )

    def load(self, newsletter: str, number: int) -> Issue:
        """One frozen issue. Raises StoreError when there is none."""
        row = self._connection.execute(
            "SELECT issue FROM issue WHERE newsletter = ? AND number = ?", (newsletter, number)
        ).fetchone()
        if row is None:
            raise StoreError(f"there is no issue {number} of {newsletter}")
        try:
            return load(row[0], Issue)
        except msgspec.ValidationError as error:
            raise StoreError(
                f"issue {number} of {newsletter} was frozen by another version: {error}",
                mend="use that version, or move the state folder away to make it again",
            ) from error

    def pass_slot(self, newsletter: str, slot: datetime) -> None:
        """Note that a slot went by with too few new articles, so that it stays closed."""
        self._connection.execute(
            "INSERT OR IGNORE INTO quiet_slot VALUES (?, ?)", (newsletter, slot.isoformat())
        )

    def has_passed(self, newsletter: str, slot: datetime) -> bool:
        """Whether a slot was noted as gone by."""
        row = self._connection.execute(
            "SELECT 1 FROM quiet_slot WHERE newsletter = ? AND slot = ?",
            (newsletter, slot.isoformat()),
        ).fetchone()
        return row is not None

    def draft(self, newsletter: str) -> Draft:
        """What editors said of the next issue. Raises StoreError for what another version said."""
        row = self._connection.execute(
            "SELECT draft FROM draft WHERE newsletter = ?", (newsletter,)
        ).fetchone()
        if row is None:
            return Draft(newsletter=newsletter)
        try:
            return load(row[0], Draft)
        except msgspec.ValidationError as error:
            raise StoreError(
                f"the draft of {newsletter} was edited with another version: {error}",
                mend=f"`publisher issue cancel {newsletter}` forgets the edits",
            ) from error

    def save_draft(self, draft: Draft) -> None:
        """Remember what editors said."""
        self._connection.execute(
            "INSERT OR REPLACE INTO draft VALUES (?, ?)", (draft.newsletter, dump(draft))
        )

    def forget_draft(self, newsletter: str) -> None:
        """The issue is made, or nobody wants it: the next one is a new draft."""
        self._connection.execute("DELETE FROM draft WHERE newsletter = ?", (newsletter,))
