"""USE CASE. A digest -> the numbered issue with its mail; the note that an editor wrote for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from publisher.articles import Survey
from publisher.compose.digests import digest_checksum
from publisher.config import NewsletterSpec
from publisher.errors import HeadlineError
from publisher.media import Embedder
from publisher.model import Digest, Issue, Note
from publisher.render.email import render_issue
from publisher.render.mail.headline import with_headline
from publisher.render.words import make_words
from publisher.renditions import Gallery
from publisher.sources.notes import read_note
from publisher.wiring.app import App


def note_for(
    app: App, newsletter: NewsletterSpec, slot: datetime, fits: Callable[[str], bool]
) -> Note | None:
    """The editor's note for a slot. Raises ArticleError or SourceError for one that is no good."""
    folder = app.config.path(app.config.issues)
    return read_note(folder, newsletter.name, slot.date(), site=app.config.site, fits=fits)


def draw_issue(
    app: App,
    survey: Survey,
    newsletter: NewsletterSpec,
    digest: Digest,
    number: int,
    *,
    embedder: Embedder,
) -> Issue:
    """The numbered issue with its mail. Raises HeadlineError, TemplateError, and OutputError for a
    picture."""
    config = app.config
    words = make_words(config.language_of(newsletter), app.theme.catalogues)
    try:
        digest = with_headline(digest, number, newsletter=newsletter, site=config.site, words=words)
    except HeadlineError as error:
        where = error.where or config.place_of(newsletter, error.key)
        raise HeadlineError(error.message, key=error.key, where=where, mend=error.mend) from error
    shown = _with_mail_pictures(digest, survey.gallery)
    rendered = render_issue(
        shown,
        number,
        newsletter=newsletter,
        site=config.site,
        mail_url=config.mail_url,
        words=words,
        palette=config.site.theme.palette,
        logo=app.pictures.logo,
        environment=app.environment,
        load_body=app.body,
        mailed=survey.gallery.mailed,
    )
    rendered = replace(rendered, pictures=embedder.shown(digest, rendered.html))
    if newsletter.embed:
        rendered = replace(rendered, embedded=embedder.embedded(digest, rendered.html))
    return Issue(
        newsletter=newsletter.name,
        number=number,
        digest=shown,
        rendered=rendered,
        checksum=digest_checksum(digest),
    )


def _with_mail_pictures(digest: Digest, gallery: Gallery) -> Digest:
    """The digest with its pictures as mails show them; what it says stays the same."""
    entries = (replace(e, picture=gallery.for_mail(e.picture)) for e in digest.entries)
    return replace(digest, entries=tuple(entries))
