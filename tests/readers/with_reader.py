"""`reader` 3.26, a library for feed readers, with a database, updates and what has been read.

It tells everything but whether a summary of Atom is plain text. The text of RSS and Atom is
feedparser's, sanitised and written anew, so the visible text is compared, to the last space.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from reader import Content, Entry, Reader, make_reader

from tests.readers.in_python import read_in_python
from tests.readers.reading import FORMATS, Driver, Read, visible_text, without_kind


def open_reader(database: str) -> Reader:
    """A reader on a database.

    It ships an older feedparser, which asks for the module of sgmllib3k. That comes as a
    source archive only; feedparser_sgmllib, which feedparser needs now, is the same module as
    a wheel. It gets a copy of its own, because each feedparser changes it.
    """
    if "sgmllib" not in sys.modules:
        spec = importlib.util.find_spec("feedparser_sgmllib")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules["sgmllib"] = module
    return make_reader(database)


def fetch(address: str) -> Iterator[Read]:
    """The entries at an address."""
    with open_reader(":memory:") as reader:
        reader.add_feed(address)
        reader.update_feed(address)
        yield from map(_read, reader.get_entries())


def _read(entry: Entry) -> Read:
    assert entry.published is not None
    content = entry.content[0] if entry.content else Content(entry.summary or "", "text/html")
    return Read(
        id=entry.id,
        title=entry.title or "",
        url=entry.link or "",
        published=_seconds(entry.published),
        updated=_seconds(entry.updated) if entry.updated else None,
        text=content.value,
        kind="text" if content.type == "text/plain" else "html",
        enclosures=tuple((e.href, e.type, e.length) for e in entry.enclosures),
    )


def _seconds(when: datetime) -> int:
    return int(when.timestamp())


def _told(entry: Read, name: str) -> Read:
    return without_kind(entry) if name == "atom.xml" else entry


READER = Driver(
    name="reader",
    formats=FORMATS,
    read=partial(read_in_python, __name__),
    told=_told,
    shown=visible_text,
)
