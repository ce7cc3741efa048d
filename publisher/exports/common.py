"""PURE. What the readers of all exports share: files to read, fields to give, addresses to keep."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import IO, Any, Literal, Protocol
from urllib.parse import unquote, urlsplit

from publisher.addresses import RESERVED
from publisher.errors import ArticleError, Location
from publisher.parse.clean.fragment import plain_text
from publisher.parse.headers.values import Pairs, Text, as_value, is_empty
from publisher.parse.items import Unreadable, Withheld
from publisher.values import dataclass

MOST_BYTES = 128 * 1024 * 1024
"""Of a file that is read as a whole."""

_NO_TIME = re.compile(r"0000-00-00|\s*\Z")
_LONGEST_NAME = 80
_LONGEST_FIELD = 32 * 1024 * 1024
"""Characters of one CSV field; beyond them a quote was not closed."""


class ExportError(Exception):
    """An export, or the rest of it, cannot be read: what is wrong, in which line, and the mend."""

    def __init__(self, message: str, *, line: int = 0, mend: str = "", file: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.mend = mend
        self.file = file


class Files(Protocol):
    """The files of an export; of one that is a single file that alone. Paths have `/`."""

    def names(self) -> tuple[str, ...]:
        """The path of each, in their order."""
        ...

    def open(self, name: str) -> IO[bytes]:
        """One of them, to be read bit by bit."""
        ...

    def read(self, name: str) -> bytes:
        """One of them. Raises ExportError where it has more than MOST_BYTES."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How an export is read.

    `site_url` is where the articles are to be, `old_url` where they were ("" when nobody said).
    """

    site_url: str
    old_url: str = ""
    paragraphs: Literal["auto", "always", "never"] = "auto"
    shortcodes: Literal["drop", "keep", "refuse"] = "drop"

    def old_page(self, path: str) -> str:
        """The old address of a page, "" where nobody said where the old site was."""
        return self.old_url and self.old_url + path

    def address(self, link: str) -> str:
        """The path, from /, of a page that was or is to be under one of both; "" for any other."""
        for home in filter(None, (self.site_url, self.old_url)):
            path = _below(home, link)
            if path:
                # where the site itself writes, an article could not lie
                return "" if path[1:].startswith(RESERVED) else path
        return ""


def _below(home: str, link: str) -> str:
    try:
        base, parts = urlsplit(home), urlsplit(link)
        is_there = (base.hostname, base.port) == (parts.hostname, parts.port)
    except ValueError:
        return ""
    root = base.path.rstrip("/") + "/"
    is_page = parts.scheme in ("http", "https") and not parts.query and not parts.fragment
    if not is_there or not is_page or not parts.path.startswith(root):
        return ""
    return "/" + parts.path[len(root) :] if parts.path != root else ""


def fields(told: Mapping[str, object], line: int = 0) -> Pairs:
    """Fields as those of a header; what says nothing is left out."""
    said = ((name, [v for v in x if v] if isinstance(x, list) else x) for name, x in told.items())
    pairs = ((Text(name, line, 0), as_value(value, line)) for name, value in said)
    return tuple((key, value) for key, value in pairs if not is_empty(value))


def told_time(text: str) -> str:
    """A time as it is told; "" for the zeros that stand for none."""
    return "" if _NO_TIME.match(text) else text.strip()


def with_offset(local: str, utc: str) -> str:
    """A local time with the offset that its own UTC time gives it; "" where the two disagree."""
    try:
        here, there = (datetime.fromisoformat(told_time(text)) for text in (local, utc))
    except ValueError:
        return ""
    if here.tzinfo is not None or there.tzinfo is not None:
        return ""
    offset = here - there
    minutes = round(offset / timedelta(minutes=1))
    if abs(minutes) > 14 * 60 or minutes % 15:
        return ""
    hours, rest = divmod(abs(minutes), 60)
    return f"{here.isoformat()}{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


def utc(text: str) -> str:
    """A time of UTC that does not say so, as one that does."""
    try:
        when = datetime.fromisoformat(told_time(text))
    except ValueError:
        return told_time(text)
    return (when if when.tzinfo is not None else when.replace(tzinfo=UTC)).isoformat()


def is_later(updated: str, published: str) -> bool:
    """Whether a change came a minute or more after publishing; tools touch what they publish."""
    try:
        return datetime.fromisoformat(updated) - datetime.fromisoformat(published) >= timedelta(
            minutes=1
        )
    except (ValueError, TypeError):
        return False


def one_text(html: str) -> str:
    """A title or name that may be written as HTML, as text."""
    return plain_text(html)


def short(name: str) -> str:
    """A name that is not longer than a person reads."""
    return name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…"


def last_part(address: str) -> str:
    """The last part of an address's path, decoded."""
    try:
        return unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2])
    except ValueError:
        return ""


def named_like(files: Files, ending: str) -> str | None:
    """The file whose path ends so, the least deep one of several."""
    found = [name for name in files.names() if f"/{name}".endswith(f"/{ending}")]
    return min(found, key=lambda name: (name.count("/"), name), default=None)


def with_suffix(files: Files, *suffixes: str) -> list[str]:
    """The files of a kind by their names; one that is alone is meant, whatever its name."""
    if len(files.names()) == 1:
        return list(files.names())
    return [name for name in files.names() if name.lower().endswith(suffixes)]


def as_text(raw: bytes, file: str) -> str:
    """The text of a file in UTF-8. Raises ExportError."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ExportError(
            "is no UTF-8 text", line=line, mend="export it again, or save it as UTF-8", file=file
        ) from error


def read_json(raw: bytes, file: str) -> Any:
    """What a JSON file says, its numbers as they are written. Raises ExportError."""
    try:
        return json.loads(as_text(raw, file), parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        told = f"cannot be read as JSON: {error.msg}"
        raise ExportError(told, line=error.lineno, mend="export it again", file=file) from error
    except RecursionError as error:
        told = "cannot be read as JSON: it lies too deep in itself"
        raise ExportError(told, mend="export it again", file=file) from error


def read_rows(raw: bytes, file: str) -> Iterator[tuple[int, dict[str, str], str]]:
    """The rows of a CSV file: the line of each, its values, and what is wrong with it.

    Raises ExportError for what is no CSV, also after rows that could be read.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    lines = io.StringIO(as_text(raw, file), newline="")
    rows = csv.reader(lines, strict=True)
    try:
        columns = [name.strip().lower() for name in next(rows, [])]
        line = rows.line_num + 1
        for row in rows:
            if row:
                told = f"has {len(row)} fields, where the first line has {len(columns)}"
                problem = told if len(row) != len(columns) else ""
                yield line, dict(zip(columns, row, strict=False)), problem
            line = rows.line_num + 1
    except csv.Error as error:
        told = f"cannot be read as CSV: {error}"
        raise ExportError(told, line=rows.line_num, mend="export it again", file=file) from error


def unreadable(name: str, message: str, mend: str, line: int = 0) -> Unreadable:
    """One that cannot be read."""
    problem = ArticleError(message, where=Location(file=name, line=line), mend=mend)
    return Unreadable(name=name, problem=problem)


def withheld(name: str, why: str, line: int = 0) -> Withheld:
    """One that is not for everybody, or no article."""
    return Withheld(name=name, why=why, line=line)
