"""EDGE. What needs a person: each cause from when it was first seen until it is over and told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from publisher.store.engine import Database
from publisher.store.tables import alert
from publisher.values import dataclass

_CALM = 5 * 60 * 1000
"""Milliseconds that a cause must be gone before it is over: what comes and goes is one cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A cause (`kind: what`), how it was put, since when, and until when; in milliseconds."""

    cause: str
    text: str
    since: int
    over: int | None


class AlertStore:
    """Every method is one transaction. Who is told has a bit each: `channel` is one of 1, 2, 4…"""

    def __init__(self, database: Database) -> None:
        self._database = database

    def settle(self, causes: Mapping[str, str]) -> None:
        """These are all the causes now, with their texts: others are over.

        What is over before anybody was told of it is forgotten, and what was told to the end.
        """
        with self._database.writing() as connection:
            now = self._database.now(connection)
            known = {row.cause: row for row in connection.execute(sa.select(alert)).all()}
            for cause, text in causes.items():
                row, at = known.pop(cause, None), alert.c.cause == cause
                if row is None:
                    connection.execute(
                        sa.insert(alert).values(
                            cause=cause, text=text, since=now, over=None, told=0, cleared=0
                        )
                    )
                elif row.over is not None:  # whoever heard that it was over must hear of it anew
                    told = row.told & ~row.cleared
                    back = {"over": None, "text": text, "told": told, "cleared": 0}
                    connection.execute(sa.update(alert).where(at).values(**back))
            for cause, row in known.items():
                at = alert.c.cause == cause
                if row.told == row.cleared:
                    connection.execute(sa.delete(alert).where(at))
                elif row.over is None:
                    connection.execute(sa.update(alert).where(at).values(over=now))

    def open(self) -> Sequence[Alert]:
        """What is not over, oldest first."""
        with self._database.reading() as connection:
            return _alerts(connection.execute(sa.select(alert).where(alert.c.over.is_(None))).all())

    def untold(self, channel: int) -> Sequence[Alert]:
        """What a channel was not told of yet: what is new, and what it was told of and is over."""
        bit = sa.literal(channel)
        told = alert.c.told.op("&")(bit) != 0
        cleared = alert.c.cleared.op("&")(bit) != 0
        with self._database.reading() as connection:
            calm = self._database.now(connection) - _CALM
            new = sa.and_(alert.c.over.is_(None), ~told)
            over = sa.and_(alert.c.over <= calm, told, ~cleared)
            return _alerts(connection.execute(sa.select(alert).where(sa.or_(new, over))).all())

    def told(self, channel: int, alerts: Sequence[Alert]) -> None:
        """A channel was told of these."""
        with self._database.writing() as connection:
            for one in alerts:
                column = alert.c.told if one.over is None else alert.c.cleared
                at = sa.and_(alert.c.cause == one.cause, alert.c.since == one.since)
                marked = column.op("|")(sa.literal(channel))
                connection.execute(sa.update(alert).where(at).values({column: marked}))


def _alerts(rows: Sequence[sa.Row[tuple[object, ...]]]) -> Sequence[Alert]:
    found = [Alert(cause=row.cause, text=row.text, since=row.since, over=row.over) for row in rows]
    return sorted(found, key=lambda one: (one.since, one.cause))
