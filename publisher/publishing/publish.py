"""USE CASE. read -> compose -> plan -> draw -> write: the one shot that does it all."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from publisher.config import Config, FeedSourceSpec, ImapSourceSpec
from publisher.errors import (
    OutputBusy,
    PublisherError,
    StoreError,
)
from publisher.issues.pausing import let_go
from publisher.model import LastRun, Record, RecordedIssue
from publisher.outputs import Sharing
from publisher.outputs.lock import hold_lock
from publisher.plugin import Updated
from publisher.publishing.edits import Edit, ReadAhead
from publisher.publishing.revisions import find_revision
from publisher.publishing.runs import (
    PublishOptions,
    PublishReport,
    Work,
    as_output,
    as_report,
    as_still,
)
from publisher.publishing.standstill import End, begin_standstill, holds
from publisher.publishing.still import Revised, Still, find_still
from publisher.record import prepare_record, require_as_read, save_lines, save_record
from publisher.sources import Progress
from publisher.store.lastrun import failed_run, read_last_run, save_last_run
from publisher.store.standstill import Lying, forget_standstill
from publisher.system.room import is_there
from publisher.system.whole import lie_of
from publisher.wiring.app import App, Clock, lock_path, open_app

__all__ = ["PublishOptions", "PublishReport", "publish"]

_WRITTEN_ELSEWHERE = (
    "pages were written elsewhere (--output): the mail of issues that were made waits for a run "
    "without it, or with --deliver"
)


class _OutputChanged(Exception):
    """What was written before is not there as it was, and nothing was put in place yet."""


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
        if options.read is not None and options.read.failure is not None:
            raise options.read.failure
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
    if options.dry_run or not options.tell_hubs or not config.hub:
        return report
    from publisher.publishing.hubs import send_pings  # noqa: PLC0415 (few sites have any)

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
    held = hold_lock(lock, options.wait_seconds, writes=not options.dry_run)
    with held if needs_lock else nullcontext():
        # what was revised may be otherwise again, for another run was first
        revised = options.revised if options.revised and holds(options.revised, config) else None
        try:
            return _publish_with(config, options, clock, progress, revised)
        except _OutputChanged:
            return _publish_with(config, options, clock, progress, None)


def _publish_with(
    config: Config,
    options: PublishOptions,
    clock: Clock,
    progress: Progress,
    revised: Revised | None,
) -> PublishReport:
    """Publish, by what was `revised` alone where that is known. Raises _OutputChanged where it is
    otherwise; nothing was changed then."""
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
        before = read_last_run(state)
        run = LastRun(
            good=report.now,
            seconds=round(seconds, 3),
            every=int(options.every.total_seconds()),
            articles=report.counts,
            next_slots=report.next_slots,
            late=_late(config, report.issues, report.now),
            held=report.held,
            lost=report.lost_state or (before.lost if before else ""),
        )
        save_last_run(state, run)
    except StoreError as error:
        return replace(report, warnings=(*report.warnings, str(error)))
    return report


def _late(config: Config, made: Sequence[RecordedIssue], now: datetime) -> Mapping[str, str]:
    """The issues made now that were due long before, and how that is put."""
    if not made:
        return {}
    from publisher.issues.newsletter import late_issues  # noqa: PLC0415 (most runs make none)

    return late_issues(config, made, now)


def _note_failure(config: Config, failure: PublisherError, now: datetime) -> None:
    state = config.path(config.state)
    with suppress(StoreError):  # the failure itself is what is told
        if is_there(StoreError, state):
            save_last_run(state, failed_run(read_last_run(state), failure, now))


def _publish(app: App, options: PublishOptions, revised: Revised | None, *, keeps: bool) -> _Ended:
    """With `keeps` a next run may go on from what this one leaves behind."""
    work = _revise(app, revised, options.read) if revised else None
    if work is None:
        from publisher.publishing.looking import look  # noqa: PLC0415 (of revisions none)

        work = look(app, options, keeps=keeps)
    issues, planned = work.issues, work.report
    left: Sequence[int] = ()
    report = planned
    if not (options.dry_run or planned.refused):
        report, left = _write(app, options, work)
    is_settled = issues is None or issues.is_settled
    is_broken = len(report.problems) > len(planned.problems)
    is_passing = bool(work.report.news) or options.dry_run or work.is_in_doubt
    if not keeps or is_broken or is_passing or not is_settled:
        return _Ended(report, None)
    return _Ended(report, End(work.until, _lying(work), work.newest, left))


def _lying(work: Work) -> Lying:
    """What lies in the output now."""
    if work.before is None:
        noted = work.output.noted()
        entries = noted.values()
        return Lying(list(noted), [e.size for e in entries], [e.mtime_ns for e in entries])
    noted = work.output.noted_at([artifact.path for artifact in work.plan.write])
    return work.before.lying.with_changed({p: (e.size, e.mtime_ns) for p, e in noted.items()})


def _revise(app: App, revised: Revised, read: ReadAhead | None) -> Work | None:
    """Everything up to the drawing where only words are others, as was `read` already, if it was;
    None where more may be."""
    still, found = revised
    edits: Sequence[Edit] | None
    if read is not None:
        edits = read.edits
    else:
        from publisher.publishing.rereading import find_edits  # noqa: PLC0415 (a copy did: see `ahead`)
        from publisher.wiring.sources import Holdings  # noqa: PLC0415

        held = Holdings(app.config, app.sources, app.build)
        edits = find_edits(held, found.changed, found.seen.inputs, still.now)
    output = app.open_output()
    lying = found.lying.paths
    revision = find_revision(app, edits, lying, output.manifest()) if edits else None
    if revision is None:
        return None
    plan, lines = revision
    report = as_report(still)
    return Work(
        report=replace(report, opened=len(found.changed), kept=len(plan.keep)),
        plan=plan,
        output=output,
        issues=None,
        record=lines,
        record_read=found.record_mark,
        pieces=None,
        until=found.until,
        newest=found.newest,
        before=found,
    )


def _write(app: App, options: PublishOptions, work: Work) -> tuple[PublishReport, Sequence[int]]:
    """Draw and write what is to be, unless `--strict` refuses what was drawn. Gives also how the
    record was left: others may write it while files are moved into place."""
    config, plan, output = app.config, work.plan, work.output
    written = tuple(a.path for a in plan.write)
    # what is written elsewhere is no news to those who follow the site
    tells_hubs = options.output is None and (bool(config.hub) or app.stores.is_there)
    owed: Sequence[str] = ()
    prepare_record(config.path(config.record))
    sharing = Sharing(jobs=options.jobs, begin=app.build.lay_open, go_on=app.build.go_on_apart)
    with output.stage(plan, sharing) as left_out:
        broken = [as_output(error, config) for error in left_out]
        if options.strict and broken:
            return work.came(refused=True, broken=broken, written=written), ()
        if work.before is not None and not work.before.all_lie():
            raise _OutputChanged
        left = _save(app, work)
        if tells_hubs:
            from publisher.publishing.hubs import owe_pings, topics  # noqa: PLC0415 (few have any)

            owed = owe_pings(app.pings, config.hub, topics(config.site, written))
        app.build.forget_bodies()  # now that all is drawn
        if tells_hubs or (_has_issues(app, work) and (options.output is None or options.mails)):
            app.stores.database.keep_room()  # for what is noted once files are in place
        # what was to be written, less what has its bytes already
        written = output.apply(plan)
    app.build.commit()
    if work.pieces is not None:
        app.pieces.keep_only(work.pieces)
    mirrored: Mapping[str, Updated] = {}
    if config.outputs and options.output is None:
        from publisher.publishing.mirroring import update_mirrors  # noqa: PLC0415 (few sites have any)

        mirrored = update_mirrors(app, output, full=options.full)
    if tells_hubs:
        from publisher.publishing.hubs import queue_pings  # noqa: PLC0415 (few have any)

        changed = (*owed, *topics(config.site, written))
        queue_pings(app.pings, config.hub, changed, work.report.now)
    report = work.came(refused=False, broken=broken, written=written)
    return _let_mail_go(app, options, work, replace(report, mirrored=mirrored)), left


def _has_issues(app: App, work: Work) -> bool:
    """Whether there are issues that may wait for their pages."""
    return bool(app.config.newsletters and work.issues is not None and work.issues.history)


def _let_mail_go(
    app: App, options: PublishOptions, work: Work, report: PublishReport
) -> PublishReport:
    """Let the issues be mailed that waited for their pages, which are in place now.

    Where a run writes elsewhere readers see that only if it is told to mail: else they wait on.
    """
    if work.issues is None or not _has_issues(app, work):
        return report
    if options.output is not None and not options.mails:
        waits = report.issues and app.mailings.unsent(waiting=True)
        said = [_WRITTEN_ELSEWHERE] if waits else []
        return replace(report, warnings=(*report.warnings, *said))
    lines = (line for past in work.issues.history.values() for line in past)
    done = let_go(app.config, app.mailings, {(line.newsletter, line.number) for line in lines})
    return replace(
        report,
        let_go=done.count,
        warnings=(*report.warnings, *done.said),
        news=(*report.news, *done.said),
    )


def _save(app: App, work: Work) -> Sequence[int]:
    """Freeze what is new and save the record, unless others wrote it; gives how it lies there."""
    path = app.config.path(app.config.record)
    require_as_read(path, work.record_read)
    if isinstance(work.record, Record):
        is_new = save_record(path, _with_issues(app, work, work.record), work.record_read)
    else:
        is_new = save_lines(path, work.record)
    return lie_of(path) if is_new else work.record_read


def _with_issues(app: App, work: Work, record: Record) -> Record:
    """The record with the issues of this run, which are frozen."""
    from publisher.issues.recall import freeze_issues, with_beginnings  # noqa: PLC0415 (of revisions none)

    assert work.issues is not None, "who looked at all articles looked at issues"
    return with_beginnings(freeze_issues(app, work.issues, record), work.issues)
