"""GROUND. One issue to one subscriber: its states, what a relay answered, what follows."""

from __future__ import annotations

from enum import StrEnum

from publisher.values import dataclass


class DeliveryState(StrEnum):
    """Where a delivery stands. Of a leased shard, `pending` reads `claimed` in the ledger."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    DOUBTFUL = "doubtful"
    HELD = "held"
    SKIPPED = "skipped"


OPEN = (DeliveryState.PENDING, DeliveryState.DEFERRED)
"""The states out of which a message may be sent."""


class Stage(StrEnum):
    """How far a session had come when an answer was given, or the line went dead.

    Up to RECIPIENT nothing of the message has left; after TEXT all of it may have arrived.
    """

    GREETING = "greeting"
    SENDER = "sender"
    RECIPIENT = "recipient"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a relay said at a stage (RFC 5321 section 4.2); code 0 where it said nothing at all."""

    stage: Stage
    code: int
    text: str = ""

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip() if self.code else self.text


class Blame(StrEnum):
    """Whose fault a reply is: of this message and its reader, or of the relay as it is now."""

    RECIPIENT = "recipient"
    RELAY = "relay"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a reply means for a delivery: its next state, and whose fault it is.

    `refused` is a final no that says something of the whole mailing rather than of one reader:
    the relay takes nothing from this sender.
    """

    state: DeliveryState
    blame: Blame = Blame.NOBODY
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A delivery that is to be sent, with what its message needs.

    `mailing` is the issue's number in the ledger, `shard` the part of it that is leased as one;
    `tries` counts the attempts so far that were not the relay's own fault.
    """

    mailing: int
    shard: int
    subscriber: int
    email: str
    name: str
    tries: int

    @property
    def domain(self) -> str:
        """Whose servers take the message in the end: what follows the @, in small letters."""
        return self.email.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to send one shard until `deadline` (milliseconds of the ledger's clock).

    `epoch` counts the leases that the shard has had: a write with an older one is refused.
    """

    mailing: int
    shard: int
    epoch: int
    deadline: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of an attempt, to be written: the row's next state and when it is due again."""

    mailing: int
    shard: int
    subscriber: int
    state: DeliveryState
    tries: int
    due: int
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readership:
    """Who gets an issue: the active subscribers of a list, of one rhythm where it has several.

    `rhythms` are all that it has. Who has none of them (they came later, or theirs was taken out)
    is of the first; where a list has none everybody is the same.

    `level` are pairs of rhythms whose issues, after this one, have told the same: who is of the
    first and wants the second changes without missing or repeating an article.
    """

    list: str
    rhythm: str = ""
    rhythms: tuple[str, ...] = ()
    level: tuple[tuple[str, str], ...] = ()
