"""PURE. OPML 1.0 and 2.0 (https://opml.org/spec2.opml): a list of feeds, in folders or not."""

from __future__ import annotations

from publisher.parse.clean.decode import one_line
from publisher.parse.feeds.errors import NoFeedError
from publisher.parse.feeds.trees import read_tree
from publisher.parse.feeds.values import absolute, cut
from publisher.values import dataclass

MOST_FEEDS = 1000
_SHOWN = 80
_MOST_TOLD = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """A feed of a list: its address, and what the list calls it ("" where it does not)."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedList:
    """The feeds of a list, each once; and what of it is none."""

    feeds: tuple[ListedFeed, ...]
    warnings: tuple[str, ...] = ()


def read_opml(data: bytes, *, url: str, charset: str = "") -> FeedList:
    """What a list that came from `url` holds. Raises NoFeedError."""
    root = read_tree(data, charset)
    if not isinstance(root.tag, str) or root.tag.lower() != "opml":
        raise NoFeedError("is no OPML list of feeds")
    feeds: dict[str, ListedFeed] = {}
    warnings: dict[str, None] = {}
    for outline in root.iter("outline"):
        told = {name.lower(): value for name, value in outline.attrib.items()}
        written = told.get("xmlurl", "").strip()
        address = absolute(written, url)
        if address:
            title = cut(one_line(told.get("title") or told.get("text") or ""), 200)
            feeds.setdefault(address, ListedFeed(url=address, title=title))
        elif written:
            shown = cut(one_line(written.partition("?")[0]), _SHOWN)
            warnings[f"{shown!r} in the list is no web address, and is not read"] = None
    if len(feeds) > MOST_FEEDS:
        raise NoFeedError(f"lists {len(feeds)} feeds, which is more than {MOST_FEEDS}")
    return FeedList(feeds=tuple(feeds.values()), warnings=tuple(warnings)[:_MOST_TOLD])
