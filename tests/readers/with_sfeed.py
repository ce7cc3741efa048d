r"""sfeed 1.7: `sfeed_update` fetches by curl and writes a file of tab-separated lines a feed.

Reads RSS and Atom. It tells no time of change, and one enclosure, as an address alone. Text is
verbatim but for a backslash before backslash, tab and line break, which is undone here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.readers.commands import run
from tests.readers.reading import Driver, Read, Readings, numbered

_ESCAPED = re.compile(r"\\([nt\\])")
_MEANT = {"n": "\n", "t": "\t", "\\": "\\"}


def read(addresses: Sequence[str], home: Path) -> Readings:
    """The entries of each feed."""
    names = numbered(addresses)
    feeds = "".join(f'  feed "{name}" "{address}"\n' for name, address in names.items())
    (home / "kept").mkdir(parents=True)
    (home / "sfeedrc").write_text(f'sfeedpath="{home}/kept"\nfeeds() {{\n{feeds}}}\n', "utf-8")
    run(("sfeed_update", "sfeedrc"), home)
    return {
        address: [
            _entry(line)
            for line in (home / "kept" / name).read_text("utf-8").split("\n")  # no other breaks
            if line
        ]
        for name, address in names.items()
    }


def _entry(line: str) -> Read:
    when, title, url, text, kind, id_, _, enclosure, _ = line.split("\t")
    return Read(
        id=id_,
        title=title,
        url=url,
        published=int(when),
        updated=None,
        text=_ESCAPED.sub(lambda found: _MEANT[found[1]], text),
        kind="text" if kind == "plain" else "html",
        enclosures=((enclosure, None, None),) if enclosure else (),
    )


def _told(entry: Read, _: str) -> Read:
    one = tuple((url, None, None) for url, _, _ in entry.enclosures[:1])
    return replace(entry, updated=None, enclosures=one)


SFEED = Driver(
    name="sfeed",
    formats=("rss.xml", "atom.xml"),
    programs=("sfeed_update", "curl"),
    read=read,
    told=_told,
)
