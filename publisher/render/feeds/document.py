"""PURE. What one feed says, cleaned once, so that every format says the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import jinja2
from lxml import etree
from markupsafe import Markup, escape

from publisher.config import FeedSpec, PodcastSpec, SiteSpec
from publisher.model import Author, Enclosure, Entry, LoadBody, Picture
from publisher.render.environment import render_template
from publisher.render.feeds.text import (
    clean_id,
    clean_language,
    clean_line,
    clean_text,
    clean_url,
    shorten,
    whole_seconds,
)

TEMPLATE = "feeds/entry.html"
_SUMMARY_LENGTH = 280
_TITLE_LENGTH = 80
_MAILBOX = re.compile(r"[^\s<>@()]+@[^\s<>@()]+")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*", re.IGNORECASE)
_BLOCKS = (
    *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption"),
    *("figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p"),
    *("pre", "section", "table", "td", "th", "tr", "ul"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenEntry:
    """A cleaned entry and the HTML it is read by; `content` is "" in a feed of summaries.

    Its title and summary are never empty, its times in whole seconds, its
    tags hold the section, and its language is None where it is the feed's.
    """

    entry: Entry
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocument:
    """A whole feed, before it has a format. `updated` is the newest of its entries'.

    Of a podcast, `image_url` is the cover.
    """

    title: str
    description: str
    home_url: str
    author: Author
    image_url: str | None
    rights: str
    language: str | None
    updated: datetime | None
    entries: tuple[WrittenEntry, ...]
    podcast: PodcastSpec | None = None


def make_document(
    feed: FeedSpec,
    entries: Sequence[Entry],
    *,
    site: SiteSpec,
    title: str,
    image_url: str | None,
    load_body: LoadBody,
    environment: jinja2.Environment,
) -> FeedDocument:
    """Load what the feed shows and clean it. Raises TemplateError for a broken feeds/entry.html."""
    language = clean_language(site.language)
    home_url = clean_url(site.url)
    full = feed.content == "full"
    podcast = feed.podcast
    written = []
    for entry in entries:
        body = load_body(entry) if full or not entry.summary.strip() else ""
        cleaned = _clean(entry, body, language)
        content = _content(cleaned, body, environment) if full else ""
        written.append(WrittenEntry(entry=cleaned, content=content))
    return FeedDocument(
        title=clean_line(title),
        description=clean_line((podcast and podcast.description) or site.description),
        home_url=home_url,
        author=Author(name=clean_line(site.title), url=home_url),
        image_url=clean_url(image_url) if image_url else None,
        rights=clean_line(site.copyright),
        language=language,
        updated=max((w.entry.updated for w in written), default=None),
        entries=tuple(written),
        podcast=podcast,
    )


def _clean(entry: Entry, body: str, feed_language: str | None) -> Entry:
    url = clean_url(entry.url)
    title = clean_line(entry.title)
    summary = clean_line(entry.summary) or shorten(_words(body), _SUMMARY_LENGTH)
    language = clean_language(entry.language)
    published = whole_seconds(entry.published)
    return replace(
        entry,
        id=clean_id(entry.id),
        url=url,
        title=title or shorten(summary, _TITLE_LENGTH) or url,
        summary=summary or title or url,
        published=published,
        updated=max(published, whole_seconds(entry.updated)),
        authors=tuple(_clean_authors(entry.authors)),
        tags=_clean_tags(entry),
        language=None if language == feed_language else language,
        picture=_clean_picture(entry.picture),
        enclosures=tuple(_clean_enclosures(entry.enclosures)),
    )


def _clean_authors(authors: Iterable[Author]) -> Iterable[Author]:
    for author in authors:
        name = clean_line(author.name)
        if name:
            email = clean_line(author.email or "")
            url = clean_url(author.url or "")
            yield Author(
                name=name,
                email=email if _MAILBOX.fullmatch(email) else None,
                url=url if _ABSOLUTE.match(url) else None,
            )


def _clean_tags(entry: Entry) -> tuple[str, ...]:
    """Each tag once; the section leads them where it is none of them."""
    tags = [clean_line(tag) for tag in entry.tags]
    section = clean_line(entry.section)
    led = tags if section in tags else [section, *tags]
    return tuple(dict.fromkeys(tag for tag in led if tag))


def _clean_picture(picture: Picture | None) -> Picture | None:
    if picture is None or not clean_url(picture.url):
        return None
    return replace(
        picture,
        url=clean_url(picture.url),
        alt=clean_line(picture.alt),
        caption=clean_line(picture.caption),
        credit=clean_line(picture.credit),
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


def _content(entry: Entry, body: str, environment: jinja2.Environment) -> str:
    """The template's fragment; the summary where the article has no body of its own."""
    shown = body if body.strip() else f"<p>{escape(entry.summary)}</p>"
    picture = entry.picture
    if picture is not None and (picture.url in body or escape(picture.url) in body):
        picture = None
    drawn = render_template(
        environment,
        TEMPLATE,
        entry=entry,
        picture=picture,
        body=Markup(shown),  # noqa: S704 - sanitised by the source
    )
    return clean_text(drawn).strip()


def _words(body: str) -> str:
    """The text of a body on one line, words of neighbouring blocks apart."""
    root = etree.HTML(f"<div>{clean_text(body)}</div>", etree.HTMLParser(huge_tree=True))
    for block in root.iter(*_BLOCKS):
        block.text = f" {block.text or ''}"
        block.tail = f" {block.tail or ''}"
    return clean_line("".join(str(piece) for piece in root.itertext()))
