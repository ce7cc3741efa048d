"""PURE. In which outputs an article is, and why not in the others."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from publisher.compose.changes import local_time, why_hidden
from publisher.compose.entries import in_feed, page_path, select
from publisher.compose.reasons import why_not_in
from publisher.feeds import Feed, FeedKind
from publisher.model import Article, RecordedArticle, RecordedFeed, State
from publisher.values import dataclass

_HAS_NONE = {
    FeedKind.TAG: "has no tags",
    FeedKind.AUTHOR: "names no author",
    FeedKind.LANGUAGE: "has no language",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabout:
    """One output, and whether an article is in it.

    `output` is `page`, `feed` or `newsletter`; `name` the path of a page, else the name.
    `archive` is the number of a feed's archive document, 0 for the feed itself; `issue` that of a
    newsletter, which it is in or, where `is_coming`, would be in. `why` is empty where nothing
    has to be said.
    """

    output: str
    name: str
    is_in: bool
    why: str = ""
    archive: int = 0
    issue: int = 0
    is_coming: bool = False


def where_page(article: Article, line: RecordedArticle | None, zone: str) -> Whereabout:
    """The page of an article. `line` is that of the record."""
    hidden = why_hidden(article, zone)
    path = page_path(article)
    if article.state in (State.LISTED, State.EXPIRED):
        if not path:
            why = f"its page is elsewhere, at {article.url}"
            return Whereabout(output="page", name="", is_in=False, why=why)
        why = f"{hidden}, but the page stays" if hidden else ""
        return Whereabout(output="page", name=path, is_in=True, why=why)
    if article.state is State.RETRACTED and line is not None and line.retracted and path:
        hidden = f"retracted {local_time(line.retracted, zone)}: a notice stands there"
    return Whereabout(output="page", name=path, is_in=False, why=hidden)


def where_feeds(
    article: Article,
    feeds: Sequence[Feed],
    recorded: Mapping[str, RecordedFeed],
    *,
    kinds: Sequence[FeedKind],
    zone: str,
) -> Iterator[Whereabout]:
    """Every configured feed, and those of its own tags, authors and language.

    `recorded` are the record's lines after this look, by name; `kinds` are those of the feeds
    that are made from what articles say.
    """
    hidden = why_hidden(article, zone)
    for feed in feeds:
        if feed.kind is FeedKind.CONFIGURED:
            why = hidden or _unmet(feed, article)
            yield _feed(feed, article, recorded, why)
    for kind in kinds:
        if hidden or not _has(kind, article):
            why = hidden or _HAS_NONE[kind]
            yield Whereabout(output="feed", name=f"{kind.value}/", is_in=False, why=why)
            continue
        for feed in feeds:
            if feed.kind is kind and select([article], feed.spec.select):
                yield _feed(feed, article, recorded, "")


def _unmet(feed: Feed, article: Article) -> str:
    """Why a feed's own choice does not take an article; nothing where it does."""
    if in_feed([article], feed.spec):
        return ""
    return f"not selected: {why_not_in(feed.spec, article)}"


def _has(kind: FeedKind, article: Article) -> bool:
    """Whether there are feeds of a kind that an article is of."""
    document = article.document
    has = {
        FeedKind.TAG: document.tags,
        FeedKind.AUTHOR: document.authors,
        FeedKind.LANGUAGE: document.language,
    }
    return bool(has[kind])


def _feed(
    feed: Feed, article: Article, recorded: Mapping[str, RecordedFeed], why: str
) -> Whereabout:
    if why:
        return Whereabout(output="feed", name=feed.name, is_in=False, why=why)
    bounds = recorded[feed.name].archives
    place = bisect_left(bounds, article.place)
    if place == len(bounds):
        return Whereabout(output="feed", name=feed.name, is_in=True)
    if not feed.spec.archives:
        why = f"over the limit of {feed.spec.limit}, and the feed has no archives"
        return Whereabout(output="feed", name=feed.name, is_in=False, why=why)
    return Whereabout(
        output="feed",
        name=feed.name,
        is_in=True,
        archive=place + 1,
        why=f"over the limit of {feed.spec.limit}: in archive {place + 1}",
    )
