"""USE CASE. Which feeds there are at this moment, and what the record remembers of them."""

from __future__ import annotations

from publisher.articles import Survey
from publisher.compose.feeds import compose_feeds
from publisher.feeds import Feed
from publisher.issues.recall import Issues, issue_loader, shown_issues
from publisher.model import RecordedFeed
from publisher.wiring.app import App


def survey_feeds(
    app: App, survey: Survey, issues: Issues
) -> tuple[tuple[Feed, ...], tuple[RecordedFeed, ...]]:
    """Every feed at this moment, and what the record remembers of feeds after it."""
    return compose_feeds(
        app.config,
        articles=survey.articles,
        listed=survey.listed,
        entries=survey.entries,
        marks=survey.marks,
        record=survey.record,
        history=shown_issues(app, issues),
        load_issue=issue_loader(app, issues),
    )
