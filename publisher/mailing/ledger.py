"""USE CASE. What the ledger says: how every issue stands, and every delivery as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from publisher.config import Config
from publisher.delivery.tokens import Keys
from publisher.errors import StoreError
from publisher.mailing.letters import message_identity
from publisher.mime import message_id
from publisher.model import OPEN, DeliveryState
from publisher.store.bounces import BounceStore
from publisher.store.engine import Database
from publisher.store.ledger import Ledger
from publisher.store.mailings import Mailings
from publisher.store.notices import Notices
from publisher.store.secrets import known_keys, read_keys
from publisher.store.standing import count_states
from publisher.store.subscribers import SubscriberStore
from publisher.values import dataclass

COLUMNS = ("recipient", "newsletter", "issue", "state", "attempts", "message_id", "reply")
"""Of `publisher ledger --csv`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueStatus:
    """How an issue stands: how many deliveries are in which state; `why` where it is paused."""

    newsletter: str
    number: int
    states: Counter[str]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A delivery of which nobody knows whether it arrived."""

    newsletter: str
    number: int
    recipient: str
    attempts: int
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailStatus:
    """What stands beside the issues: mails about subscriptions that wait, and that failed in the
    last month; how many mails came back, by kind; how many readers are suppressed; and how many
    have newsletters, by name, that are not configured."""

    waiting: int
    failed: int
    came_back: Counter[str]
    suppressed: int
    strays: Mapping[str, int]


def read_mail_status(config: Config, database: Database) -> MailStatus:
    """How the mails about subscriptions stand, what came back, and who gets nothing.

    Raises StoreError.
    """
    readers = SubscriberStore(database)
    notices = Notices(database).counts()
    return MailStatus(
        waiting=notices["pending"] + notices["sending"],
        failed=notices["failed"],
        came_back=BounceStore(database).counts(),
        suppressed=readers.suppressed(),
        strays=readers.strays(spec.name for spec in config.newsletters),
    )


def read_status(database: Database) -> tuple[list[IssueStatus], list[Doubt]]:
    """Every issue that was frozen for readers, oldest first, and all that is in doubt."""
    counts = count_states(database)
    issues = [
        IssueStatus(
            newsletter=one.newsletter,
            number=one.number,
            states=counts.get(one.id, Counter()),
            why=one.why,
        )
        for one in Mailings(database).all()
    ]
    doubts = [
        Doubt(
            newsletter=row.newsletter,
            number=row.number,
            recipient=row.email or "",
            attempts=row.tries,
            reply=row.reply,
        )
        for row in Ledger(database).unsure()
    ]
    return issues, doubts


def resume_issue(
    config: Config, database: Database, newsletter: str, number: int, *, held: bool
) -> str:
    """Let the mailing of an issue go on; gives what to say.

    Raises StoreError where there is none, ConfigError where there is no such newsletter either.
    """
    mailings = Mailings(database)
    waits = any((one.newsletter, one.number) == (newsletter, number) for one in mailings.waiting())
    resumed = mailings.resume(newsletter, number, held=held)
    if resumed is None:
        config.newsletter(newsletter)  # asked now: of one that is gone a mailing may still wait
        raise StoreError(
            f"issue {number} of {newsletter} was never frozen for readers",
            mend="`publisher status` lists those that were",
        )
    was_paused, freed = resumed
    more = ", whether or not its pages are in place" if waits else ""
    more += f"; {freed} that were held are sent again" if held else ""
    if was_paused or freed:
        return f"issue {number} of {newsletter} goes on with the next `publisher deliver`{more}"
    return f"issue {number} of {newsletter} is not paused{more}"


def ledger_table(config: Config, database: Database) -> Iterator[Sequence[str]]:
    """Every delivery as text, by issue and subscriber, without the line of titles.

    What waits because its issue is paused has the reason for a reply, until it has one of its own.
    Message-IDs are "" where no message was made yet and the database takes nothing.
    """
    ledger = Ledger(database)
    keys = _keys(database)
    specs = {spec.name: spec for spec in config.streams}
    waiting = [state.value for state in OPEN]
    for row in ledger.rows():
        spec = specs.get(row.newsletter)
        mailing = f"{row.newsletter}|{row.number}"
        identity = message_identity(keys, mailing, row.subscriber) if keys else ""
        claimed = row.owner and row.state in waiting
        yield (
            row.email or f"erased reader {row.subscriber}",
            row.newsletter,
            str(row.number),
            DeliveryState.CLAIMED.value if claimed else row.state,
            str(row.tries),
            message_id(spec, row.number, identity) if spec and identity else "",
            row.reply or (f"waits: {row.paused}" if row.paused and row.state in waiting else ""),
        )


def _keys(database: Database) -> Keys | None:
    """What Message-IDs are made with; None where there is nothing yet, and nothing can be written.

    They are read before any is made: a disk may take nothing.
    """
    known = known_keys(database, "message-id")
    if known is None:
        with suppress(StoreError):
            return read_keys(database, "message-id")
    return known
