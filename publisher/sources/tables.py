"""EDGE. A table whose rows are articles: CSV, JSON (a list, or an object a line), SQLite.

What a column is, the configuration says (`map`, `row`, `body`); nothing is guessed from values.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.config import TableSpec
from publisher.errors import ArticleError, Location, SourceError
from publisher.parse import Item, ItemFound, Unreadable
from publisher.parse.headers.values import Text, Value, as_value, is_empty
from publisher.parse.items import Form
from publisher.sources.items import cannot_be_read, file_mark

_FORMS: Mapping[str, Form] = {"html": "html", "markdown": "md", "text": "txt"}
_LONGEST_FIELD = 16 * 1024 * 1024
"""Characters of one CSV field; beyond them a quote was not closed."""

_SECONDS = 30


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
        if self.path.with_name(f"{self.path.name}-wal").exists():
            return ""
        return file_mark(self.path)

    def items(self) -> Iterator[ItemFound]:
        """One for each row, in their order. Raises SourceError for what is no such table."""
        read = {"csv": _csv_rows, "json": _json_rows, "sqlite": _sqlite_rows}[self.spec.type]
        try:
            for number, row in enumerate(read(self.path, self.spec), start=1):
                yield self._item(row, number)
        except OSError as error:
            raise cannot_be_read(self.path, error) from error
        except UnicodeDecodeError as error:
            raise self._unusable("is no UTF-8 text", "save it as UTF-8") from error
        except (csv.Error, json.JSONDecodeError, sqlite3.Error, RecursionError) as error:
            kind = {"csv": "CSV", "json": "JSON", "sqlite": "SQLite"}[self.spec.type]
            mend = "look at what it holds, and at `type:` and `query:` of the source"
            raise self._unusable(f"cannot be read as {kind}: {error}", mend) from error

    def _item(self, row: _Row, number: int) -> ItemFound:
        name = _as_text(row.values.get(self.spec.row)).strip()
        if row.problem:
            place = name or f"row {number}"
            mend = "look at the quotes and commas of that line"
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


def _as_text(told: object) -> str:
    value = as_value(told)
    return value.text if isinstance(value, Text) else ""


def _csv_rows(path: Path, _: TableSpec) -> Iterator[_Row]:
    csv.field_size_limit(_LONGEST_FIELD)
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = file.readline()
        file.seek(0)
        delimiter = max(",;\t", key=head.count)
        rows = csv.reader(file, delimiter=delimiter, strict=True)
        columns = [name.strip() for name in next(rows, [])]
        line = rows.line_num + 1
        for row in rows:
            if row:
                values = dict(zip(columns, row, strict=False))
                problem = f"has {len(row)} fields, where the first line has {len(columns)}"
                yield _Row(line, values, problem if len(row) != len(columns) else "")
            line = rows.line_num + 1


def _json_rows(path: Path, _: TableSpec) -> Iterator[_Row]:
    text = path.read_text(encoding="utf-8-sig")
    if text.lstrip()[:1] == "[":
        told: Sequence[Any] = json.loads(text, parse_int=str, parse_float=str)
        lines = [0] * len(told)
    else:
        numbered = [(n, line) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
        told, lines = (
            [json.loads(line, parse_int=str, parse_float=str) for _, line in numbered],
            [n for n, _ in numbered],
        )
    for line, row in zip(lines, told, strict=True):
        if not isinstance(row, dict):
            raise SourceError(
                "is no list of objects",
                where=Location(file=str(path), line=line),
                mend="write a list of objects, or one object a line",
            )
        yield _Row(line, row)


def _sqlite_rows(path: Path, spec: TableSpec) -> Iterator[_Row]:
    if not path.is_file():
        raise FileNotFoundError(2, "No such file or directory")
    uri = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=_SECONDS)) as connection:
        rows = connection.execute(spec.query)
        columns = [column[0] for column in rows.description or ()]
        for row in rows:
            yield _Row(0, dict(zip(columns, row, strict=True)))
