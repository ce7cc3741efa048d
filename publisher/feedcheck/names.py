"""PURE. The names of elements: namespaces, and which elements each of them has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.feedcheck.finding import Report
from publisher.patterns import pattern

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
FH = "{http://purl.org/syndication/history/1.0}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
MEDIA = "{http://search.yahoo.com/mrss/}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
PODCAST_BEFORE = "{https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md}"
SY = "{http://purl.org/rss/1.0/modules/syndication/}"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}"
XHTML = "{http://www.w3.org/1999/xhtml}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
LANG = _XML + "lang"
BASE = _XML + "base"

_NAMESPACES = (
    *(ATOM, CONTENT, DC, FH, ITUNES, MEDIA, PODCAST, SY, TOMBSTONE),
    "{http://purl.org/syndication/thread/1.0}",
    "{http://wellformedweb.org/CommentAPI/}",
    "{http://purl.org/rss/1.0/modules/slash/}",
    "{http://www.georss.org/georss}",
)
_FOREIGN_SPELLING = pattern(r"^https?://(?:www\.)?|[/#]+$")


def _folded(namespace: str) -> str:
    return _FOREIGN_SPELLING.sub("", namespace).lower()


_RIGHT = {_folded(name[1:-1]): name[1:-1] for name in _NAMESPACES}
_NOT_MISSPELT = {
    *(name[1:-1] for name in _NAMESPACES),
    PODCAST_BEFORE[1:-1],
    "http://www.itunes.com/DTDs/Podcast-1.0.dtd",  # Apple's own first spelling
}


def _in(namespace: str, *names: str) -> frozenset[str]:
    return frozenset(namespace + name for name in names)


CHANNEL_ONCE = frozenset(
    {
        *("title", "link", "description", "language", "copyright", "managingEditor"),
        *("webMaster", "pubDate", "lastBuildDate", "generator", "docs", "cloud", "ttl", "image"),
        *("rating", "textInput", "skipHours", "skipDays"),
        *_in(FH, "archive", "complete"),
        *_in(SY, "updatePeriod", "updateFrequency", "updateBase"),
        *_in(ITUNES, "author", "block", "complete", "explicit", "image", "new-feed-url", "owner"),
        *_in(ITUNES, "subtitle", "summary", "type", "title", "keywords"),
        *_in(PODCAST, "guid", "locked", "medium"),
    }
)
ITEM_ONCE = frozenset(
    {
        *("title", "link", "description", "author", "comments", "guid", "pubDate", "source"),
        CONTENT + "encoded",
        *_in(ITUNES, "author", "block", "duration", "episode", "episodeType", "explicit"),
        *_in(ITUNES, "image", "order", "season", "subtitle", "summary", "title", "keywords"),
        *_in(PODCAST, "chapters", "season", "episode"),
    }
)
FEED_ONCE = frozenset(
    {
        *_in(ATOM, "id", "title", "updated", "subtitle", "generator", "icon", "logo", "rights"),
        *_in(FH, "archive", "complete"),
    }
)
ENTRY_ONCE = _in(
    ATOM, "id", "title", "updated", "published", "content", "summary", "rights", "source"
)
_CHANNEL = CHANNEL_ONCE | {"category", "item"}
_ITEM = ITEM_ONCE | {"category", "enclosure"}
_FEED = FEED_ONCE | _in(ATOM, "author", "category", "contributor", "entry", "link")
_ENTRY = ENTRY_ONCE | _in(ATOM, "author", "category", "contributor", "link")

_CLOSED: Mapping[str, frozenset[str]] = {
    DC: _in(
        DC,
        *("contributor", "coverage", "creator", "date", "description", "format", "identifier"),
        *("language", "publisher", "relation", "rights", "source", "subject", "title", "type"),
    ),
    SY: _in(SY, "updatePeriod", "updateFrequency", "updateBase"),
    CONTENT: _in(CONTENT, "encoded", "items"),
    FH: _in(FH, "archive", "complete"),
}
"""Namespaces that will never have another element."""
_OPEN: Mapping[str, frozenset[str]] = {
    ITUNES: _in(
        ITUNES,
        *("author", "block", "category", "complete", "duration", "email", "episode", "image"),
        *("episodeType", "explicit", "keywords", "name", "new-feed-url", "order", "owner"),
        *("season", "subtitle", "summary", "title", "type"),
    ),
    PODCAST: _in(
        PODCAST,
        *("alternateEnclosure", "chapters", "episode", "funding", "guid", "license", "liveItem"),
        *("location", "locked", "medium", "person", "podroll", "season", "socialInteract"),
        *("soundbite", "trailer", "transcript"),
    ),
    MEDIA: _in(
        MEDIA,
        *("category", "content", "copyright", "credit", "description", "group", "keywords"),
        *("player", "rating", "text", "thumbnail", "title"),
    ),
    TOMBSTONE: _in(TOMBSTONE, "by", "comment", "deleted-entry"),
}
"""Namespaces that still grow: there only the spelling of what is known is looked at."""
_SPELT: Mapping[str, str] = {tag.lower(): tag for tags in _OPEN.values() for tag in tags}


def check_namespaces(report: Report, root: Any) -> None:
    """The namespaces of the root element are spelt as their owners spell them."""
    for namespace in root.nsmap.values():
        right = _RIGHT.get(_folded(namespace))
        if right is not None and namespace not in _NOT_MISSPELT:
            report.add("namespace-misspelt", root, f"{namespace}, which should be {right}")


def is_known(tag: str, parent: str) -> bool:
    """Whether an element is one of its format or extension, as a child of `parent`."""
    if tag[0] != "{":
        known = {"channel": _CHANNEL, "item": _ITEM}.get(parent)
        return known is None or tag in known
    namespace = tag[: tag.index("}") + 1]
    if namespace == ATOM:
        known = {ATOM + "feed": _FEED, ATOM + "entry": _ENTRY}.get(parent)
        return tag in known if known is not None else tag in _FEED | _ENTRY
    if namespace in _CLOSED:
        return tag in _CLOSED[namespace]
    return namespace not in _OPEN or _SPELT.get(tag.lower(), tag) == tag


def shown(tag: str) -> str:
    """A tag as people know it: `atom:link` in place of its namespace."""
    for namespace, prefix in _PREFIXES.items():
        if tag.startswith(namespace):
            return prefix + tag[len(namespace) :]
    return tag


_PREFIXES = {
    ATOM: "",
    CONTENT: "content:",
    DC: "dc:",
    FH: "fh:",
    ITUNES: "itunes:",
    SY: "sy:",
    MEDIA: "media:",
    PODCAST: "podcast:",
    TOMBSTONE: "at:",
}
