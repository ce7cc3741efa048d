"""EDGE. publisher.db: frozen issues of newsletters, drafts of the next, slots with nothing to say.

An issue is unique by newsletter and number and by newsletter and slot: two runs
at once cannot make it twice. It is frozen with its deliveries, in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from publisher.compose.digests import recorded_issue
from publisher.errors import DraftUnreadable, IssueUnreadable, StoreError
from publisher.fingerprint import dump, load
from publisher.model import Draft, EmbeddedPicture, Issue, IssuePicture, Readership, RecordedIssue
from publisher.store import tables
from publisher.store.engine import Database
from publisher.store.mailings import COMPOSED, UNPUBLISHED, change_rhythms, fan_out
from publisher.store.tables import draft, issue_picture, mail_picture, quiet_slot

T = TypeVar("T")

_KEEP = sa.text(
    "INSERT INTO mail_picture (hash, data) VALUES (:hash, :data) ON CONFLICT (hash) DO NOTHING"
)
"""Two runs may keep the same picture at once; SQLite and PostgreSQL have the same words for it."""


class IssueStore:
    """Issues and drafts; every change is durable when the method returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def freeze(
        self,
        issue: Issue,
        pictures: Sequence[IssuePicture] = (),
        readers: Readership | None = None,
        *,
        composed: bool = False,
    ) -> None:
        """Keep an issue for good, its pictures, which of output/ it shows, and who gets it, once
        its pages are in place (`Mailings.let_go`); what editors said of it is over, the next one is
        a new draft. One is `composed` that a command makes, which publishes nothing.

        Without `readers` nobody does: an issue that was made again from the record has been
        mailed by whoever made it first. Raises StoreError when its number or slot is taken.
        """
        try:
            with self._database.writing(for_all_readers=True) as connection:
                connection.execute(
                    sa.insert(tables.issue).values(
                        newsletter=issue.newsletter,
                        number=issue.number,
                        slot=issue.digest.slot.isoformat(),
                        recorded=dump(recorded_issue(issue)),
                        issue=dump(_with_pictures(issue, {})),
                    )
                )
                _keep_pictures(connection, issue.rendered.embedded)
                shown = {p.path: p for p in pictures}
                if shown:
                    rows = [
                        {"newsletter": p.newsletter, "number": p.number, "path": p.path}
                        | {"article": p.article}
                        for p in shown.values()
                    ]
                    connection.execute(sa.insert(issue_picture), rows)
                if readers is not None:
                    _forget_draft(connection, issue.newsletter)
                    fan_out(
                        connection,
                        newsletter=issue.newsletter,
                        number=issue.number,
                        readers=readers,
                        now=self._database.now(connection),
                        why=COMPOSED if composed else UNPUBLISHED,
                    )
                    change_rhythms(connection, readers)
        except IntegrityError as error:
            raise StoreError(
                f"issue {issue.number} of {issue.newsletter} was made by another run just now"
            ) from error

    def issues(self) -> tuple[RecordedIssue, ...]:
        """The record's lines of all frozen issues, by newsletter and number.

        Raises IssueUnreadable for what another version froze.
        """
        issue = tables.issue.c
        with self._database.reading() as connection:
            rows = connection.execute(
                sa.select(issue.newsletter, issue.number, issue.recorded).order_by(
                    issue.newsletter, issue.number
                )
            ).all()
        return tuple(_read(row.recorded, RecordedIssue, row.newsletter, row.number) for row in rows)

    def was_sent(self, newsletter: str, number: int) -> bool:
        """Whether an issue has readers here: it was, or will be, sent from this state."""
        mailing, delivery = tables.mailing.c, tables.delivery.c
        with self._database.reading() as connection:
            found = connection.execute(
                sa.select(sa.literal(1))
                .select_from(tables.mailing.join(tables.delivery, delivery.mailing == mailing.id))
                .where(mailing.newsletter == newsletter, mailing.number == number)
                .limit(1)
            ).first()
        return found is not None

    def pictures(self) -> tuple[IssuePicture, ...]:
        """The pictures that frozen issues show, by newsletter and number."""
        picture = issue_picture.c
        with self._database.reading() as connection:
            rows = connection.execute(
                sa.select(issue_picture).order_by(picture.newsletter, picture.number, picture.path)
            ).all()
        return tuple(
            IssuePicture(newsletter=r.newsletter, number=r.number, path=r.path, article=r.article)
            for r in rows
        )

    def load(self, newsletter: str, number: int) -> Issue:
        """One frozen issue. Raises IssueUnreadable when there is none."""
        issue = tables.issue.c
        with self._database.reading() as connection:
            data = connection.execute(
                sa.select(issue.issue).where(issue.newsletter == newsletter, issue.number == number)
            ).scalar_one_or_none()
        if data is None:
            raise IssueUnreadable(
                f"there is no issue {number} of {newsletter}",
                mend=f"`publisher issue list {newsletter}` names those there are",
            )
        return self._whole(_read(data, Issue, newsletter, number))

    def _whole(self, issue: Issue) -> Issue:
        """The issue with the bytes of what travels inside its mail. Raises IssueUnreadable."""
        hashes = {picture.hash for picture in issue.rendered.embedded}
        if not hashes:
            return issue
        with self._database.reading() as connection:
            rows = connection.execute(
                sa.select(mail_picture).where(mail_picture.c.hash.in_(sorted(hashes)))
            ).all()
        found = {row.hash: row.data for row in rows}
        if found.keys() != hashes:
            raise IssueUnreadable(
                f"issue {issue.number} of {issue.newsletter} lacks a picture that its mail has",
                mend="bring back a backup of the state",
            )
        return _with_pictures(issue, found)

    def pass_slot(self, newsletter: str, slot: datetime, *, after: Draft | None = None) -> None:
        """Note that a slot went by with too few new articles, so that it stays closed; or that
        editors want no issue of it: then what they said of that is over too, and what they say of
        the one `after` it stands."""
        is_new = not self.has_passed(newsletter, slot)
        if not is_new and after is None:
            return
        with self._database.writing() as connection:
            if is_new:
                values = {"newsletter": newsletter, "slot": slot.isoformat()}
                connection.execute(sa.insert(quiet_slot).values(**values))
            if after is not None:
                _put_draft(connection, after)

    def has_passed(self, newsletter: str, slot: datetime) -> bool:
        """Whether a slot was noted as gone by."""
        with self._database.reading() as connection:
            found = connection.execute(
                sa.select(sa.literal(1)).where(
                    quiet_slot.c.newsletter == newsletter, quiet_slot.c.slot == slot.isoformat()
                )
            ).first()
        return found is not None

    def draft(self, newsletter: str) -> Draft:
        """What editors said of the next issue. Raises DraftUnreadable."""
        with self._database.reading() as connection:
            data = connection.execute(
                sa.select(draft.c.draft).where(draft.c.newsletter == newsletter)
            ).scalar_one_or_none()
        if data is None:
            return Draft(newsletter=newsletter)
        try:
            return load(data, Draft)
        except msgspec.ValidationError as error:
            raise DraftUnreadable(
                f"the draft of {newsletter} was edited with another version: {error}",
                mend=f"`publisher issue cancel {newsletter}` forgets the edits",
            ) from error

    def save_draft(self, said: Draft) -> None:
        """Remember what editors said."""
        with self._database.writing() as connection:
            _put_draft(connection, said)

    def forget_draft(self, newsletter: str) -> None:
        """Nobody wants it: the next one is a new draft."""
        with self._database.writing() as connection:
            _forget_draft(connection, newsletter)


def _read(data: bytes, kind: type[T], newsletter: str, number: int) -> T:
    try:
        return load(data, kind)
    except msgspec.ValidationError as error:
        raise IssueUnreadable(
            f"issue {number} of {newsletter} was frozen by another version: {error}",
            mend="use that version, or a later one",
        ) from error


def _put_draft(connection: Connection, said: Draft) -> None:
    _forget_draft(connection, said.newsletter)
    connection.execute(sa.insert(draft).values(newsletter=said.newsletter, draft=dump(said)))


def _forget_draft(connection: Connection, newsletter: str) -> None:
    connection.execute(sa.delete(draft).where(draft.c.newsletter == newsletter))


def _with_pictures(issue: Issue, data: Mapping[str, bytes]) -> Issue:
    """The issue with these bytes, by hash, for those of its embedded pictures; else without any."""
    if not issue.rendered.embedded:
        return issue
    pictures = (replace(p, data=data.get(p.hash, b"")) for p in issue.rendered.embedded)
    return replace(issue, rendered=replace(issue.rendered, embedded=tuple(pictures)))


def _keep_pictures(connection: Connection, pictures: Sequence[EmbeddedPicture]) -> None:
    """Those that no issue had before: no issue ever goes, and so none of them does."""
    rows = {p.hash: {"hash": p.hash, "data": p.data} for p in pictures}
    if rows:
        connection.execute(_KEEP, list(rows.values()))
