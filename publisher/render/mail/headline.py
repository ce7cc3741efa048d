"""PURE. An issue's subject and preheader, by the templates that a newsletter gives for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from publisher.config import NewsletterSpec, SiteSpec
from publisher.errors import TemplateError
from publisher.model import Digest, in_sections
from publisher.render.mail.text import one_line
from publisher.render.words import Words

_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=jinja2.StrictUndefined,
    autoescape=False,
)


def with_headline(
    digest: Digest, number: int, *, newsletter: NewsletterSpec, site: SiteSpec, words: Words
) -> Digest:
    """The digest with its subject and preheader. Raises TemplateError for what cannot be drawn."""
    context = {
        "newsletter": newsletter,
        "site": site,
        "entries": digest.entries,
        "sections": [{"title": title, "entries": held} for title, held in in_sections(digest)],
        "number": number,
        "date": words.long_date(digest.slot),
    }
    return replace(
        digest,
        subject=_draw(newsletter, "subject", context) or newsletter.title,
        preheader=_draw(newsletter, "preheader", context),
    )


def _draw(newsletter: NewsletterSpec, key: str, context: dict[str, Any]) -> str:
    try:
        return one_line(_ENVIRONMENT.from_string(getattr(newsletter, key)).render(context))
    except (
        jinja2.TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        raise TemplateError(
            f"the {key} of the newsletter {newsletter.name} cannot be drawn: {error}",
            mend=f"correct `{key}:` of that newsletter in the configuration",
        ) from error
