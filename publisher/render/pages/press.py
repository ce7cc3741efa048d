"""PURE. One page: from its values to an artifact, and what templates can ask of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import jinja2
from markupsafe import Markup, escape

from publisher.fingerprint import fingerprint
from publisher.model import Artifact, Author, Entry, Picture, Value
from publisher.render.attribution import LONGEST, find_attribution, words_around
from publisher.render.environment import render_template, word_functions
from publisher.render.pages.chrome import Chrome, Subscription
from publisher.render.pages.feedplaces import FeedPlaces
from publisher.render.pages.links import absolute, nearer, relative
from publisher.render.pages.markup import (
    isolated,
    language_attributes,
    link,
    phrase,
    time_element,
)
from publisher.render.structured import site_properties
from publisher.render.words import Words
from publisher.renditions import Gallery
from publisher.struck import beginning
from publisher.values import dataclass

RENDERER_VERSION = 4
"""Raised whenever the same values would give other bytes."""

SUMMARY_IN_LISTS = 120
"""Characters of a summary in a list, about two lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a page tells machines. `previous` and `following` are paths under output/, or "";
    `translations` are languages with the absolute address of the page in each, its own included.

    `feeds` are those that it announces, the most fitting first; None: those of every page.
    `outline` announces the list of all feeds, `hidden` asks search engines to leave the page out.
    `refresh` is where a browser goes on to at once, "" where it stays.
    """

    title: str
    description: str = ""
    canonical: str = ""
    properties: Sequence[tuple[str, str]] = ()
    structured: str = ""
    previous: str = ""
    following: str = ""
    translations: Sequence[tuple[str, str]] = ()
    feeds: Sequence[Subscription] | None = None
    outline: bool = False
    hidden: bool = False
    refresh: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An entry as lists show it: text and addresses ready to be set.

    `attributes` are lang and dir where the entry's language is not the page's,
    and `back` then leads back to the page's own within them. `byline` are the names
    of the authors as one phrase, `origin` says whose the article is, "" for our own.
    """

    title: str
    href: str
    summary: str
    section: str
    authors: tuple[Author, ...]
    byline: Markup
    origin: Markup
    when: datetime
    attributes: Markup
    back: Markup
    picture: Picture | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page at its place: `path` is under output/; `chrome` and `places` are the site's.

    `words` are our own in the language of the page. Of the `gallery` a page shows only
    what belongs to its entries, whose fingerprints tell what that is.
    """

    path: str
    chrome: Chrome
    words: Words
    places: FeedPlaces
    gallery: Gallery

    @property
    def url(self) -> str:
        """The page's own address, absolute."""
        return absolute(self.chrome.url, self.path)

    def absolute(self, path: str) -> str:
        """The address of a path of output/ for the world."""
        return absolute(self.chrome.url, path)

    def to(self, path: str) -> str:
        """The address of a path of output/, as written in this page."""
        return relative(self.path, path)

    def near(self, url: str) -> str:
        """An absolute address, made relative when it is the site's."""
        return nearer(self.chrome.url, self.path, url)

    def srcset(self, url: str) -> str:
        """The widths in which a picture is there, for `srcset`; "" for one that has only its own.

        HTML, section 4.8.4.2.1.
        """
        forms = self.gallery.renditions(url)
        return ", ".join(f"{self.to(form.path)} {form.width}w" for form in forms)

    @property
    def widths(self) -> Callable[[str], str] | None:
        """What gives the widths of pictures; None where the site has none of its own."""
        return self.srcset if self.gallery.assets else None

    @property
    def image(self) -> Picture | None:
        """The site's own picture, for links to a page that has none."""
        image = self.chrome.image
        if image is None:
            return None
        return Picture(
            url=self.absolute(image.path),
            alt=self.chrome.title,
            media_type=image.media_type,
            width=image.width,
            height=image.height,
        )

    def site_head(
        self,
        title: str,
        *,
        description: str = "",
        previous: str = "",
        following: str = "",
        feeds: Sequence[Subscription] | None = None,
        outline: bool = False,
    ) -> Head:
        """The head of a page that is the site's own and no article."""
        return Head(
            title=title,
            description=description,
            canonical=self.url,
            properties=site_properties(
                site=self.chrome.title,
                title=title,
                description=description,
                url=self.url,
                language=self.chrome.language,
                picture=self.image,
            ),
            previous=previous,
            following=following,
            feeds=feeds,
            outline=outline,
        )

    def language(self, tag: str | None = None) -> Markup:
        """lang and dir for text in a language (None: the site's); nothing when it is the page's."""
        tag = tag or self.chrome.language
        if tag is None or tag == self.words.language:
            return Markup()
        return language_attributes(tag)

    @property
    def ways(self) -> Markup:
        """The ways to follow the site as one phrase of links."""
        links = [(self.to(one.path), one.format) for one in self.chrome.main_feed]
        newsletters = self.chrome.newsletters
        if newsletters:
            only = newsletters[0].path if len(newsletters) == 1 else ""
            mail = self.to(only) if only else self.to("index.html") + "#newsletters"
            links.append((mail, self.words.gettext("mail")))
        return phrase([link(*one) for one in links], self.words)

    @property
    def own_language(self) -> Markup:
        """lang and dir of our own words, for their place within a text in another language."""
        return language_attributes(self.words.language)

    def time(self, when: datetime, text: str) -> Markup:
        """A date as people read it and as machines do."""
        return time_element(when, text)

    def by(self, authors: Sequence[Author]) -> Markup:
        """The names of authors as one phrase, linked where they have a page."""
        return phrase([self._linked(author, "author") for author in authors], self.words)

    def names(self, authors: Sequence[Author]) -> Markup:
        """The names of authors as one phrase without links, for lists."""
        return phrase([_name(author) for author in authors], self.words)

    def whose(self, entry: Entry) -> tuple[tuple[Author, ...], Markup]:
        """The authors to name of an article, and the feed of somebody else that it is from."""
        found = find_attribution(entry)
        if found is None:
            return entry.authors, Markup()
        around = words_around(self.words)
        name = isolated(clip(found.name, LONGEST))
        if found.url:
            name = link(found.url, name)
        before = around.before if found.authors else around.opening
        return found.authors, escape(before) + name + around.after

    def card(self, entry: Entry, *, whole_summary: bool = False, frozen: bool = False) -> Card:
        """An entry for a list of this page; a `frozen` one is of old, its authors unlinked."""
        attributes = self.language(entry.language)
        authors, origin = self.whose(entry)
        return Card(
            title=entry.title,
            href=self.link(entry),
            summary=entry.summary if whole_summary else clip(entry.summary, SUMMARY_IN_LISTS),
            section=entry.section,
            authors=authors,
            byline=self.names(authors) if frozen else self._byline(authors),
            origin=origin,
            when=entry.published,
            attributes=attributes,
            back=self.own_language if attributes else Markup(),
            picture=entry.picture,
        )

    def link(self, entry: Entry) -> str:
        """Where an entry is read: its page here, or where it lives."""
        return self.to(entry.path) if entry.path else entry.url

    def tag(self, name: str) -> Markup:
        """A tag, linked where it has a page."""
        path = self.places.tag(name)
        if not path:
            return escape(name)
        return link(self.to(path), name, rel="tag")

    def _byline(self, authors: Sequence[Author]) -> Markup:
        """The names of authors as one phrase, linked where they have a page on this site."""
        own = [Author(name=author.name) for author in authors]
        return phrase([self._linked(author) for author in own], self.words)

    def _linked(self, author: Author, rel: str = "") -> Markup:
        path = self.places.author(author.name)
        href = self.to(path) if path else author.url
        if not href:
            return _name(author)
        return link(href, _name(author), rel=rel)


Draw = Callable[[Page], tuple[Head, Mapping[str, Any]]]
"""What a page says, given its place: for machines, and for its template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Makes pages of one site. `ground` is the fingerprint of what all of them are drawn from."""

    environment: jinja2.Environment
    ground: str
    chrome: Chrome
    words: Callable[[str | None], Words]
    places: FeedPlaces
    gallery: Gallery

    def page(
        self,
        path: str,
        template: str,
        *,
        shows: object,
        draw: Draw,
        language: str | None = None,
        apart: bool = False,
    ) -> Artifact:
        """The artifact of one page; `shows` is every value in it that the chrome does not have.

        `language` is that of our words in it, None: the site's; `apart` as in Artifact.
        """
        return Artifact(
            path=path,
            media_type="text/html; charset=utf-8",
            fingerprint=fingerprint(self.ground, path, template, language, shows),
            render=_Sheet(self, path, template, draw, language),
            apart=apart,
        )


class _Sheet(Value, frozen=True, kw_only=False):
    """A page to be drawn: there is one of each article, so it is no closure, which takes more."""

    press: Press
    path: str
    template: str
    draw: Draw
    language: str | None

    def __call__(self) -> bytes:
        press, words = self.press, self.press.words(self.language)
        page = Page(
            path=self.path,
            chrome=press.chrome,
            words=words,
            places=press.places,
            gallery=press.gallery,
        )
        head, context = self.draw(page)
        text = render_template(
            press.environment,
            self.template,
            site=press.chrome,
            page=page,
            head=head,
            words=words,
            **word_functions(words),
            **context,
        )
        return text.encode()


def on_card(entry: Entry, places: FeedPlaces) -> tuple[object, ...]:
    """The values of an entry that its card shows, for the fingerprint of a list."""
    return (
        entry.title,
        entry.path,
        entry.url,
        entry.summary,
        entry.section,
        entry.authors,
        places.of_authors(entry.authors),
        find_attribution(entry),
        entry.published,
        entry.language,
        entry.picture,
    )


def clip(text: str, limit: int) -> str:
    """Text of at most `limit` characters: cut between words where it has any, with an ellipsis."""
    return text if len(text) <= limit else beginning(text, limit, _words) + "…"


def _words(text: str, limit: int) -> str:
    cut = text[: limit - 1]
    between_words = cut.rpartition(" ")[0]
    if len(between_words) > limit // 2:
        cut = between_words
    return cut.rstrip(" .,;:–—-،؛")


def _name(author: Author) -> Markup:
    return isolated(author.name)
