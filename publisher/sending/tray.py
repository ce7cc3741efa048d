"""EDGE. What a process has in hand to send: leased shards, who waits in them, whom lanes have.

It knows nothing of threads: whoever has it holds a lock around each call.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence

from publisher.model import Lease, Recipient
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


class Tray:
    """The shards in hand and their recipients: each waits in the queue, or for its domain, which
    rests; or a lane has it; or it is settled.

    A lease holds by the ledger's clock; here it is a deadline of `lease_time`, counted from
    before it was asked for, so that it ends here first. Where it does, its recipients wait until it
    is held on, or is known to be lost: that is for the ledger to say. A lane is the thread that
    calls.
    """

    def __init__(self) -> None:
        self._queue: deque[Recipient] = deque()
        self._rest: list[Recipient] = []
        self._shards: dict[Place, _Shard] = {}
        self._in_hand: dict[tuple[int, int], _Hand] = {}

    # -- shards

    def lay(self, lease: Lease, recipients: Sequence[Recipient], until: float) -> None:
        """A shard that was leased, in place of what was there of it; it may be sent up to `until`.
        Nobody of it waits yet."""
        place = lease.mailing, lease.shard
        self.forget(place)
        left = {one.subscriber for one in recipients}
        self._shards[place] = _Shard(lease, until, left, time.monotonic())

    def leases(self) -> dict[Place, Lease]:
        """The leases that are held."""
        return {place: shard.lease for place, shard in self._shards.items()}

    def finished(self) -> list[Lease]:
        """The leases of shards of which nothing is left to do."""
        return [shard.lease for shard in self._shards.values() if not shard.left]

    def has(self, place: Place) -> bool:
        """Whether that shard is in hand."""
        return place in self._shards

    def is_of(self, lease: Lease) -> bool:
        """Whether a shard is in hand under that lease, and not under a later one."""
        shard = self._shards.get((lease.mailing, lease.shard))
        return shard is not None and shard.lease.epoch == lease.epoch

    def extend(self, lease: Lease, until: float) -> None:
        """The lease of a shard in hand holds on."""
        self._shards[lease.mailing, lease.shard].until = until

    def forget(self, place: Place) -> bool:
        """A shard is in hand no more, but for what lanes have of it; says whether it was."""
        if self._shards.pop(place, None) is None:
            return False
        self._unqueue(place)
        return True

    def give_up(self, before: float, may_go: Callable[[str], bool]) -> bool:
        """Have shards finished of which nobody was taken since that instant of the clock, nobody is
        in hand, and nobody waits to whose domain one may go; says whether there were such."""
        able = {(one.mailing, one.shard) for one in self._queue if may_go(one.domain)}
        waiting = Counter((one.mailing, one.shard) for one in self._queue)
        still = [
            place
            for place, count in waiting.items()
            if place not in able
            and self._shards[place].stirred < before
            and len(self._shards[place].left) == count
        ]
        for place in still:
            self._unqueue(place)
            self._shards[place].left.clear()
        return bool(still)

    # -- who waits

    def wait(self, recipient: Recipient) -> None:
        """One waits, last in the queue."""
        self._queue.append(recipient)

    def rest(self, recipient: Recipient) -> None:
        """One waits for its domain."""
        self._rest.append(recipient)

    def rest_all(self, domain: str) -> None:
        """All of a domain who wait in the queue wait for it."""
        kept: deque[Recipient] = deque()
        for one in self._queue:
            (self._rest if one.domain == domain else kept).append(one)
        self._queue = kept

    def resting(self) -> Mapping[tuple[Place, str], Sequence[Recipient]]:
        """Those who wait for their domain, by shard in hand and domain."""
        groups: dict[tuple[Place, str], list[Recipient]] = defaultdict(list)
        for one in self._rest:
            if (place := (one.mailing, one.shard)) in self._shards:
                groups[place, one.domain].append(one)
        return groups

    def rest_no_more(self, recipients: set[Recipient]) -> None:
        """These wait no more for their domain, nor for anything else here."""
        self._rest = [one for one in self._rest if one not in recipients]

    def waiting(self) -> int:
        """How many wait in the queue."""
        return len(self._queue)

    def domains(self) -> Counter[str]:
        """The domains of those who wait in the queue or are in hand, each with how many of them."""
        found = Counter(one.domain for one in self._queue)
        found.update(hand.domain for hand in self._in_hand.values())
        return found

    def is_any_in_time(self) -> bool:
        """Whether one waits whose lease holds."""
        return any(self._in_time())

    def drop(self, mailing: int) -> None:
        """Settle all of a mailing who wait."""
        for one in (*self._queue, *self._rest):
            if one.mailing == mailing:
                self.settle(one)
        self._queue = deque(one for one in self._queue if one.mailing != mailing)
        self._rest = [one for one in self._rest if one.mailing != mailing]

    # -- whom lanes have

    def take(self, may_go: Callable[[str], bool]) -> Recipient | None:
        """Have the lane take the first one whose lease holds and to whose domain one may go."""
        free = (
            number
            for number, is_in_time in enumerate(self._in_time())
            if is_in_time and may_go(self._queue[number].domain)
        )
        number = next(free, None)
        if number is None:
            return None
        taken = self._queue[number]
        del self._queue[number]
        shard = self._shards[taken.mailing, taken.shard]
        shard.stirred = time.monotonic()
        hand = _Hand(taken.domain, threading.get_ident(), shard.lease.epoch)
        self._in_hand[taken.mailing, taken.subscriber] = hand
        return taken

    def lanes(self) -> Mapping[str, set[int]]:
        """The lanes that have recipients of each domain."""
        lanes: dict[str, set[int]] = defaultdict(set)
        for hand in self._in_hand.values():
            lanes[hand.domain].add(hand.lane)
        return lanes

    def in_hand(self) -> int:
        """How many lanes have, about, where no lock is held."""
        return len(self._in_hand)

    def is_in_hand(self, recipient: Recipient) -> bool:
        """Whether a lane has that one."""
        return (recipient.mailing, recipient.subscriber) in self._in_hand

    def is_in_time(self, recipient: Recipient) -> bool:
        """Whether its lease holds for long enough to begin a message under it."""
        shard = self._shards.get((recipient.mailing, recipient.shard))
        return shard is not None and lease_time() < shard.until

    def let_go(self, recipient: Recipient) -> bool:
        """A lane has that one no more; says whether its shard is in hand by the lease still that it
        was taken under."""
        hand = self._in_hand.pop((recipient.mailing, recipient.subscriber), None)
        shard = self._shards.get((recipient.mailing, recipient.shard))
        return shard is not None and hand is not None and shard.lease.epoch == hand.epoch

    def wait_again(self, recipient: Recipient) -> None:
        """One whom a lane had is first in the queue, if it is not settled."""
        shard = self._shards.get((recipient.mailing, recipient.shard))
        if shard is not None and recipient.subscriber in shard.left:
            self._queue.appendleft(recipient)

    def settle(self, recipient: Recipient) -> bool:
        """Nothing is left to do for that one; says whether its shard is finished."""
        shard = self._shards.get((recipient.mailing, recipient.shard))
        if shard is None:
            return False
        shard.left.discard(recipient.subscriber)
        return not shard.left

    def _in_time(self) -> Iterator[bool]:
        """Of each in the queue whether a message to him may be begun."""
        now = lease_time()
        for one in self._queue:
            shard = self._shards.get((one.mailing, one.shard))
            yield shard is not None and now < shard.until

    def _unqueue(self, place: Place) -> None:
        self._queue = deque(one for one in self._queue if (one.mailing, one.shard) != place)
        self._rest = [one for one in self._rest if (one.mailing, one.shard) != place]
