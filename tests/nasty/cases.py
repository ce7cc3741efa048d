"""What a nasty case is: the files it puts in a site, and what must become of each of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

SITE_URL = "https://courier.example/"
DAY = "2026-11-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The file's entry, the same in RSS, Atom and JSON; what is None is not looked at.

    Times are RFC 3339, `url` is under the site unless absolute, `language` "" is none.
    `holds` and `lacks` are pieces of the content; `warns` pieces of the warnings about
    this file, one each, and there are no others; `once` are those of the first run alone.
    """

    file: str
    id: str | None = None
    title: str | None = None
    summary: str | None = None
    content: str | None = None
    url: str | None = None
    published: str | None = None
    updated: str | None = None
    authors: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    language: str | None = None
    enclosures: tuple[tuple[str, str, int], ...] | None = None
    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()
    once: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The file is named with a message that holds `says`, a mend, and the line (0 for none)."""

    file: str
    says: str
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The file is read and not shown: `scheduled`, `draft` or `expired`."""

    file: str
    state: str
    warns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """The file is a candidate and no article, for a reason that holds `says`."""

    file: str
    says: str


Outcome: TypeAlias = Published | Refused | Waiting | Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Files by their path under articles/, and what becomes of them.

    `make` puts into the folder of articles what bytes cannot: links, pipes. A file
    without an outcome must be no candidate at all. `large` feeds are not read by
    feedparser, which takes a second a megabyte.
    """

    name: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()
    make: Callable[[Path], None] | None = None
    large: bool = False

    def write(self, articles: Path) -> None:
        """Put the case into a folder of articles."""
        for file, data in self.files.items():
            path = os.fsencode(articles) + b"/" + os.fsencode(file)
            os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - bytes
            with open(path, "wb") as stream:  # noqa: PTH123 - bytes
                stream.write(data)
        if self.make is not None:
            self.make(articles)


def text_of(header: str, body: str = "Some text.") -> bytes:
    """An article with a YAML header; lone surrogates become the bytes that stand for them."""
    return f"---\n{header.strip(chr(10))}\n---\n\n{body}\n".encode("utf-8", "surrogatepass")


def good(name: str, header: str = "", body: str = "Some text.", /, **expected: object) -> Case:
    """An article of one file that comes out. A header without title or date gets the usual."""
    file = f"{name}.md"
    return published(name, {file: text_of(_whole(name, header), body)}, **expected)


def published(name: str, files: Mapping[str, bytes], /, **expected: object) -> Case:
    """Files of which the first comes out, and others that go with it."""
    large = bool(expected.pop("large", False))
    outcome = Published(file=next(iter(files)), **expected)  # type: ignore[arg-type]
    return Case(name=name, files=files, outcomes=(outcome,), large=large)


def bad(
    name: str,
    header: str,
    says: str,
    line: int = 1,
    /,
    *,
    body: str = "Some text.",
    suffix: str = "md",
) -> Case:
    """An article of one file that is refused; its header stands as it is."""
    return refused(name, {f"{name}.{suffix}": text_of(header, body)}, says, line)


def refused(name: str, files: Mapping[str, bytes], says: str, line: int = 1, /) -> Case:
    """Files that are all refused with one message."""
    outcomes = tuple(Refused(file=file, says=says, line=line) for file in files)
    return Case(name=name, files=files, outcomes=outcomes)


def usual_id(file: str, year: int = 2026) -> str:
    """The id that a file gets when it says none (CONTRACT.md, Ids)."""
    path = quote(file.encode("utf-8", "surrogateescape"), safe="/-._~!$&'()*+,;=:@")
    return f"tag:courier.example,{year}:articles/{path}"


def at(text: str) -> datetime:
    """A time of RFC 3339."""
    return datetime.fromisoformat(text)


def _whole(name: str, header: str) -> str:
    keys = {line.partition(":")[0].lower() for line in header.split("\n")}
    title = "" if "title" in keys else f"title: Case {name}\n"
    date = "" if "date" in keys else f"date: {DAY}\n"
    return title + date + header
