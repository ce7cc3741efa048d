"""GROUND. What `on:` of a monthly schedule means: a day by its number, its weekday, or the last."""

from __future__ import annotations

import calendar
from functools import lru_cache

from publisher.config.kinds import WEEKDAYS
from publisher.values import dataclass

_ORDINALS = ("first", "second", "third", "fourth")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfMonth:
    """A day that every month has: `number` of the days, or of those on `weekday` (0: Monday).

    Numbers from 1, or -1 for the last. A day that a month is too short for is its last.
    """

    number: int
    weekday: int | None = None

    def in_month(self, year: int, month: int) -> int:
        """The day of that month."""
        first, last = calendar.monthrange(year, month)
        if self.weekday is None:
            return last if self.number < 0 else min(self.number, last)
        days = range(1 + (self.weekday - first) % 7, last + 1, 7)
        return days[-1] if self.number < 0 else days[self.number - 1]


@lru_cache(maxsize=64)
def read_day_of_month(text: str) -> DayOfMonth:
    """Read 1 to 31, `last`, `first monday` to `fourth sunday`, or `last friday`.

    Raises ValueError with what was expected.
    """
    words = text.lower().split()
    if len(words) == 1 and words[0].isdecimal() and 1 <= int(words[0]) <= 31:
        return DayOfMonth(number=int(words[0]))
    if words == ["last"]:
        return DayOfMonth(number=-1)
    if len(words) == 2 and words[1] in WEEKDAYS and words[0] in (*_ORDINALS, "last"):
        number = -1 if words[0] == "last" else _ORDINALS.index(words[0]) + 1
        return DayOfMonth(number=number, weekday=WEEKDAYS.index(words[1]))
    raise ValueError(
        "a day from 1 to 31, last, or a weekday of the month such as first monday or last friday"
    )
