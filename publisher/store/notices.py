"""EDGE. Who asked to be subscribed, how often; and the mails about it that wait to be sent.

Whether one may be sent, and that it is, are decided in one transaction, so that no two requests
at once make two of it, and a restart forgets nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from publisher.delivery.providers import PROVIDERS
from publisher.delivery.tokens import CONFIRM_SECONDS
from publisher.model import Notice, Reader, Suppression
from publisher.readers import box_of, one_box, proved
from publisher.store.engine import Database
from publisher.store.people import alone
from publisher.store.subscribers import SubscriberStore
from publisher.store.tables import notice, sign_up
from publisher.values import dataclass

_HOUR, _DAY = 3_600_000, 86_400_000
_IDLE, _NAMED = sa.text("mailed = 0"), sa.text("domain <> ''")  # word for word as in their indexes
_OPEN = ("pending", "sending")


class Asked(StrEnum):
    """What became of a wish to be subscribed. Nobody outside may tell HEARD from MAILED."""

    MAILED = "mailed"
    HEARD = "heard"
    TOO_MANY = "too many"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpLimits:
    """How many sign-ups are taken in an hour: of one network, for addresses at one domain, and of
    all; and how many mails a box gets.

    A large provider's domain has more room than another: to shut all its users out takes half of
    what shuts out everybody. `box_day` counts mails since the box's owner last confirmed one,
    `box_day_most` all of a day.
    """

    network_hour: int = 20
    domain_hour: int = 60
    provider_hour: int = 1000
    all_hour: int = 2000
    box_day: int = 1
    box_day_most: int = 5
    box_unheeded: int = 3


Decide = Callable[[Reader, Suppression | None, datetime], tuple[Reader | None, str]]
"""A reader as it is, whether its address is suppressed, now -> what it becomes (None: as it is),
and the kind of mail that tells them, "" for none."""

Keep = Callable[[Reader, Suppression | None, datetime], Reader | None]
"""The same where no mail may go, and one that asks them is on its way already."""


class SignUps:
    """Counts wishes and queues mails."""

    def __init__(
        self, database: Database, subscribers: SubscriberStore, limits: SignUpLimits
    ) -> None:
        self._database = database
        self._subscribers = subscribers
        self._limits = limits

    def ask(self, new: Reader, network: str, decide: Decide, keep: Keep) -> Asked:
        """Somebody wants that address to be subscribed: change the reader and queue a mail.

        Where a limit is reached, nothing is changed but what `keep` does for a reader whose link
        to confirm is still good. `network` "" is not counted by itself.
        """
        whole = one_box(new.subscriber.email)
        domain = whole.rpartition("@")[2]
        room = self._limits.provider_hour if domain in PROVIDERS else self._limits.domain_hour
        box = box_of(whole, self._subscribers.secret)
        domain = box_of(domain, self._subscribers.secret)
        with self._database.writing() as connection:
            alone(self._database, connection)
            now = self._database.now(connection)
            _forget(connection, now)
            if self._is_too_many(connection, network, domain, room, now):
                return Asked.TOO_MANY

            def by_limits(
                reader: Reader, barred: Suppression | None, when: datetime
            ) -> tuple[Reader | None, str]:
                if self._may_mail(connection, box, _welcomed(reader), now):
                    return decide(reader, barred, when)
                is_asked = _is_asked(connection, reader.subscriber.id, now)
                return keep(reader, barred, when) if is_asked else None, ""

            is_mailed = self._change(connection, new, by_limits, now)
            connection.execute(
                sa.insert(sign_up).values(
                    box=box,
                    network=network,
                    domain=domain,
                    asked=now,
                    mailed=int(is_mailed),
                    clicked=0,
                )
            )
        return Asked.MAILED if is_mailed else Asked.HEARD

    def heeded(self, connection: Connection, email: str) -> None:
        """The owner of an address used a link that was mailed there."""
        box = box_of(one_box(email), self._subscribers.secret)
        connection.execute(
            sa.update(sign_up).where(sign_up.c.box == box, sign_up.c.clicked == 0).values(clicked=1)
        )

    def _change(self, connection: Connection, new: Reader, decide: Decide, now: int) -> bool:
        """Gives whether a mail was queued."""
        kind, id_ = "", 0

        def change(reader: Reader, barred: Suppression | None) -> Reader | None:
            nonlocal kind, id_
            after, kind = decide(reader, barred, datetime.fromtimestamp(now / 1000, UTC))
            id_ = reader.subscriber.id
            return after

        (after,) = self._subscribers.change_within(connection, [new], change)
        if not kind:
            return False
        connection.execute(
            sa.insert(notice).values(
                subscriber=after.subscriber.id if after else id_,
                kind=kind,
                queued=now,
                state="pending",
                due=0,  # at once, also by a clock that is behind this one
                tries=0,
                reply="",
            )
        )
        return True

    def _is_too_many(
        self, connection: Connection, network: str, domain: str, room: int, now: int
    ) -> bool:
        """Every wish counts, whatever came of it: else the answer would tell what did."""
        lately = sa.select(sa.func.count()).where(sign_up.c.asked > now - _HOUR)
        if connection.execute(lately).scalar_one() >= self._limits.all_hour:
            return True
        of_domain = lately.where(sign_up.c.domain == domain)
        if connection.execute(of_domain).scalar_one() >= room:
            return True
        of_network = lately.where(sign_up.c.network == network)
        count: int = connection.execute(of_network).scalar_one()
        return bool(network) and count >= self._limits.network_hour

    def _may_mail(
        self, connection: Connection, box: str, confirmed: datetime | None, now: int
    ) -> bool:
        """Whether the box has room for one; `confirmed` is when its owner last said yes,
        where they have left nothing since.

        What was mailed before that was no flood: they wanted it. Any other link says only that
        somebody reads there, also "that was not me".
        """
        mailed = sa.select(sa.func.count()).where(sign_up.c.box == box, sign_up.c.mailed == 1)
        today = mailed.where(sign_up.c.asked > now - _DAY)
        answered = round(confirmed.timestamp() * 1000) if confirmed else 0
        count = connection.execute(today.where(sign_up.c.asked > answered)).scalar_one()
        whole = connection.execute(today).scalar_one()
        unheeded = connection.execute(mailed.where(sign_up.c.clicked == 0)).scalar_one()
        return bool(
            count < self._limits.box_day
            and whole < self._limits.box_day_most
            and unheeded < self._limits.box_unheeded
        )


def _welcomed(reader: Reader) -> datetime | None:
    """When an owner last said yes; None where they have left something since."""
    said = proved(reader)
    ends = [one.ended for one in reader.subscriptions.values() if one.ended is not None]
    return said if said is not None and all(end < said for end in ends) else None


def _is_asked(connection: Connection, id_: int, now: int) -> bool:
    """Whether a reader has a mail, or will get it, whose link to confirm is still good."""
    since = now - CONFIRM_SECONDS * 1000
    asks = sa.select(notice.c.id).where(
        notice.c.subscriber == id_, notice.c.kind == "confirm", notice.c.queued > since
    )
    return connection.execute(asks.limit(1)).first() is not None


def _forget(connection: Connection, now: int) -> None:
    """What no limit asks for any more: networks and domains after an hour, and wishes that made
    no mail."""
    old = sign_up.c.asked <= now - _HOUR
    connection.execute(sa.delete(sign_up).where(old, _IDLE))
    connection.execute(sa.update(sign_up).where(old, _NAMED).values(network="", domain=""))


class Notices:
    """The mails that wait, handed out one by one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self) -> Counter[str]:
        """How many there are by state."""
        statement = sa.select(notice.c.state, sa.func.count()).group_by(notice.c.state)
        with self._database.reading() as connection:
            return Counter({row[0]: row[1] for row in connection.execute(statement)})

    def claim(self, hold: timedelta) -> Notice | None:
        """One that is due, for its caller alone until it is settled or `hold` is over."""
        with self._database.writing() as connection:
            now = self._database.now(connection)
            found = connection.execute(
                sa.select(notice)
                .where(notice.c.state.in_(_OPEN), notice.c.due <= now)
                .order_by(notice.c.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).one_or_none()
            if found is None:
                return None
            due = now + round(hold.total_seconds() * 1000)
            connection.execute(
                sa.update(notice).where(notice.c.id == found.id).values(state="sending", due=due)
            )
        return Notice(
            id=found.id,
            subscriber=found.subscriber,
            kind=found.kind,
            queued=found.queued,
            due=due,
            tries=found.tries,
        )

    def settle(self, one: Notice, state: str, *, tries: int, wait: float, reply: str) -> None:
        """What came of it; `pending` again after `wait` seconds. Nothing where another has it."""
        with self._database.writing() as connection:
            now = self._database.now(connection)
            connection.execute(
                sa.update(notice)
                .where(notice.c.id == one.id, notice.c.state == "sending", notice.c.due == one.due)
                .values(state=state, tries=tries, due=now + round(wait * 1000), reply=reply)
            )
