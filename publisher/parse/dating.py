"""PURE. The times of an article: when it was published, changed, ends, and was corrected.

A date is looked for in the order that the source says (SOURCES.md section 4), and each place
where it can stand has a function of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime

from publisher.config import FilesSpec
from publisher.errors import ArticleError, Location
from publisher.model import Correction
from publisher.parse.headers import dates
from publisher.parse.headers.corrections import read_corrections
from publisher.parse.headers.fields import Field, meanings, read_text
from publisher.parse.headers.indonesian import WORDS, is_word
from publisher.parse.headers.values import Text, is_empty, normalise_key
from publisher.parse.sheet import Sheet, text_origin
from publisher.patterns import pattern

_NO_DATE = "add date: YYYY-MM-DD, rename to YYYY-MM-DD-slug.md, or list it under exclude:"
_NO_DATE_THERE = "give it a date where it lies, or name its field in `map:` of the source"
_LIKE_A_DATE = pattern(r"(?=.{6,60}\Z)(?=.*(?<!\d)(?:19|20)\d\d(?!\d)).*(?<!\d)\d{1,2}(?!\d).*")
_LIKE_A_DAY = pattern(r"(?:19|20)\d\d(?:([-_.])\d{1,2}\1\d{1,2}|\d{4})(?!\d)(?:T[\d:.-]*\d)?")
_SEEN = "first seen"
"""Stands for a date that is not told: the record keeps the first one for as long as it does."""

_ORDER_OF_ITEMS = ("field", "seen", "text")
_NO_ZONE = "no timezone is set, so the date is read as UTC; set `timezone:` of the site"


def read_dates(sheet: Sheet, *, draft: bool) -> tuple[datetime | None, str]:
    """When the article was published, and the date as written; (None, "") only for drafts."""
    order = sheet.source.date if isinstance(sheet.source, FilesSpec) else _ORDER_OF_ITEMS
    for place in order:
        found = _DATES[place](sheet)
        if found is not None:
            return found
    if draft:
        return None, ""
    found = _date_of_another_word(sheet)
    if found is not None:
        return found
    raise _without_date(sheet)


def _date_of_another_word(sheet: Sheet) -> Dated:
    """The date of a header that tells only this in Indonesian, where there is no other at all."""
    known = meanings(sheet.source.map)
    for key, value in sheet.header.pairs:
        word = normalise_key(key.text)
        if word not in known and WORDS.get(word, ("", 0))[0] == "date" and not is_empty(value):
            place = "sidecar" if sheet.notes.sidecar else "field"
            field = Field(key.text, value, value[1], 0, place)
            sheet.notes.origins["published"] = field.origin
            return read_time(sheet, field), read_text(field, sheet.notes)
    return None


def _without_date(sheet: Sheet) -> ArticleError:
    """The error of an article without a date: what was seen that may be meant as one."""
    file, title = sheet.notes.sidecar or sheet.file, sheet.fields.get("title")
    line = title.line if title else int(not sheet.is_item)
    seen = next(_instead(sheet), None)
    if seen is not None:
        told, place, mend = seen
        mend = _NO_DATE_THERE if sheet.is_item else mend
        where = Location(file=file, line=place or line)
        return ArticleError(f"has no date; {told}", where=where, mend=mend)
    mend = _NO_DATE_THERE if sheet.is_item else _NO_DATE
    if sheet.notes.sidecar:
        mend = "write date: YYYY-MM-DD there"
    return ArticleError("has no date", where=Location(file=file, line=line), mend=mend)


def _name_of(file: str) -> str:
    return file.rpartition("/")[2]


def _instead(sheet: Sheet) -> Iterator[tuple[str, int, str]]:
    """What was not taken as the date, its line where it has one, and what to do."""
    known = meanings(sheet.source.map)
    for key, value in (*sheet.header.pairs, *sheet.body.pairs):
        place = f" in line {key.line}" if key.line else ""
        name = known.get(normalise_key(key.text), ("", 0))[0]
        if name == "date" and is_empty(value) and not sheet.notes.sidecar:
            yield f"{key.text}{place} is empty", 0, f"write {key.text}: YYYY-MM-DD there"
        elif not name and isinstance(value, Text) and _LIKE_A_DATE.fullmatch(value.text.strip()):
            yield (
                f"{key.text}: {value.text.strip()}{place} is no field that is read",
                key.line,
                f"write it as date: YYYY-MM-DD, or say `map: {{{key.text}: date}}` for the source",
            )
    for line, text in sheet.body.wrong_weekdays:
        yield (
            f"{text!r} in line {line} is not taken: it fell on another weekday",
            line,
            f"correct it, or put the day before the name: YYYY-MM-DD-{_name_of(sheet.file)}",
        )
    named = _LIKE_A_DAY.match(sheet.stem)
    if named and not sheet.is_item:
        yield f"the name begins with {named[0]}, which can't be read", 0, _NO_DATE


Dated = tuple[datetime, str] | None
"""A time, and the date as written."""


def _date_of_field(sheet: Sheet) -> Dated:
    found = sheet.fields.get("date")
    if found is None:
        return None
    found, when = _later(sheet, found, read_time(sheet, found))
    named = _date_of_name(sheet) or _date_of_path(sheet)
    sheet.notes.origins["published"] = found.origin
    if named is not None and abs((when.date() - named[0].day).days) > 1:
        sheet.notes.warn(
            found,
            f"the date {when.date()} is not that of the {named[1]}, {named[0].day}; "
            "the field counts",
        )
    return when, read_text(found, sheet.notes)


def _later(sheet: Sheet, found: Field, when: datetime) -> tuple[Field, datetime]:
    """Hugo keeps an article back until its `publishDate`, whatever its `date` is."""
    if sheet.source.dialect != "hugo":
        return found, when
    for key, value in sheet.header.pairs:
        if normalise_key(key.text) == "publishdate" and not is_empty(value):
            release = Field(key.text, value, value[1], 0)
            then = read_time(sheet, release)
            return (release, then) if then > when else (found, when)
    return found, when


def _date_of_text(sheet: Sheet) -> Dated:
    body = sheet.body
    if body.date is None:
        return None
    sheet.notes.origins["published"] = text_origin(body.date_line)
    return _local(sheet, body.date), body.date_text


def _date_of_history(sheet: Sheet) -> Dated:
    when = sheet.committed(sheet.file)
    if when is None:
        return None
    sheet.notes.origins["published"] = "git"
    return when, when.isoformat()


def _named(sheet: Sheet, named: tuple[dates.NamedDate, str] | None) -> Dated:
    if named is None:
        return None
    sheet.notes.origins["published"] = named[1]
    if named[0].no_time:
        sheet.notes.warnings.append(
            f"{named[0].no_time} behind the day in the name is no time and is left out, so that "
            "it counts as midnight; write it as hh-mm-ss, or add date: YYYY-MM-DDThh:mm:ss"
        )
    return _local(sheet, named[0]), named[0].text


def read_time(sheet: Sheet, found: Field) -> datetime:
    """The time that a field gives. Raises ArticleError when it has no clear day."""
    text = read_text(found, sheet.notes)
    try:
        read = _read_in_its_words(sheet, found, text)
    except ValueError as error:
        raise sheet.notes.refuse(found, f"{found.key} {text!r} {error}", dates.MEND) from error
    if read.warning:
        told = f"{found.key} {text!r}: {read.warning}"
        sheet.notes.warn(found, told)
        if (found.line, told) not in sheet.notes.in_part:
            sheet.notes.in_part.append((found.line, told))
    if read.needs_zone:
        _note_zone(sheet)
    return read.when


def _read_in_its_words(sheet: Sheet, found: Field, text: str) -> dates.ReadDate:
    """A date in the words of the article's language, else of its key's. Raises ValueError."""
    try:
        return dates.read_date(text, sheet.zone, sheet.language)
    except ValueError:
        if not is_word(found.key):
            raise
        return dates.read_date(text, sheet.zone, "id")


def _date_of_name(sheet: Sheet) -> tuple[dates.NamedDate, str] | None:
    """The date in the file's name or its bundle's, and which it was."""
    named = dates.date_in_name(sheet.stem)
    return (named, "folder" if sheet.is_index else "filename") if named is not None else None


def _date_of_path(sheet: Sheet) -> tuple[dates.NamedDate, str] | None:
    """The date in an address or in the folders, and which it was."""
    address = sheet.fields.get("url")
    if address is not None:
        named = dates.date_in_path(read_text(address, sheet.notes))
        if named is not None:
            return named, "path"
    named = dates.date_in_path(sheet.folder)
    return (named, "folder") if named is not None else None


def _date_of_first_sight(sheet: Sheet) -> Dated:
    """Of an item without any date: when it was first seen, which the record keeps."""
    if sheet.first is None:
        return None
    sheet.notes.origins["published"] = "seen"
    return sheet.first, _SEEN


def other_dates(sheet: Sheet) -> Iterator[tuple[str, date]]:
    """Every day that stands in the name, the path or the text of an article, and its origin."""
    for named in (_date_of_name(sheet), _date_of_path(sheet)):
        if named is not None:
            yield named[1], named[0].day
    if sheet.body.date is not None:
        yield text_origin(sheet.body.date_line), sheet.body.date


_DATES: Mapping[str, Callable[[Sheet], Dated]] = {
    "field": _date_of_field,
    "seen": _date_of_first_sight,
    "filename": lambda sheet: _named(sheet, _date_of_name(sheet)),
    "path": lambda sheet: _named(sheet, _date_of_path(sheet)),
    "text": _date_of_text,
    "git": _date_of_history,
}


def _local(sheet: Sheet, found: dates.NamedDate | date) -> datetime:
    day, clock = (found, None) if isinstance(found, date) else (found.day, found.clock)
    if clock is None or clock.tzinfo is None:
        _note_zone(sheet)
    return dates.at(day, clock, sheet.zone)


def _note_zone(sheet: Sheet) -> None:
    if not sheet.source.timezone and not sheet.site.timezone:
        sheet.notes.warnings.append(_NO_ZONE)


def read_other_time(sheet: Sheet, name: str) -> datetime | None:
    """The time of `updated` or `expires`, if there is one."""
    found = sheet.fields.get(name)
    if found is None:
        return None
    sheet.notes.origins[name] = found.origin
    return read_time(sheet, found)


def read_all_corrections(sheet: Sheet) -> tuple[Correction, ...]:
    """What the author says was wrong, oldest first as written."""
    found = sheet.fields.get("correction")
    if found is None:
        return ()
    sheet.notes.origins["correction"] = found.origin
    return read_corrections(found, sheet.notes, lambda field: read_time(sheet, field))
