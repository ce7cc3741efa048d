"""PURE. The page that lists every feed and tells how to follow one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from publisher.config import FeedSpec
from publisher.feeds import Feed, FeedKind
from publisher.languages import own_name
from publisher.model import Artifact
from publisher.render.pages.chrome import EVERYWHERE, subscriptions
from publisher.render.pages.press import Draw, Head, Page, Press
from publisher.render.view import SiteView
from publisher.render.words import Words
from publisher.values import dataclass

PATH = "feeds/index.html"

OPML = "feeds.opml"

MANY = 100
"""A list of more feeds names them only: the addresses are on the page of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Feeds of one kind, in the order that people look for them; "" is the title of our own."""

    kind: FeedKind
    title: str
    feeds: tuple[Feed, ...]


def grouped(words: Words, feeds: Sequence[Feed]) -> tuple[Group, ...]:
    """Every feed once: those of the site as configured, then each kind by name."""
    _ = words.gettext
    titles = {
        FeedKind.CONFIGURED: "",
        FeedKind.NEWSLETTER: _("Newsletters"),
        FeedKind.LANGUAGE: _("Languages"),
        FeedKind.AUTHOR: _("Authors"),
        FeedKind.TAG: _("Tags"),
    }
    groups = []
    for kind, title in titles.items():
        some = [feed for feed in feeds if feed.kind is kind]
        if kind not in EVERYWHERE:
            some.sort(key=lambda feed: (shown_name(feed).casefold(), feed.name))
        if some:
            groups.append(Group(kind=kind, title=title, feeds=tuple(some)))
    return tuple(groups)


def shown_name(feed: Feed) -> str:
    """What a feed is called among others of its kind."""
    if feed.kind is FeedKind.LANGUAGE:
        return own_name(feed.about)
    return feed.title if feed.kind in EVERYWHERE else feed.about


def feed_list_artifacts(press: Press, view: SiteView) -> Iterable[Artifact]:
    """feeds/index.html. Its fingerprint holds how many articles are in the feeds that it counts."""
    shows = [(f.spec, f.kind, f.title, f.about, _count(f)) for f in view.feeds]
    yield press.page(PATH, "web/feeds.html", shows=shows, draw=_draw(view))


def _draw(view: SiteView) -> Draw:
    def draw(page: Page) -> tuple[Head, dict[str, object]]:
        words = page.words
        title = words.gettext("Feeds of %(site)s", site=view.site.title)
        head = page.site_head(title, outline=True)
        groups = grouped(words, view.feeds)
        return head, {
            "opml": page.to(OPML),
            "feeds": [
                {
                    "title": feed.title,
                    "href": page.to(feed.page_path),
                    "about": about(words, feed),
                    "subscriptions": subscriptions(view.site.url, feed),
                }
                for group in groups
                if group.kind in EVERYWHERE
                for feed in group.feeds
            ],
            "groups": [
                {
                    "title": group.title,
                    "id": group.kind.value,
                    "many": len(group.feeds) > MANY,
                    "feeds": [_row(page, feed, view.site.url) for feed in group.feeds],
                }
                for group in groups
                if group.kind not in EVERYWHERE
            ],
        }

    return draw


def about(words: Words, feed: Feed) -> tuple[str, ...]:
    """What is in a feed, as sentences; of one tag, author or language its title says which."""
    if feed.kind is FeedKind.NEWSLETTER:
        return (words.gettext("Every issue of the newsletter, as it comes out."),)
    sentences = about_feed(words, feed.spec)
    return sentences if feed.kind is FeedKind.CONFIGURED else sentences[:1]


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
    join = words.join
    languages = [words.language_name(tag) for tag in select.languages]
    choices = (
        (select.tags, _("With one of these tags: %(names)s.", names=join(select.tags))),
        (select.not_tags, _("Without these tags: %(names)s.", names=join(select.not_tags))),
        (select.sections, _("From these sections: %(names)s.", names=join(select.sections))),
        (select.authors, _("By these authors: %(names)s.", names=join(select.authors))),
        (languages, _("In these languages: %(names)s.", names=join(languages))),
        (select.sources, _("From these sources: %(names)s.", names=join(select.sources))),
    )
    return (size, *(sentence for names, sentence in choices if names))


def _row(page: Page, feed: Feed, site_url: str) -> dict[str, object]:
    is_language = feed.kind is FeedKind.LANGUAGE
    return {
        "name": shown_name(feed),
        "href": page.to(feed.page_path),
        "attributes": page.language(feed.about) if is_language else Markup(),
        "count": page.words.number(_count(feed)),
        "subscriptions": subscriptions(site_url, feed),
    }


def _count(feed: Feed) -> int:
    """How many articles have a place in the feed and its archives."""
    return sum(len(part.marks) for part in feed.parts) if feed.kind not in EVERYWHERE else 0
