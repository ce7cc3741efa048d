"""RSS, Atom and JSON Feed -> the same values: written apart from the code that makes feeds."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
DC = "{http://purl.org/dc/elements/1.1/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
RFC822 = "%a, %d %b %Y %H:%M:%S %z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What an entry says to a reader, in any format. `updated` is None in RSS, which has none."""

    id: str
    url: str
    title: str
    summary: str
    content: str
    published: datetime
    updated: datetime | None
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    language: str | None
    enclosures: tuple[tuple[str, str, int], ...]


def read_feed(data: bytes) -> list[Shown]:
    """The entries of a feed in any of the three formats."""
    if data.lstrip().startswith(b"{"):
        return _read_json(json.loads(data))
    root = etree.fromstring(data)
    return _read_atom(root) if root.tag == ATOM + "feed" else _read_rss(root)


def rfc822_time(text: str) -> datetime:
    """A time of RSS: in UTC it says GMT, elsewhere its offset. Raises ValueError."""
    return datetime.strptime(re.sub(r" GMT\Z", " +0000", text), RFC822)


def text_of(parent: etree._Element, name: str) -> str:
    """The text of a child, "" where there is none."""
    child = parent.find(name)
    return (child.text or "") if child is not None else ""


def _read_atom(feed: etree._Element) -> list[Shown]:
    language = feed.get(LANG)
    return [
        Shown(
            id=text_of(entry, ATOM + "id"),
            url=_href(entry, "alternate"),
            title=text_of(entry, ATOM + "title"),
            summary=text_of(entry, ATOM + "summary"),
            content=text_of(entry, ATOM + "content"),
            published=datetime.fromisoformat(text_of(entry, ATOM + "published")),
            updated=datetime.fromisoformat(text_of(entry, ATOM + "updated")),
            authors=tuple(text_of(p, ATOM + "name") for p in entry.findall(ATOM + "author")),
            tags=tuple(tag.get("term") or "" for tag in entry.findall(ATOM + "category")),
            language=entry.get(LANG) or language,
            enclosures=tuple(
                (link.get("href") or "", link.get("type") or "", int(link.get("length") or 0))
                for link in entry.findall(ATOM + "link")
                if link.get("rel") == "enclosure"
            ),
        )
        for entry in feed.findall(ATOM + "entry")
    ]


def _read_rss(root: etree._Element) -> list[Shown]:
    language = text_of(root[0], "language") or None
    return [
        Shown(
            id=text_of(entry, "guid"),
            url=text_of(entry, "link"),
            title=text_of(entry, "title"),
            summary=_html_text(text_of(entry, "description")),
            content=text_of(entry, CONTENT),
            published=rfc822_time(text_of(entry, "pubDate")),
            updated=None,
            authors=tuple(e.text or "" for e in entry.findall(DC + "creator")),
            tags=tuple(e.text or "" for e in entry.findall("category")),
            language=text_of(entry, DC + "language") or language,
            enclosures=tuple(
                (e.get("url") or "", e.get("type") or "", int(e.get("length") or 0))
                for e in entry.findall("enclosure")
            ),
        )
        for entry in root[0].findall("item")
    ]


def _read_json(feed: dict[str, Any]) -> list[Shown]:
    return [
        Shown(
            id=item["id"],
            url=item.get("url", ""),
            title=item.get("title", ""),
            summary=item.get("summary", ""),
            content=item.get("content_html", ""),
            published=datetime.fromisoformat(item["date_published"]),
            updated=datetime.fromisoformat(item["date_modified"]),
            authors=tuple(author["name"] for author in item.get("authors", [])),
            tags=tuple(item.get("tags", [])),
            language=item.get("language") or feed.get("language"),
            enclosures=tuple(
                (a["url"], a["mime_type"], a.get("size_in_bytes", 0))
                for a in item.get("attachments", [])
            ),
        )
        for item in feed["items"]
    ]


def _html_text(markup: str) -> str:
    """What a reader shows of a description, which it takes for HTML."""
    return html.unescape(re.sub(r"<[A-Za-z/!?][^>]*>", "", markup))


def _href(entry: etree._Element, rel: str) -> str:
    return next(
        (e.get("href") or "" for e in entry.findall(ATOM + "link") if e.get("rel") == rel), ""
    )
