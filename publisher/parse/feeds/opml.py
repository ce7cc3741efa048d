"""PURE. OPML 1.0 and 2.0 (https://opml.org/spec2.opml): a list of feeds, in folders or not."""

from __future__ import annotations

from dataclasses import dataclass

from publisher.parse.clean.decode import one_line
from publisher.parse.feeds.errors import NoFeedError
from publisher.parse.feeds.trees import read_tree
from publisher.parse.feeds.values import absolute, cut

MOST_FEEDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """A feed of a list: its address, and what the list calls it ("" where it does not)."""

    url: str
    title: str = ""


def read_opml(data: bytes, *, url: str, charset: str = "") -> tuple[ListedFeed, ...]:
    """Every feed of a list that came from `url`, each once. Raises NoFeedError."""
    root = read_tree(data, charset)
    if not isinstance(root.tag, str) or root.tag.lower() != "opml":
        raise NoFeedError("is no OPML list of feeds")
    feeds: dict[str, ListedFeed] = {}
    for outline in root.iter("outline"):
        told = {name.lower(): value for name, value in outline.attrib.items()}
        address = absolute(told.get("xmlurl", ""), url)
        if address:
            title = cut(one_line(told.get("title") or told.get("text") or ""), 200)
            feeds.setdefault(address, ListedFeed(url=address, title=title))
    if len(feeds) > MOST_FEEDS:
        raise NoFeedError(f"lists {len(feeds)} feeds, which is more than {MOST_FEEDS}")
    return tuple(feeds.values())
