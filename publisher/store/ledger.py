"""EDGE. The ledger: one row for each issue and subscriber, for ever; true at every instant.

Rows are sent by shards. Who holds a shard's lease may write its rows; each lease has an epoch,
which every write is checked against in its own transaction, so that a process that was
asleep while another took over changes nothing when it wakes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from publisher.model import OPEN, DeliveryState, Lease, Recipient, Result
from publisher.store.engine import Database
from publisher.store.mailings import FREE
from publisher.store.noting import Noting
from publisher.store.tables import UNDER_WAY, WHY, delivery, is_any, mailing, shard, subscriber
from publisher.values import dataclass

_PIECE = 1000
_FEW = 10_000
"""Of so many that are due, and no more, each is looked for by itself to be counted."""

_SENDING = DeliveryState.SENDING.value

_IN_DOUBT = delivery.c.state == sa.literal_column("'doubtful'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is written in one transaction: results of attempts, then intents of the next ones."""

    results: Sequence[Result]
    intents: Sequence[Recipient]


class Freed(NamedTuple):
    """How many shards were taken from dead owners, and of how many deliveries nobody knows whether
    those had sent them."""

    shards: int
    doubtful: int


class Ledger:
    """Reads and writes deliveries. Every method is one transaction or one statement."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noting = Noting(database)

    def now(self) -> int:
        """Milliseconds by the clock that leases and waits go by."""
        with self._database.reading() as connection:
            return self._database.now(connection)

    # -- leases

    def claim(
        self,
        owner: str,
        seconds: float,
        newsletters: Sequence[str],
        place: tuple[int, int] | None = None,
    ) -> Lease | None:
        """Lease a shard of these newsletters that has something due and is nobody's, or None.

        With a place, a mailing and a shard, that one or none.
        """
        with self._database.writing() as connection:
            now = self._database.now(connection)
            free = _free(newsletters, now)
            if place is not None:
                free = free.where(shard.c.mailing == place[0], shard.c.shard == place[1])
            found = connection.execute(
                free.limit(1).with_for_update(skip_locked=True, of=shard)
            ).one_or_none()
            if found is None:
                return None
            return _lease(connection, found, owner, now + int(seconds * 1000))

    def waiting(self, newsletters: Sequence[str], limit: int) -> list[tuple[int, int]]:
        """Shards that could be leased now, as mailing and shard; so many at most."""
        with self._database.reading() as connection:
            now = self._database.now(connection)
            rows = connection.execute(_free(newsletters, now).limit(limit))
            return [(row.mailing, row.shard) for row in rows]

    def take_over(
        self,
        owner: str,
        is_dead: Callable[[str], bool],
        has: Callable[[tuple[int, int]], bool] = lambda _: True,
    ) -> Freed:
        """Free the shards of dead owners, and of those whose lease is over; of those of this owner
        the ones that are over and that it does not have, as (mailing, shard): it could not read
        what is due in them, or give them back.

        What such an owner was sending is in doubt from now on, for the relay may have it.
        """
        freed = doubtful = 0
        with self._database.writing() as connection:
            now = self._database.now(connection)
            held = connection.execute(
                sa.select(shard)
                .where(shard.c.owner != FREE)
                .order_by(shard.c.mailing, shard.c.shard)  # as all do who lock several
            ).all()  # and none is locked: whoever holds one writes under its lock all the time
            for row in held:
                is_ours = row.owner == owner
                if row.deadline > now and (is_ours or not is_dead(row.owner)):
                    continue
                if is_ours and has((row.mailing, row.shard)):
                    continue
                this = (shard.c.mailing == row.mailing, shard.c.shard == row.shard)
                still = (shard.c.epoch == row.epoch, shard.c.deadline == row.deadline)
                taken = sa.select(shard.c.shard).where(*this, *still)
                if not connection.execute(taken.with_for_update(skip_locked=True)).first():
                    continue  # it was held on just now, or the last word of its owner is not over
                connection.execute(
                    sa.update(shard)
                    .where(*this)
                    .values(owner=FREE, epoch=row.epoch + 1, deadline=0)
                )
                freed += 1
                doubtful += _leave_in_doubt(connection, row.mailing, row.shard, now)
        return Freed(freed, doubtful)

    def extend(self, leases: Iterable[Lease], seconds: float) -> list[Lease]:
        """Hold leases on; those that were lost stay lost. Gives those that hold."""
        with self._database.writing() as connection:
            deadline = self._database.now(connection) + int(seconds * 1000)
            in_order = sorted(leases, key=lambda one: (one.mailing, one.shard))
            held_on = sa.update(shard).values(deadline=deadline)
            return [one for one in in_order if connection.execute(held_on.where(_is(one))).rowcount]

    def release(self, lease: Lease) -> None:
        """Give a shard back; a message that was begun and of which nothing was noted is in doubt.

        That is so where the ledger could not be written for a while.
        """
        with self._database.writing() as connection:
            given = connection.execute(
                sa.update(shard).where(_is(lease)).values(owner=FREE, epoch=lease.epoch + 1)
            ).rowcount
            if given:
                now = self._database.now(connection)
                _leave_in_doubt(connection, lease.mailing, lease.shard, now)

    # -- rows

    def recipients(self, lease: Lease) -> list[Recipient]:
        """What is due of a leased shard, in the order of its subscribers."""
        with self._database.reading() as connection:
            now = self._database.now(connection)
            rows = connection.execute(
                sa.select(
                    delivery.c.subscriber, delivery.c.tries, subscriber.c.email, subscriber.c.name
                )
                .join(subscriber, subscriber.c.id == delivery.c.subscriber, isouter=True)
                .where(
                    delivery.c.mailing == lease.mailing,
                    delivery.c.shard == lease.shard,
                    UNDER_WAY,
                    delivery.c.state.in_([state.value for state in OPEN]),
                    delivery.c.due <= now,
                )
            ).all()  # in no order: for that of the subscribers SQLite would read the whole mailing
        return [
            Recipient(
                mailing=lease.mailing,
                shard=lease.shard,
                subscriber=row.subscriber,
                email=row.email or "",
                name=row.name or "",
                tries=row.tries,
            )
            for row in sorted(rows, key=lambda row: row.subscriber)
        ]

    def write(
        self, batch: Batch, leases: Mapping[tuple[int, int], Lease]
    ) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
        """Note results, then intents, in one transaction.

        Gives the intents that stand, as (mailing, subscriber): the others' readers have left
        meanwhile, and are noted as skipped. And the shards, as (mailing, shard), whose lease is
        no longer ours: nothing of theirs was written, and nothing of theirs may be sent.
        """
        return self._noting.note(batch.results, batch.intents, leases)

    def let_go(self) -> None:
        """Nothing more is written for now: give back the connection that `write` keeps."""
        self._noting.let_go()

    def put_off(self, lease: Lease, recipients: Sequence[Recipient], seconds: float) -> None:
        """Have recipients of a leased shard wait so long, for their domain takes nothing now.

        It is no attempt; where the lease is no longer ours nothing is written.
        """
        with self._database.writing() as connection:
            now = self._database.now(connection)
            held = sa.exists().where(_is(lease))
            connection.execute(
                sa.update(delivery)
                .where(
                    delivery.c.mailing == lease.mailing,
                    delivery.c.subscriber.in_([one.subscriber for one in recipients]),
                    delivery.c.state.in_([state.value for state in OPEN]),
                    held,
                )
                .values(
                    state=DeliveryState.DEFERRED.value,
                    due=now + int(seconds * 1000),
                    changed=now,
                    reply="waits: its domain put off one message after another",
                )
            )

    def settle_doubt(self, rules: Mapping[int, str], after_seconds: float) -> Counter[str]:
        """What was in doubt for so long is due again, or held, by the rule of its mailing.

        Gives how many became pending and held.
        """
        settled: Counter[str] = Counter()
        with self._database.writing() as connection:
            now = self._database.now(connection)
            unsure = connection.execute(sa.select(delivery.c.mailing).where(_IN_DOUBT))
            for id_ in sorted(rules.keys() & set(unsure.scalars())):
                rule = rules[id_]
                doubtful = (
                    delivery.c.mailing == id_,
                    delivery.c.subscriber.in_(
                        sa.select(delivery.c.subscriber).where(_IN_DOUBT, _is_of(id_))
                    ),
                    _IN_DOUBT,
                )
                if rule == "hold":
                    change = sa.update(delivery).where(*doubtful)
                    change = change.values(state=DeliveryState.HELD.value)
                else:
                    change = (
                        sa.update(delivery)
                        .where(*doubtful, delivery.c.changed <= now - int(after_seconds * 1000))
                        .values(state=DeliveryState.PENDING.value, due=now)
                    )
                settled["held" if rule == "hold" else "pending"] += connection.execute(
                    change
                ).rowcount
        return settled

    # -- what it says

    def due(self, most: int | None = None) -> int:
        """How many deliveries are due now, whoever holds their shards; so many at most."""
        with self._database.reading() as connection:
            now = self._database.now(connection)
            begun = is_any(
                delivery.c.mailing == mailing.c.id,
                delivery.c.shard >= 0,
                delivery.c.due <= now,
                UNDER_WAY,
            )
            # asked for first: as one statement a server holds each delivery against all others
            these = sa.select(mailing.c.id).where(mailing.c.state != "paused", begun)
            ids = connection.execute(these).scalars().all()
            if not ids:
                return 0
            due = sa.select(sa.literal(1)).where(
                delivery.c.mailing.in_(ids),
                delivery.c.state.in_([state.value for state in OPEN]),
                delivery.c.due <= now,
            )
            # What is not sent is found by its index, so that a few cost nothing of all the others.
            # Many are counted sooner by going through their mailings in order.
            enough = _FEW if most is None else min(most, _FEW)
            few = due.where(delivery.c.shard >= 0, UNDER_WAY).limit(enough)
            found = _count(connection, few)
            if found == _FEW:
                found = _count(connection, due)
            return found if most is None else min(found, most)

    def rows(self) -> Iterator[Any]:
        """Every delivery; read in pieces, so that memory stays flat."""
        place = delivery.c.mailing, delivery.c.subscriber
        # by themselves: else a server takes all that follow along for each piece
        deliveries = sa.select(delivery).order_by(*place).limit(_PIECE)
        last = (0, 0)
        while True:
            statement = _told(deliveries.where(sa.tuple_(*place) > last))
            with self._database.reading() as connection:
                piece: Sequence[Any] = connection.execute(statement).all()
            if not piece:
                return
            yield from piece
            last = (piece[-1].mailing, piece[-1].subscriber)

    def unsure(self) -> Sequence[Any]:
        """The deliveries that are in doubt, or held for it."""
        # each state by its own index: asked for both at once SQLite would read all that was sent
        places = (
            sa.select(delivery.c.mailing, delivery.c.subscriber).where(state)
            for state in (_IN_DOUBT, delivery.c.state == sa.literal_column("'held'"))
        )
        unsure = sa.union_all(*places).subquery("unsure")
        is_one = sa.and_(
            delivery.c.mailing == unsure.c.mailing, delivery.c.subscriber == unsure.c.subscriber
        )
        deliveries = sa.select(delivery).select_from(unsure.join(delivery, is_one))
        with self._database.reading() as connection:
            return connection.execute(_told(deliveries)).all()


def _count(connection: Connection, rows: sa.Select[Any]) -> int:
    counted = sa.select(sa.func.count()).select_from(rows.subquery("these"))
    found: int = connection.execute(counted).scalar_one()
    return found


def _told(deliveries: sa.Select[Any]) -> sa.Select[Any]:
    """What is told of deliveries, by issue and reader."""
    these = deliveries.subquery("these")
    of_shard = sa.and_(shard.c.mailing == these.c.mailing, shard.c.shard == these.c.shard)
    return (
        sa.select(
            these.c.mailing,
            these.c.subscriber,
            subscriber.c.email,
            mailing.c.newsletter,
            mailing.c.number,
            these.c.state,
            these.c.tries,
            these.c.reply,
            shard.c.owner,
            sa.case((mailing.c.state == "paused", WHY), else_="").label("paused"),
        )
        .select_from(these)
        .join(mailing, mailing.c.id == these.c.mailing)
        .join(shard, of_shard)
        .join(subscriber, subscriber.c.id == these.c.subscriber, isouter=True)
        .order_by(these.c.mailing, these.c.subscriber)
    )


def _free(newsletters: Sequence[str], now: int) -> sa.Select[tuple[int, int, int]]:
    """The shards of newsletters that are nobody's and have something due, oldest first."""
    due = is_any(
        delivery.c.mailing == shard.c.mailing,
        delivery.c.shard == shard.c.shard,
        UNDER_WAY,
        delivery.c.state.in_([state.value for state in OPEN]),
        delivery.c.due <= now,
    )
    return (
        sa.select(shard.c.mailing, shard.c.shard, shard.c.epoch)
        .join(mailing, mailing.c.id == shard.c.mailing)
        .where(
            shard.c.owner == FREE,
            mailing.c.state != "paused",
            mailing.c.newsletter.in_(newsletters),
            due,
        )
        .order_by(shard.c.mailing, shard.c.shard)
    )


def _is_of(id_: int) -> sa.ColumnElement[bool]:
    """Whether a delivery is of a mailing, and no reason to look for it in the table's key."""
    return sa.literal_column("+delivery.mailing", sa.BigInteger) == id_


def _leave_in_doubt(connection: Connection, id_: int, place: int, now: int) -> int:
    """What was being sent of a shard is in doubt from now on; gives how many."""
    changed: int = connection.execute(
        sa.update(delivery)
        .where(
            delivery.c.mailing == id_,
            delivery.c.shard == place,  # again: a server reads what is not sent of all shards else
            delivery.c.subscriber.in_(
                sa.select(delivery.c.subscriber).where(
                    delivery.c.mailing == id_,
                    delivery.c.shard == place,
                    delivery.c.due >= 0,  # as each is: it tells SQLite which index to take
                    UNDER_WAY,
                )
            ),
            delivery.c.state == _SENDING,
        )
        .values(
            state=DeliveryState.DOUBTFUL.value,
            changed=now,
            reply="the process that sent it ended before the relay's answer was noted",
        )
    ).rowcount
    return changed


def _lease(connection: Connection, found: Any, owner: str, deadline: int) -> Lease:
    connection.execute(
        sa.update(shard)
        .where(shard.c.mailing == found.mailing, shard.c.shard == found.shard)
        .values(owner=owner, epoch=found.epoch + 1, deadline=deadline)
    )
    return Lease(mailing=found.mailing, shard=found.shard, epoch=found.epoch + 1, deadline=deadline)


def _is(lease: Lease) -> sa.ColumnElement[bool]:
    return sa.and_(
        shard.c.mailing == lease.mailing,
        shard.c.shard == lease.shard,
        shard.c.epoch == lease.epoch,
    )
