"""PURE. Which line of the record is a document's: ids that never move.

An id is made once (RFC 4151) and read from the record ever after. An article is known by its path;
a new path that holds, to the byte, what the record knows at a path that is gone or taken by another
article is that article, renamed, also from one source into another. So is a file whose `id:` is
that of a file which is gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from urllib.parse import quote, urlsplit

from publisher.model import Document, Record, RecordedArticle
from publisher.readings import Reading

Key = tuple[str, str]
"""A source and a file of it."""


class Matcher:
    """Finds the record's line of a document, and makes ids that no line has."""

    def __init__(
        self, readings: Sequence[Reading], record: Record, site_url: str, now: datetime
    ) -> None:
        self.by_path = {(r.source, r.path): r for r in record.articles}
        self.site_url, self.now = site_url, now
        present = {(r.source, r.file): r.document for r in readings}
        self.loose: dict[Key, list[RecordedArticle]] = defaultdict(list)
        self.astray: dict[str, list[RecordedArticle]] = defaultdict(list)
        self.vanished_on: dict[tuple[str, datetime | None], list[str]] = defaultdict(list)
        self.gone: dict[str, RecordedArticle] = {}
        for key, line in self.by_path.items():
            if key not in present:
                self.gone[line.id] = line
                self.loose[line.source, line.content].append(line)
                self.astray[line.content].append(line)
                if line.place:
                    self.vanished_on[line.source, line.published].append(line.path)
                continue
            document = present[key]
            if document is None or document.content_hash == line.content:
                continue
            if document.date_text != line.date:  # another article has taken the file's place
                self.loose[line.source, line.content].append(line)
        self._readings = readings
        self.moved: set[Key] = set()
        self.renamed = dict(self._named(readings))
        self.renamed |= dict(self._renames(readings))
        self.ids = {r.id for r in record.articles}
        self.host = urlsplit(site_url).hostname or "localhost"

    def _named(self, readings: Sequence[Reading]) -> Iterator[tuple[Key, RecordedArticle]]:
        """Files whose `id:` is that of a file which is gone: renamed, and edited as well."""
        for reading in readings if self.gone else ():
            document = reading.document
            key = (reading.source, reading.file)
            id_ = document.own_id if document is not None else None
            line = self.gone.get(id_) if id_ else None
            own = self.by_path.get(key)
            if line is not None and document is not None and not _may_be(document, line):
                continue
            if document is not None and document.plain_id and own is not None:
                continue
            if line is not None and (own is None or own.id != line.id):
                del self.gone[line.id]
                self.moved.add((line.source, line.path))
                yield key, line

    def _renames(self, readings: Sequence[Reading]) -> Iterator[tuple[Key, RecordedArticle]]:
        """New paths that hold, to the byte, what the record knows at a path that is free now."""
        for reading in readings if self.loose else ():
            document = reading.document
            key = (reading.source, reading.file)
            if document is not None and key not in self.by_path and key not in self.renamed:
                content = document.content_hash
                found = [*self.loose.get((reading.source, content), ())]
                if document.foreign is None:
                    found += self.astray.get(content, ())
                lines = (one for one in found if (one.source, one.path) not in self.moved)
                if (line := next(lines, None)) is not None:
                    self.moved.add((line.source, line.path))
                    yield key, line

    def find(self, key: Key) -> RecordedArticle | None:
        """A renamed file's line by its id or content; else that of the path, if it did not move."""
        if key in self.renamed:
            return self.renamed[key]
        return None if key in self.moved else self.by_path.get(key)

    def id_of(self, document: Document, known: RecordedArticle | None) -> str:
        """The author's own id, else the recorded one, else that of its old home, else a new tag
        URI (RFC 4151)."""
        if document.id:
            return document.id
        if known is not None:
            return known.id
        if document.plain_id:
            return document.plain_id
        year = document.date.year if document.date else self.now.year
        path = quote(document.file, safe="/-._~!$&'()*+,;=:@")
        made = base = f"tag:{self.host},{year}:{document.source}/{path}"
        number = 1
        while made in self.ids:
            number += 1
            made = f"{base};{number}"
        self.ids.add(made)
        return made

    @cached_property
    def _first_of(self) -> dict[tuple[str, datetime | None, str | None], Document]:
        """The document of each content and date that the record knows, or that comes first."""
        first: dict[tuple[str, datetime | None, str | None], Document] = {}
        for reading in self._readings:
            document = reading.document
            if document is not None and not document.draft:
                is_known = self.find((reading.source, reading.file)) is not None
                if is_known or _twin(document) not in first:
                    first[_twin(document)] = document
        return first

    def copied(self, document: Document) -> str:
        """What to say of a new file that is a copy of another, and not its translation; "" where it
        is none. With another date the same text may be said again on purpose.
        """
        if document.draft or document.foreign is not None:
            return ""
        first = self._first_of.get(_twin(document), document)
        if (first.source, first.file) == (document.source, document.file):
            return ""
        of = f" of {first.source}" if first.source != document.source else ""
        return (
            f"holds what {first.file!r}{of} holds, to the byte, and counts as an article of its "
            "own, in newsletters too; take one of the two away, unless both are meant"
        )

    def suspicions(self, document: Document) -> list[str]:
        """A published file that vanished while one of the same date came: renamed and edited?"""
        if document.foreign is not None:  # feeds let their oldest go when something new comes
            return []
        return [
            f"may be {path}, renamed and edited in one step: it counts as a new article; write "
            f"`id: {self.by_path[document.source, path].id}` into it if it is not"
            for path in self.vanished_on.get((document.source, document.date), ())
        ]


def _twin(document: Document) -> tuple[str, datetime | None, str | None]:
    return document.content_hash, document.date, document.language


def _may_be(document: Document, line: RecordedArticle) -> bool:
    """Whether an article that is gone can be this one. What others write under its id was no
    article of ours: that had its page here."""
    return document.foreign is None or line.source == document.source or "://" in line.address
