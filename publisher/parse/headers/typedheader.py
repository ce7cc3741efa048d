"""PURE. A TOML or JSON header -> text with places.

Both parsers are Python's own and tell places only in errors; the places of
fields are found by looking for their keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from publisher.errors import ArticleError, Location
from publisher.parse.headers.values import Items, Pairs, Table, Text, Value, last_of_each
from publisher.patterns import pattern

MAX_DEPTH = 20

_TOML_KEY = pattern(r"""^[ \t]*["']?([\w.-]+)["']?[ \t]*=[ \t]*""", re.MULTILINE)
_JSON_KEY = pattern(r'"((?:[^"\\\n]|\\.)*)"\s*:\s*')
_STRINGS = pattern(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'')
_PLACE = pattern(r"(.*?)(?: \(at (?:line (\d+), column (\d+)|end of document)\))?\Z", re.DOTALL)

_Places = Mapping[str, tuple[int, int]]


def read_toml(text: str, file: str, first_line: int) -> tuple[Pairs, tuple[str, ...]]:
    """The pairs of a TOML 1.0 header, and warnings. Raises ArticleError with the place."""
    import tomllib  # noqa: PLC0415 (10 ms, and few headers are TOML)

    _check_depth(text, file, first_line)
    try:
        table = tomllib.loads(text, parse_float=str)
    except RecursionError as error:  # since Python 3.14 for keys of more than a thousand parts
        raise _too_deep(file, first_line) from error
    except ValueError as error:  # tomllib raises its own kind, and int() its own for huge numbers
        found = _PLACE.match(str(error))
        assert found is not None
        last = text.count("\n")
        raise ArticleError(
            f"the header cannot be read as TOML: {found[1]}",
            where=Location(
                file=file,
                line=first_line + (int(found[2]) - 1 if found[2] else last),
                column=int(found[3]) if found[3] else 0,
            ),
            mend='write `key = "value"`; text stands in quotes, dates do not',
        ) from error
    reader = _Reader(file, _places(_TOML_KEY, text, first_line), first_line)
    return reader.table(table.items(), (first_line, 1), 1).pairs, ()


def read_json(text: str, file: str, first_line: int) -> tuple[Pairs, int, tuple[str, ...]]:
    """The pairs of a JSON object, where it ends in `text`, and warnings.

    Hexo leaves out the braces. Raises ArticleError with the place.
    """
    braced = text.lstrip().startswith("{")
    whole = text.lstrip() if braced else "{" + text.strip().rstrip(",") + "}"
    skipped = len(text) - len(text.lstrip())
    _check_depth(whole, file, first_line, only_first=True)
    try:
        decoder = json.JSONDecoder(
            object_pairs_hook=_Object, parse_int=str, parse_float=str, parse_constant=str
        )
        found, end = decoder.raw_decode(whole)
    except json.JSONDecodeError as error:
        before = text.count("\n", 0, skipped)
        raise ArticleError(
            f"the header cannot be read as JSON: {error.msg}",
            where=Location(
                file=file, line=first_line + before + error.lineno - 1, column=error.colno
            ),
            mend='write {"key": "value", …} with straight quotes and no comma at the end',
        ) from error
    reader = _Reader(file, _places(_JSON_KEY, text, first_line), first_line)
    pairs = reader.table(found.pairs, (first_line, 1), 1).pairs
    return pairs, skipped + end, tuple(reader.warnings)


class _Object:
    """A JSON object with every pair that was written."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs


class _Reader:
    """Python's values -> ours."""

    def __init__(self, file: str, places: _Places, first_line: int) -> None:
        self.file = file
        self.places = places
        self.first_line = first_line
        self.warnings: list[str] = []

    def table(self, pairs: Any, place: tuple[int, int], depth: int) -> Table:
        if depth > MAX_DEPTH:
            raise _too_deep(self.file, place[0])
        read: list[tuple[Text, Value]] = []
        for key, value in pairs:
            line, column = self.places.get(key, place)
            read.append((Text(key, line, 1), self.value(value, (line, column), depth + 1)))
        unique, warnings = last_of_each(read)
        self.warnings += warnings
        return Table(unique, *place)

    def value(self, value: Any, place: tuple[int, int], depth: int) -> Value:
        if isinstance(value, _Object):
            return self.table(value.pairs, place, depth)
        if isinstance(value, dict):
            return self.table(value.items(), place, depth)
        if isinstance(value, list):
            return Items(tuple(self.value(v, place, depth + 1) for v in value), *place)
        return Text(_text(value), *place)


def _text(value: str | int | date | time | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _places(keys: re.Pattern[str], text: str, first_line: int) -> _Places:
    """Line and column of the value of each key, where it stands first."""
    places: dict[str, tuple[int, int]] = {}
    for found in keys.finditer(text):
        line = first_line + text.count("\n", 0, found.start(1))
        column = found.end() - text.rfind("\n", 0, found.end())
        places.setdefault(found[1], (line, column))
    return places


def _check_depth(text: str, file: str, first_line: int, *, only_first: bool = False) -> None:
    """Refuse deep nesting before the parsers see it: they recurse.

    `only_first` stops where the first object ends: a body may follow.
    """
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", _STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            raise _too_deep(file, first_line)
        if only_first and not depth:
            return


def _too_deep(file: str, line: int) -> ArticleError:
    return ArticleError(
        f"the header is nested more than {MAX_DEPTH} deep",
        where=Location(file=file, line=line),
        mend="make it flatter",
    )
