"""PURE. The page of an article."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, repeat

from markupsafe import Markup

from publisher.model import Artifact, Entry, Picture
from publisher.render.pages.body import for_page, repeats, shows_picture
from publisher.render.pages.press import Draw, Head, Page, Press
from publisher.render.structured import article_properties, news_article
from publisher.render.view import SiteView


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """The article before or after: what a page tells of it, and no more."""

    title: str
    path: str
    url: str
    language: str | None

    def href(self, page: Page) -> str:
        """Its address as written in a page."""
        return page.to(self.path) if self.path else self.url


def article_artifacts(press: Press, view: SiteView) -> Iterable[Artifact]:
    """A page for each entry that lives here; those in the list know the one before and after."""
    neighbours = [_neighbour(entry) for entry in view.entries]
    newer = chain([None], neighbours)
    older = chain(neighbours[1:], [None])
    listed = zip(view.entries, newer, older, strict=False)
    aged = zip(view.aged, repeat(None), repeat(None), strict=False)
    for entry, after, before in chain(listed, aged):
        if entry.path:
            yield press.page(
                entry.path,
                "web/article.html",
                shows=(entry, before, after),
                draw=_draw(entry, before, after, view),
            )


def _draw(entry: Entry, before: Neighbour | None, after: Neighbour | None, view: SiteView) -> Draw:
    site = view.site

    def draw(page: Page) -> tuple[Head, dict[str, object]]:
        body = view.load_body(entry)
        language = entry.language or site.language
        head = Head(
            title=entry.title,
            description=entry.summary,
            canonical=entry.url,
            properties=article_properties(
                entry, site=site.title, language=language, picture=entry.picture or page.image
            ),
            structured=news_article(
                entry,
                site=site.title,
                site_url=site.url,
                logo_url=page.absolute(view.logo.path) if view.logo else "",
                language=language,
            ),
            previous=before.path if before else "",
            following=after.path if after else "",
        )
        return head, {
            "entry": entry,
            "standfirst": "" if repeats(body, entry.summary) else entry.summary,
            "published": page.time(entry.published, page.words.long_date(entry.published)),
            "updated": _updated(page, entry),
            "picture": _unseen(entry.picture, body),
            "body": for_page(body, table=page.words.gettext("Table"), near=page.near),
            "before": before,
            "after": after,
        }

    return draw


def _neighbour(entry: Entry) -> Neighbour:
    return Neighbour(title=entry.title, path=entry.path, url=entry.url, language=entry.language)


def _updated(page: Page, entry: Entry) -> Markup:
    """When the text was last changed, if it was: the day, or the hour of the same day."""
    if entry.updated <= entry.published:
        return Markup()
    when = entry.updated.astimezone(entry.published.tzinfo)
    if when.date() == entry.published.date():
        return page.time(when, page.words.clock(when))
    return page.time(when, page.words.long_date(when))


def _unseen(picture: Picture | None, body: str) -> Picture | None:
    return None if picture is None or shows_picture(body, picture.url) else picture
