"""USE CASE. The site as it is drawn from, and the artifacts of it that a revision may change.

What only a run needs that looks at all articles is in `publishing.wanted`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from urllib.parse import urlsplit

from publisher.compose.feeds import ISSUE
from publisher.config import Config
from publisher.feeds import Feed
from publisher.model import Artifact, Entry, LoadIssue
from publisher.render.compressed import compressed_artifacts
from publisher.render.feeds import feed_artifacts
from publisher.render.feeds.issue import issue_body
from publisher.render.pages import revised_page_artifacts
from publisher.render.view import SiteView
from publisher.render.words import make_words
from publisher.renditions import Gallery
from publisher.shown import Place
from publisher.system.installed import version_of
from publisher.wiring.app import App


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
            return app.body(entry)
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


def revised_artifacts(app: App, view: SiteView, places: Sequence[Place]) -> list[Artifact]:
    """Of what `wanted_artifacts` gives those that may be otherwise, where only words of articles
    are: which, the view says. `places` are the addresses of the sitemap, none where it stays as it
    is."""
    artifacts = list(documents(app, view))
    theme = app.theme.hash
    artifacts += revised_page_artifacts(view, app.environment, theme, places=places)
    return in_order(app.config, artifacts)


def documents(app: App, view: SiteView) -> Iterator[Artifact]:
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


def in_order(config: Config, artifacts: list[Artifact]) -> list[Artifact]:
    """As they are put in place, each with its compressed forms where they are wanted."""
    artifacts.sort(key=lambda artifact: stage_of(artifact.path))
    if not config.web.compress:
        return artifacts
    codings: dict[str, str] = {coding: _compressor(coding) for coding in config.web.compress}
    return list(compressed_artifacts(artifacts, codings))


def _compressor(coding: str) -> str:
    """The version of what compresses: another one gives other bytes of the same text."""
    return zlib.ZLIB_RUNTIME_VERSION if coding == "gzip" else version_of(coding)


_BEFORE_AND_AFTER = ("media/", "page/", "feeds/")
_FOLLOWED = ("rss.xml", "atom.xml", "feed.json", ".opml", "sitemap.xml", "robots.txt")


def stage_of(path: str) -> int:
    """Files are put in place in this order: a reader never sees a link to what is not there yet."""
    if path.startswith(_BEFORE_AND_AFTER):
        return 0 if path.startswith("media/") else 3 if path.endswith(_FOLLOWED) else 2
    if path.endswith("/index.html"):  # as nearly all do
        return 1
    return 3 if path.endswith(_FOLLOWED) else 2 if path == "index.html" else 1
