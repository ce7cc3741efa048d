"""feedparser 6, the strictest public reading: any irregularity sets `bozo`, which fails here.

It tells everything. Its text is sanitised and written anew (attributes in another order,
`<br />`), so the visible text is compared, to the last space.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from functools import partial
from typing import Any

import feedparser

from tests.readers.in_python import read_in_python
from tests.readers.reading import Driver, Read, visible_text


def fetch(address: str) -> Iterator[Read]:
    """The entries at an address."""
    found = feedparser.parse(address)
    assert not found.bozo, (address, found.get("bozo_exception"))
    for entry in found.entries:
        content = entry.content[0] if "content" in entry else entry.summary_detail
        yield Read(
            id=entry.id,
            title=entry.title,
            url=entry.link,
            published=calendar.timegm(entry.published_parsed),
            updated=_updated(entry),
            text=content.value,
            kind="text" if content.type == "text/plain" else "html",
            enclosures=tuple((e.href, e.type, int(e.length)) for e in entry.enclosures),
        )


def _updated(entry: Any) -> int | None:
    """By `in`: asked for a time that is not there, feedparser gives the other and warns."""
    return calendar.timegm(entry["updated_parsed"]) if "updated_parsed" in entry else None


FEEDPARSER = Driver(
    name="feedparser",
    formats=("rss.xml", "atom.xml"),
    read=partial(read_in_python, __name__),
    shown=visible_text,
)
