"""GROUND. What is shown: articles as feeds, pages and digests show them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from publisher.model.articles import (
    Author,
    Correction,
    Enclosure,
    Episode,
    ForeignFeed,
    Picture,
)
from publisher.model.values import Value


class Translation(Value, frozen=True, kw_only=True):
    """The same article in another language. `path` is as in Entry."""

    language: str
    url: str
    path: str


class Entry(Value, frozen=True, kw_only=True):
    """One article as feeds, pages and digests show it. The body is fetched by `body_key`.

    `title` and `summary` are plain text. `path` is the page of its own under
    output/ ("2021/03/20/slug/index.html"), or "" when the article lives elsewhere.
    `section` is its first category. `links` maps each marker target of the
    body (a file of the same source) to the absolute URL it stands for, or to ""
    when that article is not published (then only the link's text stays). `place`
    is the rank by first publication; what is no article of this site has none (0). `foreign`
    is the feed that an article of somebody else was taken from.
    """

    id: str
    url: str
    title: str
    summary: str
    published: datetime
    updated: datetime
    body_key: str
    path: str = ""
    section: str = ""
    authors: tuple[Author, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    picture: Picture | None = None
    enclosures: tuple[Enclosure, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    corrections: tuple[Correction, ...] = ()
    place: int = 0
    episode: Episode | None = None
    translations: tuple[Translation, ...] = ()
    foreign: ForeignFeed | None = None


class Tombstone(Value, frozen=True, kw_only=True):
    """What is left of an article that was taken back: no word of it (RFC 6721).

    `when` is when it was taken back; `path` its page under output/, or "" when it lived
    elsewhere; `place` its rank by first publication.
    """

    id: str
    when: datetime
    place: int
    path: str = ""


class Redirect(Value, frozen=True, kw_only=True):
    """A page at an old address of an article, which leads on to where the article is now.

    `path` is that page under output/; `to` the page that it leads to, or "" when the article
    lives elsewhere, at `url`. What leads to the notice of an article that was taken back has no
    `url` and no `title`. `language` is the article's, None: the site's.
    """

    path: str
    to: str
    url: str = ""
    title: str = ""
    language: str | None = None


LoadBody = Callable[[Entry], str]
"""Gives the finished, sanitised HTML of an entry, every URL in it absolute."""
