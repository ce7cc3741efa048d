"""GROUND. What is mailed: digests, issues, and what editors say of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from datetime import datetime

from publisher.model.entries import Entry
from publisher.values import dataclass


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
    `approved` is a hash of what was approved, "" when nothing is.
    """

    newsletter: str
    dropped: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    moved: tuple[tuple[str, int], ...] = ()
    approved: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedPicture:
    """A picture that travels inside the mail of an issue.

    `url` is its address in the issue's HTML, which stays there: only the message names the part
    instead. `path` is where it lies under output/, `article` whose it is, "" for the logo. `hash`
    is that of `data`.
    """

    url: str
    path: str
    media_type: str
    article: str
    hash: str
    data: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedIssue:
    """The mail of an issue with the reader's placeholders still in (publisher.mime).

    `spoilt` are ids of entries whose own text could not be shown as written, but plain.
    `embedded` are the pictures that are sent with it, in their order in the HTML; `pictures` all of
    ours that the texts of its articles show: paths under output/, each with the article's id.
    """

    subject: str
    html: str
    text: str
    spoilt: tuple[str, ...] = ()
    embedded: tuple[EmbeddedPicture, ...] = ()
    pictures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A numbered, frozen edition: later edits to articles cannot reach it.

    `also_for` are streams that its newsletter had before and has no more: their readers get it
    too, which counts when one of them is there again.
    """

    newsletter: str
    number: int
    digest: Digest
    rendered: RenderedIssue
    checksum: str
    also_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePicture:
    """A picture that a frozen issue shows: its path under output/, and the article's id."""

    newsletter: str
    number: int
    path: str
    article: str


LoadIssue = Callable[[str, int], Issue]
"""Gives a frozen issue by newsletter and number."""
