"""USE CASE. What is due -> digest -> frozen issue.

What is due follows from the issues there are, not from who asks or when: asking
twice, late or from two processes makes the same issues.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from publisher.app import App
from publisher.articles import Survey
from publisher.compose.digests import (
    compose_digest,
    digest_checksum,
    recompose_digest,
    recorded_issue,
)
from publisher.compose.slots import latest_slot, next_slot
from publisher.config import NewsletterSpec
from publisher.model import Digest, Issue, LoadIssue, Record, RecordedIssue
from publisher.palette import make_palette
from publisher.proofing import ProofedIssue, proof_issue
from publisher.render.email import render_issue
from publisher.render.words import make_words

History = Mapping[str, tuple[RecordedIssue, ...]]
"""The issues of each newsletter, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issues:
    """The issues at `now`: `history` includes the `new` ones, which are not frozen yet.

    `remade` are recorded issues that this state folder did not have (a fresh
    clone): made again from today's articles. `quiet` are slots that are over
    with too little to say. `proofs` are all issues that were drawn to be frozen, with what
    the checks found; those that are held are not among `new`.
    """

    history: History
    new: tuple[Issue, ...] = ()
    remade: tuple[Issue, ...] = ()
    quiet: tuple[tuple[str, datetime], ...] = ()
    warnings: tuple[str, ...] = ()
    proofs: tuple[ProofedIssue, ...] = ()

    def unfrozen(self) -> Mapping[tuple[str, int], Issue]:
        """The issues that exist only in memory so far."""
        return {(i.newsletter, i.number): i for i in (*self.remade, *self.new)}


def recall_issues(app: App, survey: Survey) -> Issues:
    """The issues that there are; none is made."""
    history, remade, warnings = _recall(app, survey)
    return Issues(history=history, remade=tuple(remade), warnings=tuple(warnings))


def settle_issues(app: App, survey: Survey) -> Issues:
    """The issues that there are and those that are due; the new ones are not frozen yet."""
    issues = recall_issues(app, survey)
    for newsletter in app.config.newsletters:
        past = issues.history.get(newsletter.name, ())
        if past and past[-1].slot > survey.now:
            issues = replace(issues, warnings=(*issues.warnings, _ahead(past[-1])))
        slot = _due_slot(app, newsletter, past, survey.now)
        if slot is not None:
            issues = _add_issue(app, survey, issues, newsletter, slot)
    return issues


def settle_issue_now(
    app: App, survey: Survey, newsletter: NewsletterSpec, *, spam: bool = False
) -> Issues:
    """The issues that there are and the next one of a newsletter, whatever its schedule.

    With `spam` SpamAssassin is asked too.
    """
    slot = survey.now.astimezone(ZoneInfo(app.config.zone_of(newsletter)))
    return _add_issue(app, survey, recall_issues(app, survey), newsletter, slot, spam=spam)


def _add_issue(
    app: App,
    survey: Survey,
    issues: Issues,
    newsletter: NewsletterSpec,
    slot: datetime,
    *,
    spam: bool = False,
) -> Issues:
    past = issues.history.get(newsletter.name, ())
    digest = next_digest(newsletter, survey, past, slot)
    if digest is None:
        quiet = ((newsletter.name, slot),) if past else ()
        return replace(issues, quiet=(*issues.quiet, *quiet))
    issue = _draw(app, newsletter, digest, past[-1].number + 1 if past else 1)
    proof = proof_issue(app, survey, newsletter, issue, past, spam=spam)
    issues = replace(issues, proofs=(*issues.proofs, proof))
    if proof.held:
        return issues
    history = {**issues.history, newsletter.name: (*past, recorded_issue(issue))}
    return replace(issues, history=history, new=(*issues.new, issue))


def _draw(app: App, newsletter: NewsletterSpec, digest: Digest, number: int) -> Issue:
    """The numbered issue with its mail. Raises TemplateError."""
    config = app.config
    rendered = render_issue(
        digest,
        number,
        newsletter=newsletter,
        site=config.site,
        mail_url=config.mail_url,
        words=make_words(config.language_of(newsletter), app.theme.catalogues),
        palette=make_palette(config.site.theme.accent),
        logo_url=app.pictures.logo_url,
        environment=app.environment,
    )
    return Issue(
        newsletter=newsletter.name,
        number=number,
        digest=digest,
        rendered=rendered,
        checksum=digest_checksum(digest),
    )


def next_digest(
    newsletter: NewsletterSpec, survey: Survey, past: Sequence[RecordedIssue], slot: datetime
) -> Digest | None:
    """What the newsletter's next issue says at a slot; None when too little is new."""
    done = {i for issue in past for i in (*issue.items, *issue.passed)}
    return compose_digest(
        newsletter, survey.listed, survey.entries, slot=slot, done=done, first=not past
    )


def shown_issues(app: App, issues: Issues) -> History:
    """The issues of each configured newsletter that can be shown, oldest first."""
    there = issues.unfrozen().keys() | {(i.newsletter, i.number) for i in app.issues.issues()}
    return {
        n.name: tuple(
            i for i in issues.history.get(n.name, ()) if (i.newsletter, i.number) in there
        )
        for n in app.config.newsletters
    }


def issue_loader(app: App, issues: Issues) -> LoadIssue:
    """Gives an issue by newsletter and number, frozen or about to be. It raises StoreError."""
    unfrozen = issues.unfrozen()

    def load_issue(newsletter: str, number: int) -> Issue:
        return unfrozen.get((newsletter, number)) or app.issues.load(newsletter, number)

    return load_issue


def freeze_issues(app: App, issues: Issues, record: Record) -> Record:
    """Keep the new issues for good; gives the record that names them. Raises StoreError."""
    for issue in (*issues.remade, *issues.new):
        app.issues.freeze(issue)
    for newsletter, slot in issues.quiet:
        app.issues.pass_slot(newsletter, slot)
    return with_issues(record, issues)


def with_issues(record: Record, issues: Issues) -> Record:
    """The record with all issues; those of newsletters that are no longer configured stay."""
    return replace(record, issues=tuple(i for past in issues.history.values() for i in past))


def next_slots(app: App, history: History, now: datetime) -> Mapping[str, datetime]:
    """When each newsletter is looked at next; one without an issue: at every run."""
    config = app.config
    return {
        n.name: next_slot(n.schedule, config.zone_of(n), now) if history.get(n.name) else now
        for n in config.newsletters
    }


def _ahead(issue: RecordedIssue) -> str:
    return (
        f"issue {issue.number} of {issue.newsletter} carries a time to come, "
        f"{issue.slot.isoformat()}: none is due before it; `publisher issue compose` makes one"
    )


def _recall(
    app: App, survey: Survey
) -> tuple[dict[str, tuple[RecordedIssue, ...]], list[Issue], list[str]]:
    """What record and state know of past issues, brought together."""
    frozen = {(i.newsletter, i.number): i for i in app.issues.issues()}
    recorded = {(i.newsletter, i.number): i for i in survey.record.issues}
    specs = {n.name: n for n in app.config.newsletters}
    remade: list[Issue] = []
    warnings: list[str] = []
    for key, line in recorded.items():
        newsletter = specs.get(line.newsletter)
        if key in frozen or newsletter is None:
            continue
        digest = recompose_digest(newsletter, line, survey.entries)
        if digest is None:
            warnings.append(
                f"issue {line.number} of {line.newsletter} is in the record, but none of its "
                "articles is left: it is not shown"
            )
            continue
        issue = _draw(app, newsletter, digest, line.number)
        remade.append(replace(issue, checksum=line.checksum))
        if issue.checksum != line.checksum:
            warnings.append(
                f"issue {line.number} of {line.newsletter} was made again from today's articles, "
                "which are not word for word what it said"
            )
    history: dict[str, tuple[RecordedIssue, ...]] = {}
    for key in sorted(frozen.keys() | recorded.keys()):
        known = recorded.get(key) or frozen[key]
        history[key[0]] = (*history.get(key[0], ()), known)
    return history, remade, warnings


def _due_slot(
    app: App,
    newsletter: NewsletterSpec,
    past: Sequence[RecordedIssue],
    now: datetime,
) -> datetime | None:
    """The slot that is due now, if any. The first issue is due as soon as there is enough."""
    zone = app.config.zone_of(newsletter)
    if not past:
        return now.astimezone(ZoneInfo(zone))
    slot = latest_slot(newsletter.schedule, zone, now)
    if slot <= past[-1].slot or app.issues.has_passed(newsletter.name, slot):
        return None
    return slot
