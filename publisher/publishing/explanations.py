"""USE CASE. Why an article is in an output, or not: its page, every feed, every newsletter."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from publisher.articles import Candidate, Survey
from publisher.compose.changes import why_hidden
from publisher.compose.past import Past
from publisher.compose.reasons import Part, Placement, place_articles
from publisher.compose.retold import retell_issue
from publisher.compose.slots import next_slot
from publisher.compose.whereabouts import Whereabout, where_feeds, where_page
from publisher.config import NewsletterSpec
from publisher.feeds import FeedKind
from publisher.issues.newsletter import due_slots, next_due, settle_issue_now
from publisher.issues.recall import Issues, issue_loader, recall_issues, shown_issues
from publisher.model import Article, Issue
from publisher.publishing.feedsurvey import survey_feeds
from publisher.values import dataclass
from publisher.wiring.app import App


def explain_article(app: App, survey: Survey, candidate: Candidate) -> tuple[Whereabout, ...]:
    """Every output, as a run would leave it now; none where the file is no article.

    Of a refused file it is the version that was published before.
    """
    article = candidate.article
    if article is None:
        return ()
    issues = recall_issues(app, survey)
    feeds, lines = survey_feeds(app, survey, issues)
    config = app.config
    zone = config.site.timezone or "UTC"
    recorded = next((one for one in survey.record.articles if one.id == article.id), None)
    kinds = {
        FeedKind.TAG: config.feeds_for.tags,
        FeedKind.AUTHOR: config.feeds_for.authors,
        FeedKind.LANGUAGE: config.feeds_for.languages,
    }
    return (
        where_page(article, recorded, zone),
        *where_feeds(
            article,
            feeds,
            {line.feed: line for line in lines},
            kinds=[kind for kind, is_wanted in kinds.items() if is_wanted],
            zone=zone,
        ),
        *(_Stream(app, survey, issues, spec).where(article) for spec in config.streams),
    )


@dataclass(frozen=True, slots=True)
class _Stream:
    """One newsletter at this moment."""

    app: App
    survey: Survey
    issues: Issues
    newsletter: NewsletterSpec

    @property
    def past(self) -> Past:
        return self.issues.past(self.newsletter.name)

    def where(self, article: Article) -> Whereabout:
        """In which issue an article is, or comes; or why in none."""
        known = Whereabout(output="newsletter", name=self.newsletter.name, is_in=False)
        made = next((one for one in self.past.issues if article.id in one.items), None)
        if made is not None:
            why = self._in_issue(made.number, article)
            return replace(known, is_in=True, issue=made.number, why=why)
        hidden = why_hidden(article, self.app.config.site.timezone or "UTC")
        if hidden:
            return replace(known, why=hidden)
        if self.newsletter.schedule.is_for_each:
            return self._by_itself(article, known)
        return self._in_the_next(article, known)

    def _in_issue(self, number: int, article: Article) -> str:
        """Where in an issue that was made, as far as that issue is still known."""
        shown = shown_issues(self.app, self.issues)[self.newsletter.name]
        if number not in {one.number for one in shown}:
            return "of which nothing but the record is left"
        issue = issue_loader(self.app, self.issues)(self.newsletter.name, number)
        told = retell_issue(self.newsletter, issue, self.past, self.survey.articles)
        one = next(one for one in told if one.id == article.id)
        if one.part is Part.LINKED:
            return f"behind the link to the rest: {one.reason}"
        return f"number {one.number}" + (f", under “{one.section}”" if one.section else "")

    def _by_itself(self, article: Article, known: Whereabout) -> Whereabout:
        """Where each article is an issue: of its own, as soon as a run sees it."""
        survey, past = self.survey, self.past
        slots = due_slots(self.app, survey, self.newsletter, past)
        due = [one.id for _, new in slots for one in new or ()]
        if article.id in due:
            number = past.next_number + due.index(article.id)
            return replace(known, is_coming=True, issue=number, why="by itself, at the next run")
        return replace(known, why=self._place(article, None, survey.now).reason)

    def _in_the_next(self, article: Article, known: Whereabout) -> Whereabout:
        """Its part in the issue that is due, or the coming one, as it would be drawn now."""
        slot, when = self._slot()
        issues = settle_issue_now(self.app, self.survey, self.newsletter, slot=slot)
        for problem in issues.problems:
            return replace(known, why=f"the next issue cannot be made: {problem}")
        issue = issues.proofs[0].issue if issues.proofs else None
        placed = self._place(article, issue, slot)
        if placed.part is Part.LEFT:
            return replace(known, why=placed.reason)
        assert issue is not None
        parts = [when, f"under “{placed.section}”" if placed.section else "", placed.reason]
        if self.newsletter.review:
            parts.append("once it is approved")
        why = ", ".join(part for part in parts if part)
        return replace(known, is_coming=True, issue=issue.number, why=why)

    def _slot(self) -> tuple[datetime, str]:
        """When the next issue is made, and how that is said."""
        now = self.survey.now
        due = next_due(self.app, self.survey, self.newsletter, self.past)
        if due:
            return due[0], "at the next run"
        zone = self.app.config.zone_of(self.newsletter)
        slot = next_slot(self.newsletter.schedule, zone, now) or now.astimezone(ZoneInfo(zone))
        return slot, f"due {slot.isoformat(timespec='minutes')}"

    def _place(self, article: Article, issue: Issue | None, slot: datetime) -> Placement:
        placed = place_articles(
            self.newsletter,
            self.survey.listed,
            self.past,
            slot=slot,
            draft=self.app.issues.draft(self.newsletter.name),
            digest=issue.digest if issue else None,
            text=issue.rendered.text if issue else "",
        )
        return next(one for one in placed if one.article.id == article.id)
