"""USE CASE. What the timer will do in the days to come, if nothing is changed before.

The runs to come are gone through one after the other, each with its clock and what the ones before
it left, by the functions that make issues due and say what they hold; nothing is made or kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from publisher.articles import Survey, survey_articles
from publisher.compose.entries import make_entries, newest_first
from publisher.compose.past import Past
from publisher.compose.slots import next_slot
from publisher.config import Config, NewsletterSpec
from publisher.errors import ArticleError, DraftUnreadable, SourceError
from publisher.issues.issuing import note_for
from publisher.issues.newsletter import draft_articles, due_slots, next_digest, settle_newsletter
from publisher.issues.recall import recall_issues
from publisher.model import Article, Digest, RecordedIssue, State
from publisher.sources import Progress
from publisher.values import dataclass
from publisher.wiring.app import App, Clock, open_app


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Something that will happen: `what` is `appears`, `changes`, `leaves` or `issue`.

    `name` is the article's file, or the newsletter. Of an issue `articles` are the ids that it
    holds, `readers` counts those who would get it today. An issue with `why` is not made then; the
    same may happen several `times`, the last of them at `until`.
    """

    at: datetime
    what: str
    name: str
    title: str = ""
    number: int = 0
    articles: Sequence[str] = ()
    readers: int = 0
    why: str = ""
    times: int = 1
    until: datetime | None = None


def coming(config: Config, days: int, *, clock: Clock, progress: Progress) -> list[Coming]:
    """What will happen within so many days, in order. Raises PublisherError."""
    with open_app(config, clock=clock, progress=progress, aside=True) as app:
        survey = survey_articles(app)
        until = survey.now + timedelta(days=days)
        articles = list(_articles(config, survey, until))
        found = [*articles]
        turns = sorted({survey.now, *(one.at for one in articles)})
        views = _Views(survey, turns)
        for number, newsletter in enumerate(config.streams, start=1):
            stream = _Stream(app, views, newsletter, survey.now)
            found += _joined(stream.run(turns, until))
            progress("looking ahead", number, len(config.streams))
        return sorted(found, key=lambda one: (one.at, one.what, one.name))


def _articles(config: Config, survey: Survey, until: datetime) -> Iterator[Coming]:
    zone = ZoneInfo(config.site.timezone or "UTC")
    folders = {spec.name: spec.place for spec in config.sources}
    for article in survey.articles:
        document = article.document
        begins, ends = article.published, document.expires
        if article.state not in (State.LISTED, State.SCHEDULED) or begins is None:
            continue
        told = Coming(
            at=begins.astimezone(zone),
            what="appears",
            name=f"{folders[document.source]}/{document.file}",
            title=document.title,
        )
        if ends is not None and ends <= begins:
            if survey.now < begins <= until:
                yield replace(told, why="it has expired by then: only its page comes")
            continue
        if survey.now < begins <= until:
            yield told
        if ends is not None and survey.now < ends <= until:
            yield replace(told, what="leaves", at=ends.astimezone(zone))
        for at, why in _changes(article).items():
            if max(survey.now, begins) < at <= until and (ends is None or at < ends):
                yield replace(told, what="changes", at=at.astimezone(zone), why=why)


def _changes(article: Article) -> Mapping[datetime, str]:
    """When an article will say something else by itself: its own dates, by their instants."""
    dated = {c.when: "a correction is dated so" for c in article.corrections if c.when is not None}
    updated = article.document.updated
    return dated | ({updated: "its `updated` says so"} if updated is not None else {})


class _Views:
    """The articles as the runs to come will find them."""

    def __init__(self, survey: Survey, turns: Sequence[datetime]) -> None:
        """`turns` are the instants at which something becomes of an article; the first is now."""
        self._survey = survey
        self._turns = turns
        self._last = turns[0], survey

    def turn(self, instant: datetime) -> datetime:
        """The last instant at which something became of an article."""
        return self._turns[bisect_right(self._turns, instant) - 1]

    def at(self, instant: datetime) -> Survey:
        """What a run at that instant finds. Quick when asked in the order of time."""
        turn = self.turn(instant)
        if self._last[0] != turn:
            articles = tuple(_aged(article, turn) for article in self._survey.articles)
            view = replace(
                self._survey,
                articles=articles,
                listed=newest_first(articles),
                entries=make_entries(articles),
            )
            self._last = turn, view
        return replace(self._last[1], now=instant.astimezone(UTC))


def _aged(article: Article, now: datetime) -> Article:
    """An article as it will be, unless its file is changed."""
    if article.state not in (State.LISTED, State.SCHEDULED) or article.published is None:
        return article
    document = article.document
    state = State.LISTED
    if article.published > now:
        state = State.SCHEDULED
    elif document.expires is not None and document.expires <= now:
        state = State.EXPIRED
    dates = (document.updated, *(c.when for c in article.corrections))
    told = [when for when in dates if when is not None and when <= now]
    assert article.updated is not None, "an article with a date has both"
    return replace(article, state=state, updated=max([article.updated, *told]))


class _Stream:
    """One newsletter, run after run. What runs note goes to the copy that `app` works on.

    An issue is drawn and checked as long as none was made: a check may hold it. Those after the
    first, whose articles may yet be written, are only composed.
    """

    def __init__(self, app: App, views: _Views, newsletter: NewsletterSpec, now: datetime) -> None:
        self._app = app
        self._views = views
        self._newsletter = newsletter
        self._name = newsletter.name
        self._issues = recall_issues(app, views.at(now))
        self._readers = app.stores.count_readers(newsletter.readers)
        self._was_made = False
        self._waits: tuple[datetime | None, str] = None, ""
        self._little: tuple[datetime, int] | None = None

    def run(self, turns: Sequence[datetime], until: datetime) -> Iterator[Coming]:
        """What becomes of it at every run that may make an issue.

        Those are the next one, those at which something becomes of an article, and its slots.
        """
        at, rest = turns[0], deque(turns[1:])
        slot = self._next(at)
        yield from self._at(at)
        while rest or (slot is not None and slot <= until):
            if slot is not None and slot <= until and (not rest or slot < rest[0]):
                at, slot = slot, self._next(slot)
            else:
                at = rest.popleft()
                if slot == at:
                    slot = self._next(at)
            yield from self._at(at)

    @property
    def _past(self) -> Past:
        return self._issues.past(self._name)

    def _next(self, instant: datetime) -> datetime | None:
        zone = self._app.config.zone_of(self._newsletter)
        return next_slot(self._newsletter.schedule, zone, instant)

    def _at(self, instant: datetime) -> Iterator[Coming]:
        view = self._views.at(instant)
        due = due_slots(self._app, view, self._newsletter, self._past)
        if self._little and self._little[0] == self._views.turn(instant) and due:
            yield from self._quiet(view, due[0][0], self._little[1])
        elif due and (not self._was_made or self._may_be_approved()):
            yield from self._drawn(view)
        else:
            for slot, new in due:
                yield from self._composed(view, slot, new)

    def _may_be_approved(self) -> bool:
        """Whether editors approved the next issue, or it cannot be read what they said."""
        try:
            return bool(self._app.issues.draft(self._name).approved)
        except DraftUnreadable:
            return True  # as the run tells it

    def _drawn(self, view: Survey) -> Iterator[Coming]:
        """As the run itself makes the issues that are due."""
        past = self._past
        bare = replace(self._issues, new=(), waiting=(), quiet=(), problems=(), proofs=())
        self._issues = settle_newsletter(self._app, view, bare, self._newsletter)
        for issue in self._issues.new:
            yield self._made(view, issue.number, issue.digest)
        for proof in self._issues.proofs:
            for held in list(proof.problems())[:1]:
                yield from self._waiting(view, proof.issue.digest.slot, str(held))
        for issue in self._issues.waiting:
            yield from self._waiting(view, issue.digest.slot, self._unapproved)
        for problem in self._issues.problems:
            yield from self._waiting(view, view.now, str(problem))
        for _, slot in self._issues.quiet:
            yield from self._quiet(view, slot, self._count(view, slot))
        done = (*self._issues.proofs, *self._issues.waiting, *self._issues.problems)
        if past.last is None and not done:
            yield from self._waiting(view, None, self._too_little(self._count(view, view.now)))

    def _composed(
        self, view: Survey, slot: datetime, new: Sequence[Article] | None
    ) -> Iterator[Coming]:
        """The same without drawing it."""
        past = self._past
        digest = next_digest(self._app, view, self._newsletter, past, slot=slot, new=new)
        if digest is None:
            yield from self._quiet(view, slot, self._count(view, slot))
            return
        try:
            used = {issue.note for issue in past.issues}
            note = note_for(self._app, self._newsletter, slot, lambda mark: mark not in used)
        except (ArticleError, SourceError) as problem:
            yield from self._waiting(view, slot, str(problem))
            return
        if self._newsletter.review:
            yield from self._waiting(view, slot, self._unapproved)
            return
        line = RecordedIssue(
            newsletter=self._name,
            number=past.next_number,
            slot=slot,
            items=tuple(entry.id for entry in (*digest.entries, *digest.overflow)),
            passed=digest.passed,
            checksum="",
            note=note.mark if note else "",
        )
        history = {**self._issues.history, self._name: (*past.issues, line)}
        self._issues = replace(self._issues, history=history)
        yield self._made(view, line.number, digest)

    def _made(self, view: Survey, number: int, digest: Digest) -> Coming:
        self._app.issues.forget_draft(self._name)
        self._was_made, self._little = True, None
        held = [entry.id for entry in (*digest.entries, *digest.overflow)]
        return replace(
            self._told(view), number=number, articles=held, readers=self._readers, why=""
        )

    def _quiet(self, view: Survey, slot: datetime, count: int) -> Iterator[Coming]:
        """A slot that goes by: too late where that is said, else with too little to say."""
        self._app.issues.pass_slot(self._name, slot)
        if count >= self._newsletter.min_items:
            yield replace(self._told(view), why="it is later than max_late, and skipped")
            return
        turn = self._views.turn(view.now)
        self._little = (turn, count) if slot >= turn else None
        yield replace(self._told(view), why=self._too_little(count))

    def _waiting(self, view: Survey, slot: datetime | None, why: str) -> Iterator[Coming]:
        """An issue that each run looks at again: told once."""
        if self._waits != (slot, why):
            self._waits = slot, why
            yield replace(self._told(view), why=why)

    def _told(self, view: Survey) -> Coming:
        return Coming(
            at=view.now.astimezone(ZoneInfo(self._app.config.zone_of(self._newsletter))),
            what="issue",
            name=self._name,
            title=self._newsletter.title,
            number=self._past.next_number,
        )

    def _count(self, view: Survey, slot: datetime) -> int:
        """How many articles are new for an issue, as far as editors have not taken them out."""
        return len(draft_articles(self._app, view, self._newsletter, self._past, slot=slot))

    def _too_little(self, count: int) -> str:
        return f"{count} of at least {self._newsletter.min_items} articles"

    @property
    def _unapproved(self) -> str:
        return f"waits for `publisher issue approve {self._name}`"


def _joined(events: Iterable[Coming]) -> list[Coming]:
    """The events of a newsletter, an issue that is not made time after time only once."""
    found: list[Coming] = []
    for event in events:
        last = found[-1] if found else None
        if last and event.why and (last.why, last.number) == (event.why, event.number):
            found[-1] = replace(last, times=last.times + 1, until=event.at)
        else:
            found.append(event)
    return found
