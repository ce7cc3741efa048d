"""EDGE. Readers and their subscriptions, and the addresses that are never mailed again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from publisher.model import ERASED, Reader, SubscriptionState, Suppression
from publisher.readers import box_of, is_graver, one_box
from publisher.store.engine import Database
from publisher.store.people import (
    add_readers,
    alone,
    instant,
    mailings,
    read_readers,
    remove_reader,
    save_reader,
    skip_waiting,
)
from publisher.store.secrets import read_keys
from publisher.store.tables import (
    delivery,
    mailing,
    sign_up,
    subscriber,
    subscription,
    suppression,
)

_PIECE = 500

Change = Callable[[Reader, Suppression | None], Reader | None]
"""A reader as it is (id 0 for a new one), and whether its address is suppressed -> what it is to
be, or None to leave everything as it is."""

_NOBODY: Mapping[str, Suppression] = MappingProxyType({})


class SubscriberStore:
    """Readers by address or id; every change is one transaction, durable on return."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @cached_property
    def secret(self) -> bytes:
        """What addresses are hashed with; made when first asked for."""
        keys = read_keys(self._database, "box")
        return keys.secrets[min(keys.secrets)]

    def change(
        self,
        readers: Sequence[Reader],
        change: Change,
        barring: Mapping[str, Suppression] = _NOBODY,
    ) -> list[Reader | None]:
        """Change those that are known by these addresses, and make those that are not.

        All in one transaction; gives what each became, None where it was left as it is.
        An address that comes twice sees its own first change. `barring` are the addresses that
        are suppressed with that; it may be filled by `change`.
        """
        _ = self.secret  # which may have to be made, in a transaction of its own
        with self._database.writing() as connection:
            changed = self.change_within(connection, readers, change)
            now = self._database.now(connection) if barring else 0
            for email, new in barring.items():
                _bar(connection, box_of(email, self.secret), new.reason, new.how, now)
            return changed

    def change_within(
        self, connection: Connection, readers: Sequence[Reader], change: Change
    ) -> list[Reader | None]:
        """The same as a part of a transaction that writes more; `secret` was asked for before."""
        alone(self._database, connection)
        boxes = [box_of(reader.subscriber.email, self.secret) for reader in readers]
        changed: list[Reader | None] = [None] * len(readers)
        now = instant(self._database.now(connection))
        known = self._known(connection, boxes)
        barred = _suppressions(connection, boxes)
        new: dict[str, tuple[int, Reader]] = {}

        def add() -> None:
            added = add_readers(connection, [(box, after) for box, (_, after) in new.items()])
            for (box, (place, _)), after in zip(new.items(), added, strict=True):
                known[box] = changed[place] = after
            new.clear()

        for place, (reader, box) in enumerate(zip(readers, boxes, strict=True)):
            if box in new:
                add()
            before = known.get(box, reader)
            after = change(before, barred.get(box))
            if after is None or after is before:
                continue
            if after.subscriber.id:
                known[box] = changed[place] = save_reader(connection, before, after, box, now)
            else:
                new[box] = place, after
        if new:
            add()
        return changed

    def of(self, email: str) -> Reader | None:
        """The reader of an address."""
        box = box_of(email, self.secret)
        with self._database.reading() as connection:
            return self._known(connection, [box]).get(box)

    def by_id(self, id_: int) -> Reader | None:
        """The reader of an id."""
        with self._database.reading() as connection:
            return read_readers(connection, subscriber.c.id == id_).get(id_)

    def list_of(self, mailing_id: int) -> str | None:
        """The newsletter that a mailing was of; None where there was none of that number."""
        with self._database.reading() as connection:
            return connection.execute(
                sa.select(mailing.c.list).where(mailing.c.id == mailing_id)
            ).scalar_one_or_none()

    def deliveries_of(self, id_: int) -> Iterator[Mapping[str, object]]:
        """What was sent to a reader, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                sa.select(
                    mailing.c.newsletter,
                    mailing.c.number,
                    delivery.c.state,
                    delivery.c.changed,
                    delivery.c.reply,
                )
                .join(delivery, delivery.c.mailing == mailing.c.id)
                .where(delivery.c.mailing.in_(mailings()), delivery.c.subscriber == id_)
                .order_by(mailing.c.id)
            ).all()
        for row in rows:
            yield {
                "newsletter": row.newsletter,
                "issue": row.number,
                "state": row.state,
                "changed": instant(row.changed).isoformat(),
                "reply": row.reply,
            }

    def all(self) -> Iterator[tuple[Reader, Suppression | None]]:
        """Everyone, by id, and why those are suppressed who are; read in pieces."""
        last = 0
        while True:
            with self._database.reading() as connection:
                ids = connection.execute(
                    sa.select(subscriber.c.id)
                    .where(subscriber.c.id > last)
                    .order_by(subscriber.c.id)
                    .limit(_PIECE)
                ).scalars()
                found = list(ids)
                if not found:
                    return
                piece = read_readers(connection, subscriber.c.id.in_(found))
            last = found[-1]
            barred = self._barred(piece.values())
            yield from ((piece[id_], barred.get(id_)) for id_ in found if id_ in piece)

    def counts(self) -> Mapping[tuple[str, str, str], int]:
        """How many subscriptions there are by newsletter, rhythm and state."""
        columns = (subscription.c.newsletter, subscription.c.rhythm, subscription.c.state)
        with self._database.reading() as connection:
            rows = connection.execute(
                sa.select(*columns, sa.func.count()).group_by(*columns).order_by(*columns)
            ).all()
        return {(row[0], row[1], row[2]): row[3] for row in rows}

    def strays(self, newsletters: Iterable[str]) -> Mapping[str, int]:
        """How many active readers other newsletters have than these, by name."""
        known = subscription.c.newsletter.in_(sorted(newsletters))
        is_stray = sa.and_(subscription.c.state == SubscriptionState.ACTIVE.value, ~known)
        with self._database.reading() as connection:
            rows = connection.execute(
                sa.select(subscription.c.newsletter, sa.func.count())
                .where(is_stray)
                .group_by(subscription.c.newsletter)
                .order_by(subscription.c.newsletter)
            ).all()
        return {row[0]: row[1] for row in rows}

    def suppress(self, email: str, reason: str, how: str) -> None:
        """Never mail an address again, whether it is known here or not."""
        self.suppress_all([(email, reason, how)])

    def suppress_all(self, whom: Iterable[tuple[str, str, str]]) -> None:
        """The same for several, each with its reason and how that came about."""
        secret = self.secret  # which may have to be made, in a transaction of its own
        with self._database.writing() as connection:
            alone(self._database, connection)
            now = self._database.now(connection)
            for email, reason, how in whom:
                _bar(connection, box_of(email, secret), reason, how, now)

    def suppression(self, email: str) -> Suppression | None:
        """Why an address is never mailed, whether its reader is known here or not."""
        box = box_of(email, self.secret)
        with self._database.reading() as connection:
            return _suppressions(connection, [box]).get(box)

    def lift(self, connection: Connection, email: str) -> None:
        """An address may be mailed again; a part of a transaction that says why."""
        box = box_of(email, self.secret)
        connection.execute(sa.delete(suppression).where(suppression.c.box == box))

    def suppressed(self) -> int:
        """How many readers are suppressed."""
        statement = sa.select(sa.func.count(sa.distinct(subscription.c.subscriber))).where(
            subscription.c.state == SubscriptionState.SUPPRESSED.value
        )
        with self._database.reading() as connection:
            return connection.execute(statement).scalar_one()

    def erase(self, email: str) -> bool:
        """Forget a reader: nothing stays but keyed hashes, by which no import brings them back,
        and no stranger sends more mails there than before.

        What the ledger knows of their deliveries stays without anything of theirs. Gives whether
        there was one.
        """
        box = box_of(email, self.secret)
        with self._database.writing() as connection:
            alone(self._database, connection)
            now = self._database.now(connection)
            id_ = connection.execute(
                sa.select(subscriber.c.id).where(subscriber.c.box == box)
            ).scalar_one_or_none()
            if id_ is not None:
                skip_waiting(connection, id_, None, now)
                connection.execute(
                    sa.update(delivery)
                    .where(delivery.c.mailing.in_(mailings()), delivery.c.subscriber == id_)
                    .values(reply="")
                )
                remove_reader(connection, id_)
            _forget_wishes(connection, box_of(one_box(email), self.secret))
            _bar(connection, box, ERASED, "", now)
        self._database.scrub()
        return id_ is not None

    def _barred(self, readers: Iterable[Reader]) -> dict[int, Suppression]:
        """Why those of these readers are suppressed of whom that is said, by id."""
        gone = {
            box_of(reader.subscriber.email, self.secret): reader.subscriber.id
            for reader in readers
            for one in reader.subscriptions.values()
            if one.state is SubscriptionState.SUPPRESSED
        }
        if not gone:
            return {}
        with self._database.reading() as connection:
            return {gone[box]: one for box, one in _suppressions(connection, gone).items()}

    def _known(self, connection: Connection, boxes: Iterable[str]) -> dict[str, Reader]:
        found = read_readers(connection, subscriber.c.box.in_(sorted(set(boxes))))
        return {box_of(one.subscriber.email, self.secret): one for one in found.values()}


def _suppressions(connection: Connection, boxes: Iterable[str]) -> dict[str, Suppression]:
    rows = connection.execute(
        sa.select(suppression).where(suppression.c.box.in_(sorted(set(boxes))))
    )
    return {
        row.box: Suppression(reason=row.reason, since=instant(row.since), how=row.evidence)
        for row in rows
    }


def _forget_wishes(connection: Connection, box: str) -> None:
    """The sign-ups of an erased reader, but for the mails that nobody heeded: the limit of them
    holds for ever, or an erasure would let a stranger begin anew."""
    heeded = sa.or_(sign_up.c.mailed == 0, sign_up.c.clicked == 1)
    connection.execute(sa.delete(sign_up).where(sign_up.c.box == box, heeded))
    left = sa.update(sign_up).where(sign_up.c.box == box)
    connection.execute(left.values(network="", domain=""))


def _bar(connection: Connection, box: str, reason: str, how: str, now: int) -> None:
    known = _suppressions(connection, [box]).get(box)
    new = Suppression(reason=reason, since=instant(now), how=how)
    if not is_graver(new, known):
        return
    values = {"reason": reason, "since": now, "evidence": how}
    if known is None:
        connection.execute(sa.insert(suppression).values(box=box, **values))
    else:
        connection.execute(sa.update(suppression).where(suppression.c.box == box).values(**values))
