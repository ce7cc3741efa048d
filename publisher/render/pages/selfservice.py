"""PURE. The pages on which readers subscribe, confirm, leave and choose, in the site's theme.

They are drawn when they are asked for. Their style stands within them: it is allowed by its hash,
and a page does not depend on which version of output/ is served beside it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import jinja2
from markupsafe import Markup

from publisher.config import Config, NewsletterSpec
from publisher.languages import own_name
from publisher.render.environment import render_template, word_functions
from publisher.render.pages.chrome import Chrome
from publisher.render.pages.feedplaces import FeedPlaces
from publisher.render.pages.newsletters import how_often
from publisher.render.pages.press import Head, Page
from publisher.render.typefaces import page_typefaces
from publisher.render.words import Words, best_catalogue, full_tag, make_words
from publisher.renditions import Gallery
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A newsletter as a form shows it, or one of its rhythms, of which one is chosen.

    A newsletter has its `rhythms` with it where they are a question of their own, and a `note`
    where there is something to know of them.
    """

    value: str
    title: str
    often: str
    field: str
    is_one_of_several: bool
    is_chosen: bool
    rhythms: Sequence[Offer] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A page that asks one question, or says what happened and what comes next.

    `offers` are what it is about, `choices` what may be ticked too.
    """

    heading: str
    says: Sequence[str]
    button: str = ""
    hidden: Mapping[str, str] | None = None
    offers: Sequence[Offer] = ()
    choices: Sequence[Offer] = ()
    links: Sequence[tuple[str, str]] = ()


class SelfServicePages:
    """Draws these pages. Every method may raise TemplateError."""

    def __init__(
        self,
        config: Config,
        environment: jinja2.Environment,
        catalogues: Mapping[str, bytes],
        chrome: Chrome,
    ) -> None:
        self._config = config
        self._environment = environment
        self._catalogues = catalogues
        self._chrome = chrome
        theme = config.site.theme
        fonts = page_typefaces(theme.fonts)
        self._sheet = render_template(
            environment, "web/site.css", palette=theme.palette, fonts=fonts
        )

    @property
    def style_source(self) -> str:
        """What allows the style in a policy (CSP Level 3, section 2.3.1)."""
        digest = hashlib.sha256(self._sheet.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"

    @property
    def languages(self) -> Sequence[str]:
        """The languages that we speak."""
        return sorted(self._catalogues)

    def spoken(self, tag: str) -> str:
        """The language of ours that serves a tag, "" for none."""
        known = best_catalogue(tag, self._catalogues) if tag else ""
        return known if tag and full_tag(known)[:2] == full_tag(tag)[:2] else ""

    def words(self, wanted: Sequence[str], newsletter: NewsletterSpec | None = None) -> Words:
        """Our words in the first of these languages that we speak; else the newsletter's."""
        for tag in wanted:
            if self.spoken(tag):
                return make_words(tag, self._catalogues)
        spec = newsletter or self._config.newsletters[0]
        return make_words(self._config.language_of(spec), self._catalogues)

    def offers(self, words: Words, chosen: Sequence[str], *, rhythms: bool) -> list[Offer]:
        """All newsletters, of those with rhythms each rhythm unless these are not to be chosen.

        Among several newsletters none of its rhythms is a choice too.
        """
        found = []
        for spec in self._config.newsletters:
            streams = spec.streams() if rhythms else (spec,)
            names = [stream.name for stream in streams]
            for place, stream in enumerate(streams):
                several = len(streams) > 1
                is_chosen = stream.name in chosen or (spec.name in chosen and place == 0)
                often = how_often(words, stream.schedule) if rhythms or not spec.rhythms else ""
                found.append(
                    Offer(
                        value=names[place],
                        title=stream.title,
                        often=often,
                        field=f"newsletter.{spec.name}" if several else "newsletter",
                        is_one_of_several=several,
                        is_chosen=is_chosen,
                    )
                )
            if len(streams) > 1 and len(self._config.newsletters) > 1:
                none = Offer(
                    value="",
                    title=words.gettext("No issues of %(title)s", title=spec.title),
                    often="",
                    field=f"newsletter.{spec.name}",
                    is_one_of_several=True,
                    is_chosen=not any(one.is_chosen for one in found[-len(streams) :]),
                )
                found.append(none)
        return found

    def subscribe(
        self,
        words: Words,
        *,
        path: str,
        email: str = "",
        chosen: Sequence[str] = (),
        problem: str = "",
    ) -> bytes:
        """The form to subscribe; `problem` is address or newsletter where that is amiss."""
        offers = self.offers(words, chosen, rhythms=True)
        return self._drawn(
            "web/subscribe.html",
            words,
            path,
            words.gettext("Subscribe by mail"),
            email=email,
            offers=offers,
            problem=problem,
        )

    def told(self, words: Words, told: Told, *, path: str) -> bytes:
        """A question with its button, or what happened."""
        return self._drawn("web/told.html", words, path, told.heading, told=told)

    def preferences(
        self,
        words: Words,
        *,
        path: str,
        email: str,
        chosen: Sequence[str],
        rhythms: Mapping[str, str],
        language: str,
        paused_until: str,
        notes: Mapping[str, str],
        told: Sequence[str] = (),
        problem: str = "",
    ) -> bytes:
        """What a reader gets, to be changed; `problem` is date where that is amiss.

        `rhythms` are those that they have or want, by newsletter, as are the `notes` on them.
        `told` is what came of a change.
        """
        return self._drawn(
            "web/preferences.html",
            words,
            path,
            words.gettext("Change your subscription"),
            email=Markup("<bdi>{}</bdi>").format(email),
            offers=[
                replace(
                    offer,
                    rhythms=self._rhythms(words, offer.value, rhythms),
                    note=notes.get(offer.value, ""),
                )
                for offer in self.offers(words, chosen, rhythms=False)
            ],
            language=language,
            languages=[(tag, own_name(tag)) for tag in self.languages],
            paused_until=paused_until,
            told=told,
            problem=problem,
        )

    def _rhythms(self, words: Words, name: str, wanted: Mapping[str, str]) -> list[Offer]:
        spec = next(one for one in self._config.newsletters if one.name == name)
        return [
            Offer(
                value=rhythm.name,
                title=rhythm.shown_title,
                often=how_often(words, rhythm),
                field=f"rhythm.{name}",
                is_one_of_several=True,
                is_chosen=rhythm.name == wanted.get(name, spec.rhythms[0].name),
            )
            for rhythm in spec.rhythms
        ]

    def _drawn(self, template: str, words: Words, path: str, title: str, **shows: Any) -> bytes:
        page = Page(
            path=path,
            chrome=self._chrome,
            words=words,
            places=FeedPlaces(languages={}, authors={}, tags={}),
            gallery=Gallery(url=self._chrome.url, assets={}),
        )
        text = render_template(
            self._environment,
            template,
            site=self._chrome,
            page=page,
            head=Head(title=title, hidden=True, feeds=()),
            words=words,
            sheet=Markup(self._sheet),  # noqa: S704 (the theme's own style sheet)
            **word_functions(words),
            **shows,
        )
        return text.encode()
