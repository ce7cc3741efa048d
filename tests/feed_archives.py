"""The documents of a feed as a reader walks them: from the current one to the oldest archive."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

from tests.feed_reading import ATOM, read_feed

FILES: Mapping[str, str] = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
_HISTORY = "{http://purl.org/syndication/history/1.0}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """One document: its path under output/, and the ids of its entries in their order."""

    path: str
    ids: tuple[str, ...]


def walk_feed(output: Path, format_: str, folder: str = "") -> list[Walked]:
    """Every document of a feed, by the links in the documents alone.

    Fails where a document says of itself what it is not (RFC 5005 sections 2 and 4), and
    where the links go round.
    """
    path = folder + FILES[format_]
    current, walked = path, list[Walked]()
    while path:
        assert path not in {one.path for one in walked}, f"{path} comes twice"
        data = (output / path).read_bytes()
        walked.append(Walked(path=path, ids=tuple(entry.id for entry in read_feed(data))))
        previous, named_current, marks = _links(data)
        if format_ != "json":  # which has no word for what a document is
            is_archive = path != current
            assert named_current == (current if is_archive else "")
            assert marks == {"archive": is_archive, "complete": not is_archive and not previous}
        path = previous
    return walked


def archives_of(output: Path) -> dict[str, bytes]:
    """The bytes of every archive document of every feed, by its path under output/."""
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for name in FILES.values()
        for path in sorted(output.rglob(f"archive/*/{name}"))
    }


def feed_documents(output: Path) -> dict[str, bytes]:
    """The bytes of every document of every feed, by its path under output/."""
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for name in FILES.values()
        for path in sorted(output.rglob(name))
    }


def _links(data: bytes) -> tuple[str, str, dict[str, bool]]:
    """The paths of the document before and of the current one, "" for none; what it says it is."""
    if data.startswith(b"{"):
        return _path(json.loads(data).get("next_url", "")), "", {}
    root = etree.fromstring(data)
    head = root if root.tag == ATOM + "feed" else root[0]
    links = {link.get("rel"): link.get("href") or "" for link in head.findall(ATOM + "link")}
    marks = {name: head.find(_HISTORY + name) is not None for name in ("archive", "complete")}
    return _path(links.get("prev-archive", "")), _path(links.get("current", "")), marks


def _path(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")
