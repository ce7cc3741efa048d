"""PURE. When issues are due: the slots of a schedule, in its own time zone.

A slot is a local date and time. Where the clock skips that time, the slot is the
first minute that exists; where it comes twice, the first time counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from publisher.config import IssueScheduleSpec
from publisher.config.kinds import WEEKDAYS

_HORIZON = timedelta(days=800)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


def latest_slot(schedule: IssueScheduleSpec, zone: str, now: datetime) -> datetime:
    """The last slot at or before `now`, in the zone's own offset."""
    today = now.astimezone(ZoneInfo(zone)).date()
    days = (today - _DAY * n for n in range(-1, _HORIZON.days))
    return next(slot for slot in _slots(schedule, zone, days) if slot <= now)


def next_slot(schedule: IssueScheduleSpec, zone: str, after: datetime) -> datetime:
    """The first slot after an instant, in the zone's own offset."""
    today = after.astimezone(ZoneInfo(zone)).date()
    days = (today + _DAY * n for n in range(-1, _HORIZON.days))
    return next(slot for slot in _slots(schedule, zone, days) if slot > after)


def _slots(schedule: IssueScheduleSpec, zone: str, days: Iterator[date]) -> Iterator[datetime]:
    for day in days:
        if _is_on(schedule, day):
            yield _local(datetime.combine(day, schedule.at), ZoneInfo(zone))


def _is_on(schedule: IssueScheduleSpec, day: date) -> bool:
    if schedule.every == "day":
        return True
    if schedule.every == "weekday":
        return day.weekday() < 5
    if schedule.every == "week":
        return WEEKDAYS[day.weekday()] == (schedule.on or "monday")
    wanted = int(schedule.on or "1")
    last = ((day.replace(day=1) + timedelta(days=32)).replace(day=1) - _DAY).day
    return day.day == min(wanted, last)


def _local(naive: datetime, zone: ZoneInfo) -> datetime:
    """A local time that exists: the given one, or the first minute after the gap it lies in."""
    while True:
        local = naive.replace(tzinfo=zone)
        there_and_back = local.astimezone(UTC).astimezone(zone)
        if there_and_back.replace(tzinfo=None) == naive:
            return there_and_back.replace(fold=0)
        naive += _MINUTE
