"""PURE. The formats of a feed: their files, addresses and media types."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.config import FeedSpec
from publisher.render.feeds.text import clean_url
from publisher.values import dataclass


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


def feed_path(feed: FeedSpec, format_: str, number: int = 0) -> str:
    """Where a document of a feed lies under output/: feeds/politics/atom.xml, archive/3/rss.xml."""
    name = FORMATS[format_].name
    folder = f"{feed.path}/" if feed.path else ""
    return f"{folder}archive/{number}/{name}" if number else folder + name


def feed_url(site_url: str, feed: FeedSpec, format_: str, number: int = 0) -> str:
    """The address that one subscribes to, or that of an archive document."""
    return clean_url(site_url + feed_path(feed, format_, number))
