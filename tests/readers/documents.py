"""What the articles say, in the shape that readers give: read from our bytes without a reader."""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tests.feed_reading import read_feed
from tests.readers.reading import FORMATS, Read


def feed_files(output: Path, *, of_each: int | None = None) -> list[str]:
    """Every feed under a site's output, in every format: paths with `/`.

    With `of_each` the main feed, its archives, and so many of each other kind, such as feeds of
    tags: a site may have a feed for each of its hundreds of authors and tags.
    """
    found = sorted(path.relative_to(output) for name in FORMATS for path in output.rglob(name))
    if of_each is not None:
        kinds = defaultdict[str, list[Path]](list)
        for folder in dict.fromkeys(path.parent for path in found):
            kinds[folder.parts[0] if folder.parts else ""].append(folder)
        kept = {
            folder
            for kind, folders in kinds.items()
            for folder in (folders if kind in ("", "archive") else folders[:of_each])
        }
        found = [path for path in found if path.parent in kept]
    return sorted(path.as_posix() for path in found)


def documented(output: Path, path: str) -> Iterator[Read]:
    """What the feed at `path` must say, by the JSON Feed beside it.

    JSON holds all that the documents say, and leaves out an unknown length, which is 0
    in XML; RSS has one enclosure, the first, and no time of change. A feed of summaries
    has them as plain text, but for RSS, whose description is HTML.
    """
    is_rss, is_json = path.endswith("rss.xml"), path.endswith("feed.json")
    for entry in read_feed((output / path).with_name("feed.json").read_bytes()):
        yield Read(
            id=entry.id,
            title=entry.title,
            url=entry.url,
            published=_seconds(entry.published),
            updated=None if is_rss or entry.updated is None else _seconds(entry.updated),
            text=entry.content or (html.escape(entry.summary) if is_rss else entry.summary),
            kind="html" if entry.content or is_rss else "text",
            enclosures=tuple(
                (url, media_type, length or (None if is_json else 0))
                for url, media_type, length in entry.enclosures[: 1 if is_rss else None]
            ),
        )


def _seconds(when: datetime) -> int:
    return int(when.timestamp())
