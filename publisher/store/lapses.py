"""EDGE. Sign-ups that nobody confirmed, forgotten after their time.

An address that somebody typed is a person's, who may know nothing of it. What stays is the keyed
hash by which mails that nobody heeded are counted (`notices`).
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from publisher.model import Evidence, SubscriptionState
from publisher.readers import lapsed
from publisher.store.engine import Database
from publisher.store.people import alone, instant, read_readers, remove_reader, save_reader
from publisher.store.tables import notice, subscriber, subscription, suppression

KEPT = timedelta(days=30)
"""After the last mail that asked them. The link in it is good for two days; until then it can be
told to somebody who asks why they were mailed, and a month is the time in which a question about
one's data is to be answered (Regulation (EU) 2016/679, Article 12)."""

_PIECE = 200
_SETTLED = ("sent", "failed", "skipped")


def forget_unconfirmed(database: Database) -> int:
    """Forget those who did not confirm in time, and what became of mails so old; gives how many
    readers were forgotten.

    Raises StoreError. It looks first, and writes only where there is something to forget.
    """
    forgotten, last = 0, 0
    with database.reading() as connection:
        since = database.now(connection) - round(KEPT.total_seconds() * 1000)
        found = _unconfirmed(connection, since, last)
        is_due = bool(found) or _has_old(connection, since)
    if not is_due:
        return 0
    while True:
        with database.writing() as connection:
            alone(database, connection)
            found = _unconfirmed(connection, since, last)
            if not found:
                _forget_old(connection, since)
                break
            forgotten += _forget(connection, found, database.now(connection))
        last = max(found)
    if forgotten:
        database.scrub()
    return forgotten


def _unconfirmed(connection: Connection, since: int, after: int) -> dict[int, tuple[str, bool]]:
    """Some with larger ids who were asked and did not answer: their boxes, and whether those
    are suppressed. What was asked for after the last mail goes with that."""
    # Begun with the mails, which are few: of a list that was imported nobody may have been asked.
    asked = sa.select(notice.c.subscriber).where(
        notice.c.queued <= since, notice.c.kind == "confirm"
    )
    lately = sa.select(notice.c.id).where(
        notice.c.subscriber == subscriber.c.id, notice.c.queued > since
    )
    rows = connection.execute(
        sa.select(subscriber.c.id, subscriber.c.box, suppression.c.box.is_not(None).label("barred"))
        .join(subscription, subscription.c.subscriber == subscriber.c.id)
        .join(suppression, suppression.c.box == subscriber.c.box, isouter=True)
        .where(
            subscriber.c.id.in_(asked),
            subscriber.c.id > after,
            subscription.c.state == SubscriptionState.PENDING.value,
            ~lately.exists(),
        )
        .distinct()
        .order_by(subscriber.c.id)
        .limit(_PIECE)
    )
    return {row.id: (row.box, bool(row.barred)) for row in rows}


def _forget(connection: Connection, found: dict[int, tuple[str, bool]], now: int) -> int:
    evidence = Evidence(when=instant(now), what="lapsed", how="nobody confirmed it")
    count = 0
    for id_, reader in read_readers(connection, subscriber.c.id.in_(sorted(found))).items():
        box, barred = found[id_]
        after = lapsed(reader, evidence, barred=barred)
        if not after.subscriptions:
            remove_reader(connection, id_)
            count += 1
        elif after is not reader:
            save_reader(connection, reader, after, box, instant(now))
    return count


def _old(since: int) -> sa.ColumnElement[bool]:
    return sa.and_(notice.c.queued <= since, notice.c.state.in_(_SETTLED))


def _has_old(connection: Connection, since: int) -> bool:
    return (
        connection.execute(sa.select(notice.c.id).where(_old(since)).limit(1)).first() is not None
    )


def _forget_old(connection: Connection, since: int) -> None:
    """What became of mails so long ago: a relay's words may name the address."""
    connection.execute(sa.delete(notice).where(_old(since)))
