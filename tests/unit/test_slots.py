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


@pytest.mark.parametrize(
    ("on", "last", "following"),
    [
        ("last", (2026, 10, 31, 7), (2026, 11, 30, 7)),
        ("first monday", (2026, 11, 2, 7), (2026, 12, 7, 7)),
        ("Last Friday", (2026, 10, 30, 7), (2026, 11, 27, 7)),
        ("fourth sunday", (2026, 11, 22, 7), (2026, 12, 27, 7)),
        ("15", (2026, 11, 15, 7), (2026, 12, 15, 7)),
    ],
)
def test_a_day_of_the_month_by_weekday_or_the_last(on, last, following) -> None:
    zone, now = "Asia/Jakarta", local("Asia/Jakarta", 2026, 11, 22, 12)
    schedule = IssueScheduleSpec(every="month", on=on)
    assert latest_slot(schedule, zone, now) == local(zone, *last)
    assert next_slot(schedule, zone, now) == local(zone, *following)


@pytest.mark.parametrize(
    ("cron", "last", "following"),
    [
        ("0 7 * * mon", (2026, 11, 16, 7), (2026, 11, 23, 7)),
        ("0 7 * * 1", (2026, 11, 16, 7), (2026, 11, 23, 7)),  # cron counts from Sunday
        ("30 6 1,15 * *", (2026, 11, 15, 6, 30), (2026, 12, 1, 6, 30)),
        ("0 7 29 2 *", (2024, 2, 29, 7), (2028, 2, 29, 7)),
        ("*/20 * * * *", (2026, 11, 22, 12, 0), (2026, 11, 22, 12, 20)),
        ("0 12 * * *", (2026, 11, 22, 12, 0), (2026, 11, 23, 12)),
    ],
)
def test_cron_names_local_times(cron, last, following) -> None:
    zone, now = "Asia/Jakarta", local("Asia/Jakarta", 2026, 11, 22, 12)
    schedule = IssueScheduleSpec(cron=cron)
    assert latest_slot(schedule, zone, now) == local(zone, *last)
    assert next_slot(schedule, zone, now) == local(zone, *following)


def test_cron_comes_once_in_the_hour_that_comes_twice_and_is_not_lost_in_the_one_skipped() -> None:
    zone, schedule = "Europe/Berlin", IssueScheduleSpec(cron="30 2 * * *")
    found, when = [], datetime(2026, 10, 24, 12, tzinfo=UTC)
    while when < datetime(2026, 10, 27, tzinfo=UTC):
        when = next_slot(schedule, zone, when)
        found.append(when.isoformat())
        assert latest_slot(schedule, zone, when + timedelta(minutes=50)) == when
        assert latest_slot(schedule, zone, when + timedelta(hours=2)) == when
    assert found == [
        "2026-10-25T02:30:00+02:00",
        "2026-10-26T02:30:00+01:00",
        "2026-10-27T02:30:00+01:00",
    ]
    skipped = next_slot(schedule, zone, datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert skipped.isoformat() == "2026-03-29T03:00:00+02:00"


@pytest.mark.parametrize(
    ("zone", "day", "count"),
    [
        ("Europe/Berlin", (2026, 3, 29), 23),
        ("Europe/Berlin", (2026, 10, 25), 25),
        ("America/New_York", (2026, 3, 8), 23),
        ("America/New_York", (2026, 11, 1), 25),
        ("Australia/Lord_Howe", (2026, 4, 5), 25),  # half an hour, 01:30 to 02:00, comes twice
        ("Australia/Lord_Howe", (2026, 10, 4), 24),  # and 02:00 to 02:30 is left out
        ("Asia/Jakarta", (2026, 10, 25), 24),
    ],
)
def test_every_hour_is_every_hour_that_passes(zone, day, count) -> None:
    """At half past, which Lord Howe has twice and never leaves out."""
    schedule = IssueScheduleSpec(cron="30 * * * *")
    begin = local(zone, *day).astimezone(UTC)
    end = (local(zone, *day) + timedelta(days=1)).astimezone(UTC)
    found, when = [], begin - timedelta(seconds=1)
    while (when := next_slot(schedule, zone, when).astimezone(UTC)) < end:
        found.append(when)
        for later in (0, 29):  # instants: what comes twice is equal to nothing in another zone
            last = latest_slot(schedule, zone, when + timedelta(minutes=later))
            assert last.astimezone(UTC) == when
    assert len(found) == count
    assert len({slot.astimezone(ZoneInfo(zone)).isoformat() for slot in found}) == count


@given(
    zone=st.sampled_from(ZONES),
    now=st.datetimes(datetime(2011, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    cron=st.sampled_from(
        ["0 7 * * mon", "0 * * * *", "30 2 * * *", "*/7 * * * *", "15 3 L * *", "0 0 1 1 *"]
    ),
)
def test_no_cron_time_lies_between_the_last_and_the_next(zone, now, cron) -> None:
    schedule = IssueScheduleSpec(cron=cron)
    last, following = latest_slot(schedule, zone, now), next_slot(schedule, zone, now)
    assert last <= now < following
    assert next_slot(schedule, zone, last) == following
    assert latest_slot(schedule, zone, following) == following
