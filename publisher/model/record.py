"""GROUND. What is remembered: the lines of published.jsonl."""

from __future__ import annotations

from datetime import datetime

import msgspec

from publisher.model.values import Value


class Line(Value, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One line of the record: what it need not say it leaves out, and it says nothing else."""


class RecordedArticle(Line, frozen=True, kw_only=True):
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
    place: int = msgspec.field(default_factory=int)  # not just 0: a line tells it, even where it is
    address: str = ""
    retracted: datetime | None = None
    by_command: bool = False
    corrections: tuple[tuple[str, datetime], ...] = ()

    @property
    def is_put_off(self) -> bool:
        """Whether readers saw it, before its author gave it a date to come.

        Only then `updated`, which else is never before `published`, is that of what they saw.
        """
        if not self.place or self.published is None or self.updated is None:
            return False
        return self.updated < self.published


class RecordedFeed(Line, frozen=True, kw_only=True):
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


class RecordedIssue(Line, frozen=True, kw_only=True):
    """One issue's line of the record.

    `items` are the ids that it holds, those without room at the end; `corrected` are hashes
    of the corrections that its readers know, `note` is that of the editor's note. `also_for` is as
    of `Issue`.
    """

    newsletter: str
    number: int
    slot: datetime
    items: tuple[str, ...]
    passed: tuple[str, ...]
    checksum: str
    corrected: tuple[str, ...] = ()
    note: str = ""
    also_for: tuple[str, ...] = ()


class RecordedBeginning(Line, frozen=True, kw_only=True):
    """The line of a newsletter whose issues hold only what is new since it `began`.

    `passed` are the ids of all that had been published by then.
    """

    newsletter: str
    began: datetime
    passed: tuple[str, ...]


class Record(Value, frozen=True, kw_only=True):
    """The whole of published.jsonl."""

    articles: tuple[RecordedArticle, ...] = ()
    issues: tuple[RecordedIssue, ...] = ()
    feeds: tuple[RecordedFeed, ...] = ()
    beginnings: tuple[RecordedBeginning, ...] = ()
