"""PURE. Entries as the rows of a mail: clean text, safe addresses, dates in words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from markupsafe import escape

from publisher.config.tags import is_language_tag
from publisher.links.promises import is_fit_for_mail
from publisher.model import Entry, Picture
from publisher.render.attribution import (
    LONGEST,
    Attribution,
    find_attribution,
    words_around,
)
from publisher.render.mail.addresses import PICTURE_WIDTH, mail_url, shown_in_mail
from publisher.render.mail.blocks import Block
from publisher.render.mail.files import RowFile, make_files
from publisher.render.mail.text import plain, shorten
from publisher.render.words import Words, text_direction
from publisher.values import dataclass

_SHOWN_TYPES = ("image/jpeg", "image/png", "image/gif")  # Outlook draws neither WebP nor SVG
_TALL_SCRIPTS = re.compile(  # Arabic, Indic, South-East Asian, Chinese, Japanese, Korean, Hebrew
    r"(?:ar|bn|ckb|dv|fa|gu|he|hi|ja|km|kn|ko|ks|lo|ml|mr|my|ne|or|pa|ps|sd|si|ta|te|th|ug|ur|yi|zh)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """How much of each entry is drawn. None for a title: whole; 0 for a summary: none.

    `body` counts in mails of whole articles.
    """

    summary: int = 180
    title: int | None = None
    picture: bool = True
    body: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPicture:
    """A picture that every mail program draws, in CSS pixels; `height` is 0 when not known."""

    url: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOrigin:
    """The feed of somebody else that an article is from: its name, with our words around it.

    `opening` are the words before it where nothing else comes before them; `url` is its home page,
    "" where none is to be linked.
    """

    before: str
    opening: str
    name: str
    after: str
    url: str

    @property
    def amid(self) -> str:
        """The whole as text, behind something else."""
        return self.before + self.name + self.after

    @property
    def alone(self) -> str:
        """The whole as text, at the beginning."""
        return self.opening + self.name + self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry in a mail. The first leads; a foreign one is in another language than the mail.

    `heading` is the title of the section that it begins, else ""; `body` the whole article,
    in mails of such, and `files` what comes with it; `origin` is None for an article of our own.
    """

    lead: bool
    heading: str
    title: str
    url: str
    authors: str
    origin: RowOrigin | None
    date: str
    section: str
    summary: str
    language: str
    direction: str
    leading: float
    foreign: bool
    picture: RowPicture | None
    body: Block | None = None
    files: tuple[RowFile, ...] = ()

    @property
    def picture_above(self) -> RowPicture | None:
        """Its picture, unless its own text shows it."""
        picture, body = self.picture, self.body
        is_shown = picture and body and f'src="{escape(picture.url)}"' in body.html
        return None if is_shown else picture


def make_row(
    entry: Entry,
    detail: Detail,
    *,
    words: Words,
    web_url: str,
    slot: datetime,
    lead: bool,
    heading: str = "",
    under: str = "",
    body: Block | None = None,
) -> Row:
    """Draw one entry. An address that no mail program would take is replaced by `web_url`.

    `under` is the title of the section it stands in: an entry does not say that once more.
    """
    language = entry_language(entry, words)
    url = mail_url(entry.url) or web_url
    when = entry.published
    found = find_attribution(entry)
    authors = entry.authors if found is None else found.authors
    title, section = plain(entry.title) or plain(entry.url), plain(entry.section)
    return Row(
        lead=lead,
        heading=shorten(plain(heading), 120),
        title=title if detail.title is None else shorten(title, detail.title),
        url=url,
        authors=shorten(words.join([plain(author.name) for author in authors]), 120),
        origin=make_origin(found, words) if found is not None else None,
        date=words.short_date(when) if when.year == slot.year else words.long_date(when),
        section=shorten(section, 60) if section != plain(under) else "",
        summary=shorten(plain(entry.summary), detail.summary) if detail.summary else "",
        language=language,
        direction=text_direction(language),
        leading=leading(language),
        foreign=language.lower() != words.language.lower(),
        body=body if detail.body else None,
        files=make_files(entry, words=words, page=url) if body is not None else (),
        picture=make_picture(entry.picture) if lead and detail.picture and entry.picture else None,
    )


def entry_language(entry: Entry, words: Words) -> str:
    """The language of an entry; the mail's where it says none that is one."""
    told = entry.language
    return told if told and is_language_tag(told) else words.language


def make_origin(found: Attribution, words: Words) -> RowOrigin | None:
    """Whose an article is, with a link that no check of mails minds."""
    name = shorten(plain(found.name), LONGEST)
    if not name:
        return None
    around = words_around(words)
    url = mail_url(found.url) if found.url and is_fit_for_mail(found.url, name) else None
    return RowOrigin(
        before=around.before,
        opening=around.opening,
        name=name,
        after=around.after,
        url=url or "",
    )


def make_picture(picture: Picture) -> RowPicture | None:
    """The picture for mail, or None when some mail programs would show a hole."""
    known = picture.media_type in _SHOWN_TYPES if picture.media_type else shown_in_mail(picture.url)
    url = mail_url(picture.url)
    if url is None or not known:
        return None
    width = min(picture.width or PICTURE_WIDTH, PICTURE_WIDTH)
    return RowPicture(
        url=url,
        alt=shorten(plain(picture.alt), 300),
        width=width,
        height=round(picture.height * width / picture.width) if picture.width else 0,
    )


def reduce_row(row: Row, entry: Entry, detail: Detail) -> Row:
    """The row of an entry in less detail; the very same where there is nothing to give up."""
    title, summary = row.title, row.summary
    if detail.title is not None:
        title = shorten(title, detail.title)
    if summary:
        summary = shorten(plain(entry.summary), detail.summary) if detail.summary else ""
    picture = row.picture if detail.picture else None
    body = row.body if detail.body else None
    if (title, summary, picture, body) == (row.title, row.summary, row.picture, row.body):
        return row
    return replace(row, title=title, summary=summary, picture=picture, body=body)


@lru_cache(maxsize=1024)
def leading(language: str) -> float:
    """The line height that the script of a language asks for."""
    return 1.75 if _TALL_SCRIPTS.match(language) else 1.5
