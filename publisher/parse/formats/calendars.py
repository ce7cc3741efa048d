"""PURE. Dates of other calendars and numerals -> the Gregorian date, where only one can be meant.

Persian dates with the name of their month, Japanese eras, years of the Republic of China,
Buddhist years of Thai texts, and numbers in Chinese characters. Hebrew, Islamic, Bengali,
Nepali and Ethiopian dates are not read: a text that has one needs a date of its own.
"""

from __future__ import annotations

import datetime as dt

BUDDHIST = 543
"""How far the years of Thai texts are ahead."""

_PERSIAN_YEARS = range(1349, 1473)
"""Years for which leap years come by the rule below (1970 to 2094)."""

_PERSIAN_LEAPS = frozenset({1, 5, 9, 13, 17, 22, 26, 30})
_PERSIAN_1400 = dt.date(2021, 3, 21).toordinal()

_ERAS = {
    "令和": (2018, dt.date(2019, 5, 1)),
    "平成": (1988, dt.date(1989, 1, 8)),
    "昭和": (1925, dt.date(1926, 12, 25)),
    "民國": (1911, dt.date(1912, 1, 1)),
    "民国": (1911, dt.date(1912, 1, 1)),
}
"""Era -> the year before its first, and its first day."""

_NUMERALS = {character: value for value, character in enumerate("〇一二三四五六七八九")}
_NUMERALS |= {"零": 0, "○": 0, "元": 1}


def from_persian(year: int, month: int, day: int) -> dt.date | None:
    """The day of a Persian (Solar Hijri) date; None when there is none, or it is far away."""
    length = 31 if month <= 6 else 30 if month <= 11 or _is_persian_leap(year) else 29
    if year not in _PERSIAN_YEARS or not (1 <= month <= 12 and 1 <= day <= length):
        return None
    if year >= 1400:
        days = sum(366 if _is_persian_leap(y) else 365 for y in range(1400, year))
    else:
        days = -sum(366 if _is_persian_leap(y) else 365 for y in range(year, 1400))
    before = 31 * (month - 1) if month <= 7 else 186 + 30 * (month - 7)
    return dt.date.fromordinal(_PERSIAN_1400 + days + before + day - 1)


def _is_persian_leap(year: int) -> bool:
    return year % 33 in _PERSIAN_LEAPS


def from_era(era: str, year: int, month: int, day: int) -> dt.date | None:
    """The day of a year of an era; None when it is before the era, or there is none."""
    before, first = _ERAS[era]
    try:
        date = dt.date(before + year, month, day)
    except ValueError:
        return None
    return date if date >= first else None


def east_asian_number(text: str) -> int:
    """A number in digits or Chinese characters: 20, 二〇二一, 三十一, 元. Raises KeyError or
    ValueError for what is none."""
    if text.isdigit() or not text:
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0)
    return int("".join(str(_NUMERALS[character]) for character in text))


ERA = "|".join(_ERAS)
"""The eras, as alternatives of a regular expression."""

NUMERAL = r"(?:\d{1,4}|[〇零○一二三四五六七八九十元]{1,4})"
"""A number that `east_asian_number` reads, as a regular expression."""
