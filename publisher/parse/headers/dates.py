"""PURE. The text of a date field, a file's name or a path -> an aware time.

An offset is kept as written; the zone serves only where none is written. A day
without time is its midnight in the zone (SOURCES.md section 4, "Date").
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from publisher.languages import locale_of
from publisher.patterns import pattern
from publisher.values import dataclass

MEND = "write YYYY-MM-DD, or YYYY-MM-DDThh:mm:ss+hh:mm"

_EARLIEST, _LATEST = 1583, 2199
"""Years: before the first, calendars differ; after the last, it is a slip of the finger."""

_WHOLE = pattern(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))", re.ASCII
)
"""As RFC 3339 and this program write it: Python reads that at once."""

_YEAR_FIRST = pattern(r"(\d{4})([-/._])(\d{1,2})\2(\d{1,2})(?!\d)(.*)", re.DOTALL)
_COMPACT = pattern(r"(\d{4})(\d\d)(\d\d)(?:[T ]?(\d\d)(\d\d)(\d\d)?(?!\d)(.*)|(?!\d)(.*))")
_YEAR_LAST = pattern(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)(.*)", re.DOTALL)
_EAST_ASIAN = pattern(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일](.*)", re.DOTALL)
_TIME = pattern(
    r"(?:[T_,]|\bat\b|\bpukul\b|\bjam\b|\s)*(\d{1,2})([:.])(\d\d)(?:\2(\d\d)(?:[.,]\d+)?)?"
    r"(?:\s*([ap])\.?m\b\.?)?\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_OFFSET = pattern(
    r"(?:(?:UTC|GMT)\s?)?([+\-−])(\d\d?)(?::?(\d\d))?(?:\s*\([^()]*\))?\Z", re.IGNORECASE
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PARTS = {
    "day": r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?",
    "month": r"\b(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?",
    "year": r"(?P<year>\d{4})(?!\d)",
}
_ENGLISH_DATES = tuple(
    pattern(r"[\s,/-]*(?:of\s+)?".join(_PARTS[part] for part in order), re.IGNORECASE)
    for order in (("day", "month", "year"), ("month", "day", "year"), ("year", "month", "day"))
)
_ZONES = {
    name: hours * 60
    for names, hours in (
        ("Z UTC GMT UT", 0),
        ("AST EDT", -4),
        ("EST CDT", -5),
        ("CST MDT", -6),
        ("MST PDT", -7),
        ("PST", -8),
        ("CET WAT", 1),
        ("CEST EET CAT SAST", 2),
        ("EEST MSK EAT", 3),
        ("WIB", 7),
        ("WITA", 8),
        ("WIT JST KST", 9),
        ("AEST", 10),
        ("AEDT", 11),
    )
    for name in names.split()
}
"""Names that mean one offset: RFC 5322 section 4.3, and some that are not used twice. Hours."""

_NAME_DAYS = (
    pattern(r"(\d{4})([-_.])(\d{1,2})\2(\d{1,2})(?!\d)"),
    pattern(r"(\d{4})()(\d\d)(\d\d)(?=\D|\Z|\d{4}(?:\d\d)?(?!\d))"),
)
_NAME_TIMES = (
    pattern(r"T?(\d\d)(\d\d)(\d\d)?(?!\d)"),
    pattern(r"T(\d\d)[-:._](\d\d)(?:[-:._](\d\d))?(?!\d)"),
    pattern(r"[-_ ](\d\d)[-:._](\d\d)[-:._](\d\d)(?!\d)"),
    pattern(r" (\d\d)[.:](\d\d)()(?!\d)"),
)
_NO_HOUR = 30
"""From here on it is no slip of who meant an hour, but another number, such as a price."""

_NAME_REST = pattern(r"(?:[-_. ]+|\Z)(.*)", re.DOTALL)
_IN_PATH = pattern(r"(?:^|/)(\d{4})/(\d{1,2})/(\d{1,2})(?=/|\Z)")


class ReadDate(NamedTuple):
    """A time that was read; `needs_zone`: no offset was written; `warning`: what was left out."""

    when: datetime
    needs_zone: bool
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDate:
    """A day (and time) that a name begins with, and the `rest` of the name; `no_time` is what
    stands there like a time and is none.
    """

    day: date
    clock: time | None
    text: str
    rest: str
    no_time: str = ""


def read_date(text: str, zone: tzinfo, language: str | None = None) -> ReadDate:
    """Read a date field. `language` (BCP 47) gives month words beside English and the order of d/m.

    Raises ValueError with what is wrong, in words that fit after the date.
    """
    text = text.strip()
    if _WHOLE.fullmatch(text):
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            pass  # what is wrong with it is found out below
        else:
            if _EARLIEST <= when.year <= _LATEST:
                return ReadDate(when, False)
    found = _YEAR_FIRST.match(text)
    if found:
        return _finish(_day(found[1], found[3], found[4]), found[5], zone)
    found = _COMPACT.fullmatch(text)
    if found:
        clock = f"T{found[4]}:{found[5]}:{found[6] or '00'}" if found[4] else ""
        return _finish(_day(*found.group(1, 2, 3)), clock + (found[7] or found[8] or ""), zone)
    found = _EAST_ASIAN.match(text)
    if found:
        return _finish(_day(*found.group(1, 2, 3)), found[4], zone)
    found = _YEAR_LAST.match(text)
    if found:
        day_text, month = _day_and_month(found[1], found[3], found[2], language)
        return _finish(_day(found[4], month, day_text), found[5], zone)
    return _read_words(text, zone, language)


def at(day: date, clock: time | None, zone: tzinfo) -> datetime:
    """A local day and time with the zone's offset then, in whole minutes.

    Of an hour that comes twice the first counts; one that is left out is moved
    on by the gap (as in RFC 5545 section 3.3.5). Old local mean times have
    seconds, which RFC 3339 cannot write.
    """
    if clock is not None and clock.tzinfo is not None:
        zone = clock.tzinfo
    local = datetime.combine(day, clock or time(), tzinfo=zone)
    if isinstance(zone, timezone):  # one offset, as we made it
        return local
    real = local.astimezone(UTC).astimezone(zone)
    offset = real.utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    return real.replace(tzinfo=_fixed(minutes), fold=0)


@lru_cache(maxsize=64)  # of one article it is asked again and again
def date_in_name(name: str) -> NamedDate | None:
    """The day a file's or folder's name begins with, such as 2021-03-20-name or 20210320-name."""
    found = next((m for m in (days.match(name) for days in _NAME_DAYS) if m), None)
    if not found:
        return None
    try:
        day = _day(found[1], found[3], found[4])
    except ValueError:
        return None
    clock, end, no_time = _clock_in_name(name, found.end())
    rest = _NAME_REST.match(name, end)
    if rest is None:
        return None
    return NamedDate(day=day, clock=clock, text=name[:end], rest=rest[1], no_time=no_time)


@lru_cache(maxsize=64)
def date_in_path(path: str) -> NamedDate | None:
    """The day of folders such as 2021/03/20 in a path."""
    for found in _IN_PATH.finditer(path):
        try:
            day = _day(*found.groups())
        except ValueError:
            continue
        return NamedDate(day=day, clock=None, text="/".join(found.groups()), rest="")
    return None


def _day(year: str, month: str, day: str) -> date:
    y, m, d = int(year), int(month), int(day)
    if not _EARLIEST <= y <= _LATEST:
        raise ValueError(f"lies in the year {y}")
    if not 1 <= m <= 12:
        raise ValueError(f"has no month {m}")
    try:
        return date(y, m, d)
    except ValueError as error:
        raise ValueError(f"has no day {d} in month {m}") from error


def _finish(day: date, rest: str, zone: tzinfo) -> ReadDate:
    """A day with what is written after it: nothing, a time, or what cannot be read."""
    if not rest or rest.isspace():
        return ReadDate(at(day, None, zone), True)
    found = _TIME.match(rest)
    clock = _clock(found[1], found[3], found[4], found[5]) if found else None
    if found and clock is not None:
        if not found[6].strip():
            return ReadDate(at(day, clock, zone), True)
        own = _offset(found[6].strip())
        if own is not None:
            return ReadDate(at(day, clock, own), False)
    return ReadDate(
        at(day, None, zone), True, f"{rest.strip()!r} after the day cannot be read and is left out"
    )


def _clock(hour: str, minute: str, second: str | None, half: str | None = None) -> time | None:
    h = int(hour)
    if half:
        if not 1 <= h <= 12:
            return None
        h = h % 12 + (12 if half in "pP" else 0)
    try:
        return time(h, int(minute), int(second or 0))
    except ValueError:
        return None


def _clock_in_name(name: str, end: int) -> tuple[time | None, int, str]:
    """The time that follows the day in a name, where the date ends with it, and what is no time."""
    no_time = ""
    for times in _NAME_TIMES:
        found = times.match(name, end)
        clock = _clock(found[1], found[2], found[3]) if found else None
        if found and clock is not None:
            is_utc = name.startswith("Z", found.end())
            return clock.replace(tzinfo=UTC if is_utc else None), found.end() + is_utc, ""
        if found and int(found[1]) < _NO_HOUR:
            no_time = found[0].strip(" -_")
    return None, end, no_time


def _offset(text: str) -> tzinfo | None:
    """What follows a time: +07:00, -0500, Z, WIB, Asia/Jakarta."""
    if text.upper() in _ZONES:
        return _fixed(_ZONES[text.upper()])
    found = _OFFSET.match(text)
    if found:
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        if minutes > 14 * 60 or int(found[3] or 0) > 59:
            return None
        return _fixed(minutes if found[1] == "+" else -minutes)
    name = text.strip("[]")
    if not re.fullmatch(r"[A-Za-z]+(?:/[A-Za-z0-9_+-]+){1,2}", name):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


@lru_cache(maxsize=128)
def _fixed(minutes: int) -> timezone:
    return timezone(timedelta(minutes=minutes)) if minutes else UTC


def _day_and_month(first: str, second: str, mark: str, language: str | None) -> tuple[str, str]:
    """Which of two numbers is the day: what can only be so, else what the language says."""
    if mark == "." or int(first) > 12 or first == second:
        return first, second
    if int(second) > 12:
        return second, first
    if language and language.lower() not in ("en", "en-us"):
        locale = locale_of(language)
        if locale is not None:
            from babel.dates import get_date_format  # noqa: PLC0415 (dates that ask it are rare)

            pattern = get_date_format("short", locale=locale).pattern
            return (first, second) if pattern.find("d") < pattern.find("M") else (second, first)
    raise ValueError("does not say which number is the day and which the month")


def _read_words(text: str, zone: tzinfo, language: str | None) -> ReadDate:
    """Month words: 20 March 2021, March 20th, 2021 10:15, Sat, 20 Mar 2021 10:15 WIB (RFC 5322)."""
    for words in _ENGLISH_DATES:
        found = words.search(text)
        if found:
            month = _MONTHS.index(found["month"][:3].lower()) + 1
            day = _day(found["year"], str(month), found["day"])
            return _finish(day, _time_around(text, found.start(), found.end()), zone)
    # its tables of names are for few fields: most dates have digits, or English words
    from publisher.parse.formats.textdates import find_dates  # noqa: PLC0415

    named = next(find_dates(text, language), None)
    if named is None:
        raise ValueError("can't be read")
    end = named.start + len(named.text)
    return _finish(named.date, _time_around(text, named.start, end), zone)


def _time_around(text: str, start: int, end: int) -> str:
    """What stands behind a day, else before it, if it has digits and so may be a time."""
    for part in (text[end:], text[:start]):
        if re.search(r"\d", part):
            return part.strip(" ,|-")
    return ""
