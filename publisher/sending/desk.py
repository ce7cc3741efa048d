"""EDGE. What lanes share: what is to be sent, the leases it is sent under, and when to stop."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence

from publisher.config import SmtpSpec
from publisher.delivery.pacing import Failures, Rests
from publisher.model import DeliveryState, Lease, Recipient
from publisher.sending.turns import OwnTurns, Turns
from publisher.values import dataclass

Place = tuple[int, int]
"""A shard: mailing and number."""


_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def lease_time() -> float:
    """Seconds of a clock that goes on while the machine sleeps, where the system has one (Linux):
    the ledger's does, too."""
    return time.clock_gettime(_CLOCK)


@dataclass(slots=True)
class _Shard:
    lease: Lease
    until: float
    left: int
    stirred: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOff:
    """Recipients of one shard that wait, for their domain rests for so many seconds."""

    lease: Lease
    recipients: Sequence[Recipient]
    seconds: float


class Desk:
    """Hands recipients to lanes and counts what became of them; every method is safe in threads.

    A lease holds by the ledger's clock; here it is a deadline of `lease_time`, counted from
    before it was asked for, so that it ends here first. A lane is the
    thread that calls.
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
        self._queue: deque[Recipient] = deque()
        self._shards: dict[Place, _Shard] = {}
        self._limit = limit
        self._turns = turns or OwnTurns(smtp)
        self._per_domain = smtp.per_domain
        self._connections = smtp.connections
        self._rests = Rests(smtp.retry.first.total_seconds(), smtp.retry.factor)
        self._failures = Failures()
        self._put_off: list[Recipient] = []
        self._dropped: set[int] = set()
        self._failing: set[int] = set()
        self._trusted: set[int] = set()
        self._stopping = False
        self._closed = False
        self._in_hand: dict[tuple[int, int], tuple[str, int]] = {}
        self.counts = counts
        self.trouble = ""
        self.last_success = time.monotonic()

    # -- the side of the use case

    def add(self, lease: Lease, recipients: Sequence[Recipient], until: float) -> None:
        """Queue a shard's recipients, which may be sent up to `until` of `lease_time`."""
        now = time.monotonic()
        with self._changed:
            if not self._shards:
                self.last_success = now  # of what was before nothing was left to succeed
            self._shards[lease.mailing, lease.shard] = _Shard(lease, until, len(recipients), now)
            for one in recipients:
                if lease.mailing in self._dropped:
                    self._settle((lease.mailing, lease.shard), 1)
                    continue
                rests = self._rests.left(one.domain, now)
                (self._put_off if rests else self._queue).append(one)
            self._changed.notify_all()

    def put_off(self) -> list[PutOff]:
        """Whom to note as put off, for their domain rests; they are handed over here."""
        now = time.monotonic()
        with self._changed:
            waiting, self._put_off = self._put_off, []
            groups: dict[tuple[Place, str], list[Recipient]] = defaultdict(list)
            for one in waiting:
                groups[(one.mailing, one.shard), one.domain].append(one)
            return [
                PutOff(
                    lease=self._shards[place].lease,
                    recipients=group,
                    seconds=self._rests.left(domain, now),
                )
                for (place, domain), group in groups.items()
                if place in self._shards
            ]

    def noted(self, put_off: PutOff) -> None:
        """They are in the ledger as put off."""
        with self._changed:
            self.counts[DeliveryState.DEFERRED.value] += len(put_off.recipients)
            self._settle((put_off.lease.mailing, put_off.lease.shard), len(put_off.recipients))

    def trust(self, mailings: set[int]) -> None:
        """Mailings that go on however many are turned down: a person has said so."""
        with self._changed:
            self._trusted = mailings
            self._dropped -= mailings

    def failing(self) -> set[int]:
        """The mailings of which too many were turned down for good; they are told once."""
        with self._changed:
            failing, self._failing = self._failing, set()
            return failing

    def extended(self, leases: Sequence[Lease], until: float) -> None:
        """The leases hold on."""
        with self._changed:
            for lease in leases:
                shard = self._shards.get((lease.mailing, lease.shard))
                if shard is not None and shard.lease.epoch == lease.epoch:
                    shard.until = until

    def leases(self) -> Mapping[Place, Lease]:
        """The leases that are held."""
        with self._changed:
            return {place: shard.lease for place, shard in self._shards.items()}

    def finished(self) -> list[Lease]:
        """The leases of shards of which nothing is left to do; they are let go of here."""
        with self._changed:
            done = [place for place, shard in self._shards.items() if shard.left <= 0]
            leases = [self._shards.pop(place).lease for place in done]
            if leases:
                self._changed.notify_all()
            return leases

    def waiting(self) -> int:
        """How many recipients no lane has taken yet."""
        with self._changed:
            return len(self._queue)

    def wanted(self) -> Counter[str]:
        """The domains of recipients that wait or are in hand, each with how many of them."""
        with self._changed:
            found = Counter(one.domain for one in self._queue)
            found.update(domain for domain, _ in self._in_hand.values())
            return found

    def blocked(self, seconds: float) -> list[Lease]:
        """The leases of shards of which for so long nobody could be sent to, for other processes
        have the lanes of all their domains; they are let go of here."""
        limit = time.monotonic() - seconds
        with self._changed:
            able = {(one.mailing, one.shard) for one in self._queue if self._may_have_lane(one)}
            waiting = Counter((one.mailing, one.shard) for one in self._queue)
            still = [
                place
                for place, count in waiting.items()
                if place not in able
                and self._shards[place].stirred < limit
                and self._shards[place].left == count  # nobody is in hand
            ]
            if still:
                kept = [one for one in self._queue if (one.mailing, one.shard) not in still]
                self._queue = deque(kept)
                self._changed.notify_all()
            return [self._shards.pop(place).lease for place in still]

    def turned(self) -> None:
        """There are more turns than before."""
        with self._changed:
            self._changed.notify_all()

    def busy(self) -> int:
        """How many lanes have a message in hand, about: nothing is locked for it."""
        return min(len(self._in_hand), self._connections)

    def wait(self, seconds: float) -> None:
        """Until something changed, or so long."""
        with self._changed:
            self._changed.wait(seconds)

    def wait_for(self, place: Place) -> None:
        """Until that shard is let go of, or lanes are told to end."""
        with self._changed:
            while place in self._shards and not self._stopping:
                self._changed.wait()

    def is_drained(self) -> bool:
        """Whether the limit is reached and no lane has a message in hand."""
        with self._changed:
            return self._limit == 0 and not self._in_hand

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
                ended = self._limit == 0 or (self._closed and not self._queue)
                if not wait or ended:
                    return None
                waits = self._queue and 0 < delay < math.inf
                self._changed.wait(max(delay, 0.001) if waits else None)
            return None

    def _next(self) -> Recipient | None:
        """The first one whose domain may have one more lane."""
        lane = threading.get_ident()
        place = 0
        if self._per_domain:
            lanes: dict[str, set[int]] = defaultdict(set)
            for domain, holder in self._in_hand.values():
                lanes[domain].add(holder)
            free = (
                number
                for number, one in enumerate(self._queue)
                if len(lanes[one.domain] - {lane}) < self._turns.lanes(one.domain)
            )
            place = next(free, len(self._queue))
        if place >= len(self._queue):
            return None
        taken = self._queue[place]
        del self._queue[place]
        self._in_hand[taken.mailing, taken.subscriber] = taken.domain, lane
        if self._per_domain and (taken.mailing, taken.shard) in self._shards:
            self._shards[taken.mailing, taken.shard].stirred = time.monotonic()
        if self._limit is not None:
            self._limit -= 1
        self._turns.take()
        return taken

    def put_back(self, recipient: Recipient) -> None:
        """A recipient that was taken and not sent to: first in the queue again."""
        with self._changed:
            if self._limit is not None:
                self._limit += 1
            self._let_go(recipient)
            if recipient.mailing in self._dropped:
                self._settle((recipient.mailing, recipient.shard), 1)
            else:
                self._queue.appendleft(recipient)
            self._changed.notify_all()

    def may_send(self, recipient: Recipient) -> bool:
        """Whether the lease holds for long enough to begin a message under it."""
        with self._changed:
            shard = self._shards.get((recipient.mailing, recipient.shard))
            return shard is not None and lease_time() < shard.until

    def lost(self, recipient: Recipient) -> None:
        """Another holds that recipient's shard: nothing of it is sent any more."""
        place = recipient.mailing, recipient.shard
        with self._changed:
            self._let_go(recipient)
            self._shards.pop(place, None)
            kept = [one for one in self._queue if (one.mailing, one.shard) != place]
            self._queue = deque(kept)
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
                kept: deque[Recipient] = deque()
                for one in self._queue:
                    (self._put_off if one.domain == recipient.domain else kept).append(one)
                self._queue = kept
                self._changed.notify_all()

    def done(self, recipient: Recipient, state: DeliveryState) -> None:
        """What became of a recipient has been noted in the ledger."""
        with self._changed:
            self.counts[state.value] += 1
            self._let_go(recipient)
            if state is DeliveryState.SENT:
                self.last_success = time.monotonic()
                self.trouble = ""
            self._settle((recipient.mailing, recipient.shard), 1)
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
            while not self._stopping and not (self._closed and not self._queue):
                left = end - time.monotonic()
                if left <= 0:
                    return
                self._changed.wait(left)

    # -- with the lock held

    def _let_go(self, recipient: Recipient) -> None:
        self._in_hand.pop((recipient.mailing, recipient.subscriber), None)

    def _may_have_lane(self, recipient: Recipient) -> bool:
        return self._turns.lanes(recipient.domain) > 0

    def _settle(self, place: Place, count: int) -> None:
        shard = self._shards.get(place)
        if shard is not None:
            shard.left -= count
            if shard.left <= 0:
                self._changed.notify_all()

    def _drop(self, mailing: int) -> None:
        self._dropped.add(mailing)
        for one in (*self._queue, *self._put_off):
            if one.mailing == mailing:
                self._settle((one.mailing, one.shard), 1)
        self._queue = deque(one for one in self._queue if one.mailing != mailing)
        self._put_off = [one for one in self._put_off if one.mailing != mailing]
        self._changed.notify_all()
