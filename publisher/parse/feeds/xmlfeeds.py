"""PURE. RSS 0.9x to 2.0 and Atom, by feedparser, which never sees more than it should.

feedparser knows what all the kinds of feeds mean, but takes a second a megabyte, and minutes for
some that are broken on purpose. So lxml reads the document first (entities unexpanded, depth
bounded), only the newest entries go on, and feedparser gets them well-formed. It fetches nothing,
for it gets bytes; it neither sanitises nor resolves what is in a text, for `parse.clean` does.
"""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

import feedparser
from lxml import etree

from publisher.model import Author, Enclosure, ForeignFeed
from publisher.parse.clean.fragment import plain_text
from publisher.parse.feeds.entries import ForeignDocument, ForeignEntry
from publisher.parse.feeds.errors import NoFeedError
from publisher.parse.feeds.trees import breaks_off, read_tree
from publisher.parse.feeds.values import (
    absolute,
    author_of,
    date_of,
    line_of,
    name_of,
    newest,
    own_id,
    shown_address,
    tags_of,
    title_of,
    with_times,
)

_ROOTS = frozenset({"rss", "RDF", "feed"})
_ENTRIES = frozenset({"item", "entry"})
_DATES = ("pubDate", "published", "issued", "date", "updated", "modified")
_MOST_ELEMENTS = 100_000
_LONGEST_TEXT = 1_000_000
_SCHEME = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*:")
_PEOPLE = frozenset({"author", "creator", "managingEditor"})
_MAILED = re.compile(r"\s*[^@\s()<>]{1,100}@[^@\s()<>]{1,100}\s*\(([^()]{1,200})\)\s*\Z")
"""RSS 2.0's form of an author: lawyer@boyer.net (Lawyer Boyer)."""

_PREFIXES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
}
"""What some feeds use without declaring it."""

Told = Mapping[str, Any]


def read_xml_feed(data: bytes, *, url: str, charset: str, most: int, hint: str) -> ForeignDocument:
    """The newest `most` entries of a feed. Raises NoFeedError."""
    root = read_tree(data, charset)
    kind = _local(root)
    if kind not in _ROOTS:
        raise NoFeedError(f"is no feed: it begins with <{str(root.tag)[:40]}>")
    found = [element for element in root.iter() if _local(element) in _ENTRIES]
    found = [element for element in found if _local(element.getparent()) not in _ENTRIES]
    # what is left of the last one has neither its id nor its address for sure
    cut = found.pop() if found and breaks_off(data, charset) else None
    taken = set(newest([_date(element, hint) for element in found], most))
    others = []
    for number, element in enumerate(found):
        if number not in taken:
            others.append(_early_name(element))
            element.getparent().remove(element)
    warnings = _make_bearable(root)
    if cut is not None:
        cut.getparent().remove(cut)
        warnings = ("breaks off within its last entry, which is left out", *warnings)
    parsed = _parsed(root, url)
    feed = _feed(parsed["feed"], url, hint)
    entries = [_entry(told, feed, parsed["feed"], url, hint) for told in parsed["entries"]]
    feed = with_times(feed, entries)
    return ForeignDocument(
        feed=feed, entries=tuple(entries), others=tuple(others), warnings=warnings
    )


# ---------------------------------------------------------------- before feedparser


def _local(element: etree._Element | None) -> str:
    tag = element.tag if element is not None else ""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _date(entry: etree._Element, hint: str) -> datetime | None:
    told = {_local(child): child.text or "" for child in entry}
    dates = (date_of(told[name], language=hint)[1] for name in _DATES if name in told)
    return next((when for when in dates if when), None)


def _early_name(entry: etree._Element) -> str:
    """The name of an entry that does not go on, as `_entry` would say it."""
    told = {_local(child): child for child in reversed(entry)}
    texts = [told[name].text or "" for name in ("guid", "id") if name in told]
    link = told.get("link")
    texts.append((link.get("href") or link.text or "") if link is not None else "")
    return name_of(*texts, otherwise=entry.itertext())


def _make_bearable(root: etree._Element) -> tuple[str, ...]:
    """Bound what goes on, and make it well-formed. Raises NoFeedError."""
    warnings = []
    for number, element in enumerate(root.iter(etree.Element)):
        if number > _MOST_ELEMENTS:
            raise NoFeedError(f"holds more than {_MOST_ELEMENTS} elements")
        _declare(element)
        if element.text and len(element.text) > _LONGEST_TEXT:
            warnings.append(f"a text of {len(element.text):,} letters is left out")
            element.text = ""
        mailed = _MAILED.match(element.text or "") if _local(element) in _PEOPLE else None
        if mailed:  # feedparser cuts addresses that end in more than four letters in two
            element.text = mailed[1]
        is_guid = _local(element) == "guid"
        if is_guid and not _SCHEME.match(element.text or ""):
            element.set("isPermaLink", "false")  # else it is taken for a relative link
    return tuple(warnings)


def _declare(element: etree._Element) -> None:
    """Give a prefix that is not declared the namespace that is meant, or take it off."""
    tag = element.tag
    if ":" in tag and not tag.startswith("{"):
        element.tag = _qualified(tag)
    for name in [name for name in element.attrib if ":" in name and not name.startswith("{")]:
        value = element.attrib.pop(name)
        element.set(_qualified(name), value)


def _qualified(name: str) -> str:
    prefix, _, local = name.partition(":")
    local = re.sub(r"\A(?![A-Za-z_])|[^A-Za-z0-9_.-]", "_", local)
    return f"{{{_PREFIXES[prefix]}}}{local}" if prefix in _PREFIXES else local


def _parsed(root: etree._Element, url: str) -> Told:
    """What feedparser makes of it. Raises NoFeedError."""
    data = io.BytesIO(etree.tostring(root, encoding="utf-8", xml_declaration=True))
    try:
        parsed: Told = feedparser.parse(
            data,
            response_headers={"content-location": url, "content-type": "application/xml"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        # it stumbles over some names that XML allows, such as a namespace with a space in it
        kind = type(error).__name__
        raise NoFeedError(f"cannot be read by feedparser: {kind}: {str(error)[:200]}") from error
    return parsed


# ---------------------------------------------------------------- after it


def _get(told: Told, name: str) -> Any:
    """A value under that very name: feedparser lends `updated` the other date."""
    return dict.get(told, name) if isinstance(told, dict) else None


def _text(told: Told, name: str) -> str:
    value = _get(told, name)
    return value if isinstance(value, str) else ""


def _maps(told: Told, name: str) -> list[Told]:
    value = _get(told, name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _line(told: Told, name: str) -> str:
    detail = _get(told, f"{name}_detail")
    kind = _text(detail, "type") if isinstance(detail, dict) else ""
    return line_of(_text(told, name), is_html=kind in ("text/html", "application/xhtml+xml"))


def _instant(told: Told, name: str, hint: str) -> tuple[str, datetime | None]:
    read = _get(told, f"{name}_parsed")
    otherwise = None
    if read is not None:
        try:
            otherwise = datetime.fromtimestamp(calendar.timegm(read), UTC)
        except (ValueError, OverflowError, OSError):
            otherwise = None
    return date_of(_text(told, name), otherwise, language=hint)


def _links(told: Told, rel: str) -> Iterator[Told]:
    return (link for link in _maps(told, "links") if _text(link, "rel") == rel)


def _feed(told: Told, url: str, hint: str) -> ForeignFeed:
    home = absolute(_text(told, "link"), url)
    own = next((absolute(_text(one, "href"), url) for one in _links(told, "self")), "")
    own = own or shown_address(url)
    return ForeignFeed(
        id=own_id(_text(told, "id")) or home or own,
        title=_line(told, "title") or home or own,
        url=home,
        feed_url=own,
        updated=_instant(told, "updated", hint)[1] or _instant(told, "published", hint)[1],
        rights=_line(told, "rights"),
    )


def _told_feed(entry: Told, otherwise: ForeignFeed, url: str, hint: str) -> ForeignFeed:
    """The feed that an entry says it comes from (RFC 4287 section 4.2.11; RSS 2.0, source)."""
    told = _get(entry, "source")
    if not isinstance(told, dict) or not _line(told, "title"):
        return otherwise
    home = absolute(_text(told, "link"), url)
    own = next((absolute(_text(one, "href"), url) for one in _links(told, "self")), "")
    own = own or absolute(_text(told, "href"), url)
    id_ = own_id(_text(told, "id")) or own or home
    if not id_:
        return otherwise
    return ForeignFeed(
        id=id_,
        title=_line(told, "title"),
        url=home,
        feed_url=own,
        updated=_instant(told, "updated", hint)[1],
        rights=_line(told, "rights"),
    )


def _entry(told: Told, feed: ForeignFeed, channel: Told, url: str, hint: str) -> ForeignEntry:
    body, summary, base, language = _texts(told)
    link = absolute(_text(told, "link"), url)
    files = tuple(_enclosures(told, url))
    published, when = _instant(told, "published", hint)
    updated, changed = _instant(told, "updated", hint)
    origin = _told_feed(told, feed, url, hint)
    rights = _line(told, "rights") or origin.rights
    source = _get(told, "source")
    authors = tuple(_authors(told, url)) or tuple(_authors(source, url) if source else ())
    if not authors and origin is feed:
        authors = tuple(_authors(channel, url))
    id_ = _text(told, "id")
    return ForeignEntry(
        name=name_of(id_, link, otherwise=(_text(told, "title"), published, body, summary)),
        id=own_id(id_),
        link=link or (files[0].url if files else ""),
        title=title_of(_line(told, "title"), body or summary),
        published=published,
        updated=updated,
        body=body,
        summary=summary,
        # without xml:base, what is meant is nearly always the article's own page
        base_url=(absolute(base, url) if base != url else "") or link or url,
        feed=ForeignFeed(
            id=origin.id,
            title=origin.title,
            url=origin.url,
            feed_url=origin.feed_url,
            updated=origin.updated or changed or when,
            rights=rights,
        ),
        authors=authors,
        tags=tags_of(_text(tag, "label") or _text(tag, "term") for tag in _maps(told, "tags")),
        language=_text(told, "language") or language or _text(channel, "language"),
        picture=absolute(_picture(told), url),
        enclosures=files,
        when=when or changed,
    )


def _texts(told: Told) -> tuple[str, str, str, str]:
    """The text, the summary where that is another ("" else), both as HTML; base and language."""
    summary = _get(told, "summary_detail")
    texts = [one for one in _maps(told, "content") if _text(one, "value").strip()]
    texts.sort(key=lambda one: _text(one, "type") == "text/plain")
    if not texts and isinstance(summary, dict):
        texts, summary = [summary], None
    if not texts:
        return "", "", "", _language_of(_get(told, "title_detail"))
    body = _as_html(texts[0])
    short = _as_html(summary) if isinstance(summary, dict) else ""
    if plain_text(short) == plain_text(body):
        short = ""
    return body, short, _text(texts[0], "base"), _language_of(texts[0])


def _language_of(detail: Any) -> str:
    return _text(detail, "language") if isinstance(detail, dict) else ""


def _as_html(detail: Told) -> str:
    value = _text(detail, "value")
    if _text(detail, "type") in ("text/html", "application/xhtml+xml"):
        return value
    paragraphs: Sequence[str] = [part.strip() for part in value.split("\n\n")]
    return "".join(f"<p>{escape(part)}</p>" for part in paragraphs if part)


def _authors(told: Told, url: str) -> Iterator[Author]:
    for one in _maps(told, "authors"):
        made = author_of(_text(one, "name"), _text(one, "email"), _text(one, "href"), url)
        if made is not None:
            yield made


def _enclosures(told: Told, url: str) -> Iterator[Enclosure]:
    for link in _links(told, "enclosure"):
        address = absolute(_text(link, "href"), url)
        length = _text(link, "length")
        if address:
            yield Enclosure(
                url=address,
                length=int(length)
                if length.isascii() and length.isdecimal() and len(length) < 16
                else 0,
                media_type=_text(link, "type"),
                title=line_of(_text(link, "title"), is_html=False),
            )


def _picture(told: Told) -> str:
    for thumbnail in _maps(told, "media_thumbnail"):
        if _text(thumbnail, "url"):
            return _text(thumbnail, "url")
    for content in _maps(told, "media_content"):
        kind = _text(content, "type") or _text(content, "medium")
        if kind.startswith("image"):
            return _text(content, "url")
    image = _get(told, "image")
    return _text(image, "href") if isinstance(image, dict) else ""
