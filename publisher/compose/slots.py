"""PURE. When issues are due: the slots of a schedule, in its own time zone.

A slot is a local date and time. Where the clock skips that time, the slot is the
first minute that exists; where it comes twice, the first time counts. A cron expression
for every hour goes by the hours that pass: 23 and 25 on those days.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from heapq import merge
from zoneinfo import ZoneInfo

from publisher.config import IssueScheduleSpec
from publisher.config.cron import cron_times, is_every_hour
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
        slots = _cron_slots(schedule.cron, local + _LONGEST_TWICE, zone, back=True)
    else:
        days = (local.date() - _DAY * n for n in range(-1, _HORIZON.days))
        slots = (_local(time, ZoneInfo(zone)) for time in _times(schedule, days))
    return next((slot for slot in slots if slot <= now), None)


def next_slot(schedule: IssueScheduleSpec, zone: str, after: datetime) -> datetime | None:
    """The first slot after an instant, in the zone's own offset; None as for `latest_slot`."""
    local = after.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if schedule.cron:
        slots = _cron_slots(schedule.cron, local - _LONGEST_TWICE, zone)
    else:
        days = (local.date() + _DAY * n for n in range(-1, _HORIZON.days))
        slots = (_local(time, ZoneInfo(zone)) for time in _times(schedule, days))
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


def _cron_slots(
    expression: str, when: datetime, zone: str, *, back: bool = False
) -> Iterator[datetime]:
    """The slots from a local time on, or before it; some may come once more."""
    hourly = is_every_hour(expression)

    def placed(fold: int) -> Iterator[datetime]:
        for time in cron_times(expression, when, back=back):
            slot = _local(time, ZoneInfo(zone), fold)
            if not hourly or _naive(slot) == time:
                yield slot

    # Of a time that comes twice the one has the first, the other the second.
    ways = (placed(0), placed(1)) if hourly else (placed(0),)
    return merge(*ways, key=lambda slot: slot.astimezone(UTC), reverse=back)


def _local(naive: datetime, zone: ZoneInfo, fold: int = 0) -> datetime:
    """A local time that exists: the given one, or the first minute after the gap it lies in.

    `fold` says which one of a time that comes twice.
    """
    there = _there_and_back(naive, zone, fold)
    if _naive(there) == naive:
        return there
    # In a gap fold 0 has the offset before it and fold 1 that after it (PEP 495). All times between
    # this one and one that is later by all of the gap are missing first and exist then.
    before, after = (naive.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    assert before is not None
    assert after is not None
    later = [naive + minute * _MINUTE for minute in range((after - before) // _MINUTE + 2)]
    first = bisect(later, False, key=lambda t: _naive(_there_and_back(t, zone, fold)) == t)
    return _there_and_back(later[first], zone, fold)


def _there_and_back(naive: datetime, zone: ZoneInfo, fold: int) -> datetime:
    return naive.replace(tzinfo=zone, fold=fold).astimezone(UTC).astimezone(zone)


def _naive(local: datetime) -> datetime:
    return local.replace(tzinfo=None, fold=0)
