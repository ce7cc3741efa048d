"""EDGE. How far issues are: all of them, and those that are not sent to everybody yet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from publisher.model import DeliveryState
from publisher.store.engine import Database
from publisher.store.tables import UNDER_WAY, WHY, delivery, issue, mailing
from publisher.values import dataclass

_SENT = DeliveryState.SENT.value
_WAITING = ("pending", "deferred", "doubtful", "sending", "held")
_HELD = delivery.c.state == sa.literal_column("'held'")  # as its index has it, see `ledger`


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An issue with deliveries that are not sent: how many in which state, `held` among them.

    `why` says why it is paused, "" where it is not. `overdue` are the milliseconds since the
    first of what is due was due and since anything of it was last tried, whichever is less.
    """

    newsletter: str
    number: int
    states: Counter[str]
    why: str
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """An issue that is paused, why, and how many of its deliveries wait."""

    newsletter: str
    number: int
    why: str
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Whether a database has any issue, and any whose deliveries are its own."""

    issues: bool
    mailings: bool


def read_memory(database: Database) -> Memory:
    """What a database remembers. Raises StoreError."""
    with database.reading() as connection:

        def has_rows(table: sa.Table) -> bool:
            asked = connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1))
            return asked.first() is not None

        return Memory(issues=has_rows(issue), mailings=has_rows(mailing))


def read_standing(database: Database) -> Sequence[Standing]:
    """All issues of which something is not sent, oldest first. Raises StoreError."""
    states: dict[int, Counter[str]] = defaultdict(Counter)
    first_due: dict[int, int] = {}
    with database.reading() as connection:
        now = database.now(connection)
        under_way = (
            sa.select(
                delivery.c.mailing,
                delivery.c.state,
                sa.func.count().label("many"),
                sa.func.min(delivery.c.due).label("due"),
            )
            .where(UNDER_WAY)
            .group_by(delivery.c.mailing, delivery.c.state)
        )
        for row in connection.execute(under_way):
            states[row.mailing][row.state] = row.many
            if row.state != DeliveryState.DOUBTFUL.value:
                first_due[row.mailing] = min(row.due, first_due.get(row.mailing, row.due))
        held = sa.select(delivery.c.mailing, sa.func.count()).where(_HELD)
        for id_, count in connection.execute(held.group_by(delivery.c.mailing)):
            states[id_][DeliveryState.HELD.value] = count
        found = []
        for row in connection.execute(
            sa.select(mailing, WHY.label("told"))
            .where(mailing.c.id.in_(states))
            .order_by(mailing.c.id)
        ):
            due = max(row.frozen, first_due.get(row.id, now))
            found.append(
                Standing(
                    newsletter=row.newsletter,
                    number=row.number,
                    states=states[row.id],
                    why=row.told if row.state == "paused" else "",
                    overdue=now - max(due, _stirred(connection, row.id)) if due < now else 0,
                )
            )
    return found


def read_paused(database: Database, ids: Collection[int]) -> Sequence[Paused]:
    """Those of these mailings that are paused and of which something waits, oldest first.

    Raises StoreError.
    """
    if not ids:
        return []
    waits = sa.select(sa.func.count()).where(
        delivery.c.mailing == mailing.c.id, delivery.c.state.in_(_WAITING)
    )
    left = waits.scalar_subquery().label("left")
    asked = (
        sa.select(mailing.c.newsletter, mailing.c.number, WHY, left)
        .where(mailing.c.id.in_(ids), mailing.c.state == "paused")
        .order_by(mailing.c.id)
    )
    with database.reading() as connection:
        rows = connection.execute(asked).all()
    return [
        Paused(newsletter=row.newsletter, number=row.number, why=row.why, left=row.left)
        for row in rows
        if row.left
    ]


def count_states(database: Database) -> dict[int, Counter[str]]:
    """How many deliveries of each mailing are in which state. Raises StoreError."""
    by_state = (
        sa.select(delivery.c.mailing, delivery.c.state, sa.func.count())
        .group_by(delivery.c.mailing, delivery.c.state)
        .order_by(delivery.c.mailing, delivery.c.state)
    )
    found: dict[int, Counter[str]] = defaultdict(Counter)
    with database.reading() as connection:
        if not database.is_sqlite:
            for id_, state, count in connection.execute(by_state):
                found[id_][state] = count
            return found
        # SQLite sorts what it groups, and nearly all of it is sent: that is what is left of all
        # when the others are known. One statement, so that it sees one instant.
        every = sa.select(sa.func.count()).where(delivery.c.mailing == mailing.c.id)
        others = by_state.order_by(None).where(delivery.c.state != sa.literal_column(f"'{_SENT}'"))
        totals = sa.select(mailing.c.id, sa.literal(_SENT), every.scalar_subquery())
        for id_, state, count in connection.execute(sa.union_all(others, totals)):
            found[id_][state] += count
            if state != _SENT:
                found[id_][_SENT] -= count
    return {id_: Counter(dict(sorted((+states).items()))) for id_, states in found.items()}


def _stirred(connection: Connection, id_: int) -> int:
    """When anything of a mailing was last tried or changed."""
    last = sa.select(sa.func.max(delivery.c.changed)).where(delivery.c.mailing == id_)
    return connection.execute(last).scalar_one() or 0
