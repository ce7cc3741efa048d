"""PURE. What directories of podcasts would not take, told before they refuse it.

Source: A Podcaster's Guide to RSS and Artwork requirements of Apple Podcasts, whose rules
the other directories follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from publisher.config import FeedSpec
from publisher.model import Asset, Entry, main_enclosure

PLAYABLE = ("m4a", "mp3", "mov", "mp4", "m4v", "pdf", "epub")
"""Suffixes of the files that Apple lists as episodes."""

_SMALLEST, _LARGEST = 1400, 3000
_TYPES = {"image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",)}


def cover_problem(cover: Asset) -> str | None:
    """Why a picture is no cover for a podcast, or None."""
    suffixes = _TYPES.get(cover.media_type)
    if suffixes is None:
        return "is no JPEG or PNG, and directories take no other cover"
    if not cover.path.lower().endswith(suffixes):
        return f"is {cover.media_type}, and its name says otherwise"
    size = (cover.width, cover.height)
    if cover.width != cover.height or not _SMALLEST <= cover.width <= _LARGEST:
        shown = (
            "a picture that cannot be read" if not all(size) else f"{size[0]} x {size[1]} pixels"
        )
        return f"is {shown}; directories ask for a square of {_SMALLEST} to {_LARGEST}"
    return None


def podcast_warnings(feed: FeedSpec, entries: Iterable[Entry]) -> Iterator[str]:
    """What a directory misses in the episodes of a podcast."""
    if feed.podcast is None:
        return
    where = f"the podcast {feed.name!r}"
    for entry in entries:
        enclosure = main_enclosure(entry.enclosures)
        if enclosure is None:
            yield f"{where}: {entry.title!r} has nothing to play; name it under enclosures:"
            continue
        name = enclosure.url.partition("?")[0].rpartition("/")[2]
        if name.rpartition(".")[2].lower() not in PLAYABLE:
            yield f"{where}: {name!r} is of a kind that Apple does not play; MP3 and M4A are safe"
        if feed.podcast.type == "serial" and not (entry.episode and entry.episode.number):
            yield f"{where}: {entry.title!r} has no number, and a serial one needs it: episode:"
