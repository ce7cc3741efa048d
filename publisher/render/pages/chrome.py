"""PURE. What every page of a site shows: its name, how to follow it, its style sheet."""

from __future__ import annotations

from publisher.config import NewsletterSpec
from publisher.feeds import Feed, FeedKind
from publisher.model import Asset
from publisher.palette import Palette
from publisher.render.feeds import FORMATS, feed_path, feed_url
from publisher.render.view import SiteView
from publisher.values import dataclass

EVERYWHERE = (FeedKind.CONFIGURED, FeedKind.NEWSLETTER)
"""The kinds of feeds that every page announces; there may be thousands of the others."""

FORMAT_NAMES = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed in one format, as an autodiscovery link tells it. `path` is under output/."""

    feed: str
    title: str
    format: str
    url: str
    path: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """A newsletter one can follow. `path` is its archive under output/."""

    title: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """The values that every page shows, and nothing that only some do.

    `language` is the site's own, None when it declares none; `style` is the path
    of the style sheet under output/; the colours are #rrggbb. With `logo_on_paper` the logo
    stands on the light paper, also in the dark. `sign_up` is the address of the page to subscribe
    by mail, "" where there is none; with `sign_up_form` it takes a form from other pages.
    """

    title: str
    url: str
    language: str | None
    copyright: str
    logo: Asset | None
    logo_on_paper: bool
    image: Asset | None
    style: str
    accent: str
    paper: str
    dark_paper: str
    subscriptions: tuple[Subscription, ...]
    newsletters: tuple[Follow, ...]
    sign_up: str
    sign_up_form: bool

    @property
    def main_feed(self) -> tuple[Subscription, ...]:
        """The site's own feed in its formats: what "follow us" means."""
        return tuple(s for s in self.subscriptions if s.feed == "main")


def make_chrome(view: SiteView, style: str, palette: Palette) -> Chrome:
    """The chrome of a site; `style` is the path of its style sheet."""
    site = view.site
    return Chrome(
        title=site.title,
        url=site.url,
        language=site.language,
        copyright=site.copyright,
        logo=view.logo.asset if view.logo else None,
        logo_on_paper=bool(view.logo and view.logo.see_through),
        image=view.image,
        style=style,
        accent=palette.light.accent,
        paper=palette.light.paper,
        dark_paper=palette.dark.paper,
        subscriptions=tuple(
            subscription
            for feed in view.feeds
            if feed.kind in EVERYWHERE
            for subscription in subscriptions(site.url, feed)
        ),
        newsletters=tuple(
            Follow(title=newsletter.title, path=archive_path(newsletter))
            for newsletter in view.newsletters
        ),
        sign_up=view.sign_up,
        sign_up_form=view.sign_up_form,
    )


def subscriptions(site_url: str, feed: Feed) -> tuple[Subscription, ...]:
    """A feed in each of its formats, RSS first: every feed reader knows it."""
    return tuple(
        Subscription(
            feed=feed.name,
            title=feed.title,
            format=FORMAT_NAMES[format_],
            url=feed_url(site_url, feed.spec, format_),
            path=feed_path(feed.spec, format_),
            media_type=FORMATS[format_].media_type,
        )
        for format_ in FORMATS
        if format_ in feed.spec.formats
    )


def archive_folder(newsletter: NewsletterSpec) -> str:
    """Where the issues of a newsletter lie under output/; ends in /."""
    return f"newsletters/{newsletter.name}/"


def archive_path(newsletter: NewsletterSpec) -> str:
    """The page that lists the issues of a newsletter."""
    return archive_folder(newsletter) + "index.html"


def issue_path(newsletter: NewsletterSpec, number: int) -> str:
    """The page of one issue."""
    return f"{archive_folder(newsletter)}{number}/index.html"
