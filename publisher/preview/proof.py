"""USE CASE. The site as the next run would make it, composed on a copy and drawn when looked at."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from publisher.articles import Survey, survey_articles
from publisher.compose.reasons import Placement, place_articles
from publisher.config import Config, NewsletterSpec
from publisher.errors import DraftUnreadable, FeedError, Location, PublisherError
from publisher.feeds import Feed
from publisher.issues.newsletter import next_slots, settle_issues, settle_next_issue
from publisher.issues.recall import shown_pictures
from publisher.media import Kept, media_artifacts
from publisher.mime import sample_files
from publisher.model import Artifact, BuildPlan, Draft, Issue, RecordedIssue, State
from publisher.plan import make_plan
from publisher.preflight import Finding
from publisher.publishing.feedsurvey import survey_feeds
from publisher.publishing.wanted import wanted_artifacts
from publisher.values import dataclass
from publisher.wiring.app import App


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """The coming issue of a newsletter, as `publisher issue preview` makes it.

    `due` is when the schedule asks for it, None when it is due by now. `issue` is None, and
    `files` is empty, as long as too little is new; `files` are email.html, email.txt and email.eml
    to the sample reader. `draft` is what editors said of it; `problems` say why it cannot be made.
    """

    newsletter: NewsletterSpec
    due: datetime | None
    past: tuple[RecordedIssue, ...]
    issue: Issue | None
    files: Mapping[str, bytes]
    draft: Draft
    placements: tuple[Placement, ...]
    problems: tuple[PublisherError, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Everything that the preview shows of one moment.

    `plan` is what a run would do to output/, `artifacts` all that would lie there, by path, and
    the pictures of coming issues.
    `problems` name what would be left out. `changes_at` is when time alone changes it: an
    article's date comes, or it expires. `seconds` is what composing took.
    """

    config: Config
    survey: Survey
    coming: tuple[Coming, ...]
    feeds: tuple[Feed, ...]
    artifacts: Mapping[str, Artifact]
    plan: BuildPlan
    problems: tuple[PublisherError, ...]
    warnings: tuple[str, ...]
    changes_at: datetime | None
    seconds: float


def compose_proof(app: App, drawn: Drawn) -> Proof:
    """Compose what a run would make now, and draw some of each kind of it.

    `app` is opened aside: nothing is written anywhere. Raises the PublisherError that would stop
    a run.
    """
    began = time.monotonic()
    survey = survey_articles(app)
    issues = settle_issues(app, survey)
    output = app.open_output()
    intact = output.intact()
    feeds, _ = survey_feeds(app, survey, issues)
    wanted = wanted_artifacts(app, survey, issues, feeds, intact=intact, kept=output.kept)
    plan = make_plan(wanted, output.manifest(), intact)
    due: dict[str, datetime | None] = dict(next_slots(app, issues, survey.now))
    due |= {issue.newsletter: None for issue in (*issues.new, *issues.waiting)}
    coming = tuple(_coming(app, survey, n, due.get(n.name)) for n in app.config.streams)
    artifacts = {artifact.path: artifact for artifact in wanted}
    broken = tuple(_placed(error, app.config) for error in drawn.try_out(plan.write))
    return Proof(
        config=app.config,
        survey=survey,
        coming=coming,
        feeds=feeds,
        artifacts=_pictures_to_come(
            app, survey, coming, there=artifacts, intact=intact, kept=output.kept
        )
        | artifacts,
        plan=plan,
        problems=(*survey.outages, *survey.problems, *issues.problems, *broken),
        warnings=(*survey.suspicions, *survey.warnings, *issues.warnings),
        changes_at=min(_changes(survey), default=None),
        seconds=time.monotonic() - began,
    )


def _pictures_to_come(
    app: App,
    survey: Survey,
    coming: Sequence[Coming],
    *,
    there: Collection[str],
    intact: Collection[str],
    kept: Kept,
) -> dict[str, Artifact]:
    """What the mails of coming issues show and no run makes before their time."""
    issues = [one.issue for one in coming if one.issue is not None]
    shown = [p for issue in issues for p in shown_pictures(issue, app.pictures.logo)]
    missing = {picture.path for picture in shown if picture.path not in there}
    if not missing:
        return {}
    made = media_artifacts(app, survey, shown, intact, kept)
    return {artifact.path: artifact for artifact in made if artifact.path in missing}


def without_twins(config: Config) -> Config:
    """The same configuration without compressed twins, which nobody looks at."""
    return replace(config, web=replace(config.web, compress=()))


_TRYING_SECONDS = 0.5
_LARGEST_KEPT = 4 * 1024 * 1024
_MOST_KEPT = 64 * 1024 * 1024
"""Bytes of drawn files, one and all of them: more are drawn anew when they are asked for."""

_FOLDERS = frozenset(
    {"archive", "authors", "feeds", "languages", "newsletters", "page", "sitemap", "tags"}
)


class Drawn:
    """What was drawn already, by path and fingerprint, from one moment to the next."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, bytes]] = {}
        self._good: set[str] = set()
        self._size = 0

    def draw(self, artifact: Artifact) -> bytes:
        """The bytes of an artifact. Raises as drawing does."""
        fingerprint, data = self._kept.get(artifact.path, ("", b""))
        if fingerprint == artifact.fingerprint:
            return data
        data = artifact.render()
        self._good.add(artifact.fingerprint)
        self._keep(artifact, data)
        return data

    def try_out(self, artifacts: Sequence[Artifact]) -> list[FeedError]:
        """Draw what was not drawn yet: one of each kind, and others for half a second.

        Gives what breaks a rule of feeds. Raises what else drawing raises: a template that is
        broken in a way that only shows in use is found here, before anybody is shown a thing.
        """
        waiting = [a for a in artifacts if a.fingerprint not in self._good and _is_drawn(a.path)]
        firsts: dict[tuple[object, ...], Artifact] = {}
        for artifact in waiting:
            firsts.setdefault(_kind(artifact.path), artifact)
        chosen = {artifact.path for artifact in firsts.values()}
        deadline = time.monotonic() + _TRYING_SECONDS
        broken = []
        for artifact in (*firsts.values(), *(a for a in waiting if a.path not in chosen)):
            if artifact.path not in chosen and time.monotonic() > deadline:
                break
            try:
                self.draw(artifact)
            except FeedError as error:
                broken.append(error)
        return broken

    def _keep(self, artifact: Artifact, data: bytes) -> None:
        _, before = self._kept.pop(artifact.path, ("", b""))
        self._size -= len(before)
        if len(data) > _LARGEST_KEPT:
            return
        self._kept[artifact.path] = (artifact.fingerprint, data)
        self._size += len(data)
        while self._size > _MOST_KEPT:
            _, oldest = self._kept.pop(next(iter(self._kept)))
            self._size -= len(oldest)


def _is_drawn(path: str) -> bool:
    return not path.startswith("media/") or path.startswith("media/site-")


def _kind(path: str) -> tuple[object, ...]:
    """What files have in common that come of one template."""
    *folders, name = path.split("/")
    known = tuple(folder for folder in folders if folder in _FOLDERS)
    return known, len(folders), re.sub(r"[0-9a-f]{6,}|[0-9]+", "0", name)


def _coming(app: App, survey: Survey, newsletter: NewsletterSpec, due: datetime | None) -> Coming:
    config = app.config
    slot, issues = settle_next_issue(app, survey, newsletter)
    issue = issues.proofs[0].issue if issues.proofs else None
    is_told = any(isinstance(problem, DraftUnreadable) for problem in issues.problems)
    nothing_said = Draft(newsletter=newsletter.name)
    draft = nothing_said if is_told else app.issues.draft(newsletter.name)
    past = issues.past(newsletter.name)
    if issue is not None:
        past = replace(past, issues=tuple(i for i in past.issues if i.number < issue.number))
    files: Mapping[str, bytes] = {}
    if issue:
        files = sample_files(
            issue.rendered,
            number=issue.number,
            slot=issue.digest.slot,
            newsletter=newsletter,
            mail_url=config.mail_url,
        )
    return Coming(
        newsletter=newsletter,
        due=due,
        past=past.issues,
        issue=issue,
        files=files,
        draft=draft,
        problems=issues.problems,
        placements=place_articles(
            newsletter,
            survey.listed,
            past,
            slot=slot,
            draft=draft,
            digest=issue.digest if issue else None,
            text=issue.rendered.text if issue else "",
        ),
        findings=issues.proofs[0].findings if issues.proofs else (),
    )


def _changes(survey: Survey) -> Iterator[datetime]:
    for article in survey.articles:
        if article.state is State.SCHEDULED and article.published is not None:
            yield article.published
        if article.state is State.LISTED and article.document.expires is not None:
            yield article.document.expires


def _placed(error: FeedError, config: Config) -> FeedError:
    where = error.where or Location(file="")
    place = Location(file=f"{config.output.rstrip('/')}/{where.file}", line=where.line)
    return FeedError(error.message, where=place, mend=error.mend)


def count_shown(placements: Iterable[Placement]) -> Mapping[str, int]:
    """How many articles have each part in the coming issue, by its name in small letters."""
    counts: dict[str, int] = {}
    for placement in placements:
        name = placement.part.name.lower()
        counts[name] = counts.get(name, 0) + 1
    return counts
