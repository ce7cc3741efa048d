"""PURE. feeds.opml: every feed of the site as a list that feed readers import (OPML 2.0).

No date is in it: the file changes when the list does, and not with the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from html import escape

from publisher.feeds import Feed
from publisher.fingerprint import fingerprint
from publisher.model import Artifact
from publisher.render.feeds.text import clean_language, clean_line
from publisher.render.pages.chrome import subscriptions
from publisher.render.pages.feedlist import OPML, grouped
from publisher.render.pages.links import absolute
from publisher.render.pages.press import RENDERER_VERSION
from publisher.render.view import SiteView
from publisher.values import dataclass

MEDIA_TYPE = "text/x-opml"

Attributes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A folder of subscriptions, as a feed reader shows it after an import."""

    text: str
    feeds: tuple[Attributes, ...]


def opml_artifact(view: SiteView) -> Artifact:
    """The list, in groups like those of the page of all feeds."""
    words = view.words(None)
    site = clean_line(view.site.title)
    title = words.gettext("Feeds of %(site)s", site=site)
    outlines = [
        Outline(
            text=f"{site}: {group.title}" if group.title else site,
            feeds=tuple(_attributes(view.site.url, feed) for feed in group.feeds),
        )
        for group in grouped(words, [feed for feed in view.feeds if feed.spec.formats])
    ]
    return Artifact(
        path=OPML,
        media_type=MEDIA_TYPE,
        fingerprint=fingerprint(RENDERER_VERSION, OPML, title, site, outlines),
        render=partial(_document, title, site, outlines),
    )


def _attributes(site_url: str, feed: Feed) -> Attributes:
    """One subscription: RSS where there is one, else Atom, JSON Feed only for want of both.

    `type` is "rss" for every format (OPML 2.0, "Subscription lists").
    """
    language = clean_language(feed.language)
    return (
        ("type", "rss"),
        ("text", clean_line(feed.title)),
        ("title", clean_line(feed.title)),
        ("xmlUrl", subscriptions(site_url, feed)[0].url),
        ("htmlUrl", absolute(site_url, feed.page_path)),
        *([("language", language)] if language else []),
    )


def _document(title: str, owner: str, outlines: Sequence[Outline]) -> bytes:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"<head><title>{escape(title)}</title><ownerName>{escape(owner)}</ownerName></head>",
        "<body>",
        *(line for outline in outlines for line in _outline(outline)),
        "</body>",
        "</opml>\n",
    ]
    return "\n".join(lines).encode()


def _outline(outline: Outline) -> Iterable[str]:
    yield f'<outline text="{escape(outline.text)}">'
    for feed in outline.feeds:
        yield "<outline" + "".join(f' {name}="{escape(value)}"' for name, value in feed) + "/>"
    yield "</outline>"
