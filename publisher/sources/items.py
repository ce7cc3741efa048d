"""EDGE. Sources whose articles lie in a container: an export, a feed, a mailbox, a table.

A container gives its items one by one. Those that are as they were at the last look are not read
again, and a container that is as it was is not even opened.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from errno import ENAMETOOLONG, ENOENT, ENOTDIR
from pathlib import Path
from stat import S_ISREG
from typing import Protocol

from publisher.alike import Alike
from publisher.config import SiteSpec, SourceSpec
from publisher.errors import (
    ArticleError,
    ArticleOutOfReach,
    Location,
    SourceAbsent,
    SourceError,
    SourceLocked,
)
from publisher.fingerprint import fingerprint
from publisher.parse.clean.references import Found
from publisher.parse.items import Item, ItemFound, Unreadable, Withheld, parse_item
from publisher.readings import NO_STAT, Finished, KnownFile, Reading
from publisher.sources import GRAIN_NS, Progress, Shelf, SourceResult
from publisher.sources.defects import of_one_article
from publisher.sources.pieces import Pieces
from publisher.sources.read_by import READ_BY
from publisher.values import dataclass


class Container(Protocol):
    """Where items lie."""

    def mark(self) -> str:
        """What tells cheaply that it is as it was; "" where only reading it does.

        Raises SourceError where it is not there.
        """
        ...

    def items(self) -> Iterator[ItemFound]:
        """What lies in it, in an order that does not change. Raises SourceError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSource:
    """A source over a container."""

    spec: SourceSpec
    site: SiteSpec
    container: Container
    pieces: Pieces

    def read(
        self, shelf: Shelf, progress: Progress, *, full: bool = False, jobs: int = 1
    ) -> SourceResult:
        """Look at every item, read those that changed. Raises SourceError.

        A container gives its items one after the other, so that more `jobs` would only wait.
        """
        del jobs
        name, site = self.spec.name, self.site
        context = fingerprint(
            READ_BY, self.spec, (site.url, site.language, site.timezone, site.authors)
        )
        progress(f"reading {name}", 0, 0)  # if it hangs, one sees what does
        mark = self.container.mark()
        whole = fingerprint(context, mark)
        known = shelf.files(name)
        is_known = mark and all(k.context and self._are_there(k.reading) for k in known.values())
        if not full and is_known and shelf.was_checked(f"source {name}", whole):
            return SourceResult(readings=tuple(k.reading for k in known.values()), opened=0)
        try:
            readings, opened = self._look(shelf, progress, known, context, full=full)
        except SourceLocked as error:
            if not known:
                raise  # a run without it would take all of its articles back
            said = f"{error.message}; what was read before is used"
            told = SourceLocked(said, where=error.where, mend=error.mend)
            before = tuple(k.reading for k in known.values())
            return SourceResult(readings=before, opened=0, problems=(told,))
        shelf.forget(name, [file for file in known if file not in readings])
        shelf.save_checked(f"source {name}", whole if mark else "")
        return SourceResult(readings=tuple(readings.values()), opened=opened)

    def _look(
        self,
        shelf: Shelf,
        progress: Progress,
        known: Mapping[str, KnownFile],
        context: str,
        *,
        full: bool,
    ) -> tuple[dict[str, Reading], int]:
        """Every item by its name, and how many were read."""
        readings: dict[str, Reading] = {}
        alike, opened = Alike(), 0
        for found in each_once(self.container.items()):
            last = known.get(found.name)
            now = fingerprint(context, found.mark if isinstance(found, Item) else "")
            is_as_before = (
                last is not None
                and last.context == now
                and (
                    (isinstance(found, Item) and self._are_there(last.reading))
                    or (isinstance(found, Withheld) and last.reading.skipped == found.why)
                )
            )
            if last is not None and is_as_before and not full:
                readings[found.name] = last.reading
                continue
            opened += 1
            progress(f"reading {self.spec.name}", opened, 0)
            finished = self._read(found, now, last)
            shelf.save_files([finished])
            readings[found.name] = alike.reading(finished.known.reading)
        return readings, opened

    def asset(self, origin: str) -> Path:
        """The file of a picture that an item held; it has no others."""
        path = self.pieces.path(origin)
        assert path is not None, origin
        return path

    def _are_there(self, reading: Reading) -> bool:
        """Whether the pictures that an item held still lie where they were put."""
        needs = reading.document.needs if reading.document else ()
        return all(self.pieces.mark(origin) == mark for origin, mark in needs if mark)

    def _read(self, found: ItemFound, context: str, last: KnownFile | None) -> Finished:
        body_html, document, skipped, problem = None, None, "", None
        out_of_reach: list[str] = []

        def look_up(file: str) -> Found:
            try:
                return self.pieces.take(file, self.spec.name) if file.startswith("data:") else None
            except ArticleOutOfReach:
                out_of_reach.append(file)
                return None

        if isinstance(found, Withheld):
            skipped = found.why
        elif isinstance(found, Unreadable):
            problem = found.problem
        else:
            try:
                with of_one_article(found.name):
                    parsed = parse_item(found, site=self.site, source=self.spec, look_up=look_up)
                document, body_html = parsed.document, parsed.body_html
            except ArticleError as error:
                problem = error
                if isinstance(error, ArticleOutOfReach):
                    out_of_reach.append(found.name)
        reading = Reading(
            source=self.spec.name,
            file=found.name,
            document=document,
            skipped=skipped,
            problem=problem,
            good=None if skipped or last is None else last.reading.good,
        )
        held_by = "" if out_of_reach else context  # without one it is read again in each run
        known = KnownFile(stat=NO_STAT, seen_ns=0, context=held_by, reading=reading)
        return Finished(known=known, body_html=body_html)


def file_mark(path: Path) -> str:
    """What tells that a file is as it was; "" right after a change, which another could follow.

    Raises SourceError for one that is not there, or is no file: a pipe could wait for ever.
    """
    try:
        stat = path.stat()
    except OSError as error:
        raise cannot_be_read(path, error) from error
    if not S_ISREG(stat.st_mode):
        raise no_file(path)
    if stat.st_ctime_ns + GRAIN_NS >= time.time_ns():
        return ""
    return fingerprint(stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)


def no_file(path: Path) -> SourceError:
    """What lies at the path of a container is a folder, a pipe or a device."""
    where = Location(file=str(path))
    return SourceError("is no file", where=where, mend="set `path:` of the source")


def cannot_be_read(path: Path, error: OSError) -> SourceError:
    """What the system says of a container's file."""
    said, where = f"cannot be read: {error.strerror}", Location(file=str(path))
    if error.errno in (ENOENT, ENOTDIR, ENAMETOOLONG):
        return SourceAbsent(said, where=where, mend="put it there, or set `path:` of the source")
    mend = "let this user read it, or set `path:` of the source"
    return SourceError(said, where=where, mend=mend)


def each_once(items: Iterator[ItemFound]) -> Iterator[ItemFound]:
    """Items by unlike names: of those with the same the first is the article."""
    seen: dict[str, int] = {}
    for item in items:
        times = seen[item.name] = seen.get(item.name, 0) + 1
        if times == 1:
            yield item
        else:
            problem = ArticleError(
                f"the name {item.name} was there before",
                where=Location(file=item.name, line=item.line),
                mend="give each its own; the first one is the article",
            )
            yield Unreadable(name=f"{item.name}~{times}", problem=problem)
