"""PURE. What feedgen leaves out or writes wrongly, mended as feedgen's own extensions.

feedgen 1.0 drops every attribute but `href` from the links of an Atom entry,
knows no xml:lang on entries, no author without address in RSS, and formats the
dates of RSS by `setlocale`, which is not safe in threads. The values come from
the document; feedgen calls the extension with the element it has just made
(and asks for no base class).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from lxml import etree

from publisher.model import Entry
from publisher.render.feeds.text import rfc822

DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class RssFeedExtension:
    """lastBuildDate and the names of the namespaces in use."""

    def __init__(self, updated: datetime | None) -> None:
        self.updated = updated

    def extend_ns(self) -> dict[str, str]:
        """Prefixes for the root element."""
        return {"dc": DC, "media": MEDIA}

    def extend_rss(self, feed: etree._Element) -> etree._Element:
        """Write the channel's date (RFC 822, four-digit year)."""
        if self.updated is not None:
            _add(feed[0], "lastBuildDate", rfc822(self.updated))
        return feed


class RssEntryExtension:
    """pubDate, dc:creator, dc:language and the lead picture of one entry."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    def extend_rss(self, entry: etree._Element) -> etree._Element:
        """Append what feedgen did not write."""
        _add(entry, "pubDate", rfc822(self.entry.published))
        for author in self.entry.authors:
            _add(entry, f"{{{DC}}}creator", author.name)
        if self.entry.language:
            _add(entry, f"{{{DC}}}language", self.entry.language)
        _add_thumbnail(entry, self.entry)
        return entry


class AtomFeedExtension:
    """The type of the feed's title and the names of the namespaces in use."""

    def extend_ns(self) -> dict[str, str]:
        """Prefixes for the root element."""
        return {"media": MEDIA}

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        """Say that the title is plain text."""
        _declare_text(feed)
        return feed


class AtomEntryExtension:
    """The attributes of links and title, xml:lang and the lead picture of one entry."""

    def __init__(self, entry: Entry, links: Sequence[Mapping[str, str]]) -> None:
        self.entry = entry
        self.links = links

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        """Give each link its attributes back and add what feedgen did not write."""
        for element, link in zip(entry.findall("link"), self.links, strict=True):
            for name, value in link.items():
                element.set(name, value)
        _declare_text(entry)
        if self.entry.language:
            entry.set(XML_LANG, self.entry.language)
        _add_thumbnail(entry, self.entry)
        return entry


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text


def _declare_text(parent: etree._Element) -> None:
    """Write the default of RFC 4287 section 3.1.1 out: some readers guess at HTML without it."""
    for title in parent.iterchildren("title"):
        title.set("type", "text")


def _add_thumbnail(parent: etree._Element, entry: Entry) -> None:
    """The picture that stands for an entry (Media RSS 1.5.1, media:thumbnail)."""
    if entry.picture is None:
        return
    size = {"width": entry.picture.width, "height": entry.picture.height}
    known = {name: str(pixels) for name, pixels in size.items() if pixels > 0}
    etree.SubElement(parent, f"{{{MEDIA}}}thumbnail", {"url": entry.picture.url, **known})
