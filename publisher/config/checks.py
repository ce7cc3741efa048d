"""GROUND. What no single key of publisher.yaml can tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from publisher.config.newsletters import newsletter_findings
from publisher.config.paths import path_problem
from publisher.config.selections import Finding, unknown_sources
from publisher.config.site import SiteSpec
from publisher.config.specs import Config, FeedSpec
from publisher.config.themes import theme_findings

_OUR_FOLDERS = re.compile(
    r"(?:tags|authors|languages|newsletters|media|page|sitemap)/|feeds/\Z|(?:.*/)?(?:archive|page)/"
)


def findings(config: Config) -> Iterator[Finding]:
    """Everything in a configuration that does not fit together."""
    for name in ("output", "state", "record"):
        problem = path_problem(config, name, config.path(getattr(config, name)))
        if problem:
            yield (name,), f"{name}: {problem}", "give it a place of its own"
    yield from theme_findings(config.site.theme)
    yield from _repeated("sources", [s.name for s in config.sources], "name")
    yield from _repeated("sources", [s.path.rstrip("/") for s in config.sources], "path")
    yield from _repeated("feeds", [f.name for f in config.feeds], "name")
    yield from _repeated("feeds", [f.path for f in config.feeds], "folder")
    yield from _repeated("hub", config.hub, "address")
    yield from _repeated("newsletters", [n.name for n in config.newsletters], "name")
    if not any(feed.name == "main" for feed in config.feeds):
        yield ("feeds",), "feeds: the feed 'main' is missing", "add - name: main"
    for i, feed in enumerate(config.feeds):
        yield from _feed_findings(i, feed)
        yield from _podcast_findings(i, feed, config.site)
        yield from unknown_sources(("feeds", i), feed.select, config.sources)
    for i, newsletter in enumerate(config.newsletters):
        yield from newsletter_findings(i, newsletter, config.sources)


def _repeated(section: str, values: Sequence[str], what: str) -> Iterator[Finding]:
    counted = Counter(values)
    for i, value in enumerate(values):
        if counted[value] > 1 and value in values[:i]:
            yield (section, i), f"{section}: the {what} {value!r} stands here twice", None


def _feed_findings(i: int, feed: FeedSpec) -> Iterator[Finding]:
    if not 1 <= feed.limit <= 1000:
        yield ("feeds", i, "limit"), f"feeds[{i}].limit: expected 1 to 1000", None
    if _OUR_FOLDERS.match(f"{feed.path}/"):
        message = f"feeds[{i}].path: {feed.path!r} is a folder of the site's own"
        yield ("feeds", i, "path"), message, "name another, such as feeds/politics"
    if len(set(feed.formats)) < len(feed.formats):
        yield ("feeds", i, "formats"), f"feeds[{i}].formats: one stands here twice", None


def _podcast_findings(i: int, feed: FeedSpec, site: SiteSpec) -> Iterator[Finding]:
    podcast = feed.podcast
    if podcast is None:
        return
    where, place = f"feeds[{i}].podcast", ("feeds", i, "podcast")
    if "rss" not in feed.formats:
        message = f"{where}: a podcast is followed by RSS, and this feed has no such format"
        yield ("feeds", i, "formats"), message, "add rss to its formats"
    if not (feed.language or site.language):
        message = f"{where}: no directory lists a podcast without a language"
        yield place, message, "set `language:` of the feed, or site.language"
    if podcast.image is None and site.image is None:
        message = f"{where}: no directory lists a podcast without a cover"
        yield place, message, "set `image:` of the podcast, or site.image"
    if not podcast.category:
        message = f"{where}.category: no directory lists a podcast without one"
        yield (*place, "category"), message, "write category: News, for example"
    if podcast.complete and podcast.new_feed_url:
        message = f"{where}: a feed that moved is not complete here"
        yield (*place, "complete"), message, "take out complete, or new_feed_url"
