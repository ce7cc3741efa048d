"""PURE. What was seen of an article and does not count: other fields, other dates, another title.

Whoever mends a reading wants to know what lost, and to what.
"""

from __future__ import annotations

from collections.abc import Iterator

from publisher.parse.dating import other_dates
from publisher.parse.folders import language_of_place
from publisher.parse.headers.fields import meaning_of, meanings
from publisher.parse.headers.indonesian import with_these_words
from publisher.parse.headers.values import Items, Text, Value, is_empty
from publisher.parse.sheet import Sheet, text_origin

_LONGEST = 80


def passed_over(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """Our name of a field and what else was seen of it, with its place."""
    return tuple(
        dict.fromkeys((*_fields(sheet), *_dates(sheet), *_titles(sheet), *_languages(sheet)))
    )


def _fields(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Fields that say the same by another name, and lost to the one that counts."""
    known = with_these_words(sheet.header.pairs, meanings(sheet.source.map))
    for key, value in (*sheet.header.pairs, *sheet.body.pairs):
        name = meaning_of(key, value, known)
        field = sheet.fields.get(name)
        if field is None or (field.key == key.text and field.line == key.line):
            continue
        if field.value is not value and not is_empty(value):
            line = f" (line {key.line})" if key.line else ""
            yield _shown_name(name), f"{key.text}: {_shown(value)}{line}"


def _dates(sheet: Sheet) -> Iterator[tuple[str, str]]:
    told = sheet.notes.origins.get("published", "").partition(":")[0]
    for origin, day in other_dates(sheet):
        if origin.partition(":")[0] != told:
            yield "published", f"{day} ({origin})"


def _titles(sheet: Sheet) -> Iterator[tuple[str, str]]:
    heading = sheet.body.title
    field = sheet.fields.get("title")
    is_other = field is not None and isinstance(field.value, Text) and field.value.text != heading
    if heading and is_other:
        yield "title", f"{heading[:_LONGEST]!r} ({text_origin(sheet.body.title_line)})"


def _languages(sheet: Sheet) -> Iterator[tuple[str, str]]:
    if "language" not in sheet.fields:
        return
    placed = language_of_place(sheet.file, sheet.source)
    if placed is not None and placed[0] != sheet.language:
        yield "language", f"{placed[0]} (folder)"
    declared = sheet.source.language or sheet.site.language
    if declared is not None and declared != sheet.language:
        yield "language", f"{declared} (config)"


def _shown_name(name: str) -> str:
    """The field as `publisher articles` calls it."""
    return "published" if name == "date" else name


def _shown(value: Value) -> str:
    if isinstance(value, Text):
        text = " ".join(value.text.split())
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return "a list" if isinstance(value, Items) else "a table"
