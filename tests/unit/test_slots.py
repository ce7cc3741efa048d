"""When issues are due, over zones and clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.compose.slots import latest_slot, next_slot
from publisher.config import IssueScheduleSpec

ZONES = (
    "UTC",
    "Asia/Jakarta",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)


def local(zone: str, *parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("schedule", "now", "last", "following"),
    [
        (
            IssueScheduleSpec(every="day"),
            (2026, 11, 22, 6, 59),
            (2026, 11, 21, 7),
            (2026, 11, 22, 7),
        ),
        (
            IssueScheduleSpec(every="day"),
            (2026, 11, 22, 7, 0),
            (2026, 11, 22, 7),
            (2026, 11, 23, 7),
        ),
        (
            IssueScheduleSpec(every="weekday"),
            (2026, 11, 22, 12),
            (2026, 11, 20, 7),
            (2026, 11, 23, 7),
        ),
        (IssueScheduleSpec(every="week"), (2026, 11, 22, 12), (2026, 11, 16, 7), (2026, 11, 23, 7)),
        (
            IssueScheduleSpec(every="week", on="sunday", at=time(18, 30)),
            (2026, 11, 22, 18, 30),
            (2026, 11, 22, 18, 30),
            (2026, 11, 29, 18, 30),
        ),
        (IssueScheduleSpec(every="month"), (2026, 11, 22, 12), (2026, 11, 1, 7), (2026, 12, 1, 7)),
        (
            IssueScheduleSpec(every="month", on="31"),
            (2027, 2, 28, 8),
            (2027, 2, 28, 7),
            (2027, 3, 31, 7),
        ),
    ],
)
def test_slots_of_each_rule(schedule, now, last, following) -> None:
    zone = "Asia/Jakarta"
    moment = local(zone, *now)
    assert latest_slot(schedule, zone, moment) == local(zone, *last)
    assert next_slot(schedule, zone, moment) == local(zone, *following)


def test_a_time_that_the_clock_skips_is_the_first_minute_after() -> None:
    schedule = IssueScheduleSpec(every="day", at=time(2, 30))
    slot = next_slot(schedule, "Europe/Berlin", local("Europe/Berlin", 2026, 3, 28, 12))
    assert slot.isoformat() == "2026-03-29T03:00:00+02:00"


def test_a_time_that_comes_twice_counts_once_and_the_first_time() -> None:
    schedule = IssueScheduleSpec(every="day", at=time(2, 30))
    first = next_slot(schedule, "Europe/Berlin", local("Europe/Berlin", 2026, 10, 24, 12))
    assert first.isoformat() == "2026-10-25T02:30:00+02:00"
    assert next_slot(schedule, "Europe/Berlin", first).isoformat() == "2026-10-26T02:30:00+01:00"


def test_a_day_that_a_zone_left_out_is_the_first_minute_of_the_next() -> None:
    schedule = IssueScheduleSpec(every="day", at=time(7, 0))
    slot = next_slot(schedule, "Pacific/Apia", datetime(2011, 12, 29, 20, 0, tzinfo=UTC))
    assert slot.isoformat() == "2011-12-31T00:00:00+14:00"


@given(
    every=st.sampled_from(["day", "weekday", "week", "month"]),
    at=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    zone=st.sampled_from(ZONES),
    now=st.datetimes(datetime(2010, 1, 1), datetime(2035, 1, 1)).map(
        lambda d: d.replace(tzinfo=UTC)
    ),
)
def test_the_last_slot_and_the_next_are_neighbours(every, at, zone, now) -> None:
    schedule = IssueScheduleSpec(every=every, at=at)
    last, following = latest_slot(schedule, zone, now), next_slot(schedule, zone, now)
    assert last <= now < following
    assert next_slot(schedule, zone, last) == following
    assert latest_slot(schedule, zone, following) == following
    assert following - last < timedelta(days=33)
