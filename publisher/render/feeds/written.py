"""PURE. What a feed says of an entry, cleaned once, so that every format says the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

import jinja2
import msgspec
from lxml import etree
from markupsafe import Markup, escape

from publisher.feeds import is_held_whole
from publisher.model import Author, Enclosure, Entry, ForeignFeed, LoadBody, Picture
from publisher.patterns import pattern
from publisher.render.environment import render_template, word_functions
from publisher.render.feeds.shapes import Shape, shape_of
from publisher.render.feeds.text import (
    atom_id,
    clean_content,
    clean_id,
    clean_language,
    clean_line,
    clean_text,
    clean_url,
    shorten,
    whole_seconds,
)
from publisher.render.words import Words
from publisher.values import dataclass

TEMPLATE = "feeds/entry.html"
_SUMMARY_LENGTH = 280
_TITLE_LENGTH = 80
_MAILBOX = pattern(r"[^\s<>@()]+@[^\s<>@()]+")
_WEB = pattern(r"https?://[^/]", re.IGNORECASE)
_ABSOLUTE = pattern(r"[A-Za-z][A-Za-z0-9+.-]*:.")
_MEDIA_TYPE = pattern(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*", re.IGNORECASE)
_BLOCKS = (
    *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption"),
    *("figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p"),
    *("pre", "section", "table", "td", "th", "tr", "ul"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenEntry:
    """A cleaned entry and the HTML it is read by; `content` is "" in a feed of summaries.

    Its title and summary are never empty, its times in whole seconds, its tags hold
    the section. `escaped` is the content as the text of an XML element, in UTF-8.
    """

    entry: Entry
    content: str
    escaped: bytes
    shape: Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Loads and cleans entries. `words` are our own in a language, or the site's for None."""

    load_body: LoadBody
    environment: jinja2.Environment
    words: Callable[[str | None], Words]

    def write(self, entry: Entry, *, full: bool) -> WrittenEntry:
        """One entry, whole or as its summary. Raises TemplateError for a broken template."""
        body = self.load_body(entry) if full or not entry.summary.strip() else ""
        cleaned = _clean(entry, body)
        content, escaped = clean_content(self._content(cleaned, body) if full else "")
        shape = shape_of(cleaned, has_content=bool(content))
        return WrittenEntry(entry=cleaned, content=content, escaped=escaped, shape=shape)

    def _content(self, entry: Entry, body: str) -> str:
        """The template's fragment; the summary where the article has no body of its own, or one
        that is too long for feed readers."""
        is_whole = bool(body.strip()) and is_held_whole(body)
        shown = body if is_whole else f"<p>{escape(entry.summary)}</p>"
        picture = entry.picture
        if picture is not None and (picture.url in body or escape(picture.url) in body):
            picture = None
        words = self.words(entry.language)
        return render_template(
            self.environment,
            TEMPLATE,
            entry=entry,
            picture=picture,
            corrections=entry.corrections,
            words=words,
            body=Markup(shown),  # noqa: S704 - sanitised by the source
            **word_functions(words),
        )


def _clean(entry: Entry, body: str) -> Entry:
    url = clean_url(entry.url)
    title = clean_line(entry.title)
    summary = clean_line(entry.summary) or shorten(_words(body), _SUMMARY_LENGTH)
    published = whole_seconds(entry.published)
    return msgspec.structs.replace(
        entry,
        id=clean_id(entry.id),
        url=url,
        title=title or shorten(summary, _TITLE_LENGTH) or url,
        summary=summary or title or url,
        published=published,
        updated=max(published, whole_seconds(entry.updated)),
        authors=tuple(_clean_authors(entry.authors)),
        tags=_clean_tags(entry.section, entry.tags),
        language=clean_language(entry.language),
        picture=_clean_picture(entry.picture),
        enclosures=tuple(_clean_enclosures(entry.enclosures)),
        foreign=_clean_foreign(entry),
    )


def updated_of(entry: Entry) -> datetime:
    """When a feed says that an entry changed: never before it was published."""
    return max(whole_seconds(entry.published), whole_seconds(entry.updated))


def _clean_authors(authors: Iterable[Author]) -> Iterable[Author]:
    return filter(None, map(_clean_author, authors))


@lru_cache(maxsize=1024)
def _clean_author(author: Author) -> Author | None:
    name, email, url = clean_line(author.name), clean_line(author.email or ""), author.url or ""
    if not name:
        return None
    url = clean_url(url)
    return Author(
        name=name,
        email=email if _MAILBOX.fullmatch(email) else None,
        url=url if _ABSOLUTE.match(url) else None,
    )


@lru_cache(maxsize=1024)
def _clean_tags(section: str, given: tuple[str, ...]) -> tuple[str, ...]:
    """Each tag once; the section leads them where it is none of them."""
    tags = [clean_line(tag) for tag in given]
    section = clean_line(section)
    led = tags if section in tags else [section, *tags]
    return tuple(dict.fromkeys(tag for tag in led if tag))


def _clean_picture(picture: Picture | None) -> Picture | None:
    url = clean_url(picture.url) if picture is not None else ""
    if picture is None or not _WEB.match(url):
        return None
    return replace(
        picture,
        url=url,
        alt=clean_line(picture.alt),
        caption=clean_line(picture.caption),
        credit=clean_line(picture.credit),
    )


def _clean_foreign(entry: Entry) -> ForeignFeed | None:
    """The feed that it was taken from, with what Atom asks for (RFC 4287 section 4.2.11)."""
    feed = entry.foreign
    if feed is None:
        return None
    return ForeignFeed(
        id=atom_id(clean_id(feed.id)),
        title=clean_line(feed.title) or clean_id(feed.id),
        url=clean_url(feed.url),
        feed_url=clean_url(feed.feed_url),
        updated=whole_seconds(feed.updated) if feed.updated else updated_of(entry),
        rights=clean_line(feed.rights),
    )


def _clean_enclosures(enclosures: Iterable[Enclosure]) -> Iterable[Enclosure]:
    """Each address once, with a type and a length that every format can write."""
    seen = set()
    for enclosure in enclosures:
        url = clean_url(enclosure.url)
        if url and url not in seen:
            seen.add(url)
            known = _MEDIA_TYPE.fullmatch(enclosure.media_type)
            yield Enclosure(
                url=url,
                length=max(0, enclosure.length),
                media_type=enclosure.media_type if known else "application/octet-stream",
                title=clean_line(enclosure.title),
                duration=max(0, enclosure.duration),
            )


def _words(body: str) -> str:
    """The text of a body on one line, words of neighbouring blocks apart."""
    root = etree.HTML(f"<div>{clean_text(body)}</div>", etree.HTMLParser(huge_tree=True))
    for block in root.iter(*_BLOCKS):
        block.text = f" {block.text or ''}"
        block.tail = f" {block.tail or ''}"
    return clean_line("".join(str(piece) for piece in root.itertext()))
