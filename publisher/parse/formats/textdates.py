"""PURE. The first full date that a text names, in the words of its language.

Month and weekday names and the order of numbers come from Babel (CLDR).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError

_YEARS = range(1970, 2101)
"""Years that a news text can be of: an earlier one is history that the text tells about."""

_BUDDHIST = 543
"""How far the years of Thai texts are ahead."""

_SPOKEN_ELSEWHERE = {
    "ar": ("ar", "ar_LB", "ar_MA", "ar_DZ"),
    "de": ("de", "de_AT"),
    "es": ("es", "es_PE"),
}
"""Regions whose month names differ from those of the language at large."""

_OTHER_WEEKDAYS = {"jum'at": 4, "jum’at": 4, "ahad": 6}
"""Indonesian and Malay spellings that CLDR lacks; 0 is Monday."""

_WORDS_BETWEEN = r"(?:\s+(?:de|del|of|di|da|th|tháng|năm)\b)?"
_ORDINAL = r"(?:st|nd|rd|th|er|ere|re|º|ª|°)?"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDate:
    """A date as the text has it: `text` is what was read, `start` where it begins.

    `weekday` is False when a weekday is named that the date did not fall on.
    """

    date: dt.date
    text: str
    start: int
    weekday: bool = True


def find_dates(text: str, language: str | None) -> Iterator[FoundDate]:
    """Every full day-month-year of a text, in order, in the words of its language or English.

    Numbers such as 3/4/2021 are read only where the language puts the day first.
    """
    reader = _reader((language or "en").replace("_", "-"))
    for found in reader.pattern.finditer(text):
        date = _date(found, reader)
        if date:
            named = found["before"] or found["after"]
            weekday = reader.weekdays.get(named.casefold().rstrip(".")) if named else None
            yield FoundDate(
                date=date,
                text=found[0],
                start=found.start(),
                weekday=weekday is None or weekday == date.weekday(),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """How one language writes dates: a pattern, and the numbers of its names (Monday is 0)."""

    pattern: re.Pattern[str]
    months: dict[str, int]
    weekdays: dict[str, int]


@lru_cache(maxsize=64)
def _reader(tag: str) -> _Reader:
    locales = [*_locales(tag), Locale.parse("en")]
    months: dict[str, int] = {}
    weekdays: dict[str, int] = {}
    for locale in locales:
        for width in ("wide", "abbreviated"):
            _learn(months, locale.months["format"][width])
            _learn(weekdays, locale.days["format"][width])
    for word, number in _OTHER_WEEKDAYS.items():
        weekdays.setdefault(word, number)
    pattern = _pattern(months, weekdays, day_first=_day_first(locales))
    return _Reader(pattern=pattern, months=months, weekdays=weekdays)


def _locales(tag: str) -> list[Locale]:
    base = tag.partition("-")[0].lower()
    known = []
    for name in dict.fromkeys((tag.replace("-", "_"), *_SPOKEN_ELSEWHERE.get(base, (base,)))):
        try:
            known.append(Locale.parse(name))
        except (UnknownLocaleError, ValueError):
            continue
    return known


def _learn(names: dict[str, int], given: dict[int, str]) -> None:
    for number, name in given.items():
        word = name.casefold().rstrip(".")
        has_digit = any(map(str.isdigit, word))
        if " " in word or not (has_digit or (len(word) == 1 and word.isascii())):
            names.setdefault(word, number)


def _day_first(locales: list[Locale]) -> bool:
    """Whether the language itself (not our English besides it) writes the day before the month."""
    if len(locales) == 1:
        return False
    return str(locales[0].date_formats["short"].pattern).lstrip("\u200e\u200f").startswith("d")


def _pattern(
    months: dict[str, int], weekdays: dict[str, int], *, day_first: bool
) -> re.Pattern[str]:
    month = _either(months)
    weekday = _either(weekdays)
    before = rf"(?:(?<!\w)(?P<before>{weekday})\.?\s*[,،、]?\s*(?:den\s+|(?P<open>[(（])\s*)?)?"
    year = r"(?P<{}>\d{{4}})(?!\d)"
    day_month_year = (
        rf"(?<![\w./:-])(?P<d1>\d{{1,2}}){_ORDINAL}\.?{_WORDS_BETWEEN}[\s-]+"
        rf"(?P<m1>{month})(?!\d)(?:/\w+)?\.?,?{_WORDS_BETWEEN}[\s,-]+{year.format('y1')}"
    )
    forms = [
        day_month_year,
        rf"(?<!\w)(?P<m2>{month})\.?\s+(?P<d2>\d{{1,2}}){_ORDINAL},?\s+{year.format('y2')}",
        r"(?<!\d)(?P<y3>\d{4})\s*[年년]\s*(?P<m3>\d{1,2})\s*[月월]\s*(?P<d3>\d{1,2})\s*[日일号號]",
        r"(?<![\w-])(?P<y4>\d{4})-(?P<m4>\d{2})-(?P<d4>\d{2})(?!\d|-)",
    ]
    if day_first:
        forms.append(
            r"(?<![\w./-])(?P<d5>\d{1,2})(?P<mark>[./-])(?P<m5>\d{1,2})(?P=mark)"
            + year.format("y5")
            + r"(?![./-]\d)"
        )
    after = rf"(?(open)\s*[)）]|(?:\s*[,،]?\s*[(（]?(?P<after>{weekday})(?!\w)[)）]?)?)"
    return re.compile(f"{before}(?:{'|'.join(forms)}){after}", re.IGNORECASE)


def _either(names: dict[str, int]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=lambda n: (-len(n), n)))


def _date(found: re.Match[str], reader: _Reader) -> dt.date | None:
    groups = found.groupdict()
    form = next(number for number in "12345" if groups.get(f"y{number}"))
    month_text = groups[f"m{form}"]
    month = int(month_text) if form in "345" else reader.months[month_text.casefold().rstrip(".")]
    year = int(groups[f"y{form}"])
    if year not in _YEARS:
        year -= _BUDDHIST
    try:
        date = dt.date(year, month, int(groups[f"d{form}"]))
    except ValueError:
        return None
    return date if year in _YEARS else None
