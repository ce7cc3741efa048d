"""PURE. One issue ready to be drawn with any rows: what its templates get to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

import jinja2

from publisher.config import NewsletterSpec, SiteSpec
from publisher.errors import Location, TemplateError
from publisher.links.ascii import ascii_url
from publisher.links.readers import PREFERENCES, UNSUBSCRIBE
from publisher.model import Digest, in_sections
from publisher.palette import Palette
from publisher.render.environment import render_template
from publisher.render.mail.addresses import mail_logo, mail_url
from publisher.render.mail.blocks import Block
from publisher.render.mail.compile import compile_mjml
from publisher.render.mail.rows import Detail, Row, leading, make_row, reduce_row
from publisher.render.mail.text import plain, shorten
from publisher.render.typefaces import mail_typefaces
from publisher.render.words import Words
from publisher.renditions import Logo
from publisher.values import dataclass

MOST_CORRECTED = 10
"""Corrections of earlier issues in one mail; the rest is counted, and stands in its web version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What does not change while an issue is drawn with more or fewer rows."""

    digest: Digest
    number: int
    newsletter: NewsletterSpec
    site: SiteSpec
    words: Words
    palette: Palette
    logo: Logo | None
    environment: jinja2.Environment
    note: Block | None = None
    bodies: Mapping[str, Block] = field(default_factory=dict)

    @property
    def html_template(self) -> str:
        """The template of the HTML part."""
        return f"email/{self.newsletter.template_name}.mjml"

    @property
    def text_template(self) -> str:
        """The template of the text part."""
        return f"email/{self.newsletter.template_name}.txt"

    @property
    def web_url(self) -> str:
        """The issue on the web; the same for every reader."""
        return f"{ascii_url(self.site.url)}newsletters/{self.newsletter.name}/{self.number}/"

    @property
    def subject(self) -> str:
        """The subject as one clean line, short enough for a header."""
        return shorten(plain(self.digest.subject) or self.newsletter.title, 200)

    def names(self) -> frozenset[str]:
        """What templates may name."""
        return frozenset(self._context(()))

    def rows(self, detail: Detail) -> list[Row]:
        """All entries of the digest in this detail; the first one leads."""
        headed = [
            (title, place == 0, entry)
            for title, entries in in_sections(self.digest)
            for place, entry in enumerate(entries)
        ]
        web_url = self.web_url
        return [
            make_row(
                entry,
                detail,
                words=self.words,
                web_url=web_url,
                slot=self.digest.slot,
                lead=index == 0,
                heading=title if begins else "",
                under=title,
                body=self.bodies.get(entry.id),
            )
            for index, (title, begins, entry) in enumerate(headed)
        ]

    def reduced(self, rows: Sequence[Row], detail: Detail) -> list[Row]:
        """All of these rows in less detail, by what they were made of: cheaper than made anew."""
        entries = (entry for _, entries in in_sections(self.digest) for entry in entries)
        return [reduce_row(row, entry, detail) for row, entry in zip(rows, entries, strict=True)]

    def mjml(self, rows: Sequence[Row]) -> str:
        """The MJML document. Raises TemplateError."""
        return render_template(self.environment, self.html_template, **self._context(rows))

    def html(self, rows: Sequence[Row]) -> str:
        """The finished HTML with placeholders. Raises TemplateError."""
        return compile_mjml(self.mjml(rows), self.html_template)

    def text(self, rows: Sequence[Row]) -> str:
        """The text part with placeholders. Raises TemplateError, also where it lacks what laws ask.

        These are the way to unsubscribe and the postal address (15 USC 7704).
        """
        text = render_template(self.environment, self.text_template, **self._context(rows))
        for needed, what in (
            (UNSUBSCRIBE, "{{ links.unsubscribe }}"),
            (self.newsletter.postal_address, "{{ newsletter.postal_address }}"),
        ):
            if needed not in text and " ".join(needed.split()) not in " ".join(text.split()):
                raise TemplateError(
                    f"the text part shows no {what}",
                    where=Location(file=f"templates/{self.text_template}"),
                    mend="put it where every reader sees it",
                )
        return text

    def _context(self, rows: Sequence[Row]) -> dict[str, Any]:
        digest, words = self.digest, self.words
        return {
            "newsletter": self.newsletter,
            "site": self.site,
            "number": words.number(self.number),
            "date": words.long_date(digest.slot),
            "subject": self.subject,
            "preheader": shorten(plain(digest.preheader), 150),
            "entries": rows,
            "note": self.note,
            "in_sections": bool(digest.sections),
            "corrected": [
                {
                    "title": shorten(plain(one.title), 200),
                    "url": mail_url(one.url) or self.web_url,
                    "text": shorten(plain(one.text), 400),
                }
                for one in digest.corrected[:MOST_CORRECTED]
            ],
            "more_corrected": max(0, len(digest.corrected) - MOST_CORRECTED),
            "more": len(digest.overflow) + len(digest.entries) - len(rows),
            "links": {
                "web": self.web_url,
                "unsubscribe": UNSUBSCRIBE,
                "preferences": PREFERENCES,
            },
            "logo": mail_logo(self.logo, self.site.url),
            "palette": self.palette,
            "fonts": mail_typefaces(self.site.theme.fonts),
            "language": words.language,
            "direction": words.direction,
            "leading": leading(words.language),
            "format_number": words.number,
            "_": words.gettext,
            "ngettext": words.ngettext,
        }
