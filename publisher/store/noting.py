"""EDGE. What is written for every message: usually three statements and a commit.

Usual is that all leases are ours and every reader still wants it. Where that is not so, all of it
is undone, and done again piece by piece. The usual statements are made once and run in the
driver's words, on a connection that is kept: SQLAlchemy's part, and that of its pool, take longer
than the database's. However many rows there are, they come as one value, in JSON: a driver takes
as long for each value as the database for a row.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from publisher.model import OPEN, DeliveryState, Lease, Recipient, Result
from publisher.store.engine import Database, KeptConnection
from publisher.store.tables import delivery, mailing, shard, subscription

Place = tuple[int, int]
"""A shard, or a delivery: the mailing, and which of it."""


class _Unusual(Exception):
    """Something is not as it usually is: undo it."""


class Noting:
    """Notes results and intents of a database; one batch at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept = KeptConnection(database)
        self._turn = threading.Lock()
        self._statements = _Statements(database)
        self._epochs = database.words(self._statements.epochs)
        self._results = database.words(self._statements.results)
        self._intents = database.words(self._statements.intents)

    def let_go(self) -> None:
        """Give back the connection that is kept."""
        with self._turn:
            self._kept.let_go()

    def note(
        self, results: Sequence[Result], intents: Sequence[Recipient], leases: Mapping[Place, Lease]
    ) -> tuple[set[Place], set[Place]]:
        """Results, then intents, in one transaction.

        Gives the intents that stand, and the shards whose lease is lost, as Ledger.write does.
        """
        wanted = {(one.mailing, one.shard) for one in results}
        wanted.update((one.mailing, one.shard) for one in intents)
        with self._turn:
            if wanted <= leases.keys() and self._usual(results, intents, wanted, leases):
                return {(one.mailing, one.subscriber) for one in intents}, set()
        with self._database.writing() as connection:
            now = self._database.now(connection)
            lost = self._lost(connection, wanted, leases)
            rows = [_row(one) for one in results if (one.mailing, one.shard) not in lost]
            if rows:
                values = {"told": _told(rows), "now": now}
                connection.execute(self._statements.results, values)
            return self._note_intents(connection, intents, lost, now), lost

    def _usual(
        self,
        results: Sequence[Result],
        intents: Sequence[Recipient],
        wanted: Collection[Place],
        leases: Mapping[Place, Lease],
    ) -> bool:
        """Note all of it, or nothing; gives whether it was noted."""
        try:
            with self._kept.writing() as cursor:
                rows = self._epochs.run(cursor, {"told": _told(sorted(wanted))}).fetchall()
                _demand(len(rows), len(wanted))
                for id_, place, epoch, _ in rows:
                    _demand(epoch, leases[id_, place].epoch)
                now = self._database.now_told(rows[0][3])
                if results:
                    values = {"told": _told(map(_row, results)), "now": now}
                    _demand(self._results.run(cursor, values).rowcount, len(results))
                for id_, subscribers in _by_mailing(intents).items():
                    values = {"told": _told(subscribers), "of_mailing": id_, "now": now}
                    _demand(self._intents.run(cursor, values).rowcount, len(subscribers))
        except _Unusual:
            return False
        return True

    def _lost(
        self, connection: Connection, wanted: Collection[Place], leases: Mapping[Place, Lease]
    ) -> set[Place]:
        """The shards whose lease another has; the others stay ours until the commit."""
        values = {"told": _told(sorted(wanted))}
        rows = connection.execute(self._statements.epochs, values).all()
        epochs = {(row.mailing, row.shard): row.epoch for row in rows}
        return {
            place for place in wanted if place not in leases or epochs[place] != leases[place].epoch
        }

    def _note_intents(
        self,
        connection: Connection,
        intents: Sequence[Recipient],
        lost: Collection[Place],
        now: int,
    ) -> set[Place]:
        """Commit to sending what is still wanted; gives that, and skips the others."""
        stands: set[Place] = set()
        held = [one for one in intents if (one.mailing, one.shard) not in lost]
        statement = self._statements.intents.returning(delivery.c.subscriber)
        for id_, subscribers in _by_mailing(held).items():
            values = {"told": _told(subscribers), "of_mailing": id_, "now": now}
            mine = set(connection.execute(statement, values).scalars())
            gone = {one for (one,) in subscribers} - mine
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


def _by_mailing(intents: Iterable[Recipient]) -> Mapping[int, Sequence[tuple[int]]]:
    """The subscribers of each mailing, as rows."""
    found: dict[int, list[tuple[int]]] = defaultdict(list)
    for intent in intents:
        found[intent.mailing].append((intent.subscriber,))
    return found


def _demand(found: int, usual: int) -> None:
    if found != usual:
        raise _Unusual


# ---------------------------------------------------------------- the statements


_COLUMNS = ("mailing", "subscriber", "state", "tries", "due", "reply")


def _row(result: Result) -> tuple[object, ...]:
    """Its _COLUMNS."""
    return (
        result.mailing,
        result.subscriber,
        result.state,
        result.tries,
        result.due,
        result.reply,
    )


def _told(rows: Iterable[tuple[object, ...]]) -> str:
    """Rows as a statement takes them."""
    return msgspec.json.encode(list(rows)).decode()


class _Statements:
    """The usual ones; each takes its rows as `told`."""

    def __init__(self, database: Database) -> None:
        self._is_sqlite = database.is_sqlite
        self.epochs = self._of_epochs(database)
        self.results = self._of_results()
        self.intents = self._of_intents()

    def _of_epochs(self, database: Database) -> sa.Select[Any]:
        """The epochs of shards, which are locked, and the time by a server's clock."""
        told = self._rows(shard.c.mailing, shard.c.shard)
        return (
            sa.select(shard.c.mailing, shard.c.shard, shard.c.epoch, database.now_column())
            .join_from(
                told,
                shard,
                sa.and_(shard.c.mailing == told.c.mailing, shard.c.shard == told.c.shard),
            )
            .order_by(shard.c.mailing, shard.c.shard)
            .with_for_update(of=shard)
        )

    def _of_results(self) -> sa.Update:
        """Rows of _COLUMNS, each as it is to be."""
        told = self._rows(*(delivery.c[name] for name in _COLUMNS))
        return (
            sa.update(delivery)
            .where(
                delivery.c.mailing == told.c.mailing,
                delivery.c.subscriber == told.c.subscriber,
            )
            .values(
                **{name: told.c[name] for name in _COLUMNS[2:]},
                changed=sa.bindparam("now", type_=sa.BigInteger),
            )
        )

    def _of_intents(self) -> sa.Update:
        """Commit to sending to subscribers of a mailing; whether a reader still wants it is asked
        in the very statement."""
        told = self._rows(delivery.c.subscriber)
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
                delivery.c.subscriber.in_(sa.select(told.c.subscriber)),
                delivery.c.state.in_([sa.literal(state.value) for state in OPEN]),
                wanted,
            )
            .values(state=DeliveryState.SENDING.value, changed=sa.bindparam("now"))
        )

    def _rows(self, *columns: sa.Column[Any]) -> sa.Subquery:
        """`told`, an array of arrays, as a table with the names and types of these columns."""
        text = sa.bindparam("told", type_=sa.Text)
        values: list[sa.ColumnElement[Any]]
        if self._is_sqlite:
            value = sa.func.json_each(text).table_valued("value", name="each").c.value
            values = [
                sa.func.json_extract(value, sa.literal_column(f"'$[{place}]'"))
                for place in range(len(columns))
            ]
        else:
            # of an array PostgreSQL expects ten rows, of a function a hundred: for those it would
            # rather read the whole of a table of some thousand
            parsed = sa.select(sa.func.json_array_elements(sa.cast(text, sa.JSON)))
            each = sa.func.unnest(sa.func.array(parsed.scalar_subquery()))
            value = each.table_valued("value", name="each").render_derived().c.value
            values = [
                sa.cast(value.op("->>")(sa.literal_column(str(place))), column.type)
                for place, column in enumerate(columns)
            ]
        named = [value.label(column.name) for value, column in zip(values, columns, strict=True)]
        return sa.select(*named).subquery("told")
