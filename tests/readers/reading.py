"""What a reader shows of an entry, and what it must show: one shape for every program."""

from __future__ import annotations

import html
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

FORMATS = ("rss.xml", "atom.xml", "feed.json")

Enclosure = tuple[str, str | None, int | None]
"""Address, media type, length in bytes; None for what a program does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An entry as a reader gives it. Times are seconds since 1970.

    `published` and `updated` are None where the program or the format has none. `kind` is
    `text` for a text that the program knows to be no HTML: the summary of a feed of summaries.
    """

    id: str
    title: str
    url: str
    published: int | None
    updated: int | None
    text: str
    kind: Literal["html", "text"] = "html"
    enclosures: tuple[Enclosure, ...] = ()


Readings = dict[str, list[Read]]
"""The entries of feeds, by the address that each was read from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """One program.

    `read` fetches feeds, all in one go, with a folder for what the program keeps.
    `told` is what the program must give for an entry of a document in the format of
    the file named. `shown` brings a text that it gave, and the document's, to what is
    compared: nothing at all for a program that hands the HTML on as it stands.
    """

    name: str
    formats: Sequence[str]
    read: Callable[[Sequence[str], Path], Readings]
    programs: Sequence[str] = ()
    packages: Sequence[Path] = ()
    told: Callable[[Read, str], Read] = lambda entry, _: entry
    shown: Callable[[str], object] = str

    def reads(self, path: str) -> bool:
        """Whether it reads the format of a file."""
        return file_name(path) in self.formats

    def lacking(self) -> str:
        """What it needs and this machine has not; "" where it can run."""
        programs = (f"{name} is not installed" for name in self.programs if not shutil.which(name))
        packages = (
            f"no {path.name} in {path.parent}: npm ci --prefix {path.parent.parent}"
            for path in self.packages
            if not path.is_dir()
        )
        return next(chain(programs, packages), "")


def file_name(path: str) -> str:
    """The last part of a path or address."""
    return urlsplit(path).path.rpartition("/")[2]


@lru_cache(maxsize=10_000)
def visible_text(markup: str) -> str:
    """The text of balanced HTML, to the last space.

    By Python's own tokenizer, which none of the readers is built on.
    """
    found = _Text(convert_charrefs=True)
    found.feed(markup)
    found.close()
    return "".join(found.pieces)


class _Text(HTMLParser):
    def __init__(self, *, convert_charrefs: bool) -> None:
        super().__init__(convert_charrefs=convert_charrefs)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep it: tags, comments and attributes are passed over."""
        self.pieces.append(data)


def without_kind(entry: Read) -> Read:
    """For a program that hands plain text on and does not say that it is."""
    return replace(entry, kind="html")


def as_html(entry: Read) -> Read:
    """For a program that makes HTML of plain text."""
    return without_kind(
        replace(entry, text=html.escape(entry.text, quote=False)) if entry.kind == "text" else entry
    )


def in_order(entries: Iterable[Read]) -> list[Read]:
    """By id and what else is told: for programs that keep no order of their own."""
    return sorted(entries, key=lambda e: (e.id, e.url, e.title, e.published or 0, e.text))


def numbered(addresses: Sequence[str]) -> Mapping[str, str]:
    """Addresses by a short name, for programs that want one for each feed."""
    return {f"feed{number}": address for number, address in enumerate(addresses)}
