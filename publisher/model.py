"""GROUND. The values that everything else hands around: frozen, standard library only.

All times are aware. Those read from articles keep the offset as written;
those taken from the run's clock are UTC in whole seconds.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

# ---------------------------------------------------------------- articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A person or desk. `name` is never empty."""

    name: str
    email: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The lead picture of an article: an absolute address and what is known of it."""

    url: str
    alt: str = ""
    caption: str = ""
    credit: str = ""
    media_type: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone heard or seen in an episode, or at work on it. `name` is never empty.

    `role` and `group` are of the Podcast Taxonomy, "" for a host of the cast.
    """

    name: str
    role: str = ""
    group: str = ""
    img: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What is said in an episode, as a file; `captions` when it has the times of closed captions.

    `language` is None where it is the feed's.
    """

    url: str
    media_type: str
    language: str | None = None
    captions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapters:
    """The chapters of an episode, as a file."""

    url: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What an author says was wrong. `when` is None until it is known when it was first seen."""

    text: str
    when: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
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
    origins: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    episode: Episode | None = None
    shown: tuple[str, ...] = ()


class State(enum.Enum):
    """What became of one candidate file (CONTRACT.md, `publisher articles`)."""

    LISTED = "listed"
    SCHEDULED = "scheduled"
    DRAFT = "draft"
    EXPIRED = "expired"
    RETRACTED = "retracted"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
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


# ---------------------------------------------------------------- entries and feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article as feeds, pages and digests show it. The body is fetched by `body_key`.

    `title` and `summary` are plain text. `path` is the page of its own under
    output/ ("2021/03/20/slug/index.html"), or "" when the article lives elsewhere.
    `section` is its first category. `links` maps each marker target of the
    body (a file of the same source) to the absolute URL it stands for, or to ""
    when that article is not published (then only the link's text stays). `place`
    is the rank by first publication; what is no article of this site has none (0).
    """

    id: str
    url: str
    title: str
    summary: str
    published: datetime
    updated: datetime
    body_key: str
    path: str = ""
    section: str = ""
    authors: tuple[Author, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    picture: Picture | None = None
    enclosures: tuple[Enclosure, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    corrections: tuple[Correction, ...] = ()
    place: int = 0
    episode: Episode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What is left of an article that was taken back: no word of it (RFC 6721).

    `when` is when it was taken back; `path` its page under output/, or "" when it lived
    elsewhere; `place` its rank by first publication.
    """

    id: str
    when: datetime
    place: int
    path: str = ""


LoadBody = Callable[[Entry], str]
"""Gives the finished, sanitised HTML of an entry, every URL in it absolute."""

LoadIssue = Callable[[str, int], "Issue"]
"""Gives a frozen issue by newsletter and number."""


# ---------------------------------------------------------------- output


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One file of output/: `fingerprint` changes whenever the bytes could; `render` makes them."""

    path: str
    media_type: str
    fingerprint: str
    render: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestEntry:
    """What we wrote last time at one path. `fingerprint` is "" while a write is under way."""

    fingerprint: str
    size: int
    mtime_ns: int


Manifest = Mapping[str, ManifestEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildPlan:
    """What a run does to output/: three disjoint sets of paths."""

    write: tuple[Artifact, ...]
    keep: tuple[str, ...]
    remove: tuple[str, ...]


# ---------------------------------------------------------------- newsletters


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSection:
    """A part of an issue: its heading, and how many of the digest's entries stand in it."""

    title: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What an editor writes for one issue. `mark` is the hash of the file; `html` is sanitised.

    `subject` and `preheader` are templates as the newsletter's, "" where the note has none.
    """

    file: str
    mark: str
    html: str
    subject: str = ""
    preheader: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedEntry:
    """What was corrected in an article that an earlier issue held; plain text."""

    id: str
    url: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What an issue says, before it is numbered and drawn.

    `entries` are in the order in which they stand, section by section, pinned ones before
    newer ones; `sections` is empty where a newsletter has none. `overflow` are articles that
    are held too but had no room and are linked as "and N more"; `passed` are ids that a
    first issue passes over for good. `slot` is the issue's time, in the newsletter's
    zone. `corrected` tells readers of earlier issues what was wrong in them; `note` is the
    editor's, None for an issue without.
    """

    newsletter: str
    slot: datetime
    subject: str
    preheader: str
    entries: tuple[Entry, ...]
    overflow: tuple[Entry, ...] = ()
    passed: tuple[str, ...] = ()
    sections: tuple[DigestSection, ...] = ()
    corrected: tuple[CorrectedEntry, ...] = ()
    note: Note | None = None


def in_sections(digest: Digest) -> list[tuple[str, tuple[Entry, ...]]]:
    """The heading and the entries of each section; all entries under "" where there are none."""
    if not digest.sections:
        return [("", digest.entries)]
    found, start = [], 0
    for section in digest.sections:
        found.append((section.title, digest.entries[start : start + section.size]))
        start += section.size
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What editors said of a newsletter's next issue.

    `dropped` are ids that wait for the issue after it, `passed` those that no issue will
    hold; `moved` are ids with the place that they get, in the order in which that was said.
    `approved` is the checksum of what was approved, "" when nothing is.
    """

    newsletter: str
    dropped: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    moved: tuple[tuple[str, int], ...] = ()
    approved: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedIssue:
    """The mail of an issue with the reader's placeholders still in (publisher.mime).

    `spoilt` are ids of entries whose own text could not be shown as written, but plain.
    """

    subject: str
    html: str
    text: str
    spoilt: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A numbered, frozen edition: later edits to articles cannot reach it."""

    newsletter: str
    number: int
    digest: Digest
    rendered: RenderedIssue
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePicture:
    """A picture that a frozen issue shows: its path under output/, and the article's id."""

    newsletter: str
    number: int
    path: str
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedArticle:
    """One article's line of the record.

    `content` and `text` are the hashes of the file and of its title, summary and
    body text; `date` is the date as the author wrote it; `place` is the rank by
    first publication, from 1 (0: never published yet). `address` is where it was
    last published (as in Document). `retracted` is when it was taken back, and
    `by_command` whether that was by `publisher retract`, not by its file.
    `corrections` are hashes of corrections with the time when each was first seen.
    """

    id: str
    source: str
    path: str
    content: str
    text: str
    date: str
    published: datetime | None
    updated: datetime | None
    place: int = 0
    address: str = ""
    retracted: datetime | None = None
    by_command: bool = False
    corrections: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFeed:
    """One feed's line of the record.

    `feed` is its name; `address` the folder under which it was first published, absolute,
    ending in /: its ids are made of it for good. `archives` are the places (ranks by
    first publication) at which its archive documents end, oldest first. `about` is the
    tag, author or language that its folder belongs to for good, in small letters.
    """

    feed: str
    address: str
    archives: tuple[int, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedIssue:
    """One issue's line of the record.

    `items` are the ids that it holds, those without room at the end; `corrected` are hashes
    of the corrections that its readers know, `note` is that of the editor's note.
    """

    newsletter: str
    number: int
    slot: datetime
    items: tuple[str, ...]
    passed: tuple[str, ...]
    checksum: str
    corrected: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The whole of published.jsonl."""

    articles: tuple[RecordedArticle, ...] = ()
    issues: tuple[RecordedIssue, ...] = ()
    feeds: tuple[RecordedFeed, ...] = ()
