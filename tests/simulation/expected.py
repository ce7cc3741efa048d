"""When issues are due, found by looking at the clock of a zone minute by minute.

Slow and plain on purpose: it shares no line with `publisher.compose.slots`.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Rule:
    """A schedule as publisher.yaml has it, and which local minutes are its times.

    `hour` is None where all are; then the hours that pass count, not the times of day.
    """

    written: str
    hour: int | None
    minute: int
    is_day: Callable[[datetime], bool] = lambda _time: True

    def is_on(self, time: datetime) -> bool:
        return time.minute == self.minute and self.hour in (None, time.hour) and self.is_day(time)


def daily(hour: int, minute: int) -> Rule:
    return Rule(f'{{every: day, at: "{hour:02}:{minute:02}"}}', hour, minute)


def working_days(hour: int, minute: int) -> Rule:
    written = f'{{every: weekday, at: "{hour:02}:{minute:02}"}}'
    return Rule(written, hour, minute, lambda time: time.weekday() < 5)


def weekly(day: str, hour: int, minute: int) -> Rule:
    written = f'{{every: week, on: {day}, at: "{hour:02}:{minute:02}"}}'
    return Rule(written, hour, minute, lambda time: DAYS[time.weekday()] == day)


def month_end(hour: int, minute: int) -> Rule:
    written = f'{{every: month, on: last, at: "{hour:02}:{minute:02}"}}'
    return Rule(
        written,
        hour,
        minute,
        lambda time: time.day == calendar.monthrange(time.year, time.month)[1],
    )


def twice_a_month(hour: int, minute: int) -> Rule:
    written = f'{{cron: "{minute} {hour} 1,15 * *"}}'
    return Rule(written, hour, minute, lambda time: time.day in (1, 15))


def hourly(minute: int) -> Rule:
    return Rule(f'{{cron: "{minute} * * * *"}}', None, minute)


def hourly_on(day: date) -> Rule:
    written = f'{{cron: "0 * {day.day} {day.month} *"}}'
    return Rule(written, None, 0, lambda time: (time.month, time.day) == (day.month, day.day))


def expected_slots(
    rules: Mapping[str, Rule], zone: str, begin: datetime, end: datetime
) -> dict[str, list[datetime]]:
    """The slots after `begin` and up to `end` of each rule, in UTC.

    A time of day that is skipped counts at the first minute after; one that comes twice counts
    the first time; an hour that passes counts always, and one that does not never.
    """
    found: dict[str, list[datetime]] = {name: [] for name in rules}
    minutes = {rule.minute for rule in rules.values()}
    place = ZoneInfo(zone)
    instant = begin.replace(second=0, microsecond=0) - timedelta(days=2)
    highest = instant.astimezone(place).replace(tzinfo=None)
    while instant < end:
        instant += MINUTE
        local = instant.astimezone(place).replace(tzinfo=None)
        come = []
        while highest < local:
            highest += MINUTE
            come.append(highest)
        if not begin < instant <= end or (len(come) < 2 and local.minute not in minutes):
            continue
        for name, rule in rules.items():
            times = come if rule.hour is not None else [local]
            if any(rule.is_on(time) for time in times):
                found[name].append(instant.astimezone(UTC))
    return found
