"""USE CASE. read -> compose -> plan: what a run that looks at all articles is to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from publisher.articles import Survey, refuse_a_clock_set_back, survey_articles
from publisher.config import Config, FilesSpec
from publisher.issues.gone import gone_newsletters
from publisher.issues.newsletter import next_slots, settle_issues
from publisher.media import lacks_files
from publisher.plan import make_plan
from publisher.publishing.amiss import find_amiss
from publisher.publishing.feedsurvey import survey_feeds
from publisher.publishing.keeping import keep_shown
from publisher.publishing.losses import lost_record, lost_state
from publisher.publishing.runs import PublishOptions, PublishReport, Work, as_output
from publisher.publishing.wanted import wanted_artifacts
from publisher.wiring.app import App

_NEWEST = 50
"""As many articles as feeds commonly hold: these are what a person reads again, and mends."""


def look(app: App, options: PublishOptions, *, keeps: bool) -> Work:
    """Everything up to the drawing, which a dry run only rehearses. With `keeps` a next run may go
    on from what this one leaves behind."""
    config = app.config
    survey = survey_articles(app, full=options.full, jobs=options.jobs)
    if not options.any_time:
        refuse_a_clock_set_back(survey)
    issues = settle_issues(app, survey)
    output = app.open_output(options.output)
    was_here = bool(output.manifest())
    intact = output.intact()
    feeds, remembered = survey_feeds(app, survey, issues)
    if keeps:
        keep_shown(app, survey, issues, feeds)
    wanted = wanted_artifacts(app, survey, issues, feeds, intact=intact, kept=output.kept)
    plan = make_plan(wanted, output.manifest(), () if options.full else intact)
    no_record = lost_record(config, was_here=was_here)
    no_state = lost_state(config, survey, issues, may_mail=was_here or options.mails)
    news = (
        *((no_record,) if no_record else ()),
        *survey.suspicions,
        *gone_newsletters(config, issues, plan.remove),
        *((no_state,) if no_state else ()),
    )
    amiss = find_amiss(survey, issues.problems, issues.proofs, strict=options.strict)
    report = PublishReport(
        counts=survey.counts,
        opened=survey.opened,
        problems=(*amiss.outages, *amiss.faults, *amiss.held),
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
        refused=amiss.is_refused(),
        held=issues.held,
        now=survey.now,
        news=news,
        lost_state=no_state,
    )
    work = Work(
        report=report,
        plan=plan,
        output=output,
        issues=issues,
        record=replace(survey.record, feeds=remembered),
        record_read=survey.record_read,
        pieces=survey.pieces,
        until=_next_change(survey, report.next_slots),
        newest=_newest_files(config, survey),
        before=None,
        is_in_doubt=survey.is_in_doubt or lacks_files(survey, wanted),
    )
    if not options.dry_run or report.refused:
        return work
    from publisher.publishing.rehearsal import rehearse  # noqa: PLC0415 (of all runs only this)

    rehearsal = rehearse(app, survey, issues, feeds=feeds, plan=plan, output=output)
    broken = [as_output(error, config) for error in rehearsal.left_out]
    refused = amiss.is_refused(broken)
    report = work.came(refused=refused, broken=broken, written=rehearsal.written)
    return work._replace(report=replace(report, rehearsal=rehearsal))


def _next_change(survey: Survey, next_slots: Mapping[str, datetime]) -> datetime | None:
    """When time alone changes what is published: an article's time comes, or an issue's."""
    coming = (at for at in _moments(survey) if at > survey.now)
    return min((*coming, *next_slots.values()), default=None)


def _newest_files(config: Config, survey: Survey) -> list[str]:
    """Those of the newest articles that lie in folders."""
    sources = [spec for spec in config.sources if isinstance(spec, FilesSpec)]
    folders = {spec.name: config.path(spec.path).resolve() for spec in sources}
    newest = [article.document for article in survey.listed[:_NEWEST]]
    return [str(folders[one.source] / one.file) for one in newest if one.source in folders]


def _moments(survey: Survey) -> Iterator[datetime]:
    for article in survey.articles:
        document = article.document
        told = (document.date, document.expires, document.updated)
        yield from (at for at in told if at is not None)
        yield from (c.when for c in document.corrections if c.when is not None)
