"""EDGE. What one process of several holds for a while: the right to publish."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from publisher.store.engine import Database
from publisher.store.mailings import FREE
from publisher.store.tables import hold

PUBLISH = "publish"


class Holds:
    """Leases by name, by the database's clock. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(
        self, name: str, owner: str, seconds: float, is_dead: Callable[[str], bool]
    ) -> int | None:
        """Hold that for so long, or hold it on; gives the epoch, which counts its holders; None
        where another holds it, who is not known to be dead."""
        try:
            with self._database.writing() as connection:
                now = self._database.now(connection)
                deadline = now + int(seconds * 1000)
                found = connection.execute(
                    sa.select(hold).where(hold.c.name == name).with_for_update()
                ).one_or_none()
                if found is None:
                    values = {"name": name, "owner": owner, "epoch": 1, "deadline": deadline}
                    connection.execute(sa.insert(hold).values(**values))
                    return 1
                mine = found.owner == owner
                if not mine and found.deadline > now and not is_dead(found.owner):
                    return None
                epoch: int = found.epoch if mine else found.epoch + 1
                connection.execute(
                    sa.update(hold)
                    .where(hold.c.name == name)
                    .values(owner=owner, epoch=epoch, deadline=deadline)
                )
                return epoch
        except IntegrityError:
            return None  # another was the first to hold it, at the same time

    def give_back(self, name: str, owner: str) -> None:
        """Let others hold it, if it was held."""
        with self._database.writing() as connection:
            connection.execute(
                sa.update(hold)
                .where(hold.c.name == name, hold.c.owner == owner)
                .values(owner=FREE, deadline=0)
            )
