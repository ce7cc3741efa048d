"""EDGE. What came back of deliveries: the gravest notice of each, and how far mailboxes are read.

Nothing of a reader stands here but numbers: why an address is suppressed is told with the reader.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from publisher.delivery.bouncing import Notice
from publisher.delivery.strikes import KEPT, Outcome, graver
from publisher.delivery.tokens import Token
from publisher.model import DeliveryState
from publisher.store.engine import Database
from publisher.store.tables import (
    bounce,
    bounce_message,
    delivery,
    mailbox_mark,
    mailing,
    subscriber,
)
from publisher.store.tables import notice as queued
from publisher.values import dataclass

_HANDED_OVER = (DeliveryState.SENT, DeliveryState.DOUBTFUL, DeliveryState.HELD)
_RECENT = 30 * 86_400_000  # milliseconds: older issues are over, and there may be many

_CAME_BACK = sa.and_(
    bounce.c.mailing == delivery.c.mailing, bounce.c.subscriber == delivery.c.subscriber
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A notice that is kept: of which issue it is and when that was `sent`, all issues that this
    reader was sent, newest first, and by which clock. A mail about subscriptions is of no issue:
    "", 0, and the last of them counts."""

    newsletter: str
    number: int
    sent: datetime | None
    past: tuple[Outcome, ...]
    now: datetime


class BounceStore:
    """Notices by delivery. Every method is one transaction; each may be done twice."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, notices: Sequence[tuple[Token, Notice]]) -> list[Noted | None]:
        """Keep notices with their deliveries; None for one of a delivery that never was, or of a
        mail about subscriptions to a reader who is no longer here."""
        with self._database.writing() as connection:
            now = self._database.now(connection)
            return [_note(connection, token, notice, now) for token, notice in notices]

    def refused(self) -> list[tuple[Token, str]]:
        """Deliveries that the relay refused for good and of which nothing is kept, with its words.

        An address that is no address at all has failed without a reply of the relay's.
        """
        recent = sa.select(mailing.c.id).where(mailing.c.frozen > sa.bindparam("since"))
        statement = (
            sa.select(delivery.c.mailing, delivery.c.subscriber, delivery.c.reply)
            .join(bounce, _CAME_BACK, isouter=True)
            .where(
                delivery.c.mailing.in_(recent),
                delivery.c.state == DeliveryState.FAILED.value,
                bounce.c.kind.is_(None),
                sa.or_(delivery.c.reply.like("5%"), delivery.c.reply.like("4%")),
            )
            .order_by(delivery.c.mailing, delivery.c.subscriber)
        )
        with self._database.reading() as connection:
            since = self._database.now(connection) - _RECENT
            rows = connection.execute(statement, {"since": since}).all()
        return [(Token(mailing=row.mailing, subscriber=row.subscriber), row.reply) for row in rows]

    def known(self, digests: Collection[str]) -> set[str]:
        """The messages of which everything that they lead to was done before."""
        with self._database.reading() as connection:
            return _known(connection, digests)

    def remember(self, done: Mapping[str, Token]) -> None:
        """Everything that these messages lead to is done."""
        with self._database.writing() as connection:
            now = self._database.now(connection)
            for token in done.values():
                _locked(connection, token)
            known = _known(connection, done)
            rows = [
                {
                    "hash": digest,
                    "mailing": token.mailing,
                    "subscriber": token.subscriber,
                    "noted": now,
                }
                for digest, token in done.items()
                if digest not in known
            ]
            if rows:
                connection.execute(sa.insert(bounce_message), rows)

    def counts(self) -> Counter[str]:
        """How many mails came back, by the gravest kind of notice of each."""
        statement = sa.select(bounce.c.kind, sa.func.count()).group_by(bounce.c.kind)
        with self._database.reading() as connection:
            return Counter({row[0]: row[1] for row in connection.execute(statement)})

    def mark(self, mailbox: str) -> str:
        """How far a mailbox was read, as its kind writes that; "" for one that never was."""
        statement = sa.select(mailbox_mark.c.mark).where(mailbox_mark.c.mailbox == mailbox)
        with self._database.reading() as connection:
            return connection.execute(statement).scalar_one_or_none() or ""

    def save_mark(self, mailbox: str, mark: str) -> None:
        """It is read so far."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(mailbox_mark).where(mailbox_mark.c.mailbox == mailbox))
            connection.execute(sa.insert(mailbox_mark).values(mailbox=mailbox, mark=mark))


def _note(connection: Connection, token: Token, notice: Notice, now: int) -> Noted | None:
    issue = _locked(connection, token)
    if issue is None:
        return None
    newsletter, number, sent = issue
    if notice.kind in KEPT:
        _keep(connection, token, notice, now)
    return Noted(
        newsletter=newsletter,
        number=number,
        sent=None if sent is None else _when(sent),
        past=_past(connection, token.subscriber),
        now=_when(now),
    )


def _known(connection: Connection, digests: Collection[str]) -> set[str]:
    statement = sa.select(bounce_message.c.hash).where(bounce_message.c.hash.in_(digests))
    return set(connection.execute(statement).scalars())


def _locked(connection: Connection, token: Token) -> tuple[str, int, int | None] | None:
    """The issue of a delivery and when that was sent; nobody else writes its notices before the
    transaction ends."""
    if not token.mailing:
        reader = connection.execute(
            sa.select(subscriber.c.id).where(subscriber.c.id == token.subscriber).with_for_update()
        ).one_or_none()
        if reader is None:
            return None
        last = sa.select(sa.func.max(queued.c.queued)).where(
            queued.c.subscriber == token.subscriber
        )
        return "", 0, connection.execute(last).scalar_one()
    of_delivery = sa.and_(
        delivery.c.mailing == token.mailing, delivery.c.subscriber == token.subscriber
    )
    issue = connection.execute(
        sa.select(mailing.c.newsletter, mailing.c.number, delivery.c.changed)
        .join(delivery, delivery.c.mailing == mailing.c.id)
        .where(of_delivery)
        .with_for_update(of=delivery)
    ).one_or_none()
    return None if issue is None else (issue.newsletter, issue.number, issue.changed)


def _keep(connection: Connection, token: Token, notice: Notice, now: int) -> None:
    place = sa.and_(bounce.c.mailing == token.mailing, bounce.c.subscriber == token.subscriber)
    known = connection.execute(sa.select(bounce.c.kind).where(place)).scalar_one_or_none()
    values = {"kind": notice.kind.value, "status": notice.status, "noted": now}
    if known is None:
        connection.execute(
            sa.insert(bounce).values(mailing=token.mailing, subscriber=token.subscriber, **values)
        )
    elif graver(notice.kind, known) != known:
        connection.execute(sa.update(bounce).where(place).values(**values))


def _past(connection: Connection, subscriber: int) -> tuple[Outcome, ...]:
    rows = connection.execute(
        sa.select(delivery.c.changed, bounce.c.kind)
        .join(bounce, _CAME_BACK, isouter=True)
        .where(
            delivery.c.mailing.in_(sa.select(mailing.c.id)),  # the table's key begins with it
            delivery.c.subscriber == subscriber,
            sa.or_(
                delivery.c.state.in_([state.value for state in _HANDED_OVER]),
                bounce.c.kind.is_not(None),
            ),
        )
        .order_by(delivery.c.mailing.desc())
    )
    return tuple(Outcome(sent=_when(row.changed), kind=row.kind or "") for row in rows)


def _when(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp / 1000, UTC)
