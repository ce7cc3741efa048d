"""EDGE. A feed's document by the name that a person gives it: a file, an address, or -."""

from __future__ import annotations

import sys
from pathlib import Path

from publisher.errors import Location, SourceError
from publisher.feedcheck import LIMIT
from publisher.fetching import fetch, not_inward
from publisher.values import dataclass

_ACCEPT = ", ".join(
    (
        *("application/atom+xml", "application/rss+xml", "application/feed+json"),
        *("application/xml;q=0.9", "*/*;q=0.1"),
    )
)


_MOST = LIMIT + 1
"""Bytes that are read: of a file that does not end, enough to say that it is too large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocumentFile:
    """The bytes of a document, and the address it came from (None for a file)."""

    data: bytes
    url: str | None


def load_document(place: str, site_url: str = "") -> FeedDocumentFile:
    """Read it; - is standard input. Raises SourceError, or FetchError for an address."""
    if place.startswith(("http://", "https://")):
        answer = fetch(place, accept=_ACCEPT, site_url=site_url, guard=not_inward())
        fetched = answer.require_ok()
        return FeedDocumentFile(data=fetched.body, url=fetched.url)
    try:
        data = sys.stdin.buffer.read(_MOST) if place == "-" else _read(Path(place))
    except OSError as error:
        raise SourceError(
            f"cannot be read: {error.strerror}",
            where=Location(file=place),
            mend="name a file, or an address that begins with http:// or https://",
        ) from error
    return FeedDocumentFile(data=data, url=None)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MOST)
