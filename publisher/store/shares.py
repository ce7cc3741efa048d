"""EDGE. What all workers share of a relay: when it is given the next message, and how many lanes
at a time send to readers of a domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from publisher.store.engine import Database
from publisher.store.tables import domain_slot, pace

_PIECE = 1000


class Shares:
    """The rows of it, on PostgreSQL, by whose clock they go. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def turns(self, relay: str, count: int, interval: float) -> float:
        """So many turns of a relay, one after the other by so many seconds; gives in how many
        seconds the first is. (The generic cell rate algorithm, of ITU-T I.371.)"""
        with self._database.writing() as connection:
            connection.execute(
                insert(pace).values(relay=relay, next=0).on_conflict_do_nothing(),
            )
            held = sa.select(pace.c.next).where(pace.c.relay == relay).with_for_update()
            ahead = connection.execute(held).scalar_one()
            now = self._database.now(connection) * 1000
            first = max(ahead, now)
            after = first + round(count * interval * 1e6)
            connection.execute(sa.update(pace).where(pace.c.relay == relay).values(next=after))
            return float(first - now) / 1e6

    def slots(
        self, owner: str, wanted: Mapping[str, int], most: int, seconds: float
    ) -> Counter[str]:
        """Hold as many slots of domains as are wanted and free, for so long; of each domain there
        are so many at most. Those of other domains are given back. Gives how many are held."""
        held: Counter[str] = Counter()
        with self._database.writing() as connection:
            now = self._database.now(connection)
            deadline = now + int(seconds * 1000)
            mine = domain_slot.c.owner == owner
            unwanted = sa.and_(mine, domain_slot.c.domain.not_in(sorted(wanted)))
            connection.execute(
                sa.delete(domain_slot).where(sa.or_(unwanted, domain_slot.c.deadline <= now))
            )
            connection.execute(sa.update(domain_slot).where(mine).values(deadline=deadline))
            rows = connection.execute(
                sa.select(domain_slot).where(domain_slot.c.domain.in_(sorted(wanted)))
            ).all()
            taken = {(row.domain, row.slot) for row in rows}
            held.update(row.domain for row in rows if row.owner == owner)
            new = [
                {"domain": domain, "slot": slot, "owner": owner, "deadline": deadline}
                for domain in sorted(wanted)
                for slot in [n for n in range(most) if (domain, n) not in taken][
                    : max(0, wanted[domain] - held[domain])
                ]
            ]
            for at in range(0, len(new), _PIECE):
                made = connection.execute(
                    insert(domain_slot)
                    .values(new[at : at + _PIECE])
                    .on_conflict_do_nothing()
                    .returning(domain_slot.c.domain)
                )
                held.update(made.scalars())
        return held
