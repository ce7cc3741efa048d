"""PURE. What a header holds before it has types: text, lists and tables, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from publisher.parse.clean.hygiene import without_forbidden

# Named tuples, not dataclasses: they are made twenty times an article, and cost a third.


class Text(NamedTuple):
    """A scalar as written; empty when the author wrote nothing (or YAML's null)."""

    text: str
    line: int
    column: int


class Items(NamedTuple):
    """A list."""

    values: tuple[Value, ...]
    line: int
    column: int


class Table(NamedTuple):
    """A mapping, in the order written; a key that came twice holds its last value."""

    pairs: tuple[tuple[Text, Value], ...]
    line: int
    column: int


Value: TypeAlias = Text | Items | Table

Pairs: TypeAlias = tuple[tuple[Text, Value], ...]


@lru_cache(maxsize=1024)  # the same few in all articles
def normalise_key(key: str) -> str:
    """A key as it is compared: case, `-`, `_` and spaces do not count."""
    return key.lower().replace("-", "").replace("_", "").replace(" ", "")


def is_empty(value: Value) -> bool:
    """Whether the author wrote nothing that can be shown."""
    if isinstance(value, Text):
        return not value.text or value.text.isspace() or not _shown(value.text)
    return not (value.values if isinstance(value, Items) else value.pairs)


def without_places(pairs: Pairs) -> Pairs:
    """Pairs whose lines are of another text than the file."""
    return tuple((key._replace(line=0, column=0), _placeless(value)) for key, value in pairs)


def _placeless(value: Value) -> Value:
    if isinstance(value, Text):
        return value._replace(line=0, column=0)
    if isinstance(value, Items):
        return Items(tuple(_placeless(inner) for inner in value.values), 0, 0)
    return Table(without_places(value.pairs), 0, 0)


MOST_LEVELS = 20
"""How deep lists and tables may lie in each other; what lies deeper is left out."""


def as_value(told: object, line: int = 0, depth: int = 0) -> Value:
    """What a JSON document, a table or a library tells, as a header's value of that line."""
    if depth < MOST_LEVELS and isinstance(told, Mapping):
        pairs = [(Text(str(k), line, 0), as_value(v, line, depth + 1)) for k, v in told.items()]
        return Table(tuple(pairs), line, 0)
    if depth < MOST_LEVELS and isinstance(told, (list, tuple)):
        return Items(tuple(as_value(inner, line, depth + 1) for inner in told), line, 0)
    if told is None or isinstance(told, (bytes, list, tuple, Mapping)):
        return Text("", line, 0)
    if isinstance(told, bool):
        return Text("true" if told else "false", line, 0)
    return Text(told.isoformat() if isinstance(told, date) else str(told), line, 0)


def _shown(text: str) -> str:
    return text if text.isprintable() else without_forbidden(text).strip()


def last_of_each(pairs: list[tuple[Text, Value]]) -> tuple[Pairs, tuple[str, ...]]:
    """Pairs with the last value of a key that came twice, and a warning for each such key."""
    unique: dict[str, tuple[Text, Value]] = {}
    warnings = []
    for key, value in pairs:
        if key.text in unique:
            warnings.append(
                f"line {key.line}: {key.text!r} was given before, in line "
                f"{unique.pop(key.text)[0].line}; the last one counts"
            )
        unique[key.text] = (key, value)
    return tuple(unique.values()), tuple(warnings)
