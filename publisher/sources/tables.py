"""EDGE. A table whose rows are articles: CSV, JSON (a list, or an object a line), SQLite.

What a column is, the configuration says (`map`, `row`, `body`); nothing is guessed from values.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from publisher.config import TableSpec
from publisher.errors import ArticleError, Location, SourceError, SourceLocked
from publisher.parse.headers.values import Text, Value, as_value, is_empty
from publisher.parse.items import Form, Item, ItemFound, Unreadable
from publisher.sources.items import cannot_be_read, file_mark
from publisher.values import dataclass

_FORMS: Mapping[str, Form] = {"html": "html", "markdown": "md", "text": "txt"}
_LONGEST_FIELD = 16 * 1024 * 1024
"""Characters of one CSV field; beyond them a quote was not closed."""

_TOLD_DELIMITER = re.compile(r"\"?sep=(.)\"?", re.IGNORECASE)
"""Excel's own first line, which says what stands between fields."""

_SECONDS = 30
"""For which a database may be locked."""

_LOOK = "look at what it holds, and at `type:` and `query:` of the source"
_MENDS = {
    "csv": "look at the quotes and commas of that line",
    "json": "look at the quotes, commas and braces of that line",
    "sqlite": "write it there anew, or leave it out by `query:`",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as it was read: its values by column, and its line, 0 where there is none."""

    line: int
    values: Mapping[str, Any]
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table's file as a container of items."""

    spec: TableSpec
    path: Path

    def mark(self) -> str:
        """By its file; a database that is written beside it (WAL) is read at each look."""
        mark = file_mark(self.path)
        return "" if self.path.with_name(f"{self.path.name}-wal").exists() else mark

    def items(self) -> Iterator[ItemFound]:
        """One for each row, in their order. Raises SourceError for what is no such table."""
        read = {"csv": _csv_rows, "json": _json_rows, "sqlite": _sqlite_rows}[self.spec.type]
        try:
            for number, row in enumerate(read(self.path, self.spec), start=1):
                yield self._item(row, number)
        except OSError as error:
            raise cannot_be_read(self.path, error) from error
        except _BrokenError as error:
            kind = {"csv": "CSV", "json": "JSON"}[self.spec.type]
            where = Location(file=str(self.path), line=error.line)
            mend = "look at that line, or at `type:` of the source"
            message = f"cannot be read as {kind}: {error}"
            raise SourceError(message, where=where, mend=mend) from error
        except UnicodeDecodeError as error:
            raise self._unusable("is no UTF-8 text", "save it as UTF-8") from error
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise self._unusable(f"cannot be read as SQLite: {error}", _LOOK) from error
            raise SourceLocked(
                f"is locked by another program, and was still after {_SECONDS:g} seconds",
                where=Location(file=str(self.path)),
                mend="let that program end what it writes; the next run looks again",
            ) from error
        except (csv.Error, json.JSONDecodeError, sqlite3.Error, RecursionError) as error:
            kind = {"csv": "CSV", "json": "JSON", "sqlite": "SQLite"}[self.spec.type]
            raise self._unusable(f"cannot be read as {kind}: {error}", _LOOK) from error

    def _item(self, row: _Row, number: int) -> ItemFound:
        name = _as_text(row.values.get(self.spec.row)).strip()
        if row.problem:
            place = name or f"row {number}"
            mend = _MENDS[self.spec.type]
            where = Location(file=place, line=row.line)
            return Unreadable(name=place, problem=ArticleError(row.problem, where=where, mend=mend))
        if not name:
            if self.spec.row not in row.values:
                columns = ", ".join(map(repr, row.values))
                raise self._unusable(
                    f"has no column {self.spec.row!r}; there are {columns}",
                    "set `row:` of the source to the column that names a row",
                )
            problem = ArticleError(
                f"has no {self.spec.row}",
                where=Location(file=f"row {number}", line=row.line),
                mend="give it one that no other row has, for it becomes part of an id",
            )
            return Unreadable(name=f"row {number}", problem=problem)
        return Item(
            name=name,
            fields=tuple(self._fields(row)),
            body=_as_text(row.values.get(self.spec.body)),
            form=_FORMS[self.spec.format],
            line=row.line,
        )

    def _fields(self, row: _Row) -> Iterator[tuple[Text, Value]]:
        for column, told in row.values.items():
            value = as_value(told, row.line)
            is_name = column == self.spec.row and column not in self.spec.map
            if column != self.spec.body and not is_name and not is_empty(value):
                yield Text(column, row.line, 0), value

    def _unusable(self, what: str, mend: str) -> SourceError:
        return SourceError(what, where=Location(file=str(self.path)), mend=mend)


class _BrokenError(Exception):
    """What stands at a line is nothing that the format knows."""

    def __init__(self, message: str, line: int) -> None:
        """Say what and where."""
        super().__init__(message)
        self.line = line


def _once(columns: Sequence[str], path: Path, mend: str) -> Sequence[str]:
    """The names of columns. Raises SourceError where two have one: it would hide the other."""
    twice = next((name for name in columns if name and columns.count(name) > 1), None)
    if twice is not None:
        where = Location(file=str(path))
        raise SourceError(f"has two columns {twice!r}", where=where, mend=mend)
    return columns


def _as_text(told: object) -> str:
    value = as_value(told)
    return value.text if isinstance(value, Text) else ""


def _csv_rows(path: Path, _: TableSpec) -> Iterator[_Row]:
    csv.field_size_limit(_LONGEST_FIELD)
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = file.readline()
        told = _TOLD_DELIMITER.fullmatch(head.rstrip("\r\n"))
        start, delimiter = (1, told[1]) if told else (0, max(",;\t", key=head.count))
        file.seek(0)
        rows = csv.reader(islice(file, start, None), delimiter=delimiter, strict=True)
        line = start + 1
        try:
            columns = [name.strip() for name in next(rows, [])]
            if not any(columns):
                raise SourceError(
                    "has no first line that names its columns",
                    where=Location(file=str(path), line=1),
                    mend="write one; a table without articles has it alone",
                )
            _once(columns, path, "give each a name of its own in the first line")
            line = start + rows.line_num + 1
            for row in rows:
                if row:
                    values = dict(zip(columns, row, strict=False))
                    problem = f"has {len(row)} fields, where the first line has {len(columns)}"
                    yield _Row(line, values, problem if len(row) != len(columns) else "")
                line = start + rows.line_num + 1
        except csv.Error as error:
            raise _BrokenError(f"{error}, in what begins here", line) from error


def _json_rows(path: Path, spec: TableSpec) -> Iterator[_Row]:
    text = path.read_text(encoding="utf-8-sig")
    if not text.strip():
        raise SourceError(
            "is empty", where=Location(file=str(path)), mend="write [] where there is no article"
        )
    if text.lstrip()[:1] == "[":
        numbered = [(1, text)]
    else:
        # by line feeds alone: texts in JSON may hold what else ends lines, such as U+2028
        numbered = [(n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    for first, part in numbered:
        try:
            told = json.loads(part, parse_int=str, parse_float=str)
        except json.JSONDecodeError as error:
            message = f"{error.msg} (column {error.colno})"
            name = _name_in_broken(part, spec.row)
            if text.lstrip()[:1] == "[" or not name:
                raise _BrokenError(message, first + error.lineno - 1) from error
            yield _Row(first, {spec.row: name}, f"is no JSON: {message}")
            continue
        is_list = isinstance(told, list)
        line = 0 if is_list else first
        for row in told if is_list else [told]:
            if not isinstance(row, dict):
                raise SourceError(
                    "is no list of objects",
                    where=Location(file=str(path), line=line),
                    mend="write a list of objects, or one object a line",
                )
            yield _Row(line, row)


def _name_in_broken(line: str, row: str) -> str:
    """What a line that is no JSON seems to name its row, or "".

    By it an article keeps its last good version; a line without one could be any row, and
    all of the source would seem to be taken back but for that one.
    """
    found = re.search(rf'"{re.escape(row)}"\s*:\s*(?:"((?:[^"\\]|\\.)*+)"|(-?[0-9]+))', line)
    if found is None:
        return ""
    try:
        return str(json.loads(f'"{found[1]}"')) if found[1] is not None else found[2]
    except json.JSONDecodeError:
        return ""


class _Unclear(bytes):
    """A text of a database that is no UTF-8."""


def _text_of(raw: bytes) -> str | _Unclear:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return _Unclear(raw)


def _sqlite_rows(path: Path, spec: TableSpec) -> Iterator[_Row]:
    uri = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=_SECONDS)) as connection:
        connection.text_factory = _text_of
        rows = connection.execute(spec.query)
        columns = [column[0] for column in rows.description or ()]
        _once(columns, path, "name each in `query:`, and those of two tables by AS")
        for row in rows:
            values = dict(zip(columns, row, strict=True))
            unclear = [name for name, told in values.items() if isinstance(told, _Unclear)]
            problem = f"has in {unclear[0]} what is no UTF-8 text" if unclear else ""
            yield _Row(0, values, problem)
