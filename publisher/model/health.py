"""GROUND. How a site is: its last run, and what needs a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime

from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The last run that published, at `good`; and if one failed since, why and when.

    `every` are the seconds after which the next one comes, 0 where no timer made it. `late` are
    the issues it made long after their time, `held` those that wait for a person, each with a
    text by name. `next_slots` are when newsletters are due. `failed_in` is `source` or `rebuild`.
    `lost` is what a run said that found a state without the issues of its record.
    """

    good: datetime | None = None
    seconds: float = 0.0
    every: int = 0
    articles: Mapping[str, int] = field(default_factory=dict)
    next_slots: Mapping[str, datetime] = field(default_factory=dict)
    late: Mapping[str, str] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)
    failed: str = ""
    failed_in: str = ""
    failed_at: datetime | None = None
    lost: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that needs a person.

    `kind` is `rebuild`, `source`, `late`, `held`, `unsent`, `disk`, `state`, or the timer's
    `config` and `job`; `of` says which, "" where there is only one; `text` is for people.
    """

    kind: str
    of: str = ""
    text: str

    @property
    def cause(self) -> str:
        """What tells it from all others."""
        return f"{self.kind}: {self.of}" if self.of else self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How things are at `now`. `unsent` counts deliveries by state, `room` free bytes by folder."""

    now: datetime
    run: LastRun | None
    unsent: Counter[str]
    room: Mapping[str, int]
    troubles: Sequence[Trouble]
    is_failing: bool

    @property
    def status(self) -> str:
        """`ok`; `attention`, where a person is needed; `failing`, where nothing is made now."""
        if self.is_failing:
            return "failing"
        return "attention" if self.troubles else "ok"

    @property
    def rebuild_age(self) -> float | None:
        """Seconds since the last run that published; None where there was none."""
        if self.run is None or self.run.good is None:
            return None
        return max(0.0, (self.now - self.run.good).total_seconds())
