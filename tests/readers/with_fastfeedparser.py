"""fastfeedparser 0.6, written apart from feedparser, on lxml.

It tells everything, text verbatim, but two things of Atom: the length of an enclosure (they are
among the links there, with address and type), and whether a summary is plain text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import fastfeedparser

from tests.readers.in_python import read_in_python
from tests.readers.reading import FORMATS, Driver, Enclosure, Read, without_kind


def fetch(address: str) -> Iterator[Read]:
    """The entries at an address."""
    for entry in fastfeedparser.parse(address).entries:
        content = (entry.get("content") or [{"type": "html", "value": entry["description"]}])[0]
        yield Read(
            id=entry["id"],
            title=entry["title"],
            url=entry["link"],
            published=_seconds(entry["published"]),
            updated=_seconds(entry["updated"]) if entry.get("updated") else None,
            text=content["value"],
            kind="text" if content["type"] == "text/plain" else "html",
            enclosures=tuple(_enclosures(entry)),
        )


def _enclosures(entry: dict[str, Any]) -> Iterator[Enclosure]:
    for enclosure in entry.get("enclosures", ()):
        yield enclosure["url"], enclosure["type"], enclosure.get("length")
    for link in entry["links"]:
        if link["rel"] == "enclosure":
            yield link["href"], link["type"], None


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _told(entry: Read, name: str) -> Read:
    if name != "atom.xml":
        return entry
    enclosures = tuple((url, type_, None) for url, type_, _ in entry.enclosures)
    return replace(without_kind(entry), enclosures=enclosures)


FASTFEEDPARSER = Driver(
    name="fastfeedparser",
    formats=FORMATS,
    read=partial(read_in_python, __name__),
    told=_told,
)
