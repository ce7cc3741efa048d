"""GROUND. What was read: articles, and what belongs to them."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from publisher.model.values import Value


class Author(Value, frozen=True, kw_only=True):
    """A person or desk. `name` is never empty."""

    name: str
    email: str | None = None
    url: str | None = None


class Asset(Value, frozen=True, kw_only=True):
    """A file beside an article that is copied to the output.

    `path` is relative to output/ ("media/3f2a…/boat.jpg"), `origin` relative to
    the source's folder. `width` and `height` are pixels as the picture is seen (a
    camera held upright counts), 0 when the file is no picture or its size is unknown;
    `length` is bytes. A picture is `moving` when it has several frames, `odd` when
    not every program shows it as it is meant (publisher.pictures.inspection).
    """

    path: str
    origin: str
    source: str
    media_type: str
    length: int
    width: int = 0
    height: int = 0
    moving: bool = False
    odd: bool = False


class Picture(Value, frozen=True, kw_only=True):
    """The lead picture of an article: an absolute address and what is known of it."""

    url: str
    alt: str = ""
    caption: str = ""
    credit: str = ""
    media_type: str = ""
    width: int = 0
    height: int = 0


class Enclosure(Value, frozen=True, kw_only=True):
    """An attached media file: absolute url, bytes (0 when unknown), media type.

    `duration` is seconds, 0 when unknown; `title` tells several files apart.
    """

    url: str
    length: int
    media_type: str
    title: str = ""
    duration: int = 0


def main_enclosure(enclosures: Sequence[Enclosure]) -> Enclosure | None:
    """The file that an entry is played from: the first audio or video, else the first."""
    played = (e for e in enclosures if e.media_type.startswith(("audio/", "video/")))
    return next(played, enclosures[0] if enclosures else None)


class Person(Value, frozen=True, kw_only=True):
    """Someone heard or seen in an episode, or at work on it. `name` is never empty.

    `role` and `group` are of the Podcast Taxonomy, "" for a host of the cast.
    """

    name: str
    role: str = ""
    group: str = ""
    img: str = ""
    href: str = ""


class Transcript(Value, frozen=True, kw_only=True):
    """What is said in an episode, as a file; `captions` when it has the times of closed captions.

    `language` is None where it is the feed's.
    """

    url: str
    media_type: str
    language: str | None = None
    captions: bool = False


class Chapters(Value, frozen=True, kw_only=True):
    """The chapters of an episode, as a file."""

    url: str
    media_type: str


class Episode(Value, frozen=True, kw_only=True):
    """What an article says for podcast apps alone.

    `duration` is seconds, 0 when unknown; `number` a decimal number as text, "" for none
    ("12", "12.5"); `season` 0 for none; `kind` full, trailer, bonus or ""; `explicit` None
    where the podcast's own word holds.
    """

    duration: int = 0
    number: str = ""
    season: int = 0
    kind: str = ""
    explicit: bool | None = None
    transcripts: tuple[Transcript, ...] = ()
    chapters: Chapters | None = None
    persons: tuple[Person, ...] = ()


class Correction(Value, frozen=True, kw_only=True):
    """What an author says was wrong. `when` is None until it is known when it was first seen."""

    text: str
    when: datetime | None = None


class Inferred(Value, frozen=True, kw_only=True):
    """One thing that was inferred from a news text: `part` is what it is taken for, `first` and
    `last` are its lines in the file, `text` is its beginning.
    """

    part: str
    first: int
    last: int
    text: str


class ForeignFeed(Value, frozen=True, kw_only=True):
    """The feed of somebody else that an article was taken from, as it was then.

    `id` and `title` are never empty; `url` is its page and `feed_url` its address, "" where
    neither is told. `rights` are the article's, as its feed or the configuration tells them.
    """

    id: str
    title: str
    url: str = ""
    feed_url: str = ""
    updated: datetime | None = None
    rights: str = ""


class Document(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that was read from one article file, before it has an identity.

    `file` is the path under the source's folder with `/`. `date` is None only for
    drafts. `date_text` is the date as the author wrote it (to tell an author's
    change from a change of time zone). `address` is the path under the site
    ("2021/03/20/slug/") or, when `canonical`, an absolute URL elsewhere.
    `body_key` is the hash of the finished HTML, by which the body is fetched.
    `origins` tells for each field where its value came from (CONTRACT.md, `from`).
    `article_links` are files of the same source that the body refers to by the
    marker `publisher-article:FILE` (see publisher.parse.clean.sanitise).
    `needs` are the paths under the source that were looked up for links and
    pictures, each with the fingerprint found (empty: there was no such file).
    `shown` are the paths of those assets that the body or the lead show as pictures.
    `in_part` are dates of which only the day could be read, each with its line: `--strict`
    refuses them.
    `translation` is what the versions of an article in other languages have in common, "" where
    nothing tells. `feeds` are those that its author names, none where their selection says it.
    `inferred` tells of a news text what its lines were taken for.
    `foreign` is the feed it was taken from, when it is somebody else's.
    `seen` are fields with what was also found for them and does not count.
    `aliases` are old addresses, as paths under the site like `address`, each another page.
    `id` wins over the record. `plain_id` is one that is no IRI, as Ghost's feed tells: what the
    record knows wins over it, for until then nobody had it from here.
    """

    source: str
    file: str
    content_hash: str
    text_hash: str
    body_key: str
    title: str
    summary: str
    address: str
    slug: str
    date: datetime | None
    date_text: str = ""
    updated: datetime | None = None
    expires: datetime | None = None
    draft: bool = False
    digest: bool = True
    pinned: bool = False
    retract: bool = False
    corrections: tuple[Correction, ...] = ()
    id: str | None = None
    canonical: bool = False
    authors: tuple[Author, ...] = ()
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None
    picture: Picture | None = None
    enclosures: tuple[Enclosure, ...] = ()
    assets: tuple[Asset, ...] = ()
    article_links: tuple[str, ...] = ()
    needs: tuple[tuple[str, str], ...] = ()
    origins: Mapping[str, str] = msgspec.field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    episode: Episode | None = None
    shown: tuple[str, ...] = ()
    translation: str = ""
    feeds: tuple[str, ...] = ()
    inferred: tuple[Inferred, ...] = ()
    foreign: ForeignFeed | None = None
    seen: tuple[tuple[str, str], ...] = ()
    in_part: tuple[tuple[int, str], ...] = ()
    aliases: tuple[str, ...] = ()
    plain_id: str | None = None

    @property
    def own_id(self) -> str | None:
        """The id that its author or its old home gave it."""
        return self.id or self.plain_id


class State(enum.Enum):
    """What became of one candidate file (CONTRACT.md, `publisher articles`)."""

    LISTED = "listed"
    SCHEDULED = "scheduled"
    DRAFT = "draft"
    EXPIRED = "expired"
    RETRACTED = "retracted"
    SKIPPED = "skipped"
    REFUSED = "refused"


class Article(Value, frozen=True, kw_only=True):
    """A document with its identity: what the record remembers of it and what it is at `now`.

    `place` is the rank by first publication, from 1 (0: never published yet). The
    `corrections` are dated.
    """

    document: Document
    id: str
    url: str
    published: datetime | None
    updated: datetime | None
    state: State
    place: int = 0
    corrections: tuple[Correction, ...] = ()
