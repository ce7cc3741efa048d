"""USE CASE. Everything that output/ should hold after a run, as artifacts not drawn yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from urllib.parse import urlsplit

from publisher import __version__
from publisher.articles import Survey, article_body
from publisher.compose.entries import find_tombstones, newest_first
from publisher.compose.feeds import ISSUE
from publisher.config import Config, NewsletterSpec
from publisher.feeds import Feed
from publisher.fingerprint import fingerprint
from publisher.issues.recall import Issues, issue_loader, kept_pictures, shown_issues
from publisher.media import Kept, media_artifacts
from publisher.mime import SAMPLE_FILES, sample_files
from publisher.model import (
    Artifact,
    Entry,
    LoadIssue,
    RecordedIssue,
    State,
)
from publisher.render.compressed import compressed_artifacts
from publisher.render.feeds import feed_artifacts
from publisher.render.feeds.issue import issue_body
from publisher.render.pages import page_artifacts, revised_page_artifacts
from publisher.render.view import SiteView
from publisher.render.words import make_words
from publisher.renditions import Gallery
from publisher.shown import Place
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


def make_bare_view(
    app: App,
    feeds: Sequence[Feed],
    entries: Sequence[Entry],
    *,
    marks: Mapping[str, str],
    gallery: Gallery,
    load_issue: LoadIssue,
    revised: frozenset[str] | None = None,
) -> SiteView:
    """A view of these, with what the configuration and the theme say of all pages."""
    config = app.config
    words = cache(partial(make_words, catalogues=app.theme.catalogues))

    def load_body(entry: Entry) -> str:
        if not entry.body_key.startswith(ISSUE):
            return article_body(app, entry)
        name, _, number = entry.body_key.removeprefix(ISSUE).rpartition("/")
        language = entry.language or config.site.language
        return issue_body(
            load_issue(name, int(number)).digest,
            environment=app.environment,
            words=words(language),
        )

    site = config.site
    return SiteView(
        site=site,
        feeds=tuple(feeds),
        newsletters=config.streams,
        entries=entries,
        marks=marks,
        aged=(),
        withdrawn=(),
        issues={},
        logo=app.pictures.logo,
        image=app.pictures.image,
        words=lambda language: words(language or config.site.language),
        gallery=gallery,
        load_body=load_body,
        load_issue=load_issue,
        sign_up=f"{config.mail_url}subscribe" if config.newsletters else "",
        sign_up_form=config.web.url is not None and _origin(config.web.url) == _origin(site.url),
        revised=revised,
    )


def _origin(url: str) -> tuple[str, str]:
    """What a page may send its forms to by the policy that it is served with."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


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
    artifacts = list(_documents(app, view))
    artifacts += page_artifacts(view, app.environment, app.theme.hash)
    withdrawn = {line.id for line in survey.record.articles if line.retracted is not None}
    for newsletter in config.streams:
        for recorded in view.issues[newsletter.name]:
            gone = sorted(withdrawn.intersection(recorded.items))
            artifacts += _mails(config, newsletter, recorded, view.load_issue, gone)
    pictures = kept_pictures(app, survey, issues)
    artifacts += media_artifacts(app, survey, pictures, intact, kept)
    return _in_order(config, artifacts)


def revised_artifacts(app: App, view: SiteView, places: Sequence[Place]) -> list[Artifact]:
    """Of what `wanted_artifacts` gives those that may be otherwise, where only words of articles
    are: which, the view says. `places` are the addresses of the sitemap, none where it stays as it
    is."""
    artifacts = list(_documents(app, view))
    theme = app.theme.hash
    artifacts += revised_page_artifacts(view, app.environment, theme, places=places)
    return _in_order(app.config, artifacts)


def _documents(app: App, view: SiteView) -> Iterator[Artifact]:
    return feed_artifacts(
        view.feeds,
        site=view.site,
        hubs=app.config.hub,
        image_of=app.pictures.feed_image_url,
        load_body=view.load_body,
        environment=app.environment,
        words=view.words,
        catalogues_hash=app.theme.catalogues_hash,
    )


def _in_order(config: Config, artifacts: list[Artifact]) -> list[Artifact]:
    """As they are put in place, each with its compressed forms where they are wanted."""
    artifacts.sort(key=lambda artifact: stage_of(artifact.path))
    if not config.web.compress:
        return artifacts
    return list(compressed_artifacts(artifacts, config.web.compress))


_BEFORE_AND_AFTER = ("media/", "page/", "feeds/")
_FOLLOWED = ("rss.xml", "atom.xml", "feed.json", ".opml", "sitemap.xml", "robots.txt")


def stage_of(path: str) -> int:
    """Files are put in place in this order: a reader never sees a link to what is not there yet."""
    if path.startswith(_BEFORE_AND_AFTER):
        return 0 if path.startswith("media/") else 3 if path.endswith(_FOLLOWED) else 2
    if path.endswith("/index.html"):  # as nearly all do
        return 1
    return 3 if path.endswith(_FOLLOWED) else 2 if path == "index.html" else 1


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
