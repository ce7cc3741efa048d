"""newsboat 2.21, in the terminal; what it knows is in its SQLite cache.

Reads RSS and Atom. A cache of its own for each feed: the guid alone is the key of an
entry, so RSS and Atom of one site would overwrite each other. It tells no time of change, and
one enclosure of an entry, the last of an Atom entry, without its length. Text is verbatim,
without its type: a summary that is plain text is HTML to it.

Its fault: a time before 1970 goes through 32 bits without a sign, and 1969-07-20 becomes a day of
2105 (a feed made by hand, test_readers.py).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tests.readers.commands import run
from tests.readers.reading import Driver, Read, Readings, numbered, without_kind


def read(addresses: Sequence[str], home: Path) -> Readings:
    """The entries of each feed."""
    names = numbered(addresses)
    return {address: entries(reload(address, home / name)) for name, address in names.items()}


def reload(address: str, home: Path) -> Path:
    """Let it fetch one feed into the cache in its home. Gives the cache."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "urls").write_text(address + "\n", "utf-8")
    (home / "config").touch()
    run(("newsboat", "-q", "-u", "urls", "-C", "config", "-c", "cache.db", "-x", "reload"), home)
    return home / "cache.db"


def ask(cache: Path, question: str) -> list[tuple[object, ...]]:
    """Rows of the cache."""
    with closing(sqlite3.connect(cache)) as connection:
        return connection.execute(question).fetchall()


def entries(cache: Path) -> list[Read]:
    """All that the cache holds."""
    rows = ask(
        cache,
        "select guid, title, url, pubDate, content, enclosure_url, enclosure_type from rss_item",
    )
    return [
        Read(
            id=str(guid),
            title=str(title),
            url=str(url),
            published=int(str(when)),
            updated=None,
            text=str(content),
            enclosures=((str(href), str(type_), None),) if href else (),
        )
        for guid, title, url, when, content, href, type_ in rows
    ]


def _told(entry: Read, _: str) -> Read:
    last = tuple((url, type_, None) for url, type_, _ in entry.enclosures[-1:])
    when = None if entry.published is None else entry.published % 2**32
    return replace(without_kind(entry), published=when, updated=None, enclosures=last)


NEWSBOAT = Driver(
    name="newsboat",
    formats=("rss.xml", "atom.xml"),
    programs=("newsboat",),
    read=read,
    told=_told,
)
