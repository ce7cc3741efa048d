"""GROUND. The keys about the publication as a whole: its name, its people, its looks."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.config import kinds
from publisher.config.keys import key
from publisher.palette import DARK, LIGHT, Palette, make_palette
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DarkSpec:
    """The colours where a reader's screen is dark."""

    paper: str = key("the ground there", kinds.colour, default=DARK.paper)
    ink: str = key("the text there", kinds.colour, default=DARK.ink)
    accent: str | None = key(
        "the accent there; else the other one, lightened until it can be read",
        kinds.colour,
        default=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeSpec:
    """How the pages and mails look."""

    accent: str = key(
        "the one colour beside paper and ink; at least 4.5:1 on the paper",
        kinds.colour,
        default=LIGHT.accent,
    )
    paper: str = key("the ground", kinds.colour, default=LIGHT.paper)
    ink: str = key("the text; at least 7:1 on the paper", kinds.colour, default=LIGHT.ink)
    dark: DarkSpec = key("the colours where a reader's screen is dark", default=DarkSpec)
    logo: str | None = key(
        "a picture for the masthead: SVG, PNG, JPEG, GIF, WebP or AVIF; mails show all but SVG",
        kinds.inner_path,
        default=None,
    )
    fonts: str = key(
        "the text face: serif, sans, or font families as in CSS, a generic one last, "
        "such as `Georgia, serif`",
        kinds.fonts,
        default="serif",
    )

    @property
    def palette(self) -> Palette:
        """The colours of pages and mails alike."""
        return make_palette(
            self.accent,
            paper=self.paper,
            ink=self.ink,
            dark_paper=self.dark.paper,
            dark_ink=self.dark.ink,
            dark_accent=self.dark.accent,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorSpec:
    """A person or desk that articles name by id."""

    name: str = key("the name as shown", kinds.line)
    email: str | None = key("the mail address", kinds.mailbox, default=None)
    url: str | None = key("a page about the author", kinds.link, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSpec:
    """The publication as a whole."""

    title: str = key("the name of the publication", kinds.line)
    url: str = key("the address of the site, absolute, ending in /", kinds.absolute_url)
    description: str = key("one line on what it is", kinds.line, default="")
    language: str | None = key(
        "BCP 47 tag of the site's own words; left out, articles are read for theirs",
        kinds.language,
        default=None,
    )
    timezone: str | None = key(
        "IANA name; a date without offset is read in it (else UTC, with a warning)",
        kinds.zone,
        default=None,
    )
    image: str | None = key("a picture for feeds and link previews", kinds.inner_path, default=None)
    copyright: str = key("the line of rights in feeds and pages", kinds.line, default="")
    theme: ThemeSpec = key("how it looks", default=ThemeSpec)
    authors: Mapping[str, AuthorSpec] = key("authors by the ids that articles use", default=dict)
