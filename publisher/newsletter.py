"""USE CASE. What is due -> digest -> frozen issue.

What is due follows from the issues there are, not from who asks or when: asking
twice, late or from two processes makes the same issues.
"""

from __future__ import annotations

import re
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
from publisher.model import Digest, Issue, IssuePicture, LoadIssue, Record, RecordedIssue
from publisher.palette import make_palette
from publisher.render.email import render_issue
from publisher.render.words import make_words
from publisher.renditions import Gallery

History = Mapping[str, tuple[RecordedIssue, ...]]
"""The issues of each newsletter, oldest first."""

_MEDIA = re.compile(r"media/[0-9a-f]{16}/[A-Za-z0-9._-]+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issues:
    """The issues at `now`: `history` includes the `new` ones, which are not frozen yet.

    `remade` are recorded issues that this state folder did not have (a fresh
    clone): made again from today's articles. `quiet` are slots that are over
    with too little to say.
    """

    history: History
    new: tuple[Issue, ...] = ()
    remade: tuple[Issue, ...] = ()
    quiet: tuple[tuple[str, datetime], ...] = ()
    warnings: tuple[str, ...] = ()

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


def settle_issue_now(app: App, survey: Survey, newsletter: NewsletterSpec) -> Issues:
    """The issues that there are and the next one of a newsletter, whatever its schedule."""
    slot = survey.now.astimezone(ZoneInfo(app.config.zone_of(newsletter)))
    return _add_issue(app, survey, recall_issues(app, survey), newsletter, slot)


def _add_issue(
    app: App, survey: Survey, issues: Issues, newsletter: NewsletterSpec, slot: datetime
) -> Issues:
    past = issues.history.get(newsletter.name, ())
    digest = next_digest(newsletter, survey, past, slot)
    if digest is None:
        quiet = ((newsletter.name, slot),) if past else ()
        return replace(issues, quiet=(*issues.quiet, *quiet))
    issue = _draw(app, survey.gallery, newsletter, digest, past[-1].number + 1 if past else 1)
    history = {**issues.history, newsletter.name: (*past, recorded_issue(issue))}
    return replace(issues, history=history, new=(*issues.new, issue))


def _draw(
    app: App, gallery: Gallery, newsletter: NewsletterSpec, digest: Digest, number: int
) -> Issue:
    """The numbered issue with its mail. Raises TemplateError."""
    config = app.config
    shown = with_mail_pictures(digest, gallery)
    rendered = render_issue(
        shown,
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
        digest=shown,
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


def with_mail_pictures(digest: Digest, gallery: Gallery) -> Digest:
    """The digest with its pictures as mails show them; what it says stays the same."""
    entries = (replace(e, picture=gallery.for_mail(e.picture)) for e in digest.entries)
    return replace(digest, entries=tuple(entries))


def shown_pictures(issue: Issue) -> tuple[IssuePicture, ...]:
    """The pictures under output/ that the mail and the page of an issue show."""
    html = issue.rendered.html
    found = []
    for place, entry in enumerate(issue.digest.entries):
        path = entry.picture and _MEDIA.search(entry.picture.url)
        if path and (not place or path[0] in html):  # the page shows the first one's in any case
            found.append(
                IssuePicture(
                    newsletter=issue.newsletter,
                    number=issue.number,
                    path=path[0],
                    article=entry.id,
                )
            )
    return tuple(found)


def kept_pictures(app: App, survey: Survey, issues: Issues) -> tuple[IssuePicture, ...]:
    """The pictures that issues show, but those of articles that were taken back."""
    unfrozen = (p for issue in (*issues.remade, *issues.new) for p in shown_pictures(issue))
    withdrawn = {line.id for line in survey.record.articles if line.retracted is not None}
    return tuple(p for p in (*app.issues.pictures(), *unfrozen) if p.article not in withdrawn)


def freeze_issues(app: App, issues: Issues, record: Record) -> Record:
    """Keep the new issues for good; gives the record that names them. Raises StoreError."""
    for issue in (*issues.remade, *issues.new):
        app.issues.freeze(issue, shown_pictures(issue))
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
        issue = _draw(app, survey.gallery, newsletter, digest, line.number)
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
