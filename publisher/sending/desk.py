"""EDGE. What lanes share: what is to be sent, the leases it is sent under, and when to stop."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence

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
    """A shard in hand; `left` are the subscribers of whom nothing is settled yet."""

    lease: Lease
    until: float
    left: set[int]
    stirred: float


@dataclass(frozen=True, slots=True)
class _Hand:
    """A recipient that a lane has, and the epoch of the lease it was taken under."""

    domain: str
    lane: int
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOff:
    """Recipients of one shard that wait, for their domain rests for so many seconds."""

    lease: Lease
    recipients: Sequence[Recipient]
    seconds: float


class Desk:
    """Hands recipients to lanes and counts what became of them; every method is safe in threads.

    A lease holds by the ledger's clock; here it is a deadline of `lease_time`, counted from
    before it was asked for, so that it ends here first. Where it does, its recipients wait until it
    is held on, or is known to be lost: that is for the ledger to say. A lane is the thread that
    calls.
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
        self._in_hand: dict[tuple[int, int], _Hand] = {}
        self.counts = counts
        self.trouble = ""
        self.last_success = time.monotonic()

    # -- the side of the use case

    def add(self, lease: Lease, recipients: Sequence[Recipient], until: float) -> None:
        """Queue a shard's recipients, which may be sent up to `until` of `lease_time`.

        It may have been here before. Whom a lane has from then is not queued once more.
        """
        now = time.monotonic()
        place = lease.mailing, lease.shard
        with self._changed:
            if not self._shards:
                self.last_success = now  # of what was before nothing was left to succeed
            self._forget(place)
            left = {one.subscriber for one in recipients}
            self._shards[place] = _Shard(lease, until, left, now)
            for one in recipients:
                if (one.mailing, one.subscriber) in self._in_hand:
                    continue
                if lease.mailing in self._dropped:
                    self._settle(one)
                    continue
                rests = self._rests.left(one.domain, now)
                (self._put_off if rests else self._queue).append(one)
            self._changed.notify_all()

    def put_off(self) -> list[PutOff]:
        """Whom to note as put off, for their domain rests; until that is `noted` they are told
        again."""
        now = time.monotonic()
        with self._changed:
            groups: dict[tuple[Place, str], list[Recipient]] = defaultdict(list)
            for one in self._put_off:
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
            noted = set(put_off.recipients)
            self._put_off = [one for one in self._put_off if one not in noted]
            for one in noted:
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
                if self._is_of(lease):
                    self._shards[lease.mailing, lease.shard].until = until
            self._changed.notify_all()

    def leases(self) -> Mapping[Place, Lease]:
        """The leases that are held."""
        with self._changed:
            return {place: shard.lease for place, shard in self._shards.items()}

    def finished(self) -> list[Lease]:
        """The leases of shards of which nothing is left to do, to be given back."""
        with self._changed:
            return [shard.lease for shard in self._shards.values() if not shard.left]

    def let_go(self, lease: Lease) -> None:
        """A lease was given back, or another has it: nothing more is begun under it."""
        with self._changed:
            if self._is_of(lease):
                self._forget((lease.mailing, lease.shard))

    def waiting(self) -> int:
        """How many recipients no lane has taken yet."""
        with self._changed:
            return len(self._queue)

    def wanted(self) -> Counter[str]:
        """The domains of recipients that wait or are in hand, each with how many of them."""
        with self._changed:
            found = Counter(one.domain for one in self._queue)
            found.update(hand.domain for hand in self._in_hand.values())
            return found

    def give_up_blocked(self, seconds: float) -> None:
        """Have shards finished of which for so long nobody could be sent to, for other processes
        have the lanes of all their domains."""
        limit = time.monotonic() - seconds
        with self._changed:
            able = {(one.mailing, one.shard) for one in self._queue if self._may_have_lane(one)}
            waiting = Counter((one.mailing, one.shard) for one in self._queue)
            still = [
                place
                for place, count in waiting.items()
                if place not in able
                and self._shards[place].stirred < limit
                and len(self._shards[place].left) == count  # nobody is in hand
            ]
            for place in still:
                self._unqueue(place)
                self._shards[place].left.clear()
            if still:
                self._changed.notify_all()

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
                ended = self._limit == 0 or (self._closed and not any(self._in_time()))
                if not wait or ended:
                    return None
                waits = self._queue and 0 < delay < math.inf
                self._changed.wait(max(delay, 0.001) if waits else None)
            return None

    def _next(self) -> Recipient | None:
        """The first one whose lease holds and whose domain may have one more lane."""
        lane = threading.get_ident()
        lanes: dict[str, set[int]] = defaultdict(set)
        if self._per_domain:
            for hand in self._in_hand.values():
                lanes[hand.domain].add(hand.lane)
        free = (
            number
            for number, is_in_time in enumerate(self._in_time())
            if is_in_time and self._has_lane(self._queue[number].domain, lanes, lane)
        )
        place = next(free, None)
        if place is None:
            return None
        taken = self._queue[place]
        del self._queue[place]
        shard = self._shards[taken.mailing, taken.shard]
        hand = _Hand(taken.domain, lane, shard.lease.epoch)
        self._in_hand[taken.mailing, taken.subscriber] = hand
        if self._per_domain:
            shard.stirred = time.monotonic()
        if self._limit is not None:
            self._limit -= 1
        self._turns.take()
        return taken

    def put_back(self, recipient: Recipient) -> None:
        """A recipient that was taken and not sent to: first in the queue again."""
        with self._changed:
            if self._limit is not None:
                self._limit += 1
            self._in_hand.pop((recipient.mailing, recipient.subscriber), None)
            shard = self._shards.get((recipient.mailing, recipient.shard))
            if recipient.mailing in self._dropped:
                self._settle(recipient)
            elif shard is not None and recipient.subscriber in shard.left:
                self._queue.appendleft(recipient)
            self._changed.notify_all()

    def may_send(self, recipient: Recipient) -> bool:
        """Whether the lease holds for long enough to begin a message under it."""
        with self._changed:
            shard = self._shards.get((recipient.mailing, recipient.shard))
            return shard is not None and lease_time() < shard.until

    def lost(self, recipient: Recipient) -> None:
        """The ledger says that another holds that recipient's shard: nothing more of it is begun.

        Under a lease that was taken since, only this recipient is over.
        """
        place = recipient.mailing, recipient.shard
        with self._changed:
            hand = self._in_hand.pop((recipient.mailing, recipient.subscriber), None)
            shard = self._shards.get(place)
            if shard is not None and hand is not None and shard.lease.epoch == hand.epoch:
                self._forget(place)
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
                kept: deque[Recipient] = deque()
                for one in self._queue:
                    (self._put_off if one.domain == recipient.domain else kept).append(one)
                self._queue = kept
                self._changed.notify_all()

    def done(self, recipient: Recipient, state: DeliveryState) -> None:
        """What became of a recipient has been noted in the ledger."""
        with self._changed:
            self.counts[state.value] += 1
            self._in_hand.pop((recipient.mailing, recipient.subscriber), None)
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
            while not self._stopping and not (self._closed and not self._queue):
                left = end - time.monotonic()
                if left <= 0:
                    return
                self._changed.wait(left)

    # -- with the lock held

    def _is_of(self, lease: Lease) -> bool:
        shard = self._shards.get((lease.mailing, lease.shard))
        return shard is not None and shard.lease.epoch == lease.epoch

    def _in_time(self) -> Iterator[bool]:
        """Of each in the queue whether a message to him may be begun."""
        now = lease_time()
        for one in self._queue:
            shard = self._shards.get((one.mailing, one.shard))
            yield shard is not None and now < shard.until

    def _has_lane(self, domain: str, lanes: Mapping[str, set[int]], lane: int) -> bool:
        if not self._per_domain:
            return True
        return len(lanes[domain] - {lane}) < self._turns.lanes(domain)

    def _may_have_lane(self, recipient: Recipient) -> bool:
        return self._turns.lanes(recipient.domain) > 0

    def _forget(self, place: Place) -> None:
        """A shard is in hand no more, but for what lanes have of it."""
        if self._shards.pop(place, None) is not None:
            self._unqueue(place)
            self._changed.notify_all()

    def _unqueue(self, place: Place) -> None:
        self._queue = deque(one for one in self._queue if (one.mailing, one.shard) != place)
        self._put_off = [one for one in self._put_off if (one.mailing, one.shard) != place]

    def _settle(self, recipient: Recipient) -> None:
        shard = self._shards.get((recipient.mailing, recipient.shard))
        if shard is not None:
            shard.left.discard(recipient.subscriber)
            if not shard.left:
                self._changed.notify_all()

    def _drop(self, mailing: int) -> None:
        self._dropped.add(mailing)
        for one in (*self._queue, *self._put_off):
            if one.mailing == mailing:
                self._settle(one)
        self._queue = deque(one for one in self._queue if one.mailing != mailing)
        self._put_off = [one for one in self._put_off if one.mailing != mailing]
        self._changed.notify_all()
