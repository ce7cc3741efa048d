"""GROUND. The keys of a feed that is a podcast."""

from __future__ import annotations

from typing import Literal

from publisher.config import kinds
from publisher.config.categories import category
from publisher.config.keys import key
from publisher.values import dataclass

Medium = Literal["podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "course"]
"""What podcast:medium may say of a feed that holds entries of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerSpec:
    """Who answers for a podcast."""

    name: str = key("the name", kinds.line_of(255))
    email: str = key(
        "the mail address, public in the feed, by which directories check who owns it",
        kinds.mail_address,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingSpec:
    """A page where listeners can support a podcast."""

    url: str = key("the address of the page", kinds.link)
    text: str = key("what the link says", kinds.line_of(128), default="Support the show")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSpec:
    """Someone who is regularly heard in a podcast, or makes it."""

    name: str = key("the name as shown", kinds.line_of(128))
    role: str = key("of the Podcast Taxonomy; host, unless set", kinds.line_of(128), default="")
    group: str = key("of the Podcast Taxonomy; cast, unless set", kinds.line_of(128), default="")
    img: str | None = key("the address of a portrait", kinds.link, default=None)
    href: str | None = key("a page about the person", kinds.link, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PodcastSpec:
    """What makes a feed a podcast: written into its RSS (iTunes and Podcasting 2.0 elements)."""

    category: tuple[str, ...] = key(
        "one or more of Apple's, such as Society & Culture/Documentary; the first counts most",
        category,
    )
    explicit: bool = key("whether it is for adults only; an episode may say otherwise")
    description: str | None = key(
        "what it is about; else the site's description", kinds.line_of(4000), default=None
    )
    author: str | None = key(
        "who makes it; else the site's title", kinds.line_of(255), default=None
    )
    owner: OwnerSpec | None = key("who answers for it", default=None)
    type: Literal["episodic", "serial"] = key(
        "episodic: newest first; serial: from the first episode on", default="episodic"
    )
    image: str | None = key(
        "the cover, a path or an address: a square JPEG or PNG of 1400 to 3000 pixels; "
        "else site.image",
        kinds.picture,
        default=None,
    )
    medium: Medium = key("what the feed holds", default="podcast")
    guid: str | None = key(
        "the podcast:guid that it had elsewhere; else made from its first address, and kept",
        kinds.uuid,
        default=None,
    )
    locked: bool | None = key("true: no other host may take it over", default=None)
    funding: tuple[FundingSpec, ...] = key("where listeners can support it", default=())
    persons: tuple[PersonSpec, ...] = key("who is regularly in it", default=())
    complete: bool = key("true: there will be no further episode", default=False)
    block: bool = key("true: Apple shall not list it", default=False)
    new_feed_url: str | None = key("where the feed has moved to", kinds.link, default=None)
