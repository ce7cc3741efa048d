"""GROUND. What a WebSub hub is still to be told."""

from __future__ import annotations

from datetime import datetime

from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One hub to be told of one topic: when it changed, when to try, how often that failed."""

    id: int
    hub: str
    topic: str
    changed: datetime
    due: datetime
    tries: int
