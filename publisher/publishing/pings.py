"""USE CASE. What came of telling the hubs."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from publisher.model import Ping
from publisher.values import dataclass

Verdict = Literal["sent", "deferred", "given_up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PingOutcome:
    """What became of one ping; `due` is the next try of a deferred one."""

    ping: Ping
    verdict: Verdict
    reason: str
    due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PingReport:
    """What came of the pings that were due, and how many wait, the first of them until when."""

    outcomes: tuple[PingOutcome, ...] = ()
    waiting: int = 0
    next_due: datetime | None = None
    warnings: tuple[str, ...] = ()

    @property
    def sent(self) -> int:
        """How many pings a hub took."""
        return self._count("sent")

    @property
    def given_up(self) -> int:
        """How many pings will not be tried again."""
        return self._count("given_up")

    def _count(self, verdict: Verdict) -> int:
        return sum(outcome.verdict == verdict for outcome in self.outcomes)
