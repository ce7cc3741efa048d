"""PURE. When issues are due: the slots of a schedule, in its own time zone.

A slot is a local date and time. Where the clock skips that time, the slot is the
first minute that exists; where it comes twice, the first time counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from publisher.config import IssueScheduleSpec
from publisher.config.cron import cron_times
from publisher.config.kinds import WEEKDAYS
from publisher.config.schedules import read_day_of_month

_HORIZON = timedelta(days=800)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_LONGEST_TWICE = timedelta(hours=3)
"""Longer than any stretch of local time that ever came twice."""


def latest_slot(schedule: IssueScheduleSpec, zone: str, now: datetime) -> datetime | None:
    """The last slot at or before `now`, in the zone's own offset; None where there is none.

    That is so for a schedule of `every: article`: each article is a slot of its own.
    """
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if schedule.cron:
        times = cron_times(schedule.cron, local + _LONGEST_TWICE, back=True)
    else:
        days = (local.date() - _DAY * n for n in range(-1, _HORIZON.days))
        times = _times(schedule, days)
    slots = (_local(time, ZoneInfo(zone)) for time in times)
    return next((slot for slot in slots if slot <= now), None)


def next_slot(schedule: IssueScheduleSpec, zone: str, after: datetime) -> datetime | None:
    """The first slot after an instant, in the zone's own offset; None as for `latest_slot`."""
    local = after.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if schedule.cron:
        times = cron_times(schedule.cron, local - _LONGEST_TWICE)
    else:
        days = (local.date() + _DAY * n for n in range(-1, _HORIZON.days))
        times = _times(schedule, days)
    slots = (_local(time, ZoneInfo(zone)) for time in times)
    return next((slot for slot in slots if slot > after), None)


def article_slot(published: datetime, last: datetime | None, now: datetime, zone: str) -> datetime:
    """The slot of an article's own issue: when it was published, but after the issue before.

    Whole seconds, never after `now` unless the last one is.
    """
    wanted = min(published, now)
    if last is not None:
        wanted = max(wanted, last + timedelta(seconds=1))
    return wanted.astimezone(ZoneInfo(zone)).replace(microsecond=0)


def _times(schedule: IssueScheduleSpec, days: Iterable[date]) -> Iterator[datetime]:
    if schedule.every == "article":
        return iter(())
    return (datetime.combine(day, schedule.at) for day in days if _is_on(schedule, day))


def _is_on(schedule: IssueScheduleSpec, day: date) -> bool:
    if schedule.every == "day":
        return True
    if schedule.every == "weekday":
        return day.weekday() < 5
    if schedule.every == "week":
        return WEEKDAYS[day.weekday()] == (schedule.on or "monday")
    return day.day == read_day_of_month(schedule.on or "1").in_month(day.year, day.month)


def _local(naive: datetime, zone: ZoneInfo) -> datetime:
    """A local time that exists: the given one, or the first minute after the gap it lies in."""
    while True:
        local = naive.replace(tzinfo=zone)
        there_and_back = local.astimezone(UTC).astimezone(zone)
        if there_and_back.replace(tzinfo=None) == naive:
            return there_and_back.replace(fold=0)
        naive += _MINUTE
