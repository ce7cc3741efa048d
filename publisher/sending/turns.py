"""EDGE. When the next message may leave, and how many lanes may send to readers of a domain.

One process alone knows that by itself; several that use one relay have their shares handed out by
the database, in advance, so that no message waits for it.
"""

from __future__ import annotations

import math
import time
from collections import Counter, deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from publisher.config import SmtpSpec
from publisher.errors import StoreConflict

if TYPE_CHECKING:
    from publisher.store.shares import Shares

_AHEAD_SECONDS = 1.0
"""For how long turns are asked for in advance, and how old one may be that is still used."""

_AGAIN_SECONDS = 1.0
"""Between two questions for slots that others have."""


class Turns(Protocol):
    """What lanes ask for, one at a time, under the desk's lock."""

    def left(self) -> float:
        """Seconds until the next message may leave, infinite where that is not known yet."""

    def take(self) -> None:
        """A message leaves."""

    def lanes(self, domain: str) -> float:
        """How many lanes may send to readers of that domain at a time."""


class OwnTurns:
    """Those of a process that has its relay for itself."""

    def __init__(self, smtp: SmtpSpec) -> None:
        self._pace = 60.0 / smtp.per_minute if smtp.per_minute else 0.0
        self._next_at = time.monotonic()
        self._lanes = smtp.per_domain or math.inf

    def left(self) -> float:
        """See Turns."""
        return self._next_at - time.monotonic() if self._pace else 0.0

    def take(self) -> None:
        """See Turns."""
        if self._pace:
            self._next_at = max(self._next_at, time.monotonic() - 1) + self._pace

    def lanes(self, domain: str) -> float:
        """See Turns."""
        del domain
        return self._lanes


class SharedTurns:
    """Those that were handed out to this process of what all have together."""

    def __init__(self, smtp: SmtpSpec, shares: Shares, *, owner: str, lease_seconds: float) -> None:
        self._shares = shares
        self._owner = owner
        self._relay = smtp.folder or f"{smtp.host}:{smtp.port}"
        self._pace = 60.0 / smtp.per_minute if smtp.per_minute else 0.0
        self._per_domain = smtp.per_domain
        self._lease_seconds = lease_seconds
        self._turns: deque[float] = deque()
        self._slots: Mapping[str, int] = {}
        self._asked = -math.inf

    def left(self) -> float:
        """See Turns."""
        if not self._pace:
            return 0.0
        now = time.monotonic()
        while self._turns and self._turns[0] < now - max(_AHEAD_SECONDS, self._pace):
            self._turns.popleft()
        return self._turns[0] - now if self._turns else math.inf

    def take(self) -> None:
        """See Turns."""
        if self._pace:
            self._turns.popleft()

    def lanes(self, domain: str) -> float:
        """See Turns."""
        return self._slots.get(domain, 0) if self._per_domain else math.inf

    def ask(self, wanted: Counter[str]) -> bool:
        """Have more handed out where some are wanted, by domain, and give back what is not; says
        whether there is more than before. Not under the desk's lock. Raises StoreError."""
        asked = self._ask_for_turns() if wanted else False
        try:
            return (self._per_domain and self._ask_for_slots(wanted)) or asked
        except StoreConflict:
            return asked  # two asked for the same at the same time: later again

    def _ask_for_turns(self) -> bool:
        if not self._pace or len(self._turns) * self._pace > _AHEAD_SECONDS / 2:
            return False
        count = max(1, round(_AHEAD_SECONDS / self._pace))
        if len(self._turns) >= count:
            return False
        first = self._shares.turns(self._relay, count, self._pace) + time.monotonic()
        self._turns.extend(first + number * self._pace for number in range(count))
        return True

    def _ask_for_slots(self, wanted: Counter[str]) -> bool:
        now = time.monotonic()
        lacks = any(domain not in self._slots for domain in wanted)
        pause = _AGAIN_SECONDS if lacks else self._lease_seconds / 6
        if now - self._asked < pause or not (wanted or self._slots):
            return False
        self._asked = now
        before = self._slots
        self._slots = self._shares.slots(self._owner, wanted, self._per_domain, self._lease_seconds)
        return self._slots != before
