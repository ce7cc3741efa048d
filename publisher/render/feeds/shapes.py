"""PURE. The shape of an entry: all that decides how it is written, but for what it says."""

from __future__ import annotations

from typing import NamedTuple

from publisher.model import Entry, main_enclosure


class Shape(NamedTuple):
    """All that decides which elements and attributes an entry has, but for a podcast's.

    Of each author whether there is an address and a page; of the picture whether its
    width and height are known; of each enclosure whether it is titled; `played` is the
    enclosure that RSS names; of the feed it was taken from whether there are a page, an address
    and rights.
    """

    has_content: bool
    id_is_url: bool
    tags: int
    authors: tuple[tuple[bool, bool], ...]
    has_language: bool
    picture: tuple[bool, bool] | None
    enclosures: tuple[bool, ...]
    played: int
    foreign: tuple[bool, bool, bool] | None


def shape_of(entry: Entry, *, has_content: bool) -> Shape:
    """The shape of a cleaned entry, which is shown with its content or without."""
    picture, feed = entry.picture, entry.foreign
    played = main_enclosure(entry.enclosures)
    return Shape(
        has_content=has_content,
        id_is_url=entry.id == entry.url,
        tags=len(entry.tags),
        authors=tuple([(author.email is not None, bool(author.url)) for author in entry.authors]),
        has_language=bool(entry.language),
        picture=(picture.width > 0, picture.height > 0) if picture else None,
        enclosures=tuple([bool(enclosure.title) for enclosure in entry.enclosures]),
        played=entry.enclosures.index(played) if played else -1,
        foreign=(bool(feed.url), bool(feed.feed_url), bool(feed.rights)) if feed else None,
    )
