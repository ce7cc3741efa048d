"""USE CASE. What is due -> digest -> issue.

What is due follows from the issues there are, not from who asks or when: asking
twice, late or from two processes makes the same issues.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from publisher.articles import Survey
from publisher.compose.digests import (
    compose_digest,
    find_corrected,
    new_articles,
    recorded_issue,
)
from publisher.compose.edits import edited
from publisher.compose.past import Past
from publisher.compose.slots import article_slot, latest_slot, next_slot
from publisher.config import Config, NewsletterSpec
from publisher.errors import (
    ArticleError,
    DraftUnreadable,
    HeadlineError,
    Location,
    PublisherError,
    RecordError,
    SourceError,
)
from publisher.fingerprint import fingerprint
from publisher.issues.recall import Issues, gone_streams, recall_issues
from publisher.model import Article, Digest, Draft, Issue, RecordedIssue
from publisher.sources.straynotes import stray_notes
from publisher.wiring.app import App

LATE = timedelta(minutes=15)
"""An issue that is made, or not made, so long after its time is late to whom looks after it."""

_NAMED = 3
"""So many articles of an issue that is not made are named."""

Due = tuple[datetime, Sequence[Article] | None]
"""A slot, and the articles of its issue; None for all that are new."""


def settle_issues(app: App, survey: Survey) -> Issues:
    """The issues that there are and those that are due; the new ones are not frozen yet."""
    issues = recall_issues(app, survey)
    for newsletter in app.config.streams:
        made = issues.past(newsletter.name).issues
        if made and made[-1].slot > survey.now:
            issues = replace(issues, warnings=(*issues.warnings, _ahead(made[-1])))
        issues = settle_newsletter(app, survey, issues, newsletter)
    return replace(issues, warnings=(*issues.warnings, *_stray_notes(app, survey.now)))


def _stray_notes(app: App, now: datetime) -> Iterator[str]:
    config = app.config
    if config.newsletters:
        names = [newsletter.name for newsletter in config.streams]
        yield from stray_notes(config.path(config.issues), names, now.date())


def settle_newsletter(
    app: App,
    survey: Survey,
    issues: Issues,
    newsletter: NewsletterSpec,
    *,
    approved: Container[int] = (),
) -> Issues:
    """With the issues of one newsletter that are due; under review only `approved` numbers."""
    past = issues.past(newsletter.name)
    for slot, new in due_slots(app, survey, newsletter, past):
        is_late = _is_late(newsletter, past, slot, survey.now)
        if is_late and newsletter.on_late == "skip":
            issues = _skip(issues, newsletter, slot)
            continue
        before = issues.past(newsletter.name)
        if problem := _retelling(app, survey, newsletter, before, (slot, new)):
            issues = _refused(issues, before, newsletter, problem)
            continue
        made = _add_issue(app, survey, issues, newsletter, slot, new=new)
        if len(made.quiet) > len(issues.quiet):
            missed = _fell_short(app, newsletter, before, slot)
            made = replace(made, warnings=(*made.warnings, *missed))
        waits = newsletter.review or (is_late and newsletter.on_late == "hold")
        if waits and len(made.new) > len(issues.new) and made.new[-1].number not in approved:
            made = _unless_held(app, issues, made)
        issues = made
    return issues


def _retelling(
    app: App, survey: Survey, newsletter: NewsletterSpec, past: Past, due: Due
) -> PublisherError | None:
    """Why an issue that is due is not made where the record was lost, or is an older one: what
    earlier issues told has other ids by now, and would be told to everybody once more."""
    known = frozenset(line.id for line in survey.record.articles)
    doubtful_until = past.strange_until(known)
    if doubtful_until is None:
        return None
    slot, new = due
    try:
        wanted = draft_articles(app, survey, newsletter, past, slot=slot) if new is None else new
    except DraftUnreadable as problem:
        return problem
    # an `id:` that its author wrote does not come from the record
    made = (a for a in wanted if not a.document.id)
    old = [a for a in made if a.published is not None and a.published <= doubtful_until]
    if not old or len(wanted) < newsletter.min_items:
        return None
    files = sorted(article.document.file for article in old)
    more = f" and {len(files) - _NAMED} more" if len(files) > _NAMED else ""
    out = f"`publisher issue drop {newsletter.name} FILE --for-good`"
    if newsletter.schedule.is_for_each:
        out = "`digest: false` in the article"
    return RecordError(
        f"does not know all that earlier issues of {newsletter.name} told: issue "
        f"{past.next_number} is not made, for readers may know {len(old)} of its {len(wanted)} by "
        f"another id: {', '.join(files[:_NAMED])}{more}",
        where=Location(file=app.config.record),
        mend="put the record back as it was committed, and publish again; or take out what was "
        f"told ({out}), or let all be told: publisher issue compose {newsletter.name}",
    )


def settle_issue_now(
    app: App,
    survey: Survey,
    newsletter: NewsletterSpec,
    *,
    slot: datetime | None = None,
    spam: bool = False,
) -> Issues:
    """The issues that there are and the next one of a newsletter, whatever its schedule.

    Its slot is now, unless one is given. With `spam` SpamAssassin is asked too.
    """
    now = survey.now.astimezone(ZoneInfo(app.config.zone_of(newsletter)))
    issues = recall_issues(app, survey)
    return _add_issue(app, survey, issues, newsletter, slot or now, spam=spam)


def settle_next_issue(
    app: App, survey: Survey, newsletter: NewsletterSpec
) -> tuple[datetime, Issues]:
    """As `settle_issue_now`, but an issue that is due is the next one, with its own slot: it has
    nothing that came after that. Gives the slot too."""
    now = survey.now.astimezone(ZoneInfo(app.config.zone_of(newsletter)))
    issues = recall_issues(app, survey)
    due = next_due(app, survey, newsletter, issues.past(newsletter.name))
    slot, new = due or (now, None)
    return slot, _add_issue(app, survey, issues, newsletter, slot, new=new)


def next_due(app: App, survey: Survey, newsletter: NewsletterSpec, past: Past) -> Due | None:
    """What is due and is made next, by a run or when an editor approves it: the first of several.
    None where too little was new at its time, or it is skipped for being late."""
    for slot, new in due_slots(app, survey, newsletter, past):
        is_over = newsletter.on_late == "skip" and _is_late(newsletter, past, slot, survey.now)
        if not is_over and (new or _is_enough(app, survey, newsletter, past, slot)):
            return slot, new
    return None


def _is_enough(
    app: App, survey: Survey, newsletter: NewsletterSpec, past: Past, slot: datetime
) -> bool:
    """Whether an issue comes of a slot, as far as that can be read."""
    try:
        new = draft_articles(app, survey, newsletter, past, slot=slot)
    except DraftUnreadable:
        return True
    return len(new) >= newsletter.min_items


def _is_late(newsletter: NewsletterSpec, past: Past, slot: datetime, now: datetime) -> bool:
    """The first issue is never late, nor is an article that is one."""
    has_times = past.last is not None and not newsletter.schedule.is_for_each
    return has_times and now - slot > newsletter.max_late


def due_slots(app: App, survey: Survey, newsletter: NewsletterSpec, past: Past) -> list[Due]:
    """The slots that are due: one at most, or one for each article where a newsletter is so.

    The first issue is due as soon as there is enough, and it is one, also where each article is;
    but a newsletter that holds only what is new since it began has its times from then on.
    """
    zone = app.config.zone_of(newsletter)
    if newsletter.schedule.is_for_each:
        return _each_slot(survey, newsletter, past, zone)
    if past.last is None:
        return [(survey.now.astimezone(ZoneInfo(zone)), None)]
    slot = latest_slot(newsletter.schedule, zone, survey.now)
    if slot is None or slot <= past.last or app.issues.has_passed(newsletter.name, slot):
        return []
    return [(slot, None)]


def _each_slot(survey: Survey, newsletter: NewsletterSpec, past: Past, zone: str) -> list[Due]:
    new = new_articles(newsletter, survey.listed, slot=survey.now, done=past.done)
    last = past.last
    if last is None:
        return [(survey.now.astimezone(ZoneInfo(zone)), new[:1])]
    due: list[Due] = []
    for article in sorted(new, key=lambda a: (a.published, a.id)):
        assert article.published is not None
        last = article_slot(article.published, last, survey.now, zone)
        due.append((last, [article]))
    return due


def _skip(issues: Issues, newsletter: NewsletterSpec, slot: datetime) -> Issues:
    """A slot that the machine slept through, and that is over."""
    warning = (
        f"the issue of {newsletter.name} due {slot.isoformat()} is later than `max_late` and is "
        "skipped; its articles wait for the next one"
    )
    return replace(
        issues,
        quiet=(*issues.quiet, (newsletter.name, slot)),
        warnings=(*issues.warnings, warning),
    )


def _fell_short(app: App, newsletter: NewsletterSpec, past: Past, slot: datetime) -> Iterator[str]:
    """That editors wait for an issue of a slot that goes by: too little is left for it."""
    draft = app.issues.draft(newsletter.name)
    if draft != Draft(newsletter=newsletter.name):
        done = "approved" if draft.approved else "arranged"
        yield (
            f"issue {past.next_number} of {newsletter.name}, due {slot.isoformat()}, was {done}, "
            "but has fewer articles than `min_items` now: it is not made, and what is left waits "
            "for the next one"
        )


def _unless_held(app: App, before: Issues, made: Issues) -> Issues:
    """The issue that was made last, if just that was approved; else it waits, and says so."""
    issue = made.new[-1]
    approved = app.issues.draft(issue.newsletter).approved
    if approved == approval_of(issue):
        return made
    changed = ": it was approved, but is another now" if approved else ""
    # which number it will have where those before it are approved
    number = issue.number + sum(one.newsletter == issue.newsletter for one in before.waiting)
    warning = (
        f"issue {number} of {issue.newsletter}, due {issue.digest.slot.isoformat()}, waits "
        f"for `publisher issue approve {issue.newsletter}`{changed}"
    )
    name = _name(issue.newsletter, number)
    return replace(
        before,
        warnings=(*before.warnings, warning),
        waiting=(*before.waiting, issue),
        held={**before.held, name: warning},
    )


def approval_of(issue: Issue) -> str:
    """What an editor approves: what the issue says, in the mail that was drawn of it."""
    return fingerprint(issue.checksum, issue.rendered.html, issue.rendered.text)


def _name(newsletter: str, number: int) -> str:
    return f"{newsletter} {number}"


def _add_issue(
    app: App,
    survey: Survey,
    issues: Issues,
    newsletter: NewsletterSpec,
    slot: datetime,
    *,
    new: Sequence[Article] | None = None,
    spam: bool = False,
) -> Issues:
    """With the issue of a slot, of these articles or all new ones; or the slot noted as quiet.

    An issue that a check holds is only among the proofs.
    """
    past = issues.past(newsletter.name)
    try:
        digest = next_digest(app, survey, newsletter, past, slot=slot, new=new)
    except DraftUnreadable as problem:
        return _refused(issues, past, newsletter, problem)
    if digest is None:
        quiet = ((newsletter.name, slot),) if past.last is not None else ()
        return replace(issues, quiet=(*issues.quiet, *quiet))
    # most runs make no issue, and what draws and checks one is as much as all else
    from publisher.issues.issuing import draw_issue, note_for  # noqa: PLC0415
    from publisher.issues.proofing import proof_issue  # noqa: PLC0415
    from publisher.media import Embedder  # noqa: PLC0415

    try:
        used = {issue.note for issue in past.issues}
        note = note_for(app, newsletter, slot, lambda mark: mark not in used)
        digest = replace(digest, note=note)
        number = past.next_number
        embedder = Embedder(app, survey)
        issue = draw_issue(app, survey, newsletter, digest, number, embedder=embedder)
        if newsletter.is_first:
            issue = replace(issue, also_for=gone_streams(app, issues.history, newsletter))
    except (ArticleError, SourceError, HeadlineError) as problem:
        return _refused(issues, past, newsletter, problem)
    proof = proof_issue(app, survey, newsletter, issue, past.issues, spam=spam)
    issues = replace(issues, proofs=(*issues.proofs, proof))
    if proof.held:
        name = _name(newsletter.name, issue.number)
        said = f"issue {issue.number} of {newsletter.name} is held by a check"
        why = "; ".join(problem.message for problem in proof.problems())
        return replace(issues, held={**issues.held, name: f"{said}: {why}"})
    return replace(
        issues,
        history={**issues.history, newsletter.name: (*past.issues, recorded_issue(issue))},
        new=(*issues.new, issue),
        warnings=(*issues.warnings, *_spoilt(issue)),
    )


def _refused(
    issues: Issues, past: Past, newsletter: NewsletterSpec, problem: PublisherError
) -> Issues:
    """Without the next issue of a newsletter: its articles wait, and others go on."""
    held = {_name(newsletter.name, past.next_number): str(problem)}
    return replace(issues, problems=(*issues.problems, problem), held={**issues.held, **held})


def _spoilt(issue: Issue) -> list[str]:
    return [
        f"issue {issue.number} of {issue.newsletter} shows the text of {id_} without its markup"
        for id_ in issue.rendered.spoilt
    ]


def next_digest(
    app: App,
    survey: Survey,
    newsletter: NewsletterSpec,
    past: Past,
    *,
    slot: datetime,
    new: Sequence[Article] | None = None,
) -> Digest | None:
    """What the newsletter's next issue says at a slot; None when too little is new.

    Raises DraftUnreadable.
    """
    # also where each article is an issue: what cannot be read may have approved this one or not
    draft = app.issues.draft(newsletter.name)
    if new is None:
        new = draft_articles(app, survey, newsletter, past, slot=slot)
    else:
        draft = Draft(newsletter=newsletter.name)
    return compose_digest(
        newsletter,
        new,
        survey.listed,
        survey.entries,
        slot=slot,
        first=past.last is None and not past.former,
        corrected=find_corrected(survey.articles, past.issues),
        passed=past.to_pass(draft.passed),
        dropped=draft.dropped,
    )


def draft_articles(
    app: App,
    survey: Survey,
    newsletter: NewsletterSpec,
    past: Past,
    *,
    slot: datetime,
) -> list[Article]:
    """The articles of the next issue, as its editors want them."""
    new = new_articles(newsletter, survey.listed, slot=slot, done=past.done)
    return edited(new, app.issues.draft(newsletter.name))


def too_little(newsletter: NewsletterSpec, count: int) -> str:
    """Why so many new articles make no issue."""
    if not count:
        return f"nothing new for {newsletter.name}"
    return f"{count} of at least {newsletter.min_items} articles are new for {newsletter.name}"


def next_slots(app: App, issues: Issues, now: datetime) -> Mapping[str, datetime]:
    """When each newsletter is looked at next; one that waits for enough to begin: at every run.

    Those that send each article have no time of their own: every run looks.
    """
    config = app.config
    slots = {
        n.name: next_slot(n.schedule, config.zone_of(n), now) if issues.past(n.name).last else now
        for n in config.streams
    }
    return {name: slot for name, slot in slots.items() if slot is not None}


def late_issues(
    config: Config, issues: Sequence[RecordedIssue], now: datetime
) -> Mapping[str, str]:
    """Those of the issues made now that were due long before, and how that is put."""
    return {
        _name(issue.newsletter, issue.number): (
            f"issue {issue.number} of {issue.newsletter}, due {issue.slot.isoformat()}, was made "
            f"at {now.isoformat()}"
        )
        for issue in issues
        if now - issue.slot > LATE and not config.newsletter(issue.newsletter).schedule.is_for_each
    }


def _ahead(issue: RecordedIssue) -> str:
    return (
        f"issue {issue.number} of {issue.newsletter} carries a time to come, "
        f"{issue.slot.isoformat()}: none is due before it; `publisher issue compose` makes one"
    )
