"""USE CASE. What editors do to the next issue: look at its articles, change, approve, cancel it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from publisher.articles import Survey, survey_articles
from publisher.compose.edits import moved, without
from publisher.compose.reasons import Part, Placement, place_articles
from publisher.compose.slots import next_slot
from publisher.config import Config, NewsletterSpec
from publisher.errors import ConfigError, DraftUnreadable, IssueError, SourceError
from publisher.issues.newsletter import (
    Due,
    approval_of,
    draft_articles,
    due_slots,
    next_due,
    settle_issue_now,
    settle_newsletter,
    too_little,
)
from publisher.issues.pausing import NEXT_PUBLISH
from publisher.issues.recall import Issues, keep_made, recall_issues
from publisher.model import Article, Draft, Issue
from publisher.outputs.lock import hold_lock
from publisher.values import dataclass
from publisher.wiring.app import App, Clock, lock_path, open_app

_KEEP_OUT = "`digest: false` in an article keeps it out of newsletters"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """One newsletter's next issue: its articles as editors want them, those until `slot`, and
    what is due by now."""

    app: App
    survey: Survey
    newsletter: NewsletterSpec
    issues: Issues
    slot: datetime
    due: Sequence[Due]
    articles: Sequence[Article]

    @property
    def is_due(self) -> bool:
        """Whether there is one to approve or to cancel, be it to be skipped for being late."""
        return bool(self.due)

    @property
    def draft(self) -> Draft:
        return self.app.issues.draft(self.newsletter.name)


def list_items(
    config: Config, newsletter: str, *, explain: bool = False, clock: Clock
) -> list[str]:
    """The articles of the next issue, numbered: `drop`, `move` and `pin` take the number.

    With `explain` also every other one that is published, and why the mail does not show it.
    """
    with _desk(config, newsletter, clock, aside=True) as desk:
        placed = _placed(desk) if explain else ()
        why = {p.article.id: p for p in placed if p.part is not Part.SHOWN}
        listed = {article.id for article in desk.articles}
        each = desk.newsletter.schedule.is_for_each  # whose articles are each in an issue
        lines = _items(desk) if each else _items(desk, why)
        return [*lines, *(_reason(one) for id_, one in why.items() if id_ not in listed)]


def drop_item(
    config: Config, newsletter: str, item: str, *, for_good: bool, clock: Clock
) -> list[str]:
    """Take an article out of the next issue; it waits for the one after, unless `for_good`.

    `item` is its number, id or file. Gives the items that are left.
    """
    return _edit(
        config, newsletter, item, clock, lambda draft, id_: without(draft, id_, for_good=for_good)
    )


def move_item(config: Config, newsletter: str, item: str, place: int, *, clock: Clock) -> list[str]:
    """Give an article of the next issue another place, from 1; gives the items after that."""
    return _edit(config, newsletter, item, clock, lambda draft, id_: moved(draft, id_, place))


def approve_issue(
    config: Config, newsletter: str, *, clock: Clock, number: int | None = None
) -> str:
    """Make what is due, or of several just `number`; approve the coming one where none is due.

    Raises what holds the issue, and IssueError where it is over for being late. An approval
    holds for just that text: when an article, the note, the choice or a template changes before
    the time, the issue asks again.
    """
    with _desk(config, newsletter, clock) as desk:
        app, survey, spec = desk.app, desk.survey, desk.newsletter
        _require_next(desk, number)
        if desk.is_due:
            numbers = range(number or 1, (number or sys.maxsize - 1) + 1)
            issues = settle_newsletter(app, survey, desk.issues, spec, approved=numbers)
            _raise_problem(issues)
            if not issues.new:
                _raise_late(desk.issues, issues, newsletter)
                return f"{too_little(spec, _count_due(desk))}: no issue"
            keep_made(app, survey, issues)
            app.build.commit()
            made = ", ".join(f"{i.number}: {i.rendered.subject}" for i in issues.new)
            return f"approved and made, issue {made}; {NEXT_PUBLISH}"
        issues = settle_issue_now(app, survey, spec, slot=desk.slot)
        _raise_problem(issues)
        if not issues.new:
            return f"{too_little(spec, len(desk.articles))}: no issue"
        issue = issues.new[0]
        app.issues.save_draft(replace(desk.draft, approved=approval_of(issue)))
        return (
            f"issue {issue.number} of {newsletter} is approved as it stands, for "
            f"{desk.slot.isoformat(timespec='minutes')}: {issue.rendered.subject}"
        )


def cancel_issue(
    config: Config, newsletter: str, *, clock: Clock, number: int | None = None
) -> str:
    """Let the issue that is due pass, its articles wait, but those that no issue is to have; forget
    what else was said of it, whether it can be read or not. Where none is due forget all that was
    said of the next one.

    Raises ConfigError where each article is an issue: it has no time that another comes after.
    """
    each = config.newsletter(newsletter).schedule.is_for_each
    with _desk(config, newsletter, clock, arranges=False) as desk:
        _require_next(desk, number)
        is_first = desk.issues.past(newsletter).last is None
        if desk.is_due and not is_first and not each:
            (slot, _), passed = desk.due[0], _passed(desk)
            after = Draft(newsletter=newsletter, passed=passed)
            desk.app.issues.pass_slot(newsletter, slot, after=after)
            due = slot.isoformat(timespec="minutes")
            but = ", but those that were taken out for good" if passed else ""
            return f"the issue of {newsletter} due {due} is cancelled; its articles wait{but}"
        desk.app.issues.forget_draft(newsletter)
        if desk.is_due and each:
            raise ConfigError(
                "edits and approval of the next issue are forgotten, but none can pass: every "
                f"article of {newsletter} is an issue of its own",
                mend=_KEEP_OUT,
            )
        if desk.is_due:
            return (
                f"edits and approval of the first issue of {newsletter} are forgotten; it has no "
                "time that could pass: it comes as soon as there is enough"
            )
        return f"no issue of {newsletter} waits; edits and approval of the next one are forgotten"


def _count_due(desk: _Desk) -> int:
    """How many articles there are for what is due, also where no issue comes of it."""
    app, survey, spec = desk.app, desk.survey, desk.newsletter
    slot, new = desk.due[0]
    if new is None:
        past = desk.issues.past(spec.name)
        new = draft_articles(app, survey, spec, past, slot=slot)
    return len(new)


def _passed(desk: _Desk) -> tuple[str, ...]:
    """What no issue is to have, as far as that can be read."""
    try:
        return desk.draft.passed
    except DraftUnreadable:
        return ()


def _edit(
    config: Config,
    newsletter: str,
    item: str,
    clock: Clock,
    change: Callable[[Draft, str], Draft],
) -> list[str]:
    if config.newsletter(newsletter).schedule.is_for_each:
        raise ConfigError(
            f"every article of {newsletter} is an issue of its own: there is nothing to arrange",
            mend=_KEEP_OUT,
        )
    with _desk(config, newsletter, clock) as desk:
        article = _find(desk, item)
        desk.app.issues.save_draft(change(desk.draft, article.id))
        articles = draft_articles(
            desk.app,
            desk.survey,
            desk.newsletter,
            desk.issues.past(newsletter),
            slot=desk.slot,
        )
        return _items(replace(desk, articles=articles))


def _items(desk: _Desk, why: Mapping[str, Placement] = MappingProxyType({})) -> list[str]:
    """With the reason of each that the mail does not show, by its id."""
    return [
        _reason(why[article.id], f"{number:3} {{}} ")
        if article.id in why
        else f"{number:3}  {article.document.title}  ({article.document.file})"
        for number, article in enumerate(desk.articles, 1)
    ]


def _placed(desk: _Desk) -> Sequence[Placement]:
    """Every published article with its part in the next issue as it would be drawn."""
    issue = None if desk.newsletter.schedule.is_for_each else _draw_next(desk)
    return place_articles(
        desk.newsletter,
        desk.survey.listed,
        desk.issues.past(desk.newsletter.name),
        slot=desk.slot,
        draft=desk.draft,
        digest=issue.digest if issue else None,
        text=issue.rendered.text if issue else "",
    )


def _draw_next(desk: _Desk) -> Issue | None:
    issues = settle_issue_now(desk.app, desk.survey, desk.newsletter, slot=desk.slot)
    for problem in issues.problems:
        raise problem
    return issues.proofs[0].issue if issues.proofs else None


def _reason(placement: Placement, shape: str = "  {}  ") -> str:
    document = placement.article.document
    mark = "+" if placement.part is Part.LINKED else "-"
    return f"{shape.format(mark)}{document.title}  ({document.file}): {placement.reason}"


def _find(desk: _Desk, item: str) -> Article:
    """The article that a person means by its number, its id or its file, also with its folder."""
    if item.isdecimal() and 1 <= int(item) <= len(desk.articles):
        return desk.articles[int(item) - 1]
    path = item.removeprefix("./")
    places = {source.name: source.place for source in desk.app.config.sources}
    found = [
        a
        for a in desk.articles
        if item == a.id
        or path in (a.document.file, f"{places[a.document.source]}/{a.document.file}")
    ]
    if len(found) == 1:
        return found[0]
    names = f"names {len(found)} articles" if found else "is no article"
    raise SourceError(
        f"{item} {names} of the next issue of {desk.newsletter.name}",
        mend=f"`publisher issue items {desk.newsletter.name}` lists them with their numbers",
    )


def _require_next(desk: _Desk, number: int | None) -> None:
    """Refuse a number that is not the next issue's: what was made stays as it is."""
    coming = desk.issues.past(desk.newsletter.name).next_number
    if number is not None and number != coming:
        raise ConfigError(
            f"the issue of {desk.newsletter.name} that waits is number {coming}, not {number}",
            mend="leave the number out, or name that one",
        )


def _raise_problem(issues: Issues) -> None:
    """Raise what holds the issue: its note, its headlines, or a check that it does not pass."""
    for problem in issues.problems:
        raise problem
    for proof in issues.proofs:
        for held in proof.problems():
            raise held


def _raise_late(before: Issues, after: Issues, newsletter: str) -> None:
    """Raise that the issue is skipped for being late, where that is why none was made."""
    for said in after.warnings[len(before.warnings) :]:
        raise IssueError(said, mend=f"`publisher issue compose {newsletter}` makes one")


@contextmanager
def _desk(
    config: Config, newsletter: str, clock: Clock, *, aside: bool = False, arranges: bool = True
) -> Iterator[_Desk]:
    """Without `arranges` it has no articles."""
    spec = config.newsletter(newsletter)
    with (
        nullcontext() if aside else hold_lock(lock_path(config)),
        open_app(config, clock=clock, progress=_silent, aside=aside) as app,
    ):
        survey = survey_articles(app)
        issues = recall_issues(app, survey)
        past = issues.past(newsletter)
        due = due_slots(app, survey, spec, past)
        slot, new = next_due(app, survey, spec, past) or (_coming(app, survey, spec), None)
        if new is not None and len(due) > 1:
            new = [article for _, articles in due for article in articles or ()]
        if new is None:
            new = draft_articles(app, survey, spec, past, slot=slot) if arranges else ()
        yield _Desk(
            app=app,
            survey=survey,
            newsletter=spec,
            issues=issues,
            slot=slot,
            due=due,
            articles=new,
        )


def _coming(app: App, survey: Survey, newsletter: NewsletterSpec) -> datetime:
    """When the next issue is due; now where each article is one."""
    zone = app.config.zone_of(newsletter)
    now = survey.now.astimezone(ZoneInfo(zone))
    return next_slot(newsletter.schedule, zone, survey.now) or now


def _silent(_what: str, _done: int, _total: int) -> None:
    """Short work: nothing to show."""
