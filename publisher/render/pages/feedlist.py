"""PURE. The page that lists every feed and tells how to follow one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from babel import Locale, UnknownLocaleError

from publisher.config import FeedSpec
from publisher.model import Artifact
from publisher.render.pages.chrome import subscriptions
from publisher.render.pages.press import Head, Page, Press
from publisher.render.view import SiteView
from publisher.render.words import Words

PATH = "feeds/index.html"


def feed_list_artifacts(press: Press, view: SiteView) -> Iterable[Artifact]:
    """feeds/index.html."""

    def draw(page: Page) -> tuple[Head, dict[str, object]]:
        words = page.words
        title = words.gettext("Feeds of %(site)s", site=view.site.title)
        return page.site_head(title), {
            "feeds": [
                {
                    "title": feed.title,
                    "about": about_feed(words, feed.spec),
                    "subscriptions": subscriptions(view.site.url, feed),
                }
                for feed in view.feeds
            ],
        }

    yield press.page(PATH, "web/feeds.html", shows=[(f.spec, f.title) for f in view.feeds], draw=draw)


def about_feed(words: Words, feed: FeedSpec) -> tuple[str, ...]:
    """What is in a feed: how much of how many articles, and by which choice."""
    _ = words.gettext
    amount = words.number(feed.limit)
    if feed.content == "full":
        size = words.ngettext(
            "The newest article, in full.",
            "The newest %(number)s articles, in full.",
            feed.limit,
            number=amount,
        )
    else:
        size = words.ngettext(
            "The newest article, in summary.",
            "The newest %(number)s articles, in summary.",
            feed.limit,
            number=amount,
        )
    select = feed.select
    languages = [_language_name(words, tag) for tag in select.languages]
    choices = (
        (select.tags, _("With one of these tags: %(names)s.", names=_list(words, select.tags))),
        (select.not_tags, _("Without these tags: %(names)s.", names=_list(words, select.not_tags))),
        (
            select.sections,
            _("From these sections: %(names)s.", names=_list(words, select.sections)),
        ),
        (select.authors, _("By these authors: %(names)s.", names=_list(words, select.authors))),
        (languages, _("In these languages: %(names)s.", names=_list(words, languages))),
        (select.sources, _("From these sources: %(names)s.", names=_list(words, select.sources))),
    )
    return (size, *(sentence for names, sentence in choices if names))


def _list(words: Words, names: Sequence[str]) -> str:
    return words.join(names)


def _language_name(words: Words, tag: str) -> str:
    try:
        return Locale.parse(tag, sep="-").get_display_name(words.locale) or tag
    except (UnknownLocaleError, ValueError):
        return tag
