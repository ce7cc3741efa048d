"""ENTRY. How `publish --dry-run` speaks: the plan for a person, and as one JSON object."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from publisher.compose.changes import Change, EntryChange, FeedChange
from publisher.console import json_text
from publisher.errors import PublisherError
from publisher.publishing.publish import PublishReport
from publisher.publishing.rehearsal import IssuePlan, Rehearsal

FEW = 5
"""So many of one kind are named; the rest is counted, unless `verbose`."""

_ALIKE_OVER = 10
"""Feeds of one kind (tags, authors …) are told one by one up to here, then in one line."""

_REPEATING = ("tags/", "authors/", "languages/")
"""Feeds whose entries the main feed has told: they are counted, unless `verbose`."""

_SAID = {
    Change.IN: "in",
    Change.OUT: "out",
    Change.CHANGED: "changed",
    Change.ARCHIVED: "to the archive",
}


def rehearsal_lines(report: PublishReport, *, verbose: bool) -> Iterator[str]:
    """Everything that a run would do, what matters most at the end."""
    plan = report.rehearsal
    if plan is not None:
        yield from _file_lines(plan, verbose=verbose)
        yield from _feed_lines(plan.feeds, verbose=verbose)
    states = ", ".join(f"{n:,} {state}" for state, n in report.counts.items() if n)
    yield f"articles: {states or 'none'}; {report.opened:,} read"
    if plan is not None:
        yield from map(_issue_line, plan.issues)
    if report.refused:
        yield "nothing would be written: --strict"
        return
    yield (
        f"{report.output}: {len(plan.new) if plan else 0:,} to write, "
        f"{len(plan.changed) if plan else 0:,} to change, {len(report.removed):,} to remove, "
        f"{report.kept:,} unchanged"
    )


def _file_lines(plan: Rehearsal, *, verbose: bool) -> Iterator[str]:
    kinds = (
        ("would write", plan.new),
        ("would change", plan.changed),
        ("would remove", plan.removed),
    )
    for verb, paths in kinds:
        shown = paths if verbose or len(paths) <= FEW + 1 else paths[:FEW]
        for path in shown:
            yield f"{verb} {path}"
        if len(shown) < len(paths):
            yield f"{verb} … and {len(paths) - len(shown):,} more (-v names all)"


def _feed_lines(feeds: Sequence[FeedChange], *, verbose: bool) -> Iterator[str]:
    kinds: dict[str, list[FeedChange]] = defaultdict(list)
    for feed in feeds:
        folder, slash, _ = feed.name.partition("/")
        kinds[folder if slash else ""].append(feed)
    for kind, alike in kinds.items():
        if kind and len(alike) > _ALIKE_OVER and not verbose:
            counted = Counter(one.change for feed in alike for one in feed.entries)
            yield f"{len(alike)} feeds under {kind}/: {_counts(counted)} (-v shows each)"
            continue
        for feed in alike:
            yield from _one_feed(feed, verbose=verbose)


def _one_feed(feed: FeedChange, *, verbose: bool) -> Iterator[str]:
    counts = _counts(Counter(one.change for one in feed.entries))
    aged = sum(1 for one in feed.of(Change.IN) if one.document)
    if aged:
        counts += f" ({aged:,} of them in archives)"
    is_new = " (new)" if feed.is_new else ""
    if feed.is_gone:
        yield f"feed {feed.name}: ends, nothing is in it any more; {counts}"
    else:
        yield f"feed {feed.name}{is_new}: {counts}"
    if feed.name.startswith(_REPEATING) and not verbose:
        return
    for change in Change:
        entries = feed.of(change)
        shown = entries if verbose or len(entries) <= FEW + 1 else entries[:FEW]
        for entry in shown:
            yield "  " + _entry(entry)
        if len(shown) < len(entries):
            yield f"  {change.value:<8}  … and {len(entries) - len(shown):,} more (-v names all)"


def _counts(counted: Counter[Change]) -> str:
    parts = [f"{counted[one]:,} {_SAID[one]}" for one in Change if counted[one]]
    return ", ".join(parts) or "the same entries, but it says something else of itself"


def _entry(entry: EntryChange) -> str:
    file = f" ({entry.file})" if entry.file else ""
    why = f": {entry.why}" if entry.why else ""
    if not why and entry.document:
        why = f": in archive {entry.document}"
    return f"{entry.change.value:<8}  {entry.title}{file}{why}"


def _issue_line(issue: IssuePlan) -> str:
    due = issue.slot.isoformat(timespec="minutes")
    if not issue.number:
        return f"issue of {issue.newsletter} due {due}: not made, {issue.why}"
    articles = f"{issue.articles:,} article{'' if issue.articles == 1 else 's'}"
    readers = f"{issue.readers:,} reader{'' if issue.readers == 1 else 's'}"
    line = f"issue {issue.number} of {issue.newsletter}: {articles}, {readers}: {issue.subject}"
    return f"{line} (not made: {issue.why})" if issue.why else line


def rehearsal_json(report: PublishReport) -> str:
    """One object: all of it, however much there is."""
    plan = report.rehearsal
    shown: dict[str, Any] = {
        "output": str(report.output),
        "exit": report.exit_code,
        "refused": report.refused,
        "articles": dict(report.counts),
        "read": report.opened,
        "files": {
            "new": list(plan.new) if plan else [],
            "changed": list(plan.changed) if plan else [],
            "removed": list(report.removed),
            "unchanged": report.kept,
        },
        "feeds": [_feed_json(feed) for feed in plan.feeds] if plan else [],
        "issues": [_issue_json(issue) for issue in plan.issues] if plan else [],
        "problems": [_problem_json(problem) for problem in report.problems],
        "warnings": list(report.warnings),
    }
    return json_text(shown)


def _feed_json(feed: FeedChange) -> dict[str, Any]:
    return {
        "feed": feed.name,
        "new": feed.is_new,
        "ends": feed.is_gone,
        "entries": [
            {
                "change": entry.change.value,
                "id": entry.id,
                "title": entry.title,
                "file": entry.file or None,
                "archive": entry.document or None,
                "why": entry.why or None,
            }
            for entry in feed.entries
        ],
    }


def _issue_json(issue: IssuePlan) -> dict[str, Any]:
    return {
        "newsletter": issue.newsletter,
        "issue": issue.number or None,
        "at": issue.slot.isoformat(),
        "subject": issue.subject or None,
        "articles": issue.articles,
        "readers": issue.readers,
        "why": issue.why or None,
    }


def _problem_json(problem: PublisherError) -> dict[str, Any]:
    where = problem.where
    return {
        "file": where.file if where else None,
        "line": where.line if where else 0,
        "message": problem.message,
        "mend": problem.mend,
    }
