"""PURE. What an author says was wrong in an article."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from publisher.model import Correction
from publisher.parse.clean.decode import one_line
from publisher.parse.headers.fields import Field, Notes
from publisher.parse.headers.values import Items, Table, Text, Value, normalise_key

_MEND = 'write correction: "what was wrong", or a list of {date: YYYY-MM-DD, text: "…"}'


def read_corrections(
    found: Field, notes: Notes, read_time: Callable[[Field], datetime]
) -> tuple[Correction, ...]:
    """The corrections of a field: a text, a map of date and text, or a list of these.

    Raises ArticleError for what says nothing: a correction must not be lost.
    """
    return tuple(_read(value, found, notes, read_time) for value in _each(found.value))


def _each(value: Value) -> Iterator[Value]:
    if isinstance(value, Items):
        for inner in value.values:
            yield from _each(inner)
    else:
        yield value


def _read(
    value: Value, found: Field, notes: Notes, read_time: Callable[[Field], datetime]
) -> Correction:
    if isinstance(value, Text) and one_line(value.text):
        return Correction(text=one_line(value.text))
    parts = _parts(value) if isinstance(value, Table) else {}
    text, date = parts.get("text"), parts.get("date")
    if not isinstance(text, Text) or not one_line(text.text):
        raise notes.refuse(found, f"{found.key} says nothing", _MEND)
    when = read_time(Field(found.key, date, date[1], found.rank)) if date is not None else None
    return Correction(text=one_line(text.text), when=when)


def _parts(table: Table) -> dict[str, Value]:
    return {normalise_key(key.text): value for key, value in table.pairs}
