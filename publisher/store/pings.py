"""EDGE. publisher.db: what the hubs are still to be told (WebSub).

A topic is *owed* from just before its file is put in place until its pings are
queued, so that no death in between loses one; only what is queued is sent, so that
no hub is told of a file that is not there yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from publisher.model import Ping
from publisher.store import tables
from publisher.store.engine import Database
from publisher.store.tables import ping_owed


class PingStore:
    """What hubs are to be told; every change is durable when the method returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def owed(self) -> tuple[str, ...]:
        """The topics whose files a run was about to put in place, or did, when it died."""
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(ping_owed.c.topic).order_by(ping_owed.c.topic))
            return tuple(rows.scalars())

    def owe(self, topics: Iterable[str]) -> None:
        """Note topics whose files are about to be put in place."""
        wanted = set(topics)
        if not wanted:
            return
        with self._database.writing() as connection:
            there = set(connection.execute(sa.select(ping_owed.c.topic)).scalars())
            rows = [{"topic": topic} for topic in sorted(wanted - there)]
            if rows:
                connection.execute(sa.insert(ping_owed), rows)

    def queue(self, hubs: Sequence[str], topics: Collection[str], now: datetime) -> None:
        """Queue a ping of each hub for each topic, instead of an older one; all owed is paid."""
        stamp = now.isoformat()
        ping = tables.ping.c
        rows = [
            {"hub": hub, "topic": topic, "changed": stamp, "due": stamp, "tries": 0}
            for topic in topics
            for hub in hubs
        ]
        with self._database.writing() as connection:
            if rows:
                older = sa.and_(
                    ping.hub == sa.bindparam("of_hub"), ping.topic == sa.bindparam("of_topic")
                )
                connection.execute(
                    sa.delete(tables.ping).where(older),
                    [{"of_hub": row["hub"], "of_topic": row["topic"]} for row in rows],
                )
                connection.execute(sa.insert(tables.ping), rows)
            connection.execute(sa.delete(ping_owed))

    def drop_other_hubs(self, hubs: Collection[str]) -> None:
        """Forget what hubs that are no longer configured were to be told."""
        ping = tables.ping.c
        with self._database.reading() as connection:
            known = set(connection.execute(sa.select(ping.hub).distinct()).scalars())
        others = sorted(known - set(hubs))
        if others:
            with self._database.writing() as connection:
                connection.execute(sa.delete(tables.ping).where(ping.hub.in_(others)))

    def waiting(self) -> tuple[Ping, ...]:
        """All that is queued, what is due first before the rest."""
        ping = tables.ping.c
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(tables.ping).order_by(ping.due, ping.id)).all()
        return tuple(
            Ping(
                id=row.id,
                hub=row.hub,
                topic=row.topic,
                changed=datetime.fromisoformat(row.changed),
                due=datetime.fromisoformat(row.due),
                tries=row.tries,
            )
            for row in rows
        )

    def settle(self, results: Iterable[tuple[Ping, datetime | None]]) -> None:
        """Take pings out of the queue, or try them again at a time; all of them in one step.

        A newer ping that took the place of one of them meanwhile stays as it is.
        """
        row = tables.ping.c
        with self._database.writing() as connection:
            for ping, due in results:
                if due is None:
                    connection.execute(sa.delete(tables.ping).where(row.id == ping.id))
                else:
                    connection.execute(
                        sa.update(tables.ping)
                        .where(row.id == ping.id)
                        .values(due=due.isoformat(), tries=row.tries + 1)
                    )
