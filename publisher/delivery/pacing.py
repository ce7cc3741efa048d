"""PURE. When to go slower: domains that put messages off, mailings that are turned down.

A domain whose servers put one message after another off is left alone for a while, it alone; a
mailing of which too many are turned down for good stops, before a list is burnt
(RFC 5321 section 4.5.4.1; large receivers count such attempts against the sender).
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque

IN_A_ROW = 10
"""Messages that a domain puts off one after another, none taken between them, until it rests."""

LONGEST_REST = 3600.0
"""Seconds that a domain is left alone, at most."""

WINDOW = 200
"""Outcomes of a mailing that are looked at together."""

MOST_FAILED = WINDOW // 20
"""How many of them may be final refusals: five of a hundred."""


class Rests:
    """Which domains are left alone, and until when; `first` and `factor` as of a message's waits.

    Seconds are those of one clock, which the caller reads.
    """

    def __init__(self, first: float, factor: int) -> None:
        self._first = first
        self._factor = factor
        self._in_a_row: Counter[str] = Counter()
        self._rested: Counter[str] = Counter()
        self._until: dict[str, float] = {}

    def took(self, domain: str) -> None:
        """A message was taken: nothing that was before counts any more."""
        if domain in self._in_a_row:
            del self._in_a_row[domain], self._rested[domain]
        self._until.pop(domain, None)

    def put_off(self, domain: str, now: float) -> bool:
        """A message was put off; says whether the domain rests from now on.

        The first one after a rest is a trial: if it is put off too, the next rest is longer.
        """
        self._in_a_row[domain] += 1
        if self._in_a_row[domain] < IN_A_ROW or self.left(domain, now):
            return False
        wait = self._first * self._factor ** min(self._rested[domain], 32)
        self._rested[domain] += 1
        self._until[domain] = now + min(wait, max(LONGEST_REST, self._first))
        return True

    def left(self, domain: str, now: float) -> float:
        """Seconds that a domain still rests; 0 where it does not."""
        return max(0.0, self._until.get(domain, now) - now)


class Failures:
    """Counts final refusals of each mailing among its last outcomes."""

    def __init__(self) -> None:
        self._last: dict[int, deque[bool]] = defaultdict(lambda: deque(maxlen=WINDOW))

    def are_too_many(self, mailing: int, *, failed: bool) -> bool:
        """Count an outcome; says whether the mailing must stop for a person to look at."""
        last = self._last[mailing]
        last.append(failed)
        return failed and sum(last) > MOST_FAILED
