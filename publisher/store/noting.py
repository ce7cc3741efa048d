"""EDGE. What is written for every message: usually three statements and a commit.

Usual is that all leases are ours and every reader still wants it. Where that is not so, all of it
is undone, and done again piece by piece. The usual statements are made once for each number of
rows and run in the driver's words, for SQLAlchemy's part takes longer than SQLite's, and each call
into SQLite costs a turn of the interpreter, for which all lanes queue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from publisher.model import OPEN, DeliveryState, Lease, Recipient, Result
from publisher.store.engine import Database, Words
from publisher.store.tables import delivery, mailing, shard, subscription

Place = tuple[int, int]
"""A shard, or a delivery: the mailing, and which of it."""


class _Unusual(Exception):
    """Something is not as it usually is: undo it."""


class Noting:
    """Notes results and intents of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._made: dict[tuple[str, int], Words] = {}

    def note(
        self, results: Sequence[Result], intents: Sequence[Recipient], leases: Mapping[Place, Lease]
    ) -> tuple[set[Place], set[Place]]:
        """Results, then intents, in one transaction.

        Gives the intents that stand, and the shards whose lease is lost, as Ledger.write does.
        """
        written: list[Result | Recipient] = [*results, *intents]
        wanted = {(one.mailing, one.shard) for one in written}
        if wanted <= leases.keys() and self._usual(results, intents, wanted, leases):
            return {(one.mailing, one.subscriber) for one in intents}, set()
        with self._database.writing() as connection:
            now = self._database.now(connection)
            lost = _lost(connection, wanted, leases)
            _note_results(connection, results, lost, now)
            return _note_intents(connection, intents, lost, now), lost

    def _usual(
        self,
        results: Sequence[Result],
        intents: Sequence[Recipient],
        wanted: Collection[Place],
        leases: Mapping[Place, Lease],
    ) -> bool:
        """Note all of it, or nothing; gives whether it was noted."""
        by_mailing: dict[int, list[int]] = defaultdict(list)
        for intent in intents:
            by_mailing[intent.mailing].append(intent.subscriber)
        try:
            with self._database.writing_in_words() as cursor:
                now = self._database.now_by(cursor)
                self._check(cursor, sorted(wanted), leases)
                if results:
                    self._note_results(cursor, results, now)
                for id_, subscribers in by_mailing.items():
                    self._note_intents(cursor, id_, subscribers, now)
        except _Unusual:
            return False
        return True

    def _check(self, cursor: Any, wanted: Sequence[Place], leases: Mapping[Place, Lease]) -> None:
        """All leases are ours, and stay so until the commit."""
        values: dict[str, int] = {}
        for number, (id_, place) in enumerate(wanted):
            values |= {f"mailing{number}": id_, f"shard{number}": place}
        rows = self._words("epochs", len(wanted)).run(cursor, values).fetchall()
        if any(leases[id_, place].epoch != epoch for id_, place, epoch in rows):
            raise _Unusual
        _demand(len(rows), len(wanted))

    def _note_results(self, cursor: Any, results: Sequence[Result], now: int) -> None:
        values: dict[str, object] = {"now": now}
        for number, one in enumerate(results):
            values[f"mailing{number}"] = one.mailing
            values[f"subscriber{number}"] = one.subscriber
            values[f"state{number}"] = one.state.value
            values[f"tries{number}"] = one.tries
            values[f"due{number}"] = one.due
            values[f"reply{number}"] = one.reply
        written = self._words("results", len(results)).run(cursor, values).rowcount
        _demand(written, len(results))

    def _note_intents(self, cursor: Any, id_: int, subscribers: Sequence[int], now: int) -> None:
        values = {f"subscriber{number}": one for number, one in enumerate(subscribers)}
        values |= {"of_mailing": id_, "now": now}
        written = self._words("intents", len(subscribers)).run(cursor, values).rowcount
        _demand(written, len(subscribers))

    def _words(self, what: str, count: int) -> Words:
        made = self._made.get((what, count))
        if made is None:
            make = {"epochs": epochs_of, "results": results_of, "intents": intents_of}[what]
            made = self._made[what, count] = self._database.words(make(count))
        return made


def epochs_of(count: int) -> sa.Select[tuple[int, int, int]]:
    """The epochs of so many shards, locked."""
    places = [
        sa.and_(
            shard.c.mailing == sa.bindparam(f"mailing{number}"),
            shard.c.shard == sa.bindparam(f"shard{number}"),
        )
        for number in range(count)
    ]
    return (
        sa.select(shard.c.mailing, shard.c.shard, shard.c.epoch)
        .where(sa.or_(*places))
        .order_by(shard.c.mailing, shard.c.shard)
        .with_for_update()
    )


def results_of(count: int) -> sa.Update:
    """So many rows, each as it is to be."""
    columns = ("mailing", "subscriber", "state", "tries", "due", "reply")
    told = sa.union_all(
        *(
            sa.select(
                *(
                    sa.bindparam(f"{name}{number}", type_=delivery.c[name].type).label(name)
                    for name in columns
                )
            )
            for number in range(count)
        )
    ).subquery("told")
    return (
        sa.update(delivery)
        .where(
            delivery.c.mailing == told.c.mailing,
            delivery.c.subscriber == told.c.subscriber,
        )
        .values(
            **{name: told.c[name] for name in columns[2:]},
            changed=sa.bindparam("now", type_=sa.BigInteger),
        )
    )


def intents_of(count: int) -> sa.Update:
    """Commit to sending so many; whether a reader still wants it is asked in the very statement."""
    subscribers: list[sa.BindParameter[int]] = [
        sa.bindparam(f"subscriber{number}") for number in range(count)
    ]
    list_of = sa.select(mailing.c.list).where(mailing.c.id == sa.bindparam("of_mailing"))
    wanted = sa.exists().where(
        subscription.c.subscriber == delivery.c.subscriber,
        subscription.c.newsletter == list_of.scalar_subquery(),
        subscription.c.state == "active",
    )
    return (
        sa.update(delivery)
        .where(
            delivery.c.mailing == sa.bindparam("of_mailing"),
            delivery.c.subscriber.in_(subscribers),
            delivery.c.state.in_([sa.literal(state.value) for state in OPEN]),
            wanted,
        )
        .values(state=DeliveryState.SENDING.value, changed=sa.bindparam("now"))
    )


def _demand(found: int, usual: int) -> None:
    if found != usual:
        raise _Unusual


# ---------------------------------------------------------------- what is not usual


def _lost(
    connection: Connection, wanted: Collection[Place], leases: Mapping[Place, Lease]
) -> set[Place]:
    """The shards whose lease another has; the others stay ours until the commit."""
    values: dict[str, int] = {}
    for number, (id_, place) in enumerate(sorted(wanted)):
        values |= {f"mailing{number}": id_, f"shard{number}": place}
    rows: Sequence[Any] = connection.execute(epochs_of(len(wanted)), values).all()
    epochs = {(id_, place): epoch for id_, place, epoch in rows}
    return {
        place for place in wanted if place not in leases or epochs[place] != leases[place].epoch
    }


_RESULT = (
    sa.update(delivery)
    .where(
        delivery.c.mailing == sa.bindparam("of_mailing"),
        delivery.c.subscriber == sa.bindparam("of_subscriber"),
    )
    .values(
        state=sa.bindparam("new_state"),
        tries=sa.bindparam("new_tries"),
        due=sa.bindparam("new_due"),
        changed=sa.bindparam("new_changed"),
        reply=sa.bindparam("new_reply"),
    )
)


def _note_results(
    connection: Connection, results: Sequence[Result], lost: Collection[Place], now: int
) -> None:
    rows = [
        {
            "of_mailing": result.mailing,
            "of_subscriber": result.subscriber,
            "new_state": result.state.value,
            "new_tries": result.tries,
            "new_due": result.due,
            "new_changed": now,
            "new_reply": result.reply,
        }
        for result in results
        if (result.mailing, result.shard) not in lost
    ]
    if rows:
        connection.execute(_RESULT, rows)


def _note_intents(
    connection: Connection,
    intents: Sequence[Recipient],
    lost: Collection[Place],
    now: int,
) -> set[Place]:
    """Commit to sending what is still wanted; gives that, and skips the others."""
    by_mailing: dict[int, list[int]] = defaultdict(list)
    for intent in intents:
        if (intent.mailing, intent.shard) not in lost:
            by_mailing[intent.mailing].append(intent.subscriber)
    stands: set[Place] = set()
    for id_, subscribers in by_mailing.items():
        values = {f"subscriber{number}": one for number, one in enumerate(subscribers)}
        values |= {"of_mailing": id_, "now": now}
        statement = intents_of(len(subscribers)).returning(delivery.c.subscriber)
        mine = set(connection.execute(statement, values).scalars())
        gone = set(subscribers) - mine
        if gone:
            connection.execute(
                sa.update(delivery)
                .where(
                    delivery.c.mailing == id_,
                    delivery.c.subscriber.in_(sorted(gone)),
                    delivery.c.state.in_([state.value for state in OPEN]),
                )
                .values(state=DeliveryState.SKIPPED.value, changed=now, reply="has left")
            )
        stands |= {(id_, one) for one in mine}
    return stands
