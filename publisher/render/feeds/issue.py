"""PURE. The body of an issue as an entry of its newsletter's feed."""

from __future__ import annotations

import jinja2
from markupsafe import Markup

from publisher.model import Digest, Entry, in_sections
from publisher.render.environment import render_template, word_functions
from publisher.render.feeds.text import clean_url
from publisher.render.words import Words

TEMPLATE = "feeds/issue.html"


def issue_body(digest: Digest, *, environment: jinja2.Environment, words: Words) -> str:
    """What the issue holds, as HTML. Raises TemplateError for a broken feeds/issue.html."""
    return render_template(
        environment,
        TEMPLATE,
        sections=[
            {"title": title, "entries": [_shown(entry) for entry in entries]}
            for title, entries in in_sections(digest)
        ],
        overflow=[_shown(entry) for entry in digest.overflow],
        corrected=digest.corrected,
        note=Markup(digest.note.html) if digest.note else "",  # noqa: S704 - sanitised when read
        **word_functions(words),
    )


def _shown(entry: Entry) -> dict[str, str | None]:
    return {
        "url": clean_url(entry.url),
        "title": entry.title,
        "summary": entry.summary,
        "language": entry.language,
    }
