"""USE CASE. read -> compose -> plan -> draw -> write: the one shot that does it all."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from publisher.articles import refuse_a_clock_set_back, survey_articles
from publisher.config import Config, FeedSourceSpec, ImapSourceSpec
from publisher.errors import (
    FeedError,
    Location,
    OutputBusy,
    PublisherError,
    RecordError,
    StoreError,
)
from publisher.issues.gone import gone_newsletters, gone_readers
from publisher.issues.newsletter import late_issues, next_slots, settle_issues
from publisher.issues.recall import Issues, freeze_issues, with_beginnings
from publisher.model import BuildPlan, LastRun, Record, RecordedArticle
from publisher.outputs import Output, Sharing
from publisher.outputs.lock import hold_lock
from publisher.plan import make_plan
from publisher.plugin import Updated
from publisher.publishing.feedsurvey import survey_feeds
from publisher.publishing.hubs import owe_pings, queue_pings, send_pings, topics
from publisher.publishing.revisions import find_revision, keep_shown
from publisher.publishing.runs import PublishOptions, PublishReport, as_report, as_still
from publisher.publishing.standstill import End, begin_standstill, holds, next_change
from publisher.publishing.still import Revised, Still, find_still
from publisher.publishing.wanted import wanted_artifacts
from publisher.record import prepare_record, save_lines, save_record
from publisher.sources import Progress
from publisher.store.lastrun import failed_run, read_last_run, save_last_run
from publisher.store.standstill import Lying, forget_standstill
from publisher.system.room import is_there
from publisher.wiring.app import App, Clock, lock_path, open_app

__all__ = ["PublishOptions", "PublishReport", "as_output", "publish"]

_LOST = (
    "{} is not there, or empty, though the site was published: articles get ids and dates as if "
    "they were new; put it back as it was committed, or set `record:` to where it is, and publish "
    "again"
)


class _Ended(NamedTuple):
    """What a run came to; `end` only where the next may do nothing."""

    report: PublishReport
    end: End | None


def publish(
    config: Config, options: PublishOptions, *, clock: Clock, progress: Progress
) -> PublishReport:
    """Publish once, then tell the hubs what changed.

    Raises PublisherError when it cannot be done; output/ is then as it was.
    """
    began = time.monotonic()
    if config.file is not None and options.is_plain and not (options.full or options.is_new):
        still = find_still(
            config.file,
            clock(),
            state=config.path(config.state),
            wait_seconds=options.wait_seconds,
            every=int(options.every.total_seconds()),
        )
        if isinstance(still, Still):
            return as_report(still)
        options = replace(options, revised=still)
    is_noted = options.output is None and not options.dry_run
    said: tuple[str, ...] = ()
    try:
        if options.fetch and not options.dry_run:
            # Before the lock is taken: a slow server must not keep another run from publishing.
            said = _ask_others(config, clock, progress, at_once=options.full)
        report = _publish_alone(config, options, clock, progress)
    except OutputBusy:
        raise
    except PublisherError as error:
        if is_noted:
            _note_failure(config, error, clock())
        raise
    report = replace(report, warnings=(*said, *report.warnings))
    if is_noted:
        report = _note_run(config, options, report, time.monotonic() - began)
    if options.dry_run or not options.tell_hubs:
        return report
    # The files are in place and the lock is free: a slow hub holds up nothing.
    pings = send_pings(config, clock=clock, progress=progress)
    return replace(report, pings=pings, warnings=(*report.warnings, *pings.warnings))


def _ask_others(
    config: Config, clock: Clock, progress: Progress, *, at_once: bool
) -> tuple[str, ...]:
    """Ask the servers that sources lie on for what is new; gives what to tell of it."""
    if any(isinstance(spec, ImapSourceSpec) for spec in config.sources):
        from publisher.publishing.collecting import collect_mail  # noqa: PLC0415 (most sites have none)

        collect_mail(config, clock=clock, progress=progress, at_once=at_once)
    if not any(isinstance(spec, FeedSourceSpec) for spec in config.sources):
        return ()
    from publisher.publishing.fetches import fetch_sources  # noqa: PLC0415 (most sites have none)

    return fetch_sources(config, clock=clock, progress=progress, at_once=at_once).said


def _publish_alone(
    config: Config, options: PublishOptions, clock: Clock, progress: Progress
) -> PublishReport:
    lock = lock_path(config)
    needs_lock = not options.dry_run or is_there(StoreError, lock)
    with hold_lock(lock, options.wait_seconds) if needs_lock else nullcontext():
        # what was revised may be otherwise again, for another run was first
        revised = options.revised if options.revised and holds(options.revised, config) else None
        standstill = begin_standstill(config, revised) if options.is_plain else None
        if not options.dry_run:
            forget_standstill(config.path(config.state))
        with open_app(
            config,
            clock=clock,
            progress=progress,
            aside=options.dry_run,
            time_is_told=options.any_time,
            wake=options.wake,
        ) as app:
            ended = _publish(app, options, revised, keeps=standstill is not None)
        if standstill is not None and ended.end is not None:
            standstill.keep(as_still(ended.report), ended.end)
        return ended.report


def _note_run(
    config: Config, options: PublishOptions, report: PublishReport, seconds: float
) -> PublishReport:
    """Say how it went where those look who look after it; that this failed is only a warning."""
    state = config.path(config.state)
    try:
        if report.refused:
            refused = PublisherError("an article or an issue was refused (--strict)")
            save_last_run(state, failed_run(read_last_run(state), refused, report.now))
            return report
        run = LastRun(
            good=report.now,
            seconds=round(seconds, 3),
            every=int(options.every.total_seconds()),
            articles=report.counts,
            next_slots=report.next_slots,
            late=late_issues(config, report.issues, report.now),
            held=report.held,
        )
        save_last_run(state, run)
    except StoreError as error:
        return replace(report, warnings=(*report.warnings, str(error)))
    return report


def _note_failure(config: Config, failure: PublisherError, now: datetime) -> None:
    state = config.path(config.state)
    with suppress(StoreError):  # the failure itself is what is told
        if is_there(StoreError, state):
            save_last_run(state, failed_run(read_last_run(state), failure, now))


class _Found(NamedTuple):
    """What a run is to do, and what it can say of it before it does it.

    `record` are lines to be replaced where no others are otherwise.

    It holds no article: what is drawn needs entries alone, and while it is a run holds the most.
    `pieces` are the files that articles name, None where no others do than before; `until` is
    when time alone changes something. `before` is what lies in the output, where no file comes or
    goes.
    """

    report: PublishReport
    plan: BuildPlan
    output: Output
    issues: Issues
    record: Record | Mapping[bytes, RecordedArticle]
    pieces: set[str] | None
    until: datetime | None
    before: Lying | None


def _publish(app: App, options: PublishOptions, revised: Revised | None, *, keeps: bool) -> _Ended:
    """With `keeps` a next run may go on from what this one leaves behind."""
    found = (_revise(app, revised) if revised else None) or _look(app, options, keeps=keeps)
    issues, planned = found.issues, found.report
    report = planned if options.dry_run or planned.refused else _write(app, options, found)
    is_held = any(True for proof in issues.proofs for _ in proof.problems())
    is_broken = len(report.problems) > len(planned.problems)
    is_passing = bool(found.report.news) or options.dry_run
    if not keeps or is_broken or issues.problems or is_held or issues.held or is_passing:
        return _Ended(report, None)
    return _Ended(report, End(until=found.until, lying=_lying(found)))


def _lying(found: _Found) -> Lying:
    """What lies in the output now."""
    if found.before is None:
        noted = found.output.noted()
        entries = noted.values()
        return Lying(list(noted), [e.size for e in entries], [e.mtime_ns for e in entries])
    noted = found.output.noted_at([artifact.path for artifact in found.plan.write])
    return found.before.with_changed({p: (e.size, e.mtime_ns) for p, e in noted.items()})


def _revise(app: App, revised: Revised) -> _Found | None:
    """Everything up to the drawing where only words are others; None where more may be."""
    output = app.open_output()
    still, found = revised
    revision = find_revision(app, found, output.manifest(), still.now)
    if revision is None:
        return None
    plan, lines = revision
    report = as_report(still)
    return _Found(
        report=replace(report, opened=len(found.changed), kept=len(plan.keep)),
        plan=plan,
        output=output,
        issues=Issues(history={}),
        record=lines,
        pieces=None,
        until=found.until,
        before=found.lying,
    )


def _has_text(record: Path) -> bool:
    return is_there(RecordError, record) and record.stat().st_size > 0


def _look(app: App, options: PublishOptions, *, keeps: bool) -> _Found:
    """Everything up to the drawing, which a dry run only rehearses."""
    config = app.config
    survey = survey_articles(app, full=options.full, jobs=options.jobs)
    if not options.any_time:
        refuse_a_clock_set_back(survey)
    issues = settle_issues(app, survey)
    output = app.open_output(options.output)
    # Every run that wrote an output has left a record behind, and a state.
    was_here = bool(output.manifest())
    lost = was_here and not _has_text(config.path(config.record))
    intact = output.intact()
    feeds, remembered = survey_feeds(app, survey, issues)
    if keeps:
        keep_shown(app, survey, issues, feeds)
    plan = make_plan(
        wanted_artifacts(app, survey, issues, feeds, intact=intact, kept=output.kept),
        output.manifest(),
        () if options.full else intact,
    )
    news = (
        *((_LOST.format(config.record),) if lost else ()),
        *survey.suspicions,
        *gone_newsletters(config, issues, plan.remove),
        *(gone_readers(config, issues, survey.record.issues) if was_here or options.mails else ()),
    )
    held = [problem for proof in issues.proofs for problem in proof.problems()]
    half_read = survey.in_part if options.strict else ()
    refused = options.strict and bool(survey.problems or half_read or issues.problems or held)
    report = PublishReport(
        counts=survey.counts,
        opened=survey.opened,
        problems=(*survey.outages, *survey.problems, *half_read, *issues.problems, *held),
        warnings=(
            *news,
            *survey.warnings,
            *issues.warnings,
            *(warning for proof in issues.proofs for warning in proof.warnings()),
        ),
        written=(),
        removed=(),
        kept=len(plan.keep),
        issues=(),
        next_slots=next_slots(app, issues, survey.now),
        output=(options.output or config.path(config.output)).resolve(),
        refused=refused,
        held=issues.held,
        now=survey.now,
        news=news,
    )
    found = _Found(
        report=report,
        plan=plan,
        output=output,
        issues=issues,
        record=replace(survey.record, feeds=remembered),
        pieces=survey.pieces,
        until=next_change(survey, report.next_slots),
        before=None,
    )
    if not options.dry_run or refused:
        return found
    from publisher.publishing.rehearsal import rehearse  # noqa: PLC0415 (of all runs only this)

    rehearsal = rehearse(app, survey, issues, feeds=feeds, plan=plan, output=output)
    report = _came(app, options, found, rehearsal.left_out, rehearsal.written)
    return found._replace(report=replace(report, rehearsal=rehearsal))


def _write(app: App, options: PublishOptions, found: _Found) -> PublishReport:
    """Draw and write what is to be, unless `--strict` refuses what was drawn."""
    config, plan, output = app.config, found.plan, found.output
    written = tuple(a.path for a in plan.write)
    # what is written elsewhere is no news to those who follow the site
    tells_hubs = options.output is None and (bool(config.hub) or app.stores.is_there)
    owed: Sequence[str] = ()
    prepare_record(config.path(config.record))
    sharing = Sharing(jobs=options.jobs, begin=app.build.lay_open, go_on=app.build.go_on_apart)
    with output.stage(plan, sharing) as broken:
        if options.strict and broken:
            return _came(app, options, found, broken, written)
        if isinstance(found.record, Record):
            record = with_beginnings(freeze_issues(app, found.issues, found.record), found.issues)
            save_record(config.path(config.record), record)
        else:
            save_lines(config.path(config.record), found.record)
        if tells_hubs:
            owed = owe_pings(app.pings, config.hub, topics(config.site, written))
        app.build.forget_bodies()  # now that all is drawn
        # what was to be written, less what has its bytes already
        written = output.apply(plan)
    app.build.commit()
    if found.pieces is not None:
        app.pieces.keep_only(found.pieces)
    mirrored: Mapping[str, Updated] = {}
    if config.outputs and options.output is None:
        from publisher.publishing.mirroring import update_mirrors  # noqa: PLC0415 (few sites have any)

        mirrored = update_mirrors(app, output, full=options.full)
    if tells_hubs:
        changed = (*owed, *topics(config.site, written))
        queue_pings(app.pings, config.hub, changed, found.report.now)
    report = _came(app, options, found, broken, written)
    return replace(report, mirrored=mirrored)


def _came(
    app: App,
    options: PublishOptions,
    found: _Found,
    broken: Sequence[FeedError],
    written: tuple[str, ...],
) -> PublishReport:
    """The report once it is known what is left out, and which paths have other bytes."""
    plan, issues = found.plan, found.issues
    refused = options.strict and bool(broken)
    made = {(i.newsletter, i.number) for i in issues.new}
    past = (i for some in issues.history.values() for i in some)
    return replace(
        found.report,
        problems=(*found.report.problems, *(as_output(error, app.config) for error in broken)),
        written=() if refused else written,
        removed=() if refused else plan.remove,
        kept=len(plan.keep) + len(plan.write) - len(written),
        issues=() if refused else tuple(i for i in past if (i.newsletter, i.number) in made),
        refused=refused,
    )


def as_output(error: FeedError, config: Config) -> FeedError:
    """The same error with the path as seen from the configuration's folder."""
    where = error.where or Location(file="")
    place = Location(file=f"{config.output.rstrip('/')}/{where.file}", line=where.line)
    return FeedError(error.message, where=place, mend=error.mend)
