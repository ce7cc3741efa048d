"""PURE. What a podcast's RSS says beyond a feed's: the elements of iTunes and Podcasting 2.0.

In RSS alone: directories and apps read podcasts from RSS, Apple takes no other format, and
Podcasting 2.0 places each of its elements below `channel` or `item`. feedgen's own extension
writes what it has right. It has no `podcast:` elements, writes `explicit` as yes or no where
Apple reads true or false, leaves out a cover whose address does not end in .jpg or .png
(and raises for an episode's), and says `yes` where Apple reads `Yes`.

Sources: A Podcaster's Guide to RSS (https://help.apple.com/itc/podcasts_connect/, itcb54353390);
https://podcastindex.org/namespace/1.0, one page for each tag.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

import lxml.etree  # before feedgen, whose extensions take it for imported
from feedgen.ext.podcast import PodcastExtension
from feedgen.ext.podcast_entry import PodcastEntryExtension as FeedgenEntryExtension

from publisher.config import PersonSpec, PodcastSpec
from publisher.config.categories import split_category
from publisher.model import Entry, Episode, Person, Picture
from publisher.patterns import pattern
from publisher.render.feeds.text import clean_language, clean_line, clean_url, shorten

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
NAMESPACES = {"itunes": ITUNES, "podcast": PODCAST}

GUID_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace of podcast guids (podcast:guid)."""

_LONGEST = 128
"""Characters of a name or a link's text that apps show (podcast:person, podcast:funding)."""

_ARTWORK = ("image/jpeg", "image/png")
_ARTWORK_NAME = pattern(r"\.(?:jpe?g|png)\Z", re.IGNORECASE)
_WEB = pattern(r"https?://[^/]", re.IGNORECASE)
_NUMBER = pattern(r"[0-9]+(?:\.[0-9]+)?\Z")


def podcast_guid(first_feed_url: str) -> str:
    """The podcast:guid of a feed by the address that it was first published at.

    A UUIDv5 of the address without scheme and without slashes at its end. It is given
    once: with another address it would be another podcast to every app, so the address
    is the first one also after the feed has moved.
    """
    name = re.sub(r"\A[A-Za-z][A-Za-z0-9+.-]*://", "", first_feed_url.strip()).rstrip("/")
    return str(uuid.uuid5(GUID_NAMESPACE, name))


class PodcastFeedExtension:
    """The elements of the channel. feedgen asks an extension for no base class.

    `image_url` is the cover's absolute address, `author` the name where the settings have none.
    """

    def __init__(self, spec: PodcastSpec, *, guid: str, image_url: str | None, author: str) -> None:
        self.spec = spec
        self.guid = guid
        self.image_url = image_url
        self.author = author

    def extend_ns(self) -> dict[str, str]:
        """Prefixes for the root element; Apple reads its own only under this very address."""
        return dict(NAMESPACES)

    def extend_rss(self, feed: lxml.etree._Element) -> lxml.etree._Element:
        """Write the channel's elements."""
        spec, channel = self.spec, feed[0]
        self._plain().extend_rss(feed)
        image = _web(self.image_url or "")
        if image:
            lxml.etree.SubElement(channel, f"{{{ITUNES}}}image", {"href": image})
        _add(channel, ITUNES, "explicit", _true(spec.explicit))
        if spec.block:
            _add(channel, ITUNES, "block", "Yes")
        if spec.complete:
            _add(channel, ITUNES, "complete", "Yes")
        _add(channel, PODCAST, "guid", self.guid)
        _add(channel, PODCAST, "medium", spec.medium)
        if spec.locked is not None:
            owner = {"owner": clean_line(spec.owner.email)} if spec.owner else {}
            _add(channel, PODCAST, "locked", "yes" if spec.locked else "no", owner)
        for funding in spec.funding:
            url = _web(funding.url)
            text = shorten(clean_line(funding.text), _LONGEST)
            if url and text:
                _add(channel, PODCAST, "funding", text, {"url": url})
        _add_people(channel, spec.persons)
        return feed

    def _plain(self) -> PodcastExtension:
        """What feedgen's extension writes as Apple reads it."""
        spec, plain = self.spec, PodcastExtension()
        plain.itunes_author(clean_line(spec.author or "") or clean_line(self.author))
        plain.itunes_type(spec.type)
        for name in spec.category:
            top, below = split_category(name)
            plain.itunes_category([{"cat": top, "sub": below} if below else {"cat": top}])
        if spec.owner:
            plain.itunes_owner(clean_line(spec.owner.name), clean_line(spec.owner.email))
        if spec.new_feed_url:
            plain.itunes_new_feed_url(_web(spec.new_feed_url))
        return plain


class PodcastEntryExtension:
    """The elements of an item: what the article says of itself as an episode."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    def extend_rss(self, entry: lxml.etree._Element) -> lxml.etree._Element:
        """Append the item's elements; those without a value are left out."""
        artwork = _artwork(self.entry.picture)
        if artwork:
            lxml.etree.SubElement(entry, f"{{{ITUNES}}}image", {"href": artwork})
        episode = self.entry.episode
        if episode is None:
            return entry
        _plain_entry(episode).extend_rss(entry)
        if episode.explicit is not None:
            _add(entry, ITUNES, "explicit", _true(episode.explicit))
        if episode.season > 0:
            _add(entry, PODCAST, "season", str(episode.season))
        if _NUMBER.match(episode.number):
            _add(entry, PODCAST, "episode", episode.number)
        _add_files(entry, episode)
        _add_people(entry, episode.persons)
        return entry


def _plain_entry(episode: Episode) -> FeedgenEntryExtension:
    """What feedgen's extension writes as Apple reads it: numbers there are whole and not zero."""
    plain = FeedgenEntryExtension()
    if episode.duration > 0:
        plain.itunes_duration(episode.duration)
    if episode.season > 0:
        plain.itunes_season(episode.season)
    if episode.number.isdecimal() and int(episode.number):
        plain.itunes_episode(episode.number)
    if episode.kind in ("full", "trailer", "bonus"):
        plain.itunes_episode_type(episode.kind)
    return plain


def _add_files(entry: lxml.etree._Element, episode: Episode) -> None:
    for transcript in episode.transcripts:
        url = _web(transcript.url)
        if url:
            told = {"url": url, "type": clean_line(transcript.media_type)}
            language = clean_language(transcript.language)
            told |= {"language": language} if language else {}
            told |= {"rel": "captions"} if transcript.captions else {}
            lxml.etree.SubElement(entry, f"{{{PODCAST}}}transcript", told)
    chapters = episode.chapters
    if chapters is not None and _web(chapters.url):
        told = {"url": _web(chapters.url), "type": clean_line(chapters.media_type)}
        lxml.etree.SubElement(entry, f"{{{PODCAST}}}chapters", told)


def _add_people(parent: lxml.etree._Element, people: Iterable[Person | PersonSpec]) -> None:
    for person in people:
        name = shorten(clean_line(person.name), _LONGEST)
        told = {
            "role": shorten(clean_line(person.role), _LONGEST),
            "group": shorten(clean_line(person.group), _LONGEST),
            "img": _web(person.img or ""),
            "href": _web(person.href or ""),
        }
        if name:
            _add(parent, PODCAST, "person", name, {k: v for k, v in told.items() if v})


def _artwork(picture: Picture | None) -> str:
    """The address of a picture that Apple takes, by its type or else its name."""
    if picture is None:
        return ""
    named = _ARTWORK_NAME.search(picture.url.partition("?")[0].partition("#")[0])
    known = picture.media_type.lower() in _ARTWORK if picture.media_type else bool(named)
    return _web(picture.url) if known else ""


def _web(url: str) -> str:
    """A cleaned http or https address, "" for any other."""
    cleaned = clean_url(url)
    return cleaned if _WEB.match(cleaned) else ""


def _true(value: bool) -> str:
    return "true" if value else "false"


def _add(
    parent: lxml.etree._Element,
    namespace: str,
    name: str,
    text: str,
    attributes: dict[str, str] | None = None,
) -> None:
    lxml.etree.SubElement(parent, f"{{{namespace}}}{name}", attributes or {}).text = text
