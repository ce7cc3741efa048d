"""EDGE. Readers as rows and back: what the stores that write about readers share."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from publisher.fingerprint import dump, load
from publisher.model import (
    OPEN,
    DeliveryState,
    Evidence,
    Reader,
    Subscriber,
    Subscription,
    SubscriptionState,
)
from publisher.readers import FIRST, LAST
from publisher.store.engine import Database
from publisher.store.tables import delivery, mailing, notice, subscriber, subscription

# A million lines are a million of these: built here once, for building takes longer than doing.
_NEW_SUBSCRIBERS = sa.insert(subscriber).returning(subscriber.c.box, subscriber.c.id)
_NEW_SUBSCRIPTION = sa.insert(subscription).values(
    {column.name: sa.bindparam(column.name) for column in subscription.c}
)

_FIRST, _LAST = int(FIRST.timestamp() * 1000), int(LAST.timestamp() * 1000)

_READERS = 0x72656164  # the lock of whoever writes about readers, on PostgreSQL ("read")


def alone(database: Database, connection: Connection) -> None:
    """Nobody else changes readers before the transaction ends; the first thing in it.

    What is decided by what was read must still be so when it is written: an address is suppressed
    once, a reader who is just erased gets no new subscription.
    """
    if not database.is_sqlite:  # there every transaction that writes is alone
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_READERS)))


def read_readers(connection: Connection, which: sa.ColumnElement[bool]) -> dict[int, Reader]:
    """The readers of these rows of `subscriber`, by id."""
    people = connection.execute(sa.select(subscriber).where(which)).all()
    subscriptions: dict[int, dict[str, Subscription]] = defaultdict(dict)
    ids = [row.id for row in people]
    for row in connection.execute(
        sa.select(subscription)
        .where(subscription.c.subscriber.in_(ids))
        .order_by(subscription.c.newsletter)
    ):
        subscriptions[row.subscriber][row.newsletter] = Subscription(
            newsletter=row.newsletter,
            rhythm=row.rhythm,
            next_rhythm=row.next_rhythm,
            state=SubscriptionState(row.state),
            requested=instant(row.requested),
            confirmed=maybe_instant(row.confirmed),
            ended=maybe_instant(row.ended),
            paused_until=maybe_instant(row.paused_until),
            evidence=load(row.evidence.encode(), tuple[Evidence, ...]),
        )
    return {
        row.id: Reader(
            subscriber=Subscriber(
                id=row.id,
                email=row.email,
                name=row.name,
                language=row.language,
                timezone=row.timezone,
                fields=json.loads(row.fields),
                created=instant(row.created),
            ),
            subscriptions=subscriptions[row.id],
        )
        for row in people
    }


def add_readers(connection: Connection, new: Sequence[tuple[str, Reader]]) -> list[Reader]:
    """Write readers that nobody knows yet, each with its box; gives them with their ids.

    A server is asked twice for all of them, and not for each.
    """
    people = [
        {**_columns(after.subscriber), "box": box, "created": stamp(after.subscriber.created)}
        for box, after in new
    ]
    ids = {row.box: row.id for row in connection.execute(_NEW_SUBSCRIBERS, people)}
    added = [
        replace(after, subscriber=replace(after.subscriber, id=ids[box])) for box, after in new
    ]
    subscriptions = [
        {**_columns_of(one), "subscriber": reader.subscriber.id, "newsletter": one.newsletter}
        for reader in added
        for one in reader.subscriptions.values()
    ]
    if subscriptions:
        connection.execute(_NEW_SUBSCRIPTION, subscriptions)
    return added


def save_reader(
    connection: Connection, before: Reader, after: Reader, box: str, now: datetime
) -> Reader:
    """Write what differs; gives the reader with its id."""
    person = after.subscriber
    id_ = person.id
    if not id_:
        (added,) = add_readers(connection, [(box, after)])
        return added
    if person != before.subscriber:
        connection.execute(
            sa.update(subscriber).where(subscriber.c.id == id_).values(_columns(person))
        )
    for name in before.subscriptions.keys() - after.subscriptions.keys():
        connection.execute(
            sa.delete(subscription).where(
                subscription.c.subscriber == id_,
                subscription.c.newsletter == name,
                subscription.c.state == before.subscriptions[name].state.value,
            )
        )
    for name, one in after.subscriptions.items():
        old = before.subscriptions.get(name)
        if one == old:
            continue
        _save_subscription(connection, id_, one, is_new=old is None)
        if old is not None and old.state is SubscriptionState.ACTIVE is not one.state:
            skip_waiting(connection, id_, name, stamp(now))
    return after


def _columns(person: Subscriber) -> dict[str, Any]:
    return {
        "email": person.email,
        "name": person.name,
        "language": person.language,
        "timezone": person.timezone,
        "fields": json.dumps(dict(person.fields), ensure_ascii=False, sort_keys=True),
    }


def _columns_of(one: Subscription) -> dict[str, Any]:
    return {
        "rhythm": one.rhythm,
        "next_rhythm": one.next_rhythm,
        "state": one.state.value,
        "requested": stamp(one.requested),
        "confirmed": maybe_stamp(one.confirmed),
        "ended": maybe_stamp(one.ended),
        "paused_until": maybe_stamp(one.paused_until),
        "evidence": dump(one.evidence).decode(),
    }


def _save_subscription(
    connection: Connection, id_: int, one: Subscription, *, is_new: bool
) -> None:
    values = _columns_of(one)
    if is_new:
        new = {**values, "subscriber": id_, "newsletter": one.newsletter}
        connection.execute(_NEW_SUBSCRIPTION, new)
    else:
        connection.execute(
            sa.update(subscription)
            .where(subscription.c.subscriber == id_, subscription.c.newsletter == one.newsletter)
            .values(**values)
        )


def skip_waiting(connection: Connection, id_: int, newsletter: str | None, now: int) -> None:
    """What was still to be sent to them is not."""
    connection.execute(
        sa.update(delivery)
        .where(
            delivery.c.mailing.in_(mailings(newsletter)),  # the table's key begins with it
            delivery.c.subscriber == id_,
            delivery.c.state.in_([state.value for state in OPEN]),
        )
        .values(state=DeliveryState.SKIPPED.value, changed=now, reply="has left")
    )


def mailings(newsletter: str | None = None) -> sa.Select[tuple[int]]:
    """The numbers of all mailings, or of those of one newsletter."""
    found = sa.select(mailing.c.id)
    return found if newsletter is None else found.where(mailing.c.list == newsletter)


def remove_reader(connection: Connection, id_: int) -> None:
    """Delete a reader with all that stands of them but deliveries."""
    connection.execute(sa.delete(subscription).where(subscription.c.subscriber == id_))
    connection.execute(sa.delete(notice).where(notice.c.subscriber == id_))
    connection.execute(sa.delete(subscriber).where(subscriber.c.id == id_))


def instant(milliseconds: int) -> datetime:
    """A time as rows have it, in milliseconds since 1970. Where older versions took in one that not
    every zone can name, it is the nearest that they can."""
    return datetime.fromtimestamp(min(max(milliseconds, _FIRST), _LAST) / 1000, UTC)


def maybe_instant(milliseconds: int | None) -> datetime | None:
    """The same where there may be none."""
    return None if milliseconds is None else instant(milliseconds)


def stamp(moment: datetime) -> int:
    """A time as rows have it."""
    return round(moment.timestamp() * 1000)


def maybe_stamp(moment: datetime | None) -> int | None:
    """The same where there may be none."""
    return None if moment is None else stamp(moment)
