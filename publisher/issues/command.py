"""USE CASE. What the command `publisher issue` asks: list, show, preview, compose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from publisher.articles import Survey, survey_articles
from publisher.compose.retold import Retold, retell_issue
from publisher.config import Config, NewsletterSpec
from publisher.errors import IssueError, PublisherError
from publisher.issues.newsletter import (
    draft_articles,
    settle_issue_now,
    settle_next_issue,
    too_little,
)
from publisher.issues.pausing import NEXT_PUBLISH
from publisher.issues.proofing import ProofedIssue
from publisher.issues.recall import Issues, keep_made, recall_issues
from publisher.mime import SAMPLE_TOKEN, fill
from publisher.model import Issue
from publisher.outputs.lock import hold_lock
from publisher.values import dataclass
from publisher.wiring.app import App, Clock, lock_path, open_app


def list_issues(config: Config, newsletter: str, *, clock: Clock) -> list[str]:
    """One line for each issue: number, time, how many articles, subject."""
    config.newsletter(newsletter)
    with _opened(config, clock) as (app, survey):
        issues = recall_issues(app, survey)
        return [
            f"{past.number:4}  {past.slot.isoformat(timespec='minutes')}  {len(past.items):3}  "
            f"{_load(app, issues, newsletter, past.number).rendered.subject}"
            for past in issues.history.get(newsletter, ())
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownIssue:
    """An issue that was made: its text as a reader got it, and why each article is in it or not.

    `files` are the articles' files as a person finds them, by id.
    """

    issue: Issue
    text: str
    retold: tuple[Retold, ...]
    files: Mapping[str, str]


def show_issue(config: Config, newsletter: str, number: int, *, clock: Clock) -> ShownIssue:
    """One issue that was made. Raises StoreError when there is none."""
    spec = config.newsletter(newsletter)
    with _opened(config, clock) as (app, survey):
        issues = recall_issues(app, survey)
        issue = _load(app, issues, newsletter, number)
        retold = retell_issue(spec, issue, issues.past(newsletter), survey.articles)
        folders = {source.name: source.place for source in config.sources}
        return ShownIssue(
            issue=issue,
            text=_text(config, issue),
            retold=retold,
            files={one.id: f"{folders[one.source]}/{one.file}" for one in retold if one.file},
        )


def preview_issue(config: Config, newsletter: str, *, clock: Clock) -> str:
    """The text of the next issue: the one that is due, or else as it would be made now."""
    spec = config.newsletter(newsletter)
    with _opened(config, clock) as (app, survey):
        slot, issues = settle_next_issue(app, survey, spec)
        _raise_problem(issues)
        if not issues.proofs:
            return _too_little(app, survey, spec, issues, slot) + ": no issue\n"
        return _text(config, issues.proofs[0].issue)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """What became of an issue: one line that says it, and what the checks found."""

    said: str
    proofs: tuple[ProofedIssue, ...] = ()

    @property
    def held(self) -> bool:
        """Whether a check holds the issue: nothing was made, and its articles wait."""
        return any(proof.held for proof in self.proofs)


def issue_to_try(config: Config, newsletter: str, number: int | None, *, clock: Clock) -> Issue:
    """One issue that was made, or else the next one as it is previewed; nothing is changed.

    Raises StoreError where there is none of that number, PublisherError where nothing is new.
    """
    spec = config.newsletter(newsletter)
    with _opened(config, clock) as (app, survey):
        if number is not None:
            return _load(app, recall_issues(app, survey), newsletter, number)
        slot, issues = settle_next_issue(app, survey, spec)
        _raise_problem(issues)
        if not issues.proofs:
            raise PublisherError(
                f"{_too_little(app, survey, spec, issues, slot)}: there is no next issue",
                mend="name the number of one that was made: publisher issue list " + newsletter,
            )
        return issues.proofs[0].issue


def compose_issue(config: Config, newsletter: str, *, clock: Clock) -> Composed:
    """Make and freeze the next issue whatever the schedule, unless a check holds it.

    Raises IssueError where another has its time.
    """
    spec = config.newsletter(newsletter)
    with (
        hold_lock(lock_path(config)),
        _opened(config, clock, aside=False) as (app, survey),
    ):
        issues = settle_issue_now(app, survey, spec, spam=True)
        _raise_problem(issues)
        if not issues.proofs:
            return Composed(said=_too_little(app, survey, spec, issues, survey.now) + ": no issue")
        if not issues.new:
            number = issues.proofs[0].issue.number
            held = f"issue {number} of {newsletter} is held: it is not made, its articles wait"
            return Composed(said=held, proofs=issues.proofs)
        *past, made = issues.history[newsletter]
        for other in past:
            if other.slot == made.slot:
                raise IssueError(
                    f"issue {other.number} of {newsletter} has this very time, "
                    f"{other.slot.isoformat(timespec='minutes')}, and no two have the same",
                    mend="make it a second later",
                )
        keep_made(app, survey, issues)
        app.build.commit()
        new = issues.new[0]
        said = f"issue {new.number} of {newsletter}: {new.rendered.subject}; {NEXT_PUBLISH}"
        return Composed(said=said, proofs=issues.proofs)


def _raise_problem(issues: Issues) -> None:
    """Raise what is wrong with the note or headlines of the next issue."""
    for problem in issues.problems:
        raise problem


@contextmanager
def _opened(config: Config, clock: Clock, *, aside: bool = True) -> Iterator[tuple[App, Survey]]:
    with open_app(config, clock=clock, progress=_silent, aside=aside) as app:
        yield app, survey_articles(app)


def _load(app: App, issues: Issues, newsletter: str, number: int) -> Issue:
    return issues.unfrozen().get((newsletter, number)) or app.issues.load(newsletter, number)


def _too_little(
    app: App, survey: Survey, spec: NewsletterSpec, issues: Issues, slot: datetime
) -> str:
    past = issues.past(spec.name)
    return too_little(spec, len(draft_articles(app, survey, spec, past, slot=slot)))


def _text(config: Config, issue: Issue) -> str:
    return fill(issue.rendered.text, token=SAMPLE_TOKEN, mail_url=config.mail_url)


def _silent(_what: str, _done: int, _total: int) -> None:
    """Short work: nothing to show."""
