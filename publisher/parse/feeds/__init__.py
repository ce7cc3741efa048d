"""PURE. Feeds of others (RSS 0.9x to 2.0, Atom, JSON Feed) and lists of them (OPML).

What came is never trusted: entities are not expanded, depth and number are bounded, addresses are
http or https, and HTML stays as told until `parse.clean` has it.
"""

from __future__ import annotations

from publisher.parse.feeds.entries import ForeignDocument, ForeignEntry
from publisher.parse.feeds.errors import NoFeedError
from publisher.parse.feeds.jsonfeeds import looks_like_json, read_json_feed
from publisher.parse.feeds.opml import FeedList, ListedFeed, read_opml

__all__ = [
    "FeedList",
    "ForeignDocument",
    "ForeignEntry",
    "ListedFeed",
    "NoFeedError",
    "read_feed",
    "read_opml",
]


def read_feed(
    data: bytes, *, url: str, charset: str = "", most: int = 20, language: str = ""
) -> ForeignDocument:
    """The newest `most` entries of a feed that came from `url`, its format told by its bytes.

    `charset` is what HTTP says of the encoding, `language` what the configuration says that the
    words of dates are in. Raises NoFeedError.
    """
    if looks_like_json(data):
        return read_json_feed(data, url=url, most=most, language=language)
    # feedparser takes 75 ms to import, which a site without feeds of others need not pay
    from publisher.parse.feeds.xmlfeeds import read_xml_feed  # noqa: PLC0415

    return read_xml_feed(data, url=url, charset=charset, most=most, hint=language)
