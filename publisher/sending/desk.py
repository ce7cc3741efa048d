"""EDGE. What lanes share: who is next, and when to go slower or stop."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence

from publisher.config import SmtpSpec
from publisher.delivery.pacing import Failures, Rests
from publisher.model import DeliveryState, Lease, Recipient
from publisher.sending.tray import Place, Tray
from publisher.sending.turns import OwnTurns, Turns
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOff:
    """Recipients of one shard that wait, for their domain rests for so many seconds."""

    lease: Lease
    recipients: Sequence[Recipient]
    seconds: float


class Desk:
    """Hands recipients to lanes and counts what became of them; every method is safe in threads.

    What it has to hand out is in its `Tray`, whom it hands it to is for the desk to say.
    """

    def __init__(
        self,
        smtp: SmtpSpec,
        counts: Counter[str],
        *,
        limit: int | None = None,
        turns: Turns | None = None,
    ) -> None:
        """What becomes of deliveries is added to `counts`, by state. Without `turns` the relay is
        for this process alone."""
        self._changed = threading.Condition()
        self._tray = Tray()
        self._limit = limit
        self._turns = turns or OwnTurns(smtp)
        self._per_domain = smtp.per_domain
        self._connections = smtp.connections
        self._rests = Rests(smtp.retry.first.total_seconds(), smtp.retry.factor)
        self._failures = Failures()
        self._dropped: set[int] = set()
        self._failing: set[int] = set()
        self._trusted: set[int] = set()
        self._stopping = False
        self._closed = False
        self.counts = counts
        self.trouble = ""
        self.last_success = time.monotonic()

    # -- the side of the use case

    def add(self, lease: Lease, recipients: Sequence[Recipient], until: float) -> None:
        """Queue a shard's recipients, which may be sent up to `until` of `lease_time`.

        It may have been here before. Whom a lane has from then is not queued once more.
        """
        now = time.monotonic()
        with self._changed:
            if not self._tray.leases():
                self.last_success = now  # of what was before nothing was left to succeed
            self._tray.lay(lease, recipients, until)
            for one in recipients:
                if self._tray.is_in_hand(one):
                    continue
                if lease.mailing in self._dropped:
                    self._tray.settle(one)
                elif self._rests.left(one.domain, now):
                    self._tray.rest(one)
                else:
                    self._tray.wait(one)
            self._changed.notify_all()

    def put_off(self) -> list[PutOff]:
        """Whom to note as put off, for their domain rests; until that is `noted` they are told
        again."""
        now = time.monotonic()
        with self._changed:
            leases = self._tray.leases()
            return [
                PutOff(
                    lease=leases[place],
                    recipients=group,
                    seconds=self._rests.left(domain, now),
                )
                for (place, domain), group in self._tray.resting().items()
            ]

    def noted(self, put_off: PutOff) -> None:
        """They are in the ledger as put off."""
        with self._changed:
            self.counts[DeliveryState.DEFERRED.value] += len(put_off.recipients)
            self._tray.rest_no_more(set(put_off.recipients))
            for one in put_off.recipients:
                self._settle(one)

    def trust(self, mailings: set[int]) -> None:
        """Mailings that go on however many are turned down: a person has said so."""
        with self._changed:
            self._trusted = mailings
            self._dropped -= mailings

    def failing(self) -> set[int]:
        """The mailings of which too many were turned down for good, until they are `paused`."""
        with self._changed:
            return set(self._failing)

    def paused(self, mailing: int) -> None:
        """The ledger has a mailing as paused."""
        with self._changed:
            self._failing.discard(mailing)

    def extended(self, leases: Sequence[Lease], until: float) -> None:
        """The leases hold on."""
        with self._changed:
            for lease in leases:
                if self._tray.is_of(lease):
                    self._tray.extend(lease, until)
            self._changed.notify_all()

    def leases(self) -> Mapping[Place, Lease]:
        """The leases that are held."""
        with self._changed:
            return self._tray.leases()

    def finished(self) -> list[Lease]:
        """The leases of shards of which nothing is left to do, to be given back."""
        with self._changed:
            return self._tray.finished()

    def let_go(self, lease: Lease) -> None:
        """A lease was given back, or another has it: nothing more is begun under it."""
        with self._changed:
            if self._tray.is_of(lease):
                self._forget((lease.mailing, lease.shard))

    def waiting(self) -> int:
        """How many recipients no lane has taken yet."""
        with self._changed:
            return self._tray.waiting()

    def wanted(self) -> Counter[str]:
        """The domains of recipients that wait or are in hand, each with how many of them."""
        with self._changed:
            return self._tray.domains()

    def give_up_blocked(self, seconds: float) -> None:
        """Have shards finished of which for so long nobody could be sent to, for other processes
        have the lanes of all their domains."""
        limit = time.monotonic() - seconds
        with self._changed:
            if self._tray.give_up(limit, lambda domain: self._turns.lanes(domain) > 0):
                self._changed.notify_all()

    def turned(self) -> None:
        """There are more turns than before."""
        with self._changed:
            self._changed.notify_all()

    def busy(self) -> int:
        """How many lanes have a message in hand, about: nothing is locked for it."""
        return min(self._tray.in_hand(), self._connections)

    def wait(self, seconds: float) -> None:
        """Until something changed, or so long."""
        with self._changed:
            self._changed.wait(seconds)

    def wait_for(self, place: Place) -> None:
        """Until that shard is let go of, or lanes are told to end."""
        with self._changed:
            while self._tray.has(place) and not self._stopping:
                self._changed.wait()

    def is_drained(self) -> bool:
        """Whether the limit is reached and no lane has a message in hand."""
        with self._changed:
            return self._limit == 0 and not self._tray.in_hand()

    def drop(self, mailing: int) -> None:
        """Nothing more of a mailing is begun in this run; what lanes have in hand they end."""
        with self._changed:
            self._drop(mailing)

    def stop(self) -> None:
        """Let every lane end after the message in hand."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def close(self) -> None:
        """Nothing more will be added: lanes end when the queue is empty."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def is_stopping(self) -> bool:
        """Whether lanes were told to end."""
        return self._stopping

    # -- the side of lanes

    def take(self, *, wait: bool) -> Recipient | None:
        """The next recipient; None when there is none (now, or for good when `wait`)."""
        with self._changed:
            while not self._stopping:
                delay = self._turns.left()
                if delay <= 0 and self._limit != 0:
                    taken = self._next()
                    if taken is not None:
                        return taken
                ended = self._limit == 0 or (self._closed and not self._tray.is_any_in_time())
                if not wait or ended:
                    return None
                waits = self._tray.waiting() and 0 < delay < math.inf
                self._changed.wait(max(delay, 0.001) if waits else None)
            return None

    def _next(self) -> Recipient | None:
        """The first one whose lease holds and whose domain may have one more lane."""
        lane = threading.get_ident()
        lanes = self._tray.lanes() if self._per_domain else {}
        taken = self._tray.take(lambda domain: self._has_lane(domain, lanes, lane))
        if taken is not None:
            if self._limit is not None:
                self._limit -= 1
            self._turns.take()
        return taken

    def put_back(self, recipient: Recipient) -> None:
        """A recipient that was taken and not sent to: first in the queue again."""
        with self._changed:
            if self._limit is not None:
                self._limit += 1
            self._tray.let_go(recipient)
            if recipient.mailing in self._dropped:
                self._settle(recipient)
            else:
                self._tray.wait_again(recipient)
            self._changed.notify_all()

    def may_send(self, recipient: Recipient) -> bool:
        """Whether the lease holds for long enough to begin a message under it."""
        with self._changed:
            return self._tray.is_in_time(recipient)

    def lost(self, recipient: Recipient) -> None:
        """The ledger says that another holds that recipient's shard: nothing more of it is begun.

        Under a lease that was taken since, only this recipient is over.
        """
        with self._changed:
            if self._tray.let_go(recipient):
                self._forget((recipient.mailing, recipient.shard))
            else:
                self._settle(recipient)
            self._changed.notify_all()

    def judged(self, recipient: Recipient, state: DeliveryState) -> None:
        """What a relay's reply made of a delivery: it may say something of all its like."""
        now = time.monotonic()
        with self._changed:
            if state is DeliveryState.SENT:
                self._rests.took(recipient.domain)
                self._failures.are_too_many(recipient.mailing, failed=False)
            elif state is DeliveryState.FAILED:
                too_many = self._failures.are_too_many(recipient.mailing, failed=True)
                if too_many and recipient.mailing not in self._trusted:
                    self._failing.add(recipient.mailing)
                    self._drop(recipient.mailing)
            elif state is DeliveryState.DEFERRED and self._rests.put_off(recipient.domain, now):
                self._tray.rest_all(recipient.domain)
                self._changed.notify_all()

    def done(self, recipient: Recipient, state: DeliveryState) -> None:
        """What became of a recipient has been noted in the ledger."""
        with self._changed:
            self.counts[state.value] += 1
            self._tray.let_go(recipient)
            if state is DeliveryState.SENT:
                self.last_success = time.monotonic()
                self.trouble = ""
            self._settle(recipient)
            if self._per_domain:
                self._changed.notify_all()

    def troubled(self, what: str) -> None:
        """The relay gave no session, or broke one off."""
        with self._changed:
            self.trouble = what

    def pause(self, seconds: float) -> None:
        """Wait so long, or until lanes are to end."""
        end = time.monotonic() + seconds
        with self._changed:
            while not self._stopping and not (self._closed and not self._tray.waiting()):
                left = end - time.monotonic()
                if left <= 0:
                    return
                self._changed.wait(left)

    # -- with the lock held

    def _has_lane(self, domain: str, lanes: Mapping[str, set[int]], lane: int) -> bool:
        if not self._per_domain:
            return True
        return len(lanes[domain] - {lane}) < self._turns.lanes(domain)

    def _forget(self, place: Place) -> None:
        if self._tray.forget(place):
            self._changed.notify_all()

    def _settle(self, recipient: Recipient) -> None:
        if self._tray.settle(recipient):
            self._changed.notify_all()

    def _drop(self, mailing: int) -> None:
        self._dropped.add(mailing)
        self._tray.drop(mailing)
        self._changed.notify_all()
