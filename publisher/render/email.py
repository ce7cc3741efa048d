"""PURE. A digest -> the mail of an issue: HTML by Jinja and MRML, and a text part beside it.

Gmail cuts a mail short after some 102,400 bytes, and with it the way to unsubscribe;
so the finished HTML is measured, and drawn with less until it fits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import jinja2

from publisher.config import NewsletterSpec, SiteSpec
from publisher.fingerprint import HASH_LENGTH
from publisher.links.ascii import ascii_url
from publisher.links.pictures import content_id, with_picture_addresses
from publisher.links.readers import fill
from publisher.mailbox import read_mailbox
from publisher.model import Digest, LoadBody, RenderedIssue
from publisher.palette import Palette
from publisher.render.environment import Environment, check_templates
from publisher.render.mail.addresses import mail_url as mail_address
from publisher.render.mail.blocks import Block, make_block
from publisher.render.mail.check import check_mjml_document, check_mjml_source, check_names
from publisher.render.mail.fitting import fit_rows
from publisher.render.mail.fragment import FragmentStyle
from publisher.render.mail.notice import HTML_TEMPLATE, NoticeSheet
from publisher.render.mail.origins import marking
from publisher.render.mail.players import player_words
from publisher.render.mail.rows import Detail, Row, entry_language, leading
from publisher.render.mail.sample import sample_notices, sample_sheets
from publisher.render.mail.sheet import Sheet
from publisher.render.typefaces import mail_typefaces
from publisher.render.words import Words, text_direction
from publisher.renditions import Logo

HTML_LIMIT = 100_000
"""Bytes of the HTML with a reader's links in it, UTF-8."""

LONGEST_TOKEN = "t" * 200
"""The HTML stays under HTML_LIMIT with tokens up to this length."""


def render_issue(
    digest: Digest,
    number: int,
    *,
    newsletter: NewsletterSpec,
    site: SiteSpec,
    mail_url: str,
    words: Words,
    palette: Palette,
    logo: Logo | None,
    environment: jinja2.Environment,
    load_body: LoadBody,
    mailed: Callable[[str], str] = str,
) -> RenderedIssue:
    """Draw the mail of an issue; a reader's links are placeholders (`links.readers`).

    `mailed` gives the address of the form of a picture in a text that mails show.

    Its HTML never has more than HTML_LIMIT bytes, also with links that start with
    `mail_url` and end in LONGEST_TOKEN. Raises TemplateError with file and line.
    """
    sheet = Sheet(
        digest=digest,
        number=number,
        newsletter=newsletter,
        site=site,
        words=words,
        palette=palette,
        logo=logo,
        environment=environment,
    )
    sheet = _with_blocks(sheet, load_body, mailed)
    rows, html = fit_rows(sheet, limit=HTML_LIMIT, measure=_measure(newsletter, site, mail_url))
    spoilt = [entry.id for entry in digest.entries if not _is_whole(sheet.bodies.get(entry.id))]
    return RenderedIssue(
        subject=sheet.subject,
        html=html,
        text=sheet.text(rows),
        spoilt=tuple(spoilt),
    )


def _with_blocks(sheet: Sheet, load_body: LoadBody, mailed: Callable[[str], str]) -> Sheet:
    """With the editor's note, and with the articles' own texts where the mail has them whole."""
    digest, words = sheet.digest, sheet.words
    style = FragmentStyle(
        ui=mail_typefaces(sheet.site.theme.fonts).ui,
        leading=leading(words.language),
        palette=sheet.palette,
        direction=words.direction,
        heading=4 if digest.sections else 3,
    )
    first = replace(style, heading=2)
    said = player_words(words)
    web_url = sheet.web_url
    note = None
    if digest.note:
        note = make_block(digest.note.html, first, web_url=web_url, words=said)
    bodies = {}
    for entry in digest.entries if sheet.newsletter.template_name == "single" else ():
        language = entry_language(entry, words)
        own = replace(style, leading=leading(language), direction=text_direction(language))
        url = mail_address(entry.url) or web_url
        html = load_body(entry)
        bodies[entry.id] = make_block(html, own, web_url=url, mailed=mailed, words=said)
    return replace(sheet, note=note, bodies=bodies)


def _is_whole(block: Block | None) -> bool:
    return block is None or block.is_whole


def check_mail_templates(environment: Environment) -> None:
    """Check the templates of mails: syntax, tags and names, then samples drawn with them.

    Raises TemplateError with the file and, where it is known, the line.
    """
    check_templates(environment)
    for name in environment.list_templates(extensions=["mjml"]):
        check_mjml_source(environment, name)
    sheets = tuple(sample_sheets(environment))
    notices = tuple(sample_notices(environment))
    check_names(environment, sheets[0].names() | notices[0].names())
    for notice in notices:
        check_mjml_document(HTML_TEMPLATE, notice.mjml(), marked=_marked_notice(notice))
        notice.rendered()
    for sheet in sheets:
        rows = sheet.rows(Detail())
        check_mjml_document(sheet.html_template, sheet.mjml(rows), marked=_marked(sheet, rows))
        sheet.html(rows)
        sheet.text(rows)


def _marked(sheet: Sheet, rows: Sequence[Row]) -> Callable[[], str]:
    """Draws the MJML again with marks, by which its lines are found in the templates."""
    return lambda: replace(sheet, environment=marking(sheet.environment)).mjml(rows)


def _marked_notice(notice: NoticeSheet) -> Callable[[], str]:
    return lambda: replace(notice, environment=marking(notice.environment)).mjml()


def _measure(newsletter: NewsletterSpec, site: SiteSpec, mail_url: str) -> Callable[[str], int]:
    """Gives the bytes that HTML has, also where its own pictures are named by Content-IDs."""

    def size(html: str) -> int:
        return len(fill(html, token=LONGEST_TOKEN, mail_url=mail_url).encode())

    if not newsletter.embed:
        return size
    own = ascii_url(site.url)
    name = "cid:" + content_id("0" * HASH_LENGTH, read_mailbox(newsletter.from_).email)

    def longer(html: str) -> int:
        named = with_picture_addresses(html, lambda url: name if url.startswith(own) else url)
        return max(size(html), size(named))

    return longer
