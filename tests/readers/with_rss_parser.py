"""npm rss-parser 3.13.

Reads RSS and Atom. One time for an entry, the published one. The enclosure of RSS comes by
itself; the links of Atom when asked for as a custom field, of which those that are enclosures
are taken. Text is verbatim, without its type.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from tests.readers.in_node import PACKAGES, read_in_node
from tests.readers.reading import Driver, Read, without_kind


def _told(entry: Read, _: str) -> Read:
    return replace(without_kind(entry), updated=None)


RSS_PARSER = Driver(
    name="rss-parser",
    formats=("rss.xml", "atom.xml"),
    programs=("node",),
    packages=(PACKAGES / "rss-parser",),
    read=partial(read_in_node, "rss-parser"),
    told=_told,
)
