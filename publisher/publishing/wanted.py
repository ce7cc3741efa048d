"""USE CASE. Everything that output/ should hold after a run, as artifacts not drawn yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial

from publisher import __version__
from publisher.articles import Survey
from publisher.compose.entries import find_tombstones, newest_first
from publisher.config import Config, NewsletterSpec
from publisher.feeds import Feed
from publisher.fingerprint import fingerprint
from publisher.issues.recall import Issues, issue_loader, kept_pictures, shown_issues
from publisher.media import Kept, media_artifacts
from publisher.mime import SAMPLE_FILES, sample_files
from publisher.model import (
    Artifact,
    LoadIssue,
    RecordedIssue,
    State,
)
from publisher.publishing.views import documents, in_order, make_bare_view
from publisher.render.pages import page_artifacts
from publisher.render.view import SiteView
from publisher.wiring.app import App


def make_view(app: App, survey: Survey, issues: Issues, feeds: Sequence[Feed]) -> SiteView:
    """The site at this moment, as feeds, pages and mails are drawn from it."""
    view = make_bare_view(
        app,
        feeds,
        tuple(survey.entries[a.id] for a in survey.listed),
        marks=survey.marks,
        gallery=survey.gallery,
        load_issue=issue_loader(app, issues),
    )
    return replace(
        view,
        aged=tuple(survey.entries[a.id] for a in newest_first(survey.articles, State.EXPIRED)),
        withdrawn=find_tombstones(survey.record),
        redirects=survey.redirects,
        issues=shown_issues(app, issues),
    )


def wanted_artifacts(
    app: App,
    survey: Survey,
    issues: Issues,
    feeds: Sequence[Feed],
    *,
    intact: Collection[str],
    kept: Kept,
) -> list[Artifact]:
    """Feeds, pages, mails, copied files and pictures, what others refer to first.

    `intact` are the paths that lie in output/ already as we left them, `kept` gives their bytes.
    """
    config = app.config
    view = make_view(app, survey, issues, feeds)
    artifacts = list(documents(app, view))
    artifacts += page_artifacts(view, app.environment, app.theme.hash)
    withdrawn = {line.id for line in survey.record.articles if line.retracted is not None}
    for newsletter in config.streams:
        for recorded in view.issues[newsletter.name]:
            gone = sorted(withdrawn.intersection(recorded.items))
            artifacts += _mails(config, newsletter, recorded, view.load_issue, gone)
    pictures = kept_pictures(app, survey, issues)
    artifacts += media_artifacts(app, survey, pictures, intact, kept)
    return in_order(config, artifacts)


def _mails(
    config: Config,
    newsletter: NewsletterSpec,
    recorded: RecordedIssue,
    load_issue: LoadIssue,
    gone: Sequence[str],
) -> Iterator[Artifact]:
    """The mail of an issue as a sample reader gets it: HTML, text and the whole message.

    What it says and looks like is frozen; the sender's lines are today's. `gone` are its articles
    that were taken back: their pictures are not on the site any more, neither within a message.
    """
    mark = fingerprint(
        (__version__, recorded, *gone),
        newsletter.from_,
        newsletter.reply_to,
        newsletter.title,
        config.mail_url,
    )

    def draw(name: str) -> bytes:
        rendered = load_issue(newsletter.name, recorded.number).rendered
        shown = tuple(p for p in rendered.embedded if p.article not in gone)
        files = sample_files(
            replace(rendered, embedded=shown),
            number=recorded.number,
            slot=recorded.slot,
            newsletter=newsletter,
            mail_url=config.mail_url,
        )
        return files[name]

    for name, media_type in SAMPLE_FILES.items():
        yield Artifact(
            path=f"newsletters/{newsletter.name}/{recorded.number}/{name}",
            media_type=media_type,
            fingerprint=fingerprint(mark, name),
            render=partial(draw, name),
        )
