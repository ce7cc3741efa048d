"""PURE. What one document of a feed says of itself, cleaned once for all formats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from publisher.config import PodcastSpec, SiteSpec
from publisher.feeds import Feed
from publisher.model import Author, Tombstone
from publisher.render.feeds.formats import FORMATS, feed_url
from publisher.render.feeds.text import (
    clean_id,
    clean_language,
    clean_line,
    clean_url,
    whole_seconds,
)
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLinks:
    """The addresses that one document names, all absolute.

    `self_url` is its own, `home_url` the page of the feed. An archive document has
    `current_url`, the subscription document; `previous_url` is the archive document
    before this one. Without either the document is complete (RFC 5005, section 2), unless it
    `has_more` behind it that is published nowhere.
    """

    self_url: str
    home_url: str
    hubs: tuple[str, ...] = ()
    current_url: str | None = None
    previous_url: str | None = None
    has_more: bool = False

    @property
    def is_archive(self) -> bool:
        """Whether this is an archive document."""
        return self.current_url is not None

    @property
    def is_complete(self) -> bool:
        """Whether the subscription document holds all there is."""
        return self.current_url is None and self.previous_url is None and not self.has_more


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocument:
    """The head of a document. `updated` is the newest of its entries', None without any.

    `first_url` is the address at which the feed was first published in this format; of a
    podcast, `image_url` is the cover.
    """

    id: str
    first_url: str
    title: str
    description: str
    links: FeedLinks
    author: Author
    image_url: str | None
    rights: str
    language: str | None
    updated: datetime | None
    tombstones: tuple[Tombstone, ...] = ()
    podcast: PodcastSpec | None = None


def make_document(
    feed: Feed,
    place: int,
    format_: str,
    *,
    updated: datetime | None,
    site: SiteSpec,
    hubs: Sequence[str],
    image_url: str | None,
) -> FeedDocument:
    """The head of one document of a feed, at that place among its parts, in one format."""
    return FeedDocument(
        id=clean_url(f"{feed.first_url}{FORMATS['atom'].name}"),
        first_url=clean_url(f"{feed.first_url}{FORMATS[format_].name}"),
        title=clean_line(feed.title),
        description=clean_line(feed.description),
        links=_links(feed, place, format_, site.url, hubs),
        author=Author(name=clean_line(site.title), url=clean_url(site.url)),
        image_url=clean_url(image_url) if image_url else None,
        rights=clean_line(site.copyright),
        language=clean_language(feed.language),
        updated=updated,
        tombstones=tuple(_clean_tombstone(one) for one in feed.parts[place].tombstones),
        podcast=feed.spec.podcast,
    )


def _links(feed: Feed, place: int, format_: str, site_url: str, hubs: Sequence[str]) -> FeedLinks:
    def url(number: int) -> str:
        return feed_url(site_url, feed.spec, format_, number)

    number = feed.parts[place].number
    older = feed.parts[place + 1 : place + 2]
    return FeedLinks(
        self_url=url(number),
        home_url=clean_url(f"{site_url}{feed.spec.path}/" if feed.spec.path else site_url),
        hubs=() if number else tuple(map(clean_url, hubs)),
        current_url=url(0) if number else None,
        previous_url=url(older[0].number) if older and feed.spec.archives else None,
        has_more=bool(older) and not feed.spec.archives,
    )


def _clean_tombstone(tombstone: Tombstone) -> Tombstone:
    return Tombstone(
        id=clean_id(tombstone.id), when=whole_seconds(tombstone.when), place=tombstone.place
    )
