"""PURE. What a run changes in the documents of a feed, entry by entry, and why."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from publisher.compose.entries import in_feed
from publisher.compose.reasons import why_not_in
from publisher.config import FeedSpec
from publisher.model import Article, RecordedArticle, State
from publisher.values import dataclass


class Held(Protocol):
    """What a document says of an entry; two that are said alike have one mark."""

    @property
    def title(self) -> str:
        """As the document has it."""
        ...

    @property
    def mark(self) -> str:
        """A hash of all that is said of it."""
        ...


Document = Mapping[str, Held]
"""The entries of one document by id, in their order."""


class Change(enum.Enum):
    """What becomes of an entry of a feed."""

    IN = "in"
    OUT = "out"
    CHANGED = "changed"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """One entry: `document` is where it stands afterwards, 0 the feed itself, else an archive.

    `file` is that of its article as a person finds it, "" where it has none; `why` is there
    where it goes out or to the archive.
    """

    change: Change
    id: str
    title: str
    file: str = ""
    document: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedChange:
    """One feed of which documents change. `is_gone`: nothing of the site is in it any more.

    Without `entries` the feed says something else of itself alone: its title, a link.
    """

    name: str
    entries: tuple[EntryChange, ...]
    is_new: bool = False
    is_gone: bool = False

    def of(self, change: Change) -> tuple[EntryChange, ...]:
        """The entries with which that happens, in the order of the feed."""
        return tuple(one for one in self.entries if one.change is change)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is known of articles, by the id that feeds have: those there are, and the record's.

    `files` are the paths of articles as a person finds them; `fates` say of files that are no
    article at the moment what they are.
    """

    articles: Mapping[str, Article]
    lines: Mapping[str, RecordedArticle]
    fates: Mapping[tuple[str, str], str]
    folders: Mapping[str, str]
    zone: str

    def file(self, id_: str) -> str:
        """Where the article of an id lies, or lay; "" where it is none."""
        line = self.lines.get(id_)
        if line is None:
            return ""
        return f"{self.folders.get(line.source, line.source)}/{line.path}"

    def title(self, id_: str) -> str:
        """The title of an article that is there."""
        article = self.articles.get(id_)
        return article.document.title if article else ""


def compare_documents(
    spec: FeedSpec,
    before: Mapping[int, Document],
    after: Mapping[int, Document],
    ground: Ground,
) -> Iterator[EntryChange]:
    """Every entry with which something happens, those that stay or come first.

    Both map numbers of documents, those alone that change: 0 is the feed itself, others are its
    archives. What was out there before is `before`.
    """
    was = _places(before)
    now = _places(after)
    for id_, (number, held) in now.items():
        if id_ not in was:
            yield _change(Change.IN, id_, held, ground, number=number)
            continue
        old, said = was[id_]
        if number and not old:
            why = f"over the limit of {spec.limit}: to archive {number}"
            why += "" if said.mark == held.mark else ", and changed"
            yield _change(Change.ARCHIVED, id_, held, ground, number=number, why=why)
        elif said.mark != held.mark or number != old:
            yield _change(Change.CHANGED, id_, held, ground, number=number)
    for id_, (_, held) in was.items():
        if id_ not in now:
            why = why_out(id_, spec, ground)
            yield _change(Change.OUT, id_, held, ground, why=why)


def _places(documents: Mapping[int, Document]) -> dict[str, tuple[int, Held]]:
    """Every entry with the number of its document, the feed itself first, then new archives."""
    order = sorted(documents, key=lambda number: (number != 0, -number))
    return {id_: (number, held) for number in order for id_, held in documents[number].items()}


def _change(
    change: Change, id_: str, held: Held, ground: Ground, *, number: int = 0, why: str = ""
) -> EntryChange:
    return EntryChange(
        change=change,
        id=id_,
        title=held.title or ground.title(id_),
        file=ground.file(id_),
        document=number,
        why=why,
    )


def why_out(id_: str, spec: FeedSpec, ground: Ground) -> str:
    """Why a feed does not hold an article that it held; "" where nothing is known of it."""
    line = ground.lines.get(id_)
    if line is not None and line.retracted is not None:
        return f"retracted {local_time(line.retracted, ground.zone)}"
    article = ground.articles.get(id_)
    if article is not None:
        hidden = why_hidden(article, ground.zone)
        if not hidden and in_feed([article], spec):
            return f"over the limit of {spec.limit}"
        return hidden or why_not_in(spec, article)
    if line is None:
        return ""
    return ground.fates.get((line.source, line.path), "its file is gone")


def why_hidden(article: Article, zone: str) -> str:
    """Why an article is listed nowhere: a draft, its time, taken back; "" for one that is."""
    document = article.document
    if article.state is State.SCHEDULED:
        assert article.published is not None
        return f"scheduled: not before {local_time(article.published, zone)}"
    if article.state is State.EXPIRED:
        assert document.expires is not None
        return f"expired {local_time(document.expires, zone)}"
    if article.state is State.RETRACTED:
        return "retracted: `retract: true` in its header" if document.retract else "retracted"
    if article.state is State.DRAFT:
        return "a draft" if document.draft else "a draft: it has no date"
    return ""


def local_time(instant: datetime, zone: str) -> str:
    """An instant to the minute, in the site's own time."""
    return instant.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")


def by_feed_order(changes: Sequence[FeedChange]) -> list[FeedChange]:
    """Configured feeds first, then those of tags, authors, languages and newsletters."""
    return sorted(changes, key=lambda one: "/" in one.name)
