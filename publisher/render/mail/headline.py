"""PURE. An issue's subject and preheader, by the templates that a newsletter gives for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from publisher.config import NewsletterSpec, SiteSpec
from publisher.config.headlines import HEADLINE_NAMES
from publisher.config.headnames import no_such_name
from publisher.errors import HeadlineError, Location
from publisher.model import Digest, Note, in_sections
from publisher.render.mail.text import one_line
from publisher.render.words import Words


class _Missing(jinja2.StrictUndefined):
    """What is not there, told by the words of publisher.yaml: Jinja would name our own classes."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name, owner = self._undefined_name, self._undefined_obj
        if self._undefined_hint or owner is jinja2.utils.missing:
            return super()._undefined_message
        if isinstance(name, str):
            return no_such_name(type(owner), name)
        return f"there is no [{name}], for there are {len(owner)}"


_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=_Missing, autoescape=False)


def with_headline(
    digest: Digest, number: int, *, newsletter: NewsletterSpec, site: SiteSpec, words: Words
) -> Digest:
    """The digest with its subject and preheader. Raises HeadlineError for what cannot be drawn, at
    the note where it is the note's own."""
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
        subject=_subject(digest, newsletter, words, context) or newsletter.title,
        preheader=_draw(newsletter, digest.note, "preheader", context),
    )


def _subject(
    digest: Digest, newsletter: NewsletterSpec, words: Words, context: dict[str, Any]
) -> str:
    """By a template where there is one, else of our words: a colon is not set alike everywhere."""
    if newsletter.subject is not None or (digest.note and digest.note.subject):
        return _draw(newsletter, digest.note, "subject", context)
    title = digest.entries[0].title
    return one_line(
        words.gettext("%(newsletter)s: %(article)s", newsletter=newsletter.title, article=title)
    )


def _draw(newsletter: NewsletterSpec, note: Note | None, key: str, context: dict[str, Any]) -> str:
    """By the note's own template, else by the newsletter's."""
    own = getattr(note, key) if note else ""
    try:
        return one_line(_ENVIRONMENT.from_string(own or getattr(newsletter, key)).render(context))
    except (
        jinja2.TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        raise HeadlineError(
            f"the {key} of the newsletter {newsletter.name} cannot be drawn: {error}",
            key=key,
            where=Location(file=note.file) if note and own else None,
            mend=f"correct `{key}:` there; it is a template over " + ", ".join(HEADLINE_NAMES),
        ) from error
