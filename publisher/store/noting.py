"""EDGE. What is written for every message: usually one statement, which is a transaction.

Usual is that all leases are ours and every reader still wants it. Where that is not so, it shows in
how many rows were written, and the rest is looked into. The statement is made once and run in the
driver's words, on a connection that is kept: SQLAlchemy's part, and that of its pool, take longer
than the database's. However many rows there are, they come as one value, in JSON: a driver takes
as long for each value as the database for a row. And each call into a database costs a turn of the
interpreter, for which all lanes queue, or a round trip to a server.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from publisher.model import OPEN, DeliveryState, Lease, Recipient, Result
from publisher.store.engine import Database
from publisher.store.kept import KeptConnection
from publisher.store.tables import delivery, mailing, shard, subscription

Place = tuple[int, int]
"""A shard, or a delivery: the mailing, and which of it."""


_NOBODYS = -1
"""An epoch that no shard has."""


class Noting:
    """Notes results and intents of a database; one batch at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept = KeptConnection(database)
        self._turn = threading.Lock()
        self._statement = _written(database)
        self._written = database.words(self._statement)

    def let_go(self) -> None:
        """Give back the connection that is kept."""
        with self._turn:
            self._kept.let_go()

    def note(
        self, results: Sequence[Result], intents: Sequence[Recipient], leases: Mapping[Place, Lease]
    ) -> tuple[set[Place], set[Place]]:
        """Results and intents, in one transaction.

        Gives the intents that stand, and the shards whose lease is lost, as Ledger.write does.
        """
        epochs = {place: lease.epoch for place, lease in leases.items()}
        rows: list[tuple[object, ...]] = [
            (
                one.mailing,
                one.shard,
                epochs.get((one.mailing, one.shard), _NOBODYS),
                one.subscriber,
                one.state,
                one.tries,
                one.due,
                one.reply,
            )
            for one in results
        ]
        rows += [
            (
                one.mailing,
                one.shard,
                epochs.get((one.mailing, one.shard), _NOBODYS),
                one.subscriber,
                DeliveryState.SENDING,
            )
            for one in intents
        ]
        values = {"told": msgspec.json.encode(rows).decode(), **self._database.now_told()}
        with self._turn:
            written = self._kept.write(self._written, values)
        if written == len(rows):
            return {(one.mailing, one.subscriber) for one in intents}, set()
        wanted = {(one.mailing, one.shard) for one in results}
        wanted |= {(one.mailing, one.shard) for one in intents}
        with self._database.writing() as connection:
            lost = _lost(connection, wanted, leases)
            connection.execute(self._statement, values)  # what was locked a moment ago; or nothing
            held = [one for one in intents if (one.mailing, one.shard) not in lost]
            return _standing(connection, held, self._database.now(connection)), lost


# ---------------------------------------------------------------- what is usual

_COLUMNS = (
    *(shard.c.mailing, shard.c.shard, shard.c.epoch),
    *(delivery.c[name] for name in ("subscriber", "state", "tries", "due", "reply")),
)
"""Of a row that is told; an intent has none behind its state."""


def _written(database: Database) -> sa.Update:
    """The rows that are told, each as it is to be, where its shard is ours: that is locked, and
    stays so until they are on disk. Whether a reader still wants it is asked in the very statement
    that writes the intent."""
    rows = _told(database)
    # of what begins with WITH Python's sqlite3 does not say how many rows it wrote
    told = rows.subquery("told") if database.is_sqlite else rows.cte("told")
    wanted = sa.exists().where(
        mailing.c.id == delivery.c.mailing,
        subscription.c.subscriber == delivery.c.subscriber,
        subscription.c.newsletter == mailing.c.list,
        subscription.c.state == sa.literal("active"),
        sa.or_(
            subscription.c.paused_until.is_(None),
            subscription.c.paused_until <= database.now_in_words(),
        ),
    )
    may_send = sa.and_(delivery.c.state.in_([sa.literal(state.value) for state in OPEN]), wanted)
    kept = {
        name: sa.func.coalesce(told.c[name], delivery.c[name]) for name in ("tries", "due", "reply")
    }
    return (
        sa.update(delivery)
        .where(
            _leased(told, database),
            delivery.c.mailing == told.c.mailing,
            delivery.c.subscriber == told.c.subscriber,
            sa.or_(told.c.tries.is_not(None), may_send),
        )
        .values(state=told.c.state, changed=database.now_in_words(), **kept)
    )


def _leased(told: sa.FromClause, database: Database) -> sa.ColumnElement[bool]:
    """Whether the shard of a row is ours, until the end of the transaction. In a file nobody else
    writes meanwhile; a server has them locked first, as far as they are. It does not wait for one:
    it would go on with what it saw before, and readers may have left since."""
    of_row = (shard.c.mailing == told.c.mailing, shard.c.shard == told.c.shard)
    if database.is_sqlite:
        return sa.exists().where(*of_row, shard.c.epoch == told.c.epoch)
    place = sa.tuple_(shard.c.mailing, shard.c.shard, shard.c.epoch)
    leased = (
        sa.select(shard.c.mailing, shard.c.shard)
        .where(place.in_(sa.select(told.c.mailing, told.c.shard, told.c.epoch)))
        .order_by(shard.c.mailing, shard.c.shard)  # as all do who lock several
        .with_for_update(skip_locked=True)
        .cte("leased")
    )
    return sa.and_(leased.c.mailing == told.c.mailing, leased.c.shard == told.c.shard)


def _told(database: Database) -> sa.Select[Any]:
    """`told`, an array of arrays, as rows of _COLUMNS."""
    text = sa.bindparam("told", type_=sa.Text)
    values: list[sa.ColumnElement[Any]]
    if database.is_sqlite:
        value = sa.func.json_each(text).table_valued("value", name="each").c.value
        values = [
            sa.func.json_extract(value, sa.literal_column(f"'$[{place}]'"))
            for place in range(len(_COLUMNS))
        ]
    else:
        # of an array PostgreSQL expects ten rows, of a function a hundred: for those it would
        # rather read the whole of a table of some thousand
        parsed = sa.select(sa.func.json_array_elements(sa.cast(text, sa.JSON)))
        each = sa.func.unnest(sa.func.array(parsed.scalar_subquery()))
        value = each.table_valued("value", name="each").render_derived().c.value
        values = [
            sa.cast(value.op("->>")(sa.literal_column(str(place))), column.type)
            for place, column in enumerate(_COLUMNS)
        ]
    named = zip(values, _COLUMNS, strict=True)
    return sa.select(*(value.label(column.name) for value, column in named))


# ---------------------------------------------------------------- what is not usual


def _lost(
    connection: Connection, wanted: Collection[Place], leases: Mapping[Place, Lease]
) -> set[Place]:
    """The shards whose lease another has; the others stay ours until the commit."""
    rows = connection.execute(
        sa.select(shard.c.mailing, shard.c.shard, shard.c.epoch)
        .where(sa.tuple_(shard.c.mailing, shard.c.shard).in_(sorted(wanted)))
        .order_by(shard.c.mailing, shard.c.shard)
        .with_for_update()
    )
    epochs = {(row.mailing, row.shard): row.epoch for row in rows}
    return {
        place for place in wanted if place not in leases or epochs[place] != leases[place].epoch
    }


def _standing(connection: Connection, intents: Sequence[Recipient], now: int) -> set[Place]:
    """Which of these are written, for their shards are ours; skips the others: who has left, or
    wants nothing for a while."""
    by_mailing: dict[int, list[int]] = defaultdict(list)
    for intent in intents:
        by_mailing[intent.mailing].append(intent.subscriber)
    stands: set[Place] = set()
    for id_, subscribers in by_mailing.items():
        told = (delivery.c.mailing == id_, delivery.c.subscriber.in_(subscribers))
        written = sa.select(delivery.c.subscriber).where(
            *told, delivery.c.state == DeliveryState.SENDING.value
        )
        stands |= {(id_, one) for one in connection.execute(written).scalars()}
        connection.execute(
            sa.update(delivery)
            .where(*told, delivery.c.state.in_([state.value for state in OPEN]))
            .values(state=DeliveryState.SKIPPED.value, changed=now, reply="has left, or pauses")
        )
    return stands
