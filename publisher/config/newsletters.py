"""GROUND. What no single key of a newsletter can tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from publisher.config.cron import cron_problem
from publisher.config.headlines import HEADLINE_NAMES, headline_problem
from publisher.config.kinds import WEEKDAYS
from publisher.config.schedules import read_day_of_month
from publisher.config.selections import Finding, unknown_sources
from publisher.config.sources import SourceSpec
from publisher.config.specs import IssueScheduleSpec, NewsletterSpec


def newsletter_findings(
    i: int, newsletter: NewsletterSpec, sources: Sequence[SourceSpec]
) -> Iterator[Finding]:
    """What does not fit together in the i-th newsletter."""
    where = f"newsletters[{i}]"
    if newsletter.min_items < 1 or newsletter.max_items < newsletter.min_items:
        yield ("newsletters", i), f"{where}: expected 1 <= min_items <= max_items", None
    place = ("newsletters", i, "schedule")
    yield from _schedule_findings(place, f"{where}.schedule", newsletter.schedule)
    each = any(stream.schedule.is_for_each for stream in newsletter.streams())
    if each and newsletter.min_items != 1:
        message = f"{where}.min_items: an issue for each article waits for no other"
        yield ("newsletters", i, "min_items"), message, "take it out"
    for name in ("subject", "preheader"):
        problem = headline_problem(getattr(newsletter, name) or "")
        if problem:
            mend = "write it as a Jinja template over " + ", ".join(HEADLINE_NAMES)
            yield ("newsletters", i, name), f"{where}.{name}: {problem}", mend
    yield from _rhythm_findings(i, newsletter)
    yield from _section_findings(i, newsletter, sources)
    yield from unknown_sources(("newsletters", i), newsletter.select, sources)


def _rhythm_findings(i: int, newsletter: NewsletterSpec) -> Iterator[Finding]:
    where = f"newsletters[{i}]"
    if newsletter.rhythms and newsletter.schedule != IssueScheduleSpec():
        message = f"{where}: schedule and rhythms at once"
        yield ("newsletters", i, "schedule"), message, "each rhythm has its own; take schedule out"
    names = [rhythm.name for rhythm in newsletter.rhythms]
    for j, rhythm in enumerate(newsletter.rhythms):
        place = ("newsletters", i, "rhythms", j)
        yield from _schedule_findings(place, f"{where}.rhythms[{j}]", rhythm)
        if rhythm.name in names[:j]:
            message = f"{where}.rhythms: the name {rhythm.name!r} stands here twice"
            yield place, message, "give one of them another name"
        if rhythm.name.isdecimal() or rhythm.name in ("archive", "page"):
            message = f"{where}.rhythms[{j}].name: {rhythm.name!r} is an address of the site's own"
            yield (*place, "name"), message, "name another, such as daily"


def _section_findings(
    i: int, newsletter: NewsletterSpec, sources: Sequence[SourceSpec]
) -> Iterator[Finding]:
    for j, section in enumerate(newsletter.sections):
        place = ("newsletters", i, "sections", j)
        if section.max_items is not None and section.max_items < 1:
            message = f"newsletters[{i}].sections[{j}].max_items: expected at least 1"
            yield (*place, "max_items"), message, "take the section out to have none"
        yield from unknown_sources(place, section.select, sources)


def _schedule_findings(
    place: tuple[str | int, ...], what: str, schedule: IssueScheduleSpec
) -> Iterator[Finding]:
    problem = _schedule_problem(schedule)
    if problem:
        yield place, f"{what}: {problem}", None
    elif schedule.cron and (problem := cron_problem(schedule.cron)):
        yield (*place, "cron"), f"{what}.cron: {problem}", 'such as cron: "0 7 * * mon"'


def _schedule_problem(schedule: IssueScheduleSpec) -> str | None:
    every, on = schedule.every, schedule.on
    if schedule.cron:
        usual = IssueScheduleSpec()
        names = ("every", "on", "at")
        told = [repr(n) for n in names if getattr(schedule, n) != getattr(usual, n)]
        return f"cron says it all: take out {' and '.join(told)}" if told else None
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
