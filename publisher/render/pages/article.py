"""PURE. The page of an article."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import chain, repeat

from markupsafe import Markup

from publisher.languages import own_name
from publisher.model import Artifact, Entry, Picture, Translation, Value
from publisher.render.pages.body import for_page, repeats, shows_picture
from publisher.render.pages.chrome import subscriptions
from publisher.render.pages.languages import tongues
from publisher.render.pages.markup import link
from publisher.render.pages.press import Head, Page, Press
from publisher.render.structured import article_properties, news_article
from publisher.render.view import SiteView
from publisher.values import dataclass

WIDE_COLUMN = 860
"""CSS pixels of the widest picture of an article: its column and what it may stand out of it."""


class Neighbour(Value, frozen=True, kw_only=True):
    """The article before or after: what a page tells of it, and no more."""

    title: str
    path: str
    url: str
    language: str | None

    def href(self, page: Page) -> str:
        """Its address as written in a page."""
        return page.to(self.path) if self.path else self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What was wrong in an article, with the date on which it was said."""

    text: str
    date: Markup


def article_artifacts(press: Press, view: SiteView) -> Iterable[Artifact]:
    """A page for each entry that lives here; those in the list know the one before and after."""
    last = len(view.entries) - 1
    listed = (
        (
            view.entries[place],
            view.entries[place - 1] if place else None,
            view.entries[place + 1] if place < last else None,
        )
        for place in view.places()
    )
    aged = zip(view.aged, repeat(None), repeat(None), strict=False)
    for entry, after, before in chain(listed, aged):
        if entry.path:
            yield press.page(
                entry.path,
                "web/article.html",
                shows=(
                    view.marks[entry.id],
                    _neighbour(before),
                    _neighbour(after),
                    _own_feeds(press, entry),
                ),
                draw=_Sheet(view, entry, before, after),
                apart=True,
            )


def find_updates(page: Page, entry: Entry) -> tuple[Markup, Markup]:
    """When the text was last changed and when it was corrected, as far as true: one of both.

    A correction is the more exact word for a change, so it stands alone.
    """
    dates = [c.when for c in entry.corrections if c.when and c.when <= entry.updated]
    corrected = max(dates, default=entry.published)
    if corrected > entry.published:
        return Markup(), _moment(page, entry, corrected)
    if entry.updated > entry.published:
        return _moment(page, entry, entry.updated), Markup()
    return Markup(), Markup()


def notes(page: Page, entry: Entry) -> tuple[Note, ...]:
    """The corrections of an article, each with its date in the article's own time zone."""
    dated = [(c.text, c.when or entry.published) for c in entry.corrections]
    zone = entry.published.tzinfo
    return tuple(
        Note(text=text, date=page.time(local, page.words.long_date(local)))
        for text, when in dated
        for local in [when.astimezone(zone)]
    )


def unseen(picture: Picture | None, body: str) -> Picture | None:
    """The lead picture, unless the body shows it already."""
    return None if picture is None or shows_picture(body, picture.url) else picture


def _own_feeds(press: Press, entry: Entry) -> tuple[object, ...]:
    """What a page shows of the feeds that an article is in."""
    own = press.places.of_entry(entry)
    feeds = [(feed.page_path, feed.title, feed.spec.formats) for feed in own]
    return (feeds, len(press.places.languages) > 1)


class _Sheet(Value, frozen=True, kw_only=False):
    """What the page of an article is drawn from, with the entries before and after it."""

    view: SiteView
    entry: Entry
    before: Entry | None
    after: Entry | None

    def __call__(self, page: Page) -> tuple[Head, dict[str, object]]:
        view, site, entry = self.view, self.view.site, self.entry
        before, after = _neighbour(self.before), _neighbour(self.after)
        body = view.load_body(entry)
        picture = unseen(entry.picture, body)
        language = entry.language or site.language
        updated, corrected = find_updates(page, entry)
        authors, origin = page.whose(entry)
        own = [
            subscription
            for feed in page.places.of_entry(entry)
            for subscription in subscriptions(site.url, feed)[:1]
        ]
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
                logo_url=page.absolute(view.logo.asset.path) if view.logo else "",
                language=language,
                author_pages=_author_pages(page, entry),
            ),
            feeds=(*page.chrome.subscriptions, *own),
            previous=before.path if before else "",
            following=after.path if after else "",
            translations=_all_versions(entry),
        )
        return head, {
            "entry": entry,
            "authors": authors,
            "origin": origin,
            "standfirst": "" if repeats(body, entry.summary) else entry.summary,
            "published": page.time(entry.published, page.words.long_date(entry.published)),
            "updated": updated,
            "corrected": corrected,
            "corrections": notes(page, entry),
            "picture": picture,
            "body": for_page(
                body,
                table=page.words.gettext("Table"),
                home=page.chrome.url,
                near=page.near,
                srcset=page.widths,
                column=WIDE_COLUMN,
                eager=picture is None,
            ),
            "tags": [page.tag(name) for name in entry.tags],
            "versions": [_version(page, one) for one in entry.translations],
            "more": _same_language(page, entry),
            "before": before,
            "after": after,
        }


def _all_versions(entry: Entry) -> list[tuple[str, str]]:
    """The languages in which an article is there, with its addresses; none where it is one."""
    if not entry.translations:
        return []
    others = [(one.language, one.url) for one in entry.translations]
    return sorted([(entry.language or "", entry.url), *others])


def _version(page: Page, one: Translation) -> Markup:
    """A link to the article in another language, under that language's own name."""
    return link(
        page.to(one.path) if one.path else one.url,
        own_name(one.language),
        hreflang=one.language,
        language=page.language(one.language),
    )


def _neighbour(entry: Entry | None) -> Neighbour | None:
    if entry is None:
        return None
    return Neighbour(title=entry.title, path=entry.path, url=entry.url, language=entry.language)


def _moment(page: Page, entry: Entry, moment: datetime) -> Markup:
    """When something changed: the day, or the hour of the day of publication."""
    when = moment.astimezone(entry.published.tzinfo)
    if when.date() == entry.published.date():
        return page.time(when, page.words.clock(when))
    return page.time(when, page.words.long_date(when))


def _same_language(page: Page, entry: Entry) -> Markup:
    """A link to what else there is in the language of an article, where the site has several."""
    path = page.places.language(entry.language)
    name = next((one.name for one in tongues(page.places) if one.path == path), "")
    if not name:
        return Markup()
    return link(page.to(path), name, language=page.language(entry.language))


def _author_pages(page: Page, entry: Entry) -> dict[str, str]:
    """The absolute address of each author's page on this site."""
    paths = zip(entry.authors, page.places.of_authors(entry.authors), strict=True)
    return {author.name: page.absolute(path) for author, path in paths if path}
