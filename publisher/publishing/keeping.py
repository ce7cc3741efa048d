"""USE CASE. What a run that looked at all articles leaves behind of what it shows.

By it the next one finds a revision (`publishing.revisions`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from publisher.articles import Survey
from publisher.feeds import Feed, FeedKind
from publisher.issues.recall import Issues
from publisher.parse.around import included_parts
from publisher.publishing.wanted import make_view
from publisher.render.pages import sitemap_places
from publisher.shown import Shown, ShownArticle, ShownFeed, ShownPart
from publisher.wiring.app import App


def keep_shown(app: App, survey: Survey, issues: Issues, feeds: Sequence[Feed]) -> None:
    """Leave behind what this run shows, by which the next can find a revision."""
    listed = {article.id: place for place, article in enumerate(survey.listed)}
    keys = {a.id: (a.document.source, a.document.file) for a in survey.articles}
    articles = [
        ShownArticle(source=source, file=file, mark=survey.marks[id_], entry=survey.entries[id_])
        for id_, (source, file) in keys.items()
        if id_ in survey.entries
    ]
    shown = Shown(
        order=tuple(listed),
        feeds=tuple(_shown_feed(feed, listed) for feed in feeds),
        pictures=survey.gallery.assets,
        included=tuple(sorted(_included(survey))),
    )
    places = list(sitemap_places(make_view(app, survey, issues, feeds)))
    app.build.shown.keep(articles, shown, places)


def _shown_feed(feed: Feed, listed: Mapping[str, int]) -> ShownFeed:
    is_of_articles = feed.kind is not FeedKind.NEWSLETTER
    return ShownFeed(
        spec=feed.spec,
        kind=feed.kind,
        about=feed.about,
        title=feed.title,
        description=feed.description,
        language=feed.language,
        first_url=feed.first_url,
        parts=tuple(
            ShownPart(
                number=part.number,
                last=part.last,
                tombstones=part.tombstones,
                entries=tuple([listed[e.id] for e in part.load()]) if is_of_articles else (),
            )
            for part in feed.parts
        ),
    )


def _included(survey: Survey) -> set[tuple[str, str]]:
    """The files that are a part of an article's text, whatever became of it, each with its
    source."""
    readings = (candidate.reading for candidate in survey.candidates)
    return {
        (reading.source, file)
        for reading in readings
        for document in (reading.document, reading.good)
        if document is not None
        for file in included_parts(document)
    }
