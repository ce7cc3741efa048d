"""Dates in fields, names and paths."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.parse.headers.dates import at, date_in_name, date_in_path, read_date

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-03-20T10:15:00+07:00", "2021-03-20T10:15:00+07:00"),
        ("2013-07-14 19:38:02 +0200", "2013-07-14T19:38:02+02:00"),
        ("2021-03-20T10:15:00-08:00", "2021-03-20T10:15:00-08:00"),
        ("2021-03-20T10:15:00Z", "2021-03-20T10:15:00+00:00"),
        ("2021-03-20T10:15:00.123456Z", "2021-03-20T10:15:00+00:00"),
        ("2021-03-20 10:15 UTC", "2021-03-20T10:15:00+00:00"),
        ("2021-03-20 10:15 GMT+8", "2021-03-20T10:15:00+08:00"),
        ("2021-03-20 10:15 WIB", "2021-03-20T10:15:00+07:00"),
        ("20 March 2021 pukul 10.15 WIB", "2021-03-20T10:15:00+07:00"),
        ("2021-03-20, jam 10.15.30 WITA", "2021-03-20T10:15:30+08:00"),
        ("2021-03-20 10:15 EST", "2021-03-20T10:15:00-05:00"),
        ("2021-07-20 10:15 Europe/Berlin", "2021-07-20T10:15:00+02:00"),
        ("20210320T101500Z", "2021-03-20T10:15:00+00:00"),
        ("Sat, 20 Mar 2021 10:15:00 -0500", "2021-03-20T10:15:00-05:00"),
        ("Thu, 20 Mar 2021 10:15:00 +0700 (WIB)", "2021-03-20T10:15:00+07:00"),
    ],
)
def test_an_offset_is_kept_as_written(text: str, expected: str) -> None:
    read = read_date(text, JAKARTA)
    assert read.when.isoformat() == expected
    assert not read.needs_zone
    assert not read.warning


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-03-20", "2021-03-20T00:00:00"),
        ("2021-3-2", "2021-03-02T00:00:00"),
        ("2013-07-14 19:38", "2013-07-14T19:38:00"),
        ("2014-07-15T15:40", "2014-07-15T15:40:00"),
        ("2014-08-31 15:31:19", "2014-08-31T15:31:19"),
        ("2014-08-31 5:31", "2014-08-31T05:31:00"),
        ("2021/03/20 20:46:25", "2021-03-20T20:46:25"),
        ("2021.03.20", "2021-03-20T00:00:00"),
        ("20210320", "2021-03-20T00:00:00"),
        ("2021-03-20 3:04 pm", "2021-03-20T15:04:00"),
        ("2021-03-20 12:04 AM", "2021-03-20T00:04:00"),
        ("20 March 2021", "2021-03-20T00:00:00"),
        ("March 20th, 2021 3:04 pm", "2021-03-20T15:04:00"),
        ("Sept. 7, 2021", "2021-09-07T00:00:00"),
        ("10:15, 20 Mar 2021", "2021-03-20T10:15:00"),
        ("2021 March 20", "2021-03-20T00:00:00"),
        ("2021年3月20日", "2021-03-20T00:00:00"),
        ("2021년 3월 20일 10:15", "2021-03-20T10:15:00"),
        ("20/03/2021", "2021-03-20T00:00:00"),
        ("03/20/2021", "2021-03-20T00:00:00"),
        ("20.03.2021", "2021-03-20T00:00:00"),
        ("5/5/2021", "2021-05-05T00:00:00"),
        ("  2021-03-20  ", "2021-03-20T00:00:00"),
    ],
)
def test_without_offset_the_zone_is_used(text: str, expected: str) -> None:
    read = read_date(text, JAKARTA)
    assert read.when.isoformat() == expected + "+07:00"
    assert read.needs_zone
    assert not read.warning


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("20 Maret 2021", "id", date(2021, 3, 20)),
        ("Sabtu, 20 Maret 2021", "id", date(2021, 3, 20)),
        ("20. März 2021", "de", date(2021, 3, 20)),
        ("20 de marzo de 2021", "es", date(2021, 3, 20)),
        ("1er août 2021", "fr-FR", date(2021, 8, 1)),
        ("20 مارس 2021", "ar", date(2021, 3, 20)),
        ("٢٠ مارس ٢٠٢١", "ar", date(2021, 3, 20)),
        ("20 марта 2021 г.", "ru", date(2021, 3, 20)),
        ("20 March 2021", "id", date(2021, 3, 20)),
        ("03/04/2021", "id", date(2021, 4, 3)),
        ("03/04/2021", "en-GB", date(2021, 4, 3)),
        ("7 May 2021", "no such language", date(2021, 5, 7)),
    ],
)
def test_the_language_gives_month_words_and_order(text: str, language: str, day: date) -> None:
    assert read_date(text, UTC, language).when.date() == day


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2021-13-40", "has no month 13"),
        ("2026-13-01", "has no month 13"),
        ("2021-02-30", "has no day 30 in month 2"),
        ("2021-00-10", "has no month 0"),
        ("12:30:45", "can't be read"),
        ("45045", "can't be read"),
        ("soon", "can't be read"),
        ("2021-03", "can't be read"),
        ("", "can't be read"),
        ("20 Foo 2021", "can't be read"),
        ("0001-01-01T00:00:00Z", "lies in the year 1"),
        ("20210-03-20", "can't be read"),
        ("9999-01-01", "lies in the year 9999"),
        ("03/04/2021", "does not say which number is the day"),
        ("31 February 2021", "has no day 31 in month 2"),
        ("99/99/2021", "has no month 99"),
        ("20/20/2021", "has no month 20"),
    ],
)
def test_what_has_no_clear_day_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_date(text, UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2019-07-09 18::48::00",
        "2019-07-09T25:00",
        "2019-07-09 at noon",
        "2019-07-09 10:15 +99:00",
        "2019-07-09 10:15 +07:75",
        "2019-07-09 10:15 Nowhere/Atall",
        "2019-07-09 13:00 pm",
        "9 July 2019 18:99",
    ],
)
def test_a_clear_day_with_an_unreadable_time_is_that_day(text: str) -> None:
    read = read_date(text, JAKARTA)
    assert read.when.isoformat() == "2019-07-09T00:00:00+07:00"
    assert "cannot be read" in read.warning


def test_an_order_that_no_language_tells_is_refused() -> None:
    for language in ("en", "en-US", "xx", "no such language"):
        with pytest.raises(ValueError, match="which number is the day"):
            read_date("03/04/2021", UTC, language)


def test_a_local_time_that_does_not_exist_is_moved_on_by_the_gap() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert at(date(2021, 3, 28), time(2, 30), berlin).isoformat() == "2021-03-28T03:30:00+02:00"
    sao_paulo = ZoneInfo("America/Sao_Paulo")
    assert at(date(2018, 11, 4), None, sao_paulo).isoformat() == "2018-11-04T01:00:00-02:00"


def test_of_a_time_that_comes_twice_the_first_counts() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert at(date(2021, 10, 31), time(2, 30), berlin).isoformat() == "2021-10-31T02:30:00+02:00"


def test_old_local_mean_time_has_an_offset_in_minutes() -> None:
    assert at(date(1890, 1, 1), None, JAKARTA).isoformat() == "1890-01-01T00:00:00+07:07"


@pytest.mark.parametrize(
    ("name", "day", "clock", "rest"),
    [
        ("2021-03-20-launch", date(2021, 3, 20), None, "launch"),
        ("2015-02-4-twis-22", date(2015, 2, 4), None, "twis-22"),
        ("2021-3-20 A title", date(2021, 3, 20), None, "A title"),
        ("2021_03_20", date(2021, 3, 20), None, ""),
        ("2021.03.20_x", date(2021, 3, 20), None, "x"),
        ("20210320-launch", date(2021, 3, 20), None, "launch"),
        ("202103201015-x", date(2021, 3, 20), time(10, 15), "x"),
        ("20210320101530", date(2021, 3, 20), time(10, 15, 30), ""),
        ("2021-03-20T10-15-x", date(2021, 3, 20), time(10, 15), "x"),
        ("2021-03-20T101500Z-x", date(2021, 3, 20), time(10, 15, tzinfo=UTC), "x"),
        ("2021-03-20-10-15-30-x", date(2021, 3, 20), time(10, 15, 30), "x"),
        ("2021-03-20 10.15 x", date(2021, 3, 20), time(10, 15), "x"),
        ("2021-03-20-2020-review", date(2021, 3, 20), None, "2020-review"),
        ("2021-03-20-10-things", date(2021, 3, 20), None, "10-things"),
        ("2021-03-20-99-99-99-x", date(2021, 3, 20), None, "99-99-99-x"),
    ],
)
def test_a_name_begins_with_a_date(name: str, day: date, clock: time | None, rest: str) -> None:
    found = date_in_name(name)
    assert found is not None
    assert (found.day, found.clock, found.rest) == (day, clock, rest)


@pytest.mark.parametrize(
    "name",
    ["launch", "2021", "2021-03", "2021-13-40-x", "2021-03-20abc", "12345678-x", "x-2021-03-20"],
)
def test_other_names_hold_no_date(name: str) -> None:
    assert date_in_name(name) is None


def test_folders_of_a_path_hold_a_day() -> None:
    found = date_in_path("/blog/2021/03/20/launch/")
    assert found is not None
    assert (found.day, found.text) == (date(2021, 3, 20), "2021/03/20")
    assert date_in_path("blog/2021/03/launch") is None
    assert date_in_path("2021/13/20/x") is None


@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2190, 1, 1)),
    st.sampled_from(["Asia/Jakarta", "America/New_York", "Africa/Monrovia", "UTC"]),
)
def test_what_we_write_is_read_back(when: datetime, zone: str) -> None:
    aware = at(when.date(), when.time().replace(microsecond=0), ZoneInfo(zone))
    read = read_date(aware.isoformat(), UTC)
    assert read.when == aware
    assert read.when.utcoffset() == aware.utcoffset()


_UP_TO = partial(st.integers, 0)


@given(
    st.builds(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{:02}:{:02}".format,
        st.one_of(st.integers(1500, 2300), _UP_TO(9999)),
        *map(_UP_TO, (13, 32, 25, 61, 61)),
        st.sampled_from("+-"),
        _UP_TO(15),
        _UP_TO(61),
    )
)
def test_a_whole_time_is_read_at_once_and_alike(text: str) -> None:
    slowly = text.replace("T", " ")
    try:
        expected = read_date(slowly, UTC)
    except ValueError as error:
        with pytest.raises(ValueError, match=re.escape(str(error))):
            read_date(text, UTC)
    else:
        read = read_date(text, UTC)
        assert (read.when, read.when.utcoffset()) == (expected.when, expected.when.utcoffset())
        assert read.needs_zone == expected.needs_zone
        assert bool(read.warning) == bool(expected.warning)


@given(st.text())
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        read = read_date(text, UTC, "id")
    except ValueError:
        return
    assert read.when.tzinfo is not None
