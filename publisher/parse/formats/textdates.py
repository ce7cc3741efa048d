"""PURE. The full dates that a text names, in the words and orders of its language.

Month and weekday names come from publisher.parse.formats.datenames. What can be read in two
ways is not read: numbers such as 3/4/2021 count only where the language puts the day first.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from publisher.parse.formats.calendars import (
    BUDDHIST,
    ERA,
    NUMERAL,
    east_asian_number,
    from_era,
    from_persian,
)
from publisher.parse.formats.datenames import PERSIAN_MONTHS, Names, fold_name, names_of
from publisher.values import dataclass

_YEARS = range(1970, 2101)
"""Years that a news text can be of: an earlier one is history that the text tells about."""

_MAY_HOLD_ONE = re.compile(rf"\d{{4}}|[〇零○一二三四五六七八九]{{4}}|{ERA}")
"""What every date has. Paragraphs without it, which are most, need no closer look."""

_BETWEEN = (
    r"(?:\s+(?:de|del|of|di|da|do|th|tháng|năm|ng|ta'|ta’|พ\.ศ\.|ค\.ศ\.|เดือน|ເດືອນ|ປີ)"
    r"(?:\s|(?=[^\x00-\u024f])))?"
)
_ORDINAL = r"(?:st|nd|rd|th|ste|er|ere|re|e|-?го|º|ª|°)?"
_BEHIND = r"(?:-?(?:án|én|a|e|ín|ын|нд)\b|\s?d\.|\s?ရက်)?"
"""What some languages put behind the day."""

_NEAR = 48
"""Characters before a date in which its weekday is looked for."""

_CLOSED = re.compile(r"\s*[)）]")

_OF_THE_YEAR = (
    r"(?:\s?\.?\s?gada|\s?ж\.|\s?жылғы|\s?жылы|-?\s?жылдын|\s?წლის|-?\s?yil|-?\s?yilning"
    r"|-c[iıuü]\s+il(?:in)?|\s?թ\.)"
)
"""Words for `of the year` behind a year that comes first."""

_TO_THE_DAY = (
    r"(?:(?:den|dem|der|le|the|el|día|dia|dnia|dne|ngày|tanggal|tarikh|tarehe|ที่|วันที่|ב)"
    r"\s*(?=\W|\d|\b))?"
)
"""Words between a weekday and its date."""


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
    """Every full day-month-year of a text, in order, in the words of its language or English."""
    if not _MAY_HOLD_ONE.search(text):
        return
    tag = (language or "en").replace("_", "-")
    names = names_of(tag)
    is_thai = tag.lower().startswith("th")
    pattern, before, after = _patterns(tag)
    for found in pattern.finditer(text):
        date = _date(found, names, is_thai=is_thai)
        if date is None:
            continue
        start, end = found.span()
        near = text[max(0, start - _NEAR) : start]
        named = before.search(near)
        if named:
            start -= len(near) - named.start()
        behind = _CLOSED.match(text, end) if named and named["open"] else after.match(text, end)
        if behind:
            end = behind.end()
            named = named or behind
        weekday = names.weekdays.get(fold_name(named["day"])) if named else None
        yield FoundDate(
            date=date,
            text=text[start:end],
            start=start,
            weekday=weekday is None or weekday == date.weekday(),
        )


@lru_cache(maxsize=64)
def _patterns(tag: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What a date looks like in a language, and a weekday right before and right behind it."""
    names = names_of(tag)
    month, weekday = _either(names.months), _either(names.weekdays)
    day = r"\d{1,2}"
    year = r"\d{4}(?!\d)"
    begins = r"(?:(?<![\w./:-])|(?<=\bika-)|(?<=ที่))"
    abbreviated = r"(?!\d)(?:/\w+)?(?:\.|-га|ын|ийн|လ)?"
    forms = [
        (
            rf"{begins}(?P<d1>{day}){_ORDINAL}\.?{_BETWEEN}[\s-]*(?<!\d)(?P<m1>ב?(?:{month}))"
            rf"{abbreviated}(?P<c1>,|،)?{_BETWEEN}[\s,-]*(?<!\d)(?P<y1>{year})"
        ),
        rf"(?<!\w)(?P<m2>{month})\.?\s+(?P<d2>{day}){_ORDINAL}\s?[,،]?\s+(?P<y2>{year})",
        (
            rf"(?<!\d)(?P<y3>{NUMERAL})\s*[年년]\s*(?P<m3>{NUMERAL})\s*[月월]\s*(?P<d3>{NUMERAL})"
            r"\s*[日일号號]"
        ),
        r"(?<![\w-])(?P<y4>\d{4})-(?P<m4>\d{2})-(?P<d4>\d{2})(?!\d|-)",
        rf"(?P<era>{ERA})\s?(?P<y7>{NUMERAL})\s*年\s*(?P<m7>{NUMERAL})\s*月\s*(?P<d7>{NUMERAL})\s*日",
        (
            rf"(?<![\w./:-])(?P<y8>{year}){_OF_THE_YEAR}\s*(?P<d8>{day})[.-]?\s*(?P<m8>{month})"
            rf"{abbreviated}(?!\w)"
        ),
    ]
    if names.day_first:
        forms.append(
            r"(?<![\w./-])(?P<d5>\d{1,2})(?P<mark>[./-]|\.\s)(?P<m5>\d{1,2})(?P=mark)"
            rf"(?P<y5>{year})(?![./-]\d)"
        )
    if names.year_first:
        forms.append(
            rf"(?<![\w./-])(?P<y6>\d{{4}})(?P<sign>[./-]|\.\s)(?P<m6>{day})(?P=sign)(?P<d6>{day})"
            r"(?!\d|[./-]\d)"
        )
    if names.year_first_in_words or tag.startswith("hy"):
        forms.append(
            rf"(?<![\w./:-])(?P<y9>{year})(?:{_OF_THE_YEAR}|-?e?ko|\s?m\.|\s?оны|\s?ခုနှစ်|\.|,)?\s*"
            rf"(?P<m9>{month}){abbreviated}\s*(?P<d9>{day})(?!\d){_BEHIND}\.?(?!\s*,?\s*\d{{4}})"
        )
    if tag.startswith("fa"):
        forms.append(
            rf"(?<![\w./:-])(?P<d0>{day})\s+(?P<m0>{_either(PERSIAN_MONTHS)})(?:\s?ماه)?\s+"
            rf"(?:سال\s+)?(?P<y0>{year})"
        )
    before = rf"(?<!\w)(?P<day>{weekday})\.?\s*[,،、]?\s*{_TO_THE_DAY}\s*(?P<open>[(（]\s*)?\Z"
    after = rf"\.?\s*[,،]?\s*[(（]?(?P<day>{weekday})(?!\w)(?:\.?[)）])?"
    return (
        re.compile("|".join(forms), re.IGNORECASE),
        re.compile(before, re.IGNORECASE),
        re.compile(after, re.IGNORECASE),
    )


def _either(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=lambda n: (-len(n), n)))


def _date(found: re.Match[str], names: Names, *, is_thai: bool) -> dt.date | None:
    groups = found.groupdict()
    form = next(number for number in "1234567890" if groups.get(f"y{number}"))
    month_text = groups[f"m{form}"]
    try:
        year, day = (east_asian_number(groups[f"{part}{form}"]) for part in "yd")
        if form == "0":
            date = from_persian(year, PERSIAN_MONTHS[month_text], day)
        elif form == "7":
            date = from_era(groups["era"], year, east_asian_number(month_text), day)
        else:
            month = _month(month_text, names) if form in "1289" else east_asian_number(month_text)
            if is_thai and year not in _YEARS:
                year -= BUDDHIST
            date = dt.date(year, month, day)
    except (ValueError, KeyError):
        return None
    return date if date is not None and date.year in _YEARS else None


def _month(name: str, names: Names) -> int:
    word = fold_name(name)
    return names.months[word] if word in names.months else names.months[word.removeprefix("ב")]
