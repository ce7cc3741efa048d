"""PURE. The mails about a subscription: confirm it, or it is there already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import jinja2

from publisher.config import NewsletterSpec, SiteSpec
from publisher.model import RenderedIssue
from publisher.palette import Palette
from publisher.render.environment import render_template
from publisher.render.mail.compile import compile_mjml
from publisher.render.mail.rows import leading
from publisher.render.typefaces import mail_typefaces
from publisher.render.words import Words
from publisher.values import dataclass

HTML_TEMPLATE = "email/notice.mjml"
_TEXT_TEMPLATE = "email/notice.txt"

NoticeKind = Literal["confirm", "known"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSheet:
    """What such a mail is drawn from. `link` is where its reader goes on."""

    kind: NoticeKind
    newsletters: Sequence[NewsletterSpec]
    link: str
    site: SiteSpec
    words: Words
    palette: Palette
    environment: jinja2.Environment

    @property
    def subject(self) -> str:
        """The subject of the mail, and its heading."""
        if self.kind == "confirm":
            return self.words.gettext("Confirm your subscription")
        return self.words.gettext("You are subscribed already")

    def names(self) -> frozenset[str]:
        """What its templates may name."""
        return frozenset(self._context())

    def mjml(self) -> str:
        """The MJML document. Raises TemplateError."""
        return render_template(self.environment, HTML_TEMPLATE, **self._context())

    def rendered(self) -> RenderedIssue:
        """The finished mail. Raises TemplateError."""
        return RenderedIssue(
            subject=self.subject,
            html=compile_mjml(self.mjml(), HTML_TEMPLATE, of_issue=False),
            text=render_template(self.environment, _TEXT_TEMPLATE, **self._context()),
        )

    def _context(self) -> dict[str, Any]:
        words = self.words
        return {
            "notice": {
                "kind": self.kind,
                "heading": self.subject,
                "titles": words.join([one.title for one in self.newsletters]),
                "link": self.link,
            },
            "newsletter": self.newsletters[0],
            "site": self.site,
            "palette": self.palette,
            "fonts": mail_typefaces(self.site.theme.fonts),
            "language": words.language,
            "direction": words.direction,
            "leading": leading(words.language),
            "_": words.gettext,
            "ngettext": words.ngettext,
        }
