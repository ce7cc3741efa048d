"""USE CASE. A shard at a time: lease it, send what is due in it, give it back.

One `Sender` is what a process sends with: a desk, a writer and lanes, shared by all shards that
it has in hand. `publisher deliver`, the timer and the jobs of a worker all send by it.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from publisher.config import Config
from publisher.delivery.pacing import MOST_FAILED, WINDOW
from publisher.delivery.verp import bounces_address
from publisher.errors import IssueUnsendable
from publisher.issues.pausing import RESUME, pause_unfit
from publisher.mailing.letters import Letters, message_identity
from publisher.mailing.notices import NoticeSender, Post
from publisher.model import DeliveryState, Recipient, Reply
from publisher.sending.desk import Desk
from publisher.sending.lane import Lane, Means
from publisher.sending.tray import lease_time
from publisher.sending.turns import SharedTurns
from publisher.sending.worker import worker_alive
from publisher.sending.writer import Writer
from publisher.store.engine import Database
from publisher.store.ledger import Ledger
from publisher.store.mailings import SHARD_SIZE, Mailing, Mailings
from publisher.store.place import is_another_place
from publisher.store.secrets import read_keys
from publisher.transport.opening import relay_of, session_opener

DOUBT_SECONDS = 15 * 60.0
"""How long a delivery stays in doubt before it is sent again: by then the relay has let go of
the session in which it may have been taken (RFC 5321 section 4.5.3.2.7: five minutes)."""

PATIENCE = 15 * 60.0
"""Seconds without any message accepted after which a relay that is away ends the sending."""

_BLOCKED_SECONDS = 10.0
"""A shard is given back of which for so long nobody could be sent to, for others have all lanes
that its domains may have: it keeps a place here from shards that could go on."""

_TOO_MANY = (
    f"the relay turned down more than {MOST_FAILED} of {WINDOW} for good; look why "
    f"(`publisher ledger --csv`) before the list is burnt; then {RESUME}"
)
_COPIED = (
    "the state folder was copied or set back: what it says is unsent, or made just now, may have "
    "been sent from elsewhere, or will be; only one place may mail: where this is the one, {} "
    "sends it"
)
_RESUME_ONE = "`publisher issue resume {} {}`"
_TWO_PLACES = (
    "the state folder was copied or set back; nothing of it was unsent. Only one place may mail "
    "from it: if it was copied from one that still runs, stop one of the two"
)


class Sender:
    """What a process sends with. `tend` is called again and again by one thread, as long as shards
    are in hand; the other methods by any. Each may raise StoreError."""

    def __init__(
        self,
        config: Config,
        database: Database,
        letters: Letters,
        *,
        owner: str,
        workers: Path,
        lease_seconds: float,
        limit: int | None = None,
        counts: Counter[str] | None = None,
        is_one_of_several: bool = False,
    ) -> None:
        """`owner` is this process's name in the ledger, `workers` the folder of such names. A shard
        is leased for `lease_seconds` at a time. What becomes of deliveries is added to `counts`.
        With `is_one_of_several` the limits of the relay are for all that send by this database.
        """
        self._config = config
        self._smtp = relay_of(config)
        self._ledger = Ledger(database)
        self._mailings = Mailings(database)
        self._letters = letters
        self._owner = owner
        self.is_dead = lambda name: not worker_alive(workers, name, alone=database.is_sqlite)
        # A message that is begun when half of the lease is over must have ended with it: its
        # text, and the answers to its commands, may each take the whole timeout.
        self._lease_seconds = lease_seconds
        self._counts = Counter() if counts is None else counts
        self._is_one_of_several = is_one_of_several
        self._turns: SharedTurns | None = None
        if is_one_of_several and (self._smtp.per_minute or self._smtp.per_domain):
            from publisher.store.shares import Shares  # noqa: PLC0415 (a dialect of SQLAlchemy)

            self._turns = SharedTurns(
                self._smtp, Shares(database), owner=owner, lease_seconds=lease_seconds
            )
        self.desk = Desk(self._smtp, self._counts, limit=limit, turns=self._turns)
        self._writer = Writer(self._ledger, self.desk.leases, self.desk.busy)
        self._means = Means(
            desk=self.desk,
            writer=self._writer,
            letter=letters.letter,
            open_session=session_opener(config),
            retry=self._smtp.retry,
            now=_ticking(self._ledger.now()),
            refused=self._refused,
            unsendable=self._unsendable,
        )
        self._lanes: list[Lane] = []
        self._starting = threading.Lock()
        self._stopped: list[str] = []
        self._extended = lease_time()
        self.freed = 0
        """How many shards of dead processes were freed here."""

    @property
    def trouble(self) -> str:
        """Why mailings were stopped, or what the relay's trouble is now; "" where there is none."""
        return "; ".join(dict.fromkeys(self._stopped)) or self.desk.trouble

    @property
    def has_room(self) -> bool:
        """Whether another shard would keep lanes busy."""
        return self.desk.waiting() < SHARD_SIZE

    def run_shard(self, mailing: int, shard: int) -> bool:
        """Lease that shard, send what is due in it, give it back; False where there was nothing to
        do: it is another's, or gone, or nothing of it is due. Another thread tends meanwhile."""
        if not self.take_up((mailing, shard)):
            return False
        self.desk.wait_for((mailing, shard))
        return True

    def take_up(self, place: tuple[int, int] | None = None) -> bool:
        """Lease a shard, that one or the next that has something due, and hand it to the lanes;
        False where there is none."""
        asked = lease_time()
        known = self._letters.known()
        lease = self._ledger.claim(self._owner, self._lease_seconds, known, place)
        if lease is None:
            return False
        until = asked + self._lease_seconds / 2
        self.desk.add(lease, self._ledger.recipients(lease), until)
        with self._starting:
            while len(self._lanes) < self._smtp.connections:
                self._lanes.append(Lane(self._means, len(self._lanes)))
                self._lanes[-1].start()
        return True

    def tend(self) -> bool:
        """Give finished shards back and hold the others on, and stop where a relay stays away; says
        whether leases were held on, which is now and then."""
        self._go_slower()
        if self._turns is not None:
            if self._turns.ask(self.desk.wanted()):
                self.desk.turned()
            self.desk.give_up_blocked(_BLOCKED_SECONDS)
        for lease in self.desk.finished():
            self._ledger.release(lease)
            self.desk.let_go(lease)
        if time.monotonic() - self.desk.last_success > PATIENCE and self.desk.trouble:
            self.desk.stop()
        if lease_time() - self._extended <= self._lease_seconds / 6:
            return False
        held = list(self.desk.leases().values())
        asked = lease_time()
        hold = self._ledger.extend(held, self._lease_seconds)
        self.desk.extended(hold, asked + self._lease_seconds / 2)
        for lease in held:
            if lease not in hold:
                self.desk.let_go(lease)
        self._extended = asked
        if self._is_one_of_several:
            self._take_over()  # the rest is done once a minute, by one of them
        else:
            self.settle()
        return True

    def settle(self) -> None:
        """What dead processes held is free; what is in doubt for long enough is due or held."""
        mailings = self._take_over()
        rules = {
            mailing.id: self._letters.newsletter(mailing).in_doubt
            for mailing in mailings
            if self._letters.is_known(mailing)
        }
        self._ledger.settle_doubt(rules, DOUBT_SECONDS)

    def _take_over(self) -> list[Mailing]:
        """Free what dead processes held; gives the mailings as they are now."""
        freed = self._ledger.take_over(self._owner, self.is_dead, self.desk.leases().__contains__)
        self.freed += freed.shards
        if freed.doubtful:
            self._counts[DeliveryState.DOUBTFUL.value] += freed.doubtful
        mailings = self._mailings.all()
        self.desk.trust({mailing.id for mailing in mailings if mailing.state == "resumed"})
        return mailings

    def close(self) -> None:
        """Let lanes end after what they have in hand, and give back what is held.

        Raises what ended a lane early.
        """
        self.desk.close()
        for lane in self._lanes:
            lane.join()
        self._writer.close()
        for lease in self.desk.leases().values():
            self._ledger.release(lease)
        self.raise_failure()
        self._go_slower()

    def raise_failure(self) -> None:
        """Raises what ended a lane early, if anything did."""
        for lane in self._lanes:
            if lane.failure is not None:
                raise lane.failure

    def _go_slower(self) -> None:
        """Note whose domain rests, and stop a mailing of which too many were turned down."""
        for waiting in self.desk.put_off():
            self._ledger.put_off(waiting.lease, waiting.recipients, waiting.seconds)
            self.desk.noted(waiting)
        for id_ in self.desk.failing():
            self._pause(id_, _TOO_MANY)
            self.desk.paused(id_)

    def _refused(self, recipient: Recipient, reply: Reply) -> None:
        """The relay takes nothing from this sender: stop that mailing, do not burn the list."""
        self._pause(
            recipient.mailing, f"the relay takes nothing of it: {reply}; when it does, {RESUME}"
        )
        self.desk.drop(recipient.mailing)

    def _unsendable(self, recipient: Recipient, error: IssueUnsendable) -> None:
        """No message of this mailing can be made: it waits for a person, and nobody fails by it."""
        mend = f" ({error.mend})" if error.mend else ""
        why = f"no message of it can be made: {error}{mend}; when one can, {RESUME}"
        self._pause(recipient.mailing, why)
        self.desk.drop(recipient.mailing)

    def _pause(self, id_: int, why: str) -> None:
        self._stopped.append(": ".join(self._mailings.pause(id_, why) or ()))


def notice_sender(config: Config, database: Database, letters: Letters) -> NoticeSender:
    """What sends the mails about subscriptions."""
    return NoticeSender(
        config,
        database,
        Post(
            open_session=session_opener(config),
            signing=letters.signing,
            identity=partial(message_identity, read_keys(database, "message-id")),
            bounces=bounces_address(config),
        ),
    )


def is_copied(config: Config, database: Database) -> bool:
    """Whether the state was copied or set back since this was asked; of a server nobody knows.

    Long deliveries ask now and then, so that a copy made in their midst is older than what they
    leave behind.
    """
    return database.is_sqlite and is_another_place(config.path(config.state), database)


def pause_copied(mailings: Mailings) -> str:
    """Send nothing of a copy, nor what was frozen before it was noticed: the place that it was
    copied from freezes an issue for the same slot. Gives what to say."""
    paused = mailings.pause_unfinished(_COPIED.format(_RESUME_ONE.format("NEWSLETTER", "NUMBER")))
    commands = (_RESUME_ONE.format(newsletter, number) for newsletter, number in paused)
    return _COPIED.format(", ".join(commands)) if paused else _TWO_PLACES


def pause_what_may_be_sent(config: Config, database: Database, mailings: Mailings) -> str:
    """Send nothing that may have been sent from where the state was before; a person decides.

    Gives what to say, "" where nothing was paused and nothing was copied.
    """
    if is_copied(config, database):
        return pause_copied(mailings)
    return "; ".join(pause_unfit(config, mailings))


def _ticking(start: int) -> Callable[[], int]:
    """The ledger's clock without asking it for each message."""
    began = lease_time()
    return lambda: start + int((lease_time() - began) * 1000)
