"""GROUND. Who reads: subscribers, their subscriptions, and what proves each of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from publisher.values import dataclass


class SubscriptionState(StrEnum):
    """pending: asked for, not confirmed. suppressed: not mailed, whatever a list says."""

    PENDING = "pending"
    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that happened to a subscription, as one may have to show it later.

    `what` is requested, confirmed, imported, unsubscribed, suppressed or changed, or listed: on
    the list of another tool since then. `how` says by which way (a form, a file with its line, a
    bounce), `wording` what the person was told, and `network` from where it came, shortened so
    that it names no person by itself.
    """

    when: datetime
    what: str
    how: str
    wording: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A person's address and what they told us. `id` 0 means: not in the store yet.

    `fields` are further columns of what was imported, kept as they were.
    """

    id: int = 0
    email: str
    name: str = ""
    language: str = ""
    timezone: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A subscriber's state for one newsletter; `rhythm` is "" where it has only one.

    `next_rhythm` is the one they want instead, "" for none: it becomes theirs when issues of both
    have told the same. `ended` stays while one who has left asks anew, until they confirm.
    """

    newsletter: str
    rhythm: str = ""
    next_rhythm: str = ""
    state: SubscriptionState
    requested: datetime
    confirmed: datetime | None = None
    ended: datetime | None = None
    paused_until: datetime | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a list says of a subscription besides its state; None and "" where it says nothing."""

    next_rhythm: str = ""
    requested: datetime | None = None
    confirmed: datetime | None = None
    ended: datetime | None = None
    paused_until: datetime | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A subscriber with all their subscriptions, by newsletter; the unit that is read and kept."""

    subscriber: Subscriber
    subscriptions: Mapping[str, Subscription] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A mail about a subscription, to one reader, queued until `publisher deliver` sends it.

    `kind` is confirm (a yes is needed) or known (there is nothing to confirm). Times are
    milliseconds since 1970; `due` is also what a sender holds it by.
    """

    id: int
    subscriber: int
    kind: str
    queued: int
    due: int
    tries: int


ERASED = "erased"
HARD_BOUNCE = "hard bounce"
SOFT_BOUNCES = "soft bounces"
COMPLAINT = "complaint"
"""Reasons to suppress that we find ourselves; a person gives one in words of their own."""

BY_HAND = "by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """Why an address is not mailed; the address itself is known by a keyed hash alone.

    `how` is BY_HAND where a person said so.
    """

    reason: str
    since: datetime
    how: str = ""
