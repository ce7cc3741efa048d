"""USE CASE. What a run would do, told before it does it: files, entries of feeds, issues, readers.

All that would be written is drawn and held against what lies in output/, so that what is told is
what would be seen from outside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime

from publisher.articles import Survey
from publisher.compose.changes import (
    Change,
    Document,
    FeedChange,
    Ground,
    by_feed_order,
    compare_documents,
)
from publisher.config import FeedSpec
from publisher.errors import FeedError
from publisher.feedcheck.held import held_entries
from publisher.feeds import Feed
from publisher.issues.recall import Issues
from publisher.model import BuildPlan, RecordedFeed
from publisher.outputs import Output
from publisher.render.feeds import FORMATS, feed_path
from publisher.render.feeds.text import clean_id
from publisher.values import dataclass
from publisher.wiring.app import App

__all__ = ["Change", "FeedChange", "IssuePlan", "Rehearsal", "make_ground", "rehearse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePlan:
    """An issue that is due. With a `why` it is not made, and nobody gets it.

    `articles` counts those that it holds, `readers` those who would get it if it were frozen
    now. Where too little is new there is no number (0) and no subject.
    """

    newsletter: str
    slot: datetime
    number: int = 0
    subject: str = ""
    articles: int = 0
    readers: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What would become of output/, of the feeds and of the issues that are due.

    `new`, `changed` and `removed` are paths under output/; `left_out` are documents that would
    break a rule of feeds: what lies at their paths stays.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    feeds: tuple[FeedChange, ...]
    issues: tuple[IssuePlan, ...]
    left_out: tuple[FeedError, ...]

    @property
    def written(self) -> tuple[str, ...]:
        """Every path whose bytes would change."""
        return (*self.new, *self.changed)


@dataclass(slots=True)
class _Documents:
    """The documents of one feed that change: its entries by number, before and after."""

    before: dict[int, Document] = field(default_factory=dict)
    after: dict[int, Document] = field(default_factory=dict)


def rehearse(
    app: App,
    survey: Survey,
    issues: Issues,
    *,
    feeds: Sequence[Feed],
    plan: BuildPlan,
    output: Output,
) -> Rehearsal:
    """Draw everything that a plan writes, keep nothing of it, and say what is another then.

    Raises what the run would raise: OutputError for a file of somebody else's in the way and for a
    name that is too long, TemplateError for a template that fails.
    """
    output.refuse_unwritable(plan)
    documents = _documents(feeds)
    found: dict[str, _Documents] = defaultdict(_Documents)
    new: list[str] = []
    changed: list[str] = []
    left_out: list[FeedError] = []
    for number, artifact in enumerate(plan.write, start=1):
        try:
            drawn = artifact.render()
        except FeedError as error:
            left_out.append(error)
            continue
        finally:
            app.progress("drawing", number, len(plan.write))
        lying = output.lying(artifact.path)
        if lying == drawn:
            continue
        (changed if lying is not None else new).append(artifact.path)
        if artifact.path in documents:
            feed, document = documents[artifact.path]
            _note(found[feed.name], document, lying, drawn)
    ground = make_ground(app, survey)
    told = [_told(feed, found[feed.name], ground) for feed in feeds if feed.name in found]
    there = {feed.name for feed in feeds}
    gone = [line for line in survey.record.feeds if line.feed not in there]
    told += _gone(gone, app.config.site.url, plan, output, ground=ground)
    return Rehearsal(
        new=tuple(new),
        changed=tuple(changed),
        removed=plan.remove,
        feeds=tuple(by_feed_order(told)),
        issues=tuple(_issues(app, survey, issues)),
        left_out=tuple(left_out),
    )


def _told(feed: Feed, documents: _Documents, ground: Ground) -> FeedChange:
    entries = compare_documents(feed.spec, documents.before, documents.after, ground)
    return FeedChange(
        name=feed.name,
        entries=tuple(entries),
        is_new=not documents.before and 0 in documents.after,
    )


def make_ground(app: App, survey: Survey) -> Ground:
    """What is known of the articles of a site, to give reasons."""
    fates = {}
    for candidate in survey.candidates:
        reading = candidate.reading
        if reading.skipped:
            fates[reading.source, reading.file] = f"its file is skipped: {reading.skipped}"
        elif candidate.problem is not None:
            why = f"its file is refused: {candidate.problem.message}"
            fates[reading.source, reading.file] = why
    return Ground(
        articles={clean_id(article.id): article for article in survey.articles},
        lines={clean_id(line.id): line for line in survey.record.articles},
        fates=fates,
        folders={spec.name: spec.place for spec in app.config.sources},
        zone=app.config.site.timezone or "UTC",
    )


def _documents(feeds: Sequence[Feed]) -> Mapping[str, tuple[Feed, int]]:
    """The feed and the number of each document, by the path of each of its formats."""
    return {
        feed_path(feed.spec, format_, part.number): (feed, part.number)
        for feed in feeds
        for part in feed.documents
        for format_ in feed.spec.formats
    }


def _note(documents: _Documents, number: int, lying: bytes | None, drawn: bytes) -> None:
    """One format of a document tells; one that lay there before tells more than a new one."""
    if number in documents.before or (lying is None and number in documents.after):
        return
    documents.after[number] = held_entries(drawn)
    if lying is not None:
        documents.before[number] = _read(lying)


def _read(lying: bytes) -> Document:
    try:
        return held_entries(lying)
    except ValueError:
        return {}  # somebody has spoilt the file: for readers no entry was in it


def _gone(
    lines: Sequence[RecordedFeed],
    site_url: str,
    plan: BuildPlan,
    output: Output,
    *,
    ground: Ground,
) -> Iterator[FeedChange]:
    """Those feeds of which the last run wrote a document that this one would remove."""
    removed = set(plan.remove)
    for line in lines:
        spec = FeedSpec(name=line.feed, path=_folder(line, site_url))
        paths = (feed_path(spec, format_) for format_ in FORMATS)
        lying = next((output.lying(path) for path in paths if path in removed), None)
        if lying is not None:
            entries = compare_documents(spec, {0: _read(lying)}, {}, ground)
            yield FeedChange(name=line.feed, entries=tuple(entries), is_gone=True)


def _folder(line: RecordedFeed, site_url: str) -> str:
    """Where a feed lay that is there no longer, unless it was moved after its first day."""
    if line.address.startswith(site_url):
        return line.address.removeprefix(site_url).rstrip("/")
    return line.feed if "/" in line.feed else f"feeds/{line.feed}"


def _issues(app: App, survey: Survey, issues: Issues) -> Iterator[IssuePlan]:
    held = "a check holds it (see the errors)"
    due = [(one.issue, held if one.held else "") for one in issues.proofs]
    due += [
        (issue, f"it waits for `publisher issue approve {issue.newsletter}`")
        for issue in issues.waiting
    ]
    for issue, why in due:
        digest = issue.digest
        spec = app.config.newsletter(issue.newsletter)
        yield IssuePlan(
            newsletter=issue.newsletter,
            slot=digest.slot,
            number=issue.number,
            subject=issue.rendered.subject,
            articles=len(digest.entries) + len(digest.overflow),
            readers=app.stores.count_readers(spec.readers),
            why=why,
        )
    for name, slot in issues.quiet:
        spec = app.config.newsletter(name)
        is_late = spec.on_late == "skip" and survey.now - slot > spec.max_late
        least = "article is" if spec.min_items == 1 else "articles are"
        why = f"fewer than {spec.min_items} {least} new"
        yield IssuePlan(
            newsletter=name,
            slot=slot,
            why="it is later than max_late, and skipped" if is_late else why,
        )
