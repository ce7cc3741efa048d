"""PURE. What feedgen leaves out or writes wrongly, mended as feedgen's own extensions.

feedgen 1.0 drops every attribute but `href` from the links of an Atom entry,
knows no xml:lang on entries, no author without address in RSS, no archives and no
tombstones, writes one kind of link in RSS, and formats the
dates of RSS by `setlocale`, which is not safe in threads. The values come from
the document; feedgen calls the extension with the element it has just made
(and asks for no base class).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from publisher.model import Entry, ForeignFeed
from publisher.render.feeds.document import FeedDocument
from publisher.render.feeds.text import atom_id, rfc822

DC = "http://purl.org/dc/elements/1.1/"
ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
MEDIA = "http://search.yahoo.com/mrss/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class RssFeedExtension:
    """lastBuildDate, further links, what RFC 5005 adds, and the namespaces in use."""

    def __init__(self, document: FeedDocument) -> None:
        self.document = document

    def extend_ns(self) -> dict[str, str]:
        """Prefixes for the root element."""
        return {"dc": DC, "media": MEDIA, **_history_ns(self.document)}

    def extend_rss(self, feed: etree._Element) -> etree._Element:
        """Write the channel's date (RFC 822, four-digit year) and the links that feedgen cannot."""
        channel, links = feed[0], self.document.links
        if self.document.updated is not None:
            _add(channel, "lastBuildDate", rfc822(self.document.updated))
        further = [("current", links.current_url), ("prev-archive", links.previous_url)]
        further += [("hub", hub) for hub in links.hubs]
        for rel, href in further:
            if href:
                etree.SubElement(channel, f"{{{ATOM}}}link", {"href": href, "rel": rel})
        _add_history(channel, self.document)
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
        feed = self.entry.foreign
        if feed is not None and feed.feed_url:
            etree.SubElement(entry, "source", {"url": feed.feed_url}).text = feed.title
        if feed is not None and feed.rights:
            _add(entry, f"{{{DC}}}rights", feed.rights)
        return entry


class AtomFeedExtension:
    """The type of the feed's title, what RFC 5005 and RFC 6721 add, and the namespaces in use."""

    def __init__(self, document: FeedDocument) -> None:
        self.document = document

    def extend_ns(self) -> dict[str, str]:
        """Prefixes for the root element."""
        tombstones = {"at": TOMBSTONES} if self.document.tombstones else {}
        return {"media": MEDIA, **_history_ns(self.document), **tombstones}

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        """Say that the title is plain text, what kind of document this is, what was taken back."""
        _declare_text(feed)
        _add_history(feed, self.document)
        for tombstone in self.document.tombstones:
            etree.SubElement(
                feed,
                f"{{{TOMBSTONES}}}deleted-entry",
                {"ref": atom_id(tombstone.id), "when": tombstone.when.isoformat()},
            )
        return feed


class AtomEntryExtension:
    """The attributes of links and title, xml:lang and the lead picture of one entry."""

    def __init__(self, entry: Entry, links: Sequence[Mapping[str, str]]) -> None:
        self.entry = entry
        self.links = links

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        """Give each link its attributes back and add what feedgen did not write."""
        for element, link in zip(entry.iterchildren("link"), self.links, strict=True):
            for name, value in link.items():
                element.set(name, value)
        _declare_text(entry)
        if self.entry.language:
            entry.set(XML_LANG, self.entry.language)
        _add_thumbnail(entry, self.entry)
        if self.entry.foreign is not None:
            _add_source(entry, self.entry.foreign)
        return entry


def _add_source(entry: etree._Element, feed: ForeignFeed) -> None:
    """Where an entry was taken from, and whose it is: else our own rights would seem to hold
    (RFC 4287 sections 4.2.10 and 4.2.11)."""
    if feed.rights:
        _add(entry, "rights", feed.rights)
    source = etree.SubElement(entry, "source")
    _add(source, "id", feed.id)
    _add(source, "title", feed.title)
    if feed.updated is not None:
        _add(source, "updated", feed.updated.isoformat())
    if feed.url:
        etree.SubElement(source, "link", {"href": feed.url, "rel": "alternate"})
    if feed.feed_url:
        etree.SubElement(source, "link", {"href": feed.feed_url, "rel": "self"})
    if feed.rights:
        _add(source, "rights", feed.rights)


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text


def _history_ns(document: FeedDocument) -> dict[str, str]:
    links = document.links
    return {"fh": HISTORY} if links.is_archive or links.is_complete else {}


def _add_history(parent: etree._Element, document: FeedDocument) -> None:
    """Say of a document that it is an archive, or all there is (RFC 5005 sections 2 and 4)."""
    if document.links.is_archive:
        etree.SubElement(parent, f"{{{HISTORY}}}archive")
    elif document.links.is_complete:
        etree.SubElement(parent, f"{{{HISTORY}}}complete")


def _declare_text(parent: etree._Element) -> None:
    """Spell out the default of RFC 4287 section 3.1.1: some feed readers guess at HTML without."""
    for title in parent.iterchildren("title"):
        title.set("type", "text")


def _add_thumbnail(parent: etree._Element, entry: Entry) -> None:
    """The picture that stands for an entry (Media RSS 1.5.1, media:thumbnail)."""
    if entry.picture is None:
        return
    size = {"width": entry.picture.width, "height": entry.picture.height}
    known = {name: str(pixels) for name, pixels in size.items() if pixels > 0}
    etree.SubElement(parent, f"{{{MEDIA}}}thumbnail", {"url": entry.picture.url, **known})
