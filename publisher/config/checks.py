"""GROUND. What no single key of publisher.yaml can tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from publisher.config.cron import cron_problem
from publisher.config.headlines import HEADLINE_NAMES, headline_problem
from publisher.config.kinds import WEEKDAYS
from publisher.config.paths import path_problem
from publisher.config.schedules import read_day_of_month
from publisher.config.specs import (
    Config,
    FeedSpec,
    IssueScheduleSpec,
    NewsletterSpec,
    Selection,
    SiteSpec,
    SourceSpec,
)

_OUR_FOLDERS = re.compile(
    r"(?:tags|authors|languages|newsletters|media|page|sitemap)/|feeds/\Z|(?:.*/)?(?:archive|page)/"
)

Finding = tuple[tuple[str | int, ...], str, str | None]
"""The path of keys and places, what is wrong there, and the mend."""


def findings(config: Config) -> Iterator[Finding]:
    """Everything in a configuration that does not fit together."""
    for name in ("output", "state", "record"):
        problem = path_problem(config, name, config.path(getattr(config, name)))
        if problem:
            yield (name,), f"{name}: {problem}", "give it a place of its own"
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
        yield from _unknown_sources(("feeds", i), feed.select, config.sources)
    for i, newsletter in enumerate(config.newsletters):
        yield from _newsletter_findings(i, newsletter, config.sources)
        yield from _unknown_sources(("newsletters", i), newsletter.select, config.sources)


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


def _newsletter_findings(
    i: int, newsletter: NewsletterSpec, sources: Sequence[SourceSpec]
) -> Iterator[Finding]:
    where = f"newsletters[{i}]"
    if newsletter.min_items < 1 or newsletter.max_items < newsletter.min_items:
        yield ("newsletters", i), f"{where}: expected 1 <= min_items <= max_items", None
    problem = _schedule_problem(newsletter.schedule)
    if problem:
        yield ("newsletters", i, "schedule"), f"{where}.schedule: {problem}", None
    elif newsletter.schedule.is_for_each and newsletter.min_items != 1:
        message = f"{where}.min_items: an issue for each article waits for no other"
        yield ("newsletters", i, "min_items"), message, "take it out"
    for name in ("subject", "preheader"):
        problem = headline_problem(getattr(newsletter, name))
        if problem:
            mend = "write it as a Jinja template over " + ", ".join(HEADLINE_NAMES)
            yield ("newsletters", i, name), f"{where}.{name}: {problem}", mend
    for j, section in enumerate(newsletter.sections):
        place = ("newsletters", i, "sections", j)
        if section.max_items is not None and section.max_items < 1:
            message = f"{where}.sections[{j}].max_items: expected at least 1"
            yield (*place, "max_items"), message, "take the section out to have none"
        yield from _unknown_sources(place, section.select, sources)


def _unknown_sources(
    place: tuple[str | int, ...], selection: Selection, sources: Sequence[SourceSpec]
) -> Iterator[Finding]:
    names = [source.name for source in sources]
    what = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)[1:]
    for name in selection.sources:
        if name not in names:
            message = f"{what}.select.sources: there is no source {name!r}"
            yield (*place, "select", "sources"), message, "configured: " + ", ".join(names)


def _schedule_problem(schedule: IssueScheduleSpec) -> str | None:
    every, on = schedule.every, schedule.on
    if schedule.cron:
        return "cron says it all: take out 'on'" if on else cron_problem(schedule.cron)
    if every in ("article", "day", "weekday") and on is not None:
        return f"every: {every} takes no 'on'"
    if every == "week" and on is not None and on not in WEEKDAYS:
        return f"expected on: a weekday such as monday, found {on!r}"
    if every == "month" and on is not None:
        try:
            read_day_of_month(on)
        except ValueError as error:
            return f"expected on: {error}, found {on!r}"
    return None
