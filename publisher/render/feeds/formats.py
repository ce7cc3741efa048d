"""PURE. The formats of a feed: their files, addresses and media types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from publisher.config import FeedSpec, SiteSpec
from publisher.render.feeds.text import clean_url


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFile:
    """The file of a format and what it is served as."""

    name: str
    media_type: str


FORMATS: Mapping[str, FeedFile] = {
    "rss": FeedFile(name="rss.xml", media_type="application/rss+xml"),
    "atom": FeedFile(name="atom.xml", media_type="application/atom+xml"),
    "json": FeedFile(name="feed.json", media_type="application/feed+json"),
}


def feed_path(feed: FeedSpec, format_: str) -> str:
    """Where a feed lies under output/, such as feeds/politics/atom.xml."""
    name = FORMATS[format_].name
    return f"{feed.path}/{name}" if feed.path else name


def feed_url(site: SiteSpec, feed: FeedSpec, format_: str) -> str:
    """The address that one subscribes to."""
    return clean_url(site.url + feed_path(feed, format_))


def feed_title(site: SiteSpec, feed: FeedSpec) -> str:
    """The name that a reader shows."""
    return feed.title or site.title
