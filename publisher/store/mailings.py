"""EDGE. An issue's deliveries as a whole: made when it is frozen, paused, let go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from publisher.model import DeliveryState, Readership
from publisher.store.engine import Database
from publisher.store.tables import (
    UNDER_WAY,
    WHY,
    delivery,
    is_any,
    issue,
    mailing,
    shard,
    subscriber,
    subscription,
)
from publisher.values import dataclass

SHARD_SIZE = 500
"""Deliveries that are leased as one, at least, where there are as many."""

Wake = Callable[[Connection, Sequence[tuple[int, int]]], None]
"""Has shards sent, named by mailing and number, as part of a transaction."""

FREE = ""
"""The owner of a shard that nobody has leased."""

UNPUBLISHED = (
    "its pages are not in place yet; the next `publisher publish` that ends well lets it go"
)
"""Why a mailing is paused that waits for its pages. By these very words runs find it in databases,
so they stay as they are; and so do those of `COMPOSED`."""

COMPOSED = (
    "its pages are not in place yet; the next `publisher publish` that ends well lets it go, and "
    "`publisher deliver` sends it before"
)
"""The same of an issue that a command made, which publishes nothing."""

WAITING = (UNPUBLISHED, COMPOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """An issue's deliveries as a whole.

    `state` is `open`, `paused` with the reason (at first one of `WAITING`), or `resumed`: a person
    had it go on.
    """

    id: int
    newsletter: str
    number: int
    list: str
    frozen: int
    state: str
    why: str


class Mailings:
    """Reads and changes mailings. Every method is one transaction."""

    def __init__(self, database: Database, wake: Wake | None = None) -> None:
        """`wake` has the shards of a mailing sent that is let go, as part of its transaction."""
        self._database = database
        self._wake = wake

    def all(self) -> list[Mailing]:
        """All mailings, oldest first."""
        return self._those()

    def unsent(self, *, waiting: bool = False) -> list[Mailing]:
        """Those that are open, or are `waiting` for their pages, and of which something is not sent
        yet, oldest first."""
        return self._those(_waits() if waiting else mailing.c.state == "open", _unfinished())

    def waiting(self) -> list[Mailing]:
        """Those that wait for their pages, oldest first."""
        return self._those(_waits())

    def _those(self, *conditions: sa.ColumnElement[bool]) -> list[Mailing]:
        but_why = [column for column in mailing.c if column is not mailing.c.why]
        asking = sa.select(*but_why, WHY).where(*conditions).order_by(mailing.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(asking).all()
        return [Mailing(**row._mapping) for row in rows]  # noqa: SLF001 (SQLAlchemy's public name)

    def let_go(self, id_: int, seconds: float, stale: str) -> tuple[str, str] | None:
        """Open a mailing that waits for its pages, for they are in place; one that was frozen
        longer ago than so many seconds, and is for anybody, is paused as `stale`. Gives the state
        that it has by that, and why; None for one that waits no more."""
        with self._database.writing() as connection:
            limit = self._database.now(connection) - int(seconds * 1000)
            is_stale = sa.and_(mailing.c.frozen < limit, _unfinished())
            found = connection.execute(
                sa.update(mailing)
                .where(mailing.c.id == id_, _waits())
                .values(
                    state=sa.case((is_stale, "paused"), else_="open"),
                    why=sa.case((is_stale, stale), else_=""),
                )
                .returning(mailing.c.state, WHY)
            ).one_or_none()
            if found and found.state == "open" and self._wake is not None:
                made = sa.select(shard.c.shard).where(shard.c.mailing == id_)
                places = connection.execute(made.order_by(shard.c.shard)).scalars()
                self._wake(connection, [(id_, place) for place in places])
            return found and (found.state, found.why)

    def let_go_composed(self) -> None:
        """Open what a command made, wherever its pages are."""
        with self._database.writing() as connection:
            connection.execute(
                sa.update(mailing)
                .where(mailing.c.state == "paused", mailing.c.why == COMPOSED)
                .values(state="open", why="")
            )

    def pause(self, id_: int, why: str, *, unless_resumed: bool = False) -> tuple[str, str] | None:
        """Send nothing more of a mailing until a person has looked, or, with `unless_resumed`,
        until one had looked before; gives its issue's name and the reason, None where it goes on.
        """
        may_go_on = [mailing.c.state != "resumed"] if unless_resumed else []
        with self._database.writing() as connection:
            row = connection.execute(
                sa.update(mailing)
                .where(mailing.c.id == id_, *may_go_on)
                .values(state="paused", why=why)
                .returning(mailing.c.newsletter, mailing.c.number, WHY)
            ).one_or_none()
        return row and (f"issue {row.number} of {row.newsletter}", row.why)

    def pause_unfinished(self, why: str) -> list[tuple[str, int]]:
        """Pause every mailing of which something is not sent yet, also for its pages: a run that
        has the pages in place does not open them any more. Gives their newsletters and numbers."""
        with self._database.writing() as connection:
            paused = connection.execute(
                sa.update(mailing)
                .where(sa.or_(mailing.c.state != "paused", _waits()), _unfinished())
                .values(state="paused", why=why)
                .returning(mailing.c.newsletter, mailing.c.number)
            )
            return sorted((row.newsletter, row.number) for row in paused)

    def pause_stale(self, newsletter: str, seconds: float, why: str) -> list[tuple[int, str]]:
        """Pause the mailings of a newsletter of which something was due for so long, and nothing
        was sent or tried for as long; gives the numbers of their issues, each with the reason."""
        with self._database.writing() as connection:
            limit = self._database.now(connection) - int(seconds * 1000)
            stirred = sa.select(sa.func.max(delivery.c.changed))
            paused = connection.execute(
                sa.update(mailing)
                .where(
                    mailing.c.newsletter == newsletter,
                    mailing.c.state == "open",
                    mailing.c.frozen < limit,
                    _unfinished(delivery.c.due < limit),
                    stirred.where(delivery.c.mailing == mailing.c.id).scalar_subquery() < limit,
                )
                .values(state="paused", why=why)
                .returning(mailing.c.number, WHY)
            )
            return sorted((row.number, row.why) for row in paused)

    def resume(self, newsletter: str, number: int, *, held: bool) -> tuple[bool, int] | None:
        """Let a mailing that was paused go on; with `held` what waits for a person is sent too.

        Gives whether it was paused, for one that was not stays as it is, and how many of those;
        None where there is no such mailing.
        """
        with self._database.writing() as connection:
            now = self._database.now(connection)
            id_ = connection.execute(
                sa.select(mailing.c.id).where(
                    mailing.c.newsletter == newsletter, mailing.c.number == number
                )
            ).scalar_one_or_none()
            if id_ is None:
                return None
            paused = connection.execute(
                sa.update(mailing)
                .where(mailing.c.id == id_, mailing.c.state == "paused")
                .values(state="resumed", why="")
            ).rowcount
            if not held:
                return paused > 0, 0
            freed: int = connection.execute(
                sa.update(delivery)
                .where(delivery.c.mailing == id_, delivery.c.state == DeliveryState.HELD.value)
                .values(state=DeliveryState.PENDING.value, due=0, changed=now)
            ).rowcount
            return paused > 0, freed

    def newest(self, newsletter: str) -> int | None:
        """The number of a newsletter's newest issue."""
        with self._database.reading() as connection:
            found: int | None = connection.execute(
                sa.select(sa.func.max(issue.c.number)).where(issue.c.newsletter == newsletter)
            ).scalar_one()
            return found

    def unknown(self, newsletter: str, readers: Readership) -> int | None:
        """The number of a newsletter's newest issue, if somebody would get it and another state
        folder had its deliveries."""
        number = self.newest(newsletter)
        if number is None:
            return None
        with self._database.reading() as connection:
            if not _is_unknown(connection, newsletter, number):
                return None
            now = self._database.now(connection)
            found = connection.execute(sa.select(sa.literal(1)).where(*_active(readers, now)))
            return None if found.first() is None else number

    def count_readers(self, readers: Readership) -> int:
        """How many would get an issue that was frozen now."""
        with self._database.reading() as connection:
            now = self._database.now(connection)
            found: int = connection.execute(
                sa.select(sa.func.count()).select_from(subscription).where(*_active(readers, now))
            ).scalar_one()
            return found

    def make_known(self, newsletter: str, number: int, readers: Readership) -> None:
        """Deliveries of an unknown issue to everybody who reads now; once, however often asked."""
        with self._database.writing(for_all_readers=True) as connection:
            if _is_unknown(connection, newsletter, number):
                now = self._database.now(connection)
                fan_out(connection, newsletter=newsletter, number=number, readers=readers, now=now)


def fan_out(
    connection: Connection,
    *,
    newsletter: str,
    number: int,
    readers: Readership,
    now: int,
    why: str = "",
) -> None:
    """A row for each reader of an issue, in shards; it is paused where there is a reason `why`.

    Part of the transaction that freezes the issue, so that there is either both or neither.
    """
    id_ = connection.execute(
        sa.insert(mailing)
        .values(
            newsletter=newsletter,
            number=number,
            list=readers.list,
            frozen=now,
            state="paused" if why else "open",
            why=why,
        )
        .returning(mailing.c.id)
    ).scalar_one()
    placed = _in_shards(connection, readers, now).subquery("placed")
    active = sa.select(
        sa.literal(id_, sa.BigInteger),
        placed.c.subscriber,
        placed.c.shard,
        sa.literal(DeliveryState.PENDING.value),
        sa.literal(0),
        sa.literal(0),  # due at once, also by a clock that is behind the one that froze it
        sa.literal(now, sa.BigInteger),
        sa.literal(""),
    )
    columns = ["mailing", "subscriber", "shard", "state", "tries", "due", "changed", "reply"]
    connection.execute(sa.insert(delivery).from_select(columns, active))
    free = sa.select(
        delivery.c.mailing, delivery.c.shard, sa.literal(FREE), sa.literal(0), sa.literal(0)
    )
    connection.execute(
        sa.insert(shard).from_select(
            ["mailing", "shard", "owner", "epoch", "deadline"],
            free.where(delivery.c.mailing == id_).distinct(),
        )
    )


def _in_shards(connection: Connection, readers: Readership, now: int) -> sa.Select[tuple[int, int]]:
    """Each active reader and the shard of theirs, of SHARD_SIZE to twice that where there are as
    many.

    The readers of a domain that has enough for a shard are a group of their own, all others one
    together: where servers of a large domain put mail off, no shard of others waits for them.
    Shards of all groups come in turn.
    """
    at = sa.func.instr if connection.dialect.name == "sqlite" else sa.func.strpos
    email = subscriber.c.email
    named = (
        sa.select(
            subscription.c.subscriber,
            sa.func.lower(sa.func.substr(email, at(email, "@") + 1)).label("domain"),
        )
        .join(subscriber, subscriber.c.id == subscription.c.subscriber)
        .where(*_active(readers, now))
        .subquery("named")
    )
    of_domain = sa.func.count().over(partition_by=named.c.domain).label("of_domain")
    sized = sa.select(named.c.subscriber, named.c.domain, of_domain).subquery("sized")
    group = sa.case((sized.c.of_domain >= SHARD_SIZE, sized.c.domain), else_="").label("of_group")
    grouped = sa.select(sized.c.subscriber, group).subquery("grouped")
    one, its = grouped.c.subscriber, grouped.c.of_group
    rank = sa.func.row_number().over(partition_by=its, order_by=one) - 1
    size = sa.func.count().over(partition_by=its)
    ranked = sa.select(one, its, rank.label("rank"), size.label("size")).subquery("ranked")
    shards = sa.case((ranked.c.size < SHARD_SIZE, 1), else_=ranked.c.size // SHARD_SIZE)
    part = (ranked.c.rank * shards // ranked.c.size).label("part")
    parts = sa.select(ranked.c.subscriber, ranked.c.of_group, part).subquery("parts")
    place = sa.func.dense_rank().over(order_by=(parts.c.part, parts.c.of_group)) - 1
    return sa.select(parts.c.subscriber, place.label("shard"))


def change_rhythms(connection: Connection, readers: Readership) -> int:
    """Who wanted another rhythm that is level with theirs has it from the next issue on.

    Part of the transaction that freezes an issue, after its readers are known.
    """
    changed = 0
    for now, wanted in readers.level:
        changed += connection.execute(
            sa.update(subscription)
            .where(
                subscription.c.newsletter == readers.list,
                _has_rhythm(readers, now),
                subscription.c.next_rhythm == wanted,
            )
            .values(rhythm=wanted, next_rhythm="")
        ).rowcount
    return changed


def _waits() -> sa.ColumnElement[bool]:
    """Whether a mailing waits for its pages."""
    return sa.and_(mailing.c.state == "paused", mailing.c.why.in_(WAITING))


def _unfinished(*more: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether something of a mailing is not sent yet."""
    return is_any(delivery.c.mailing == mailing.c.id, delivery.c.shard >= 0, UNDER_WAY, *more)


def _active(readers: Readership, now: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        subscription.c.newsletter == readers.list,
        _has_rhythm(readers, readers.rhythm),
        subscription.c.state == "active",
        sa.or_(subscription.c.paused_until.is_(None), subscription.c.paused_until <= now),
    )


def _has_rhythm(readers: Readership, rhythm: str) -> sa.ColumnElement[bool]:
    if readers.rhythms[:1] not in ((), (rhythm,)):
        return subscription.c.rhythm == rhythm
    others = readers.rhythms[1:]
    return subscription.c.rhythm.not_in(others) if others else sa.true()


def _is_unknown(connection: Connection, newsletter: str, number: int) -> bool:
    of_issue = sa.and_(mailing.c.newsletter == newsletter, mailing.c.number == number)
    found = connection.execute(
        sa.select(sa.literal(1)).where(
            sa.exists().where(issue.c.newsletter == newsletter, issue.c.number == number),
            ~sa.exists().where(of_issue),
        )
    )
    return found.first() is not None
