"""liferea 1.14, the desktop reader: on a screen that nobody sees, its SQLite database read.

Reads RSS and Atom. All feeds stand in its list of subscriptions before it starts; it fetches
them by itself and is ended when the database holds as many entries as were served. It tells
no time of change; enclosures come with type and length. Its text is parsed and written anew as
XHTML, so the visible text is compared, to the last space.

Its fault: the title of an RSS item, which it has resolved once as XML, it takes for HTML once
more, and keeps the text of that without space at its ends. `Salt &#x26; &#x3C;Pepper>`, or the
same in CDATA, is shown as `Salt &` (a feed made by hand, test_readers.py). All others
show it as meant; escaped twice, it would be wrong in those.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import quoteattr

from tests.readers.commands import PATIENCE, environment
from tests.readers.reading import Driver, Enclosure, Read, Readings, as_html, numbered, visible_text

_QUIET = 2.0
"""Seconds without a new entry after which all have come."""

_EMPTY = 10.0
"""The same while there are feeds without any entry."""


def read(addresses: Sequence[str], home: Path) -> Readings:
    """The entries of each feed."""
    names = numbered(addresses)
    subscriptions = home / "config" / "liferea" / "feedlist.opml"
    subscriptions.parent.mkdir(parents=True)
    subscriptions.write_text(_opml(names), "utf-8")
    database = home / "data" / "liferea" / "liferea.db"
    with _running(home):
        _wait(database, len(names))
    with closing(sqlite3.connect(database)) as connection:
        return {address: list(_entries(connection, name)) for name, address in names.items()}


def _opml(names: Mapping[str, str]) -> str:
    """Subscriptions without the default limit of 100 entries, due for an update."""
    lines = (
        f'<outline type="rss" id="{name}" title="{name}" xmlUrl={quoteattr(address)}'
        ' updateInterval="60" cacheLimit="unlimited"/>'
        for name, address in names.items()
    )
    return f'<opml version="1.0"><head/><body>{"".join(lines)}</body></opml>'


@contextmanager
def _running(home: Path) -> Iterator[None]:
    """The program with a screen and a message bus of its own, ended with all that it started."""
    (home / "run").mkdir(mode=0o700)
    command = ("xvfb-run", "-a", "dbus-run-session", "--", "liferea", "--mainwindow-state=hidden")
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=home,
            env=environment(
                home,
                XDG_RUNTIME_DIR=str(home / "run"),
                GSETTINGS_BACKEND="memory",
                NO_AT_BRIDGE="1",
                # WebKit's own sandbox asks for rights that a container does not give
                WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS="1",
            ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(10)


def _wait(database: Path, feeds: int) -> None:
    """Until no more entries come. Raises AssertionError when none came within PATIENCE."""
    started = last = time.monotonic()
    known = (0, 0)
    while time.monotonic() - last < (_QUIET if known[0] == feeds else _EMPTY) or known[0] == 0:
        assert time.monotonic() - started < PATIENCE, f"no entries: {database.parents[2] / 'log'}"
        time.sleep(0.2)
        counted = _count(database)
        if counted != known:
            known, last = counted, time.monotonic()


def _count(database: Path) -> tuple[int, int]:
    if not database.exists():
        return 0, 0
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            question = "select count(distinct node_id), count(*) from items"
            feeds, entries = connection.execute(question).fetchone()
        except sqlite3.OperationalError:  # no table yet, or just being written
            return 0, 0
    return feeds, entries


def _entries(connection: sqlite3.Connection, name: str) -> Iterator[Read]:
    rows = connection.execute(
        "select item_id, source_id, title, source, date, description from items where node_id = ?",
        (name,),
    ).fetchall()
    for number, id_, title, url, when, text in rows:
        enclosures = connection.execute(
            "select value from metadata where item_id = ? and key = 'enclosure' order by nr",
            (number,),
        )
        yield Read(
            id=id_,
            title=title,
            url=url,
            published=when,
            updated=None,
            text=text,
            enclosures=tuple(_enclosure(value) for (value,) in enclosures),
        )


def _enclosure(text: str) -> Enclosure:
    """From `enc:DOWNLOADED:TYPE:LENGTH:ADDRESS`."""
    _, _, media_type, length, url = text.split(":", 4)
    return url, media_type, int(length)


def _told(entry: Read, name: str) -> Read:
    known = replace(as_html(entry), updated=None)
    return (
        replace(known, title=visible_text(entry.title).strip(" \n")) if name == "rss.xml" else known
    )


LIFEREA = Driver(
    name="liferea",
    formats=("rss.xml", "atom.xml"),
    programs=("liferea", "xvfb-run", "dbus-run-session"),
    read=read,
    told=_told,
    shown=visible_text,
)
