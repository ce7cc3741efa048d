"""EDGE. The source `files`: a folder of articles, read again only where it changed.

Whether a file changed is answered by its stat, as git does it: one that was
touched within the clock's grain of the last look is read again.
"""

from __future__ import annotations

import errno
import stat
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path

from msgspec.structs import replace

from publisher.alike import Alike
from publisher.config import FilesSpec, SiteSpec
from publisher.errors import ArticleError, Location, SourceAbsent, SourceError
from publisher.model import Document
from publisher.parse.around import INCLUDED
from publisher.parse.candidates import sort_out
from publisher.parse.outline import Outline, make_outline
from publisher.readings import FileStat, Finished, KnownFile, Reading
from publisher.sources import Progress, Shelf, SourceResult
from publisher.sources.folder import LEADS_TO_A_FOLDER, scan_folder
from publisher.sources.look import Look, may_go_along
from publisher.sources.pieces import Pieces
from publisher.sources.public import PublicFiles
from publisher.sources.side_by_side import read_side_by_side
from publisher.system.room import trouble
from publisher.values import dataclass

_OUTLINE = "outline of "
"""Before the name of a source: what is noted of the names of its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """A folder of articles. `barred` are folders in it that we generate: not looked into; `public`
    is what its tool serves beside it."""

    spec: FilesSpec
    site: SiteSpec
    folder: Path
    pieces: Pieces
    barred: tuple[Path, ...] = ()
    public: PublicFiles = PublicFiles()

    def read(
        self, shelf: Shelf, progress: Progress, *, full: bool = False, jobs: int = 1
    ) -> SourceResult:
        """Look at every file, open those that changed.

        Raises SourceAbsent without a folder, and SourceError for one that holds nothing any more:
        so does the place of a disk that is not mounted, and all articles would be taken back.
        """
        name = self.spec.name
        if missing := _what_is_wrong(self.folder):
            raise SourceAbsent(
                f"the folder of the source {name!r} {missing}",
                where=Location(file=str(self.folder)),
                mend="make it, or set `path:` of the source",
            )
        found, left_out = scan_folder(self.folder, self.barred)
        stats = _nameable(found)
        verdicts = sort_out(stats, self.spec)
        known = shelf.files(name)
        if not found and len(known) > 1:
            raise SourceError(
                f"the folder of the source {name!r} is empty, where {len(known)} files were",
                where=Location(file=str(self.folder)),
                mend="mount it, or put them back; where they are gone for good, leave any file in "
                "it, such as a README.md",
            )
        # Each process that reads gets a copy of the look, which so holds no article.
        beside = {file: last for file, last in known.items() if may_go_along(file)}
        outline = make_outline(stats, verdicts, self.spec)
        assets = {} if full else shelf.assets(name)
        look = Look(
            self,
            stats,
            outline,
            candidates=frozenset(file for file, verdict in verdicts.items() if not verdict),
            known=beside,
            assets=assets,
        )
        odd = sort_out([file for file in found if file not in stats], self.spec)
        readings = [_unnameable(name, file) for file in odd]
        astray = sort_out([file for file in left_out if is_text(file)], self.spec)
        readings += [
            Reading(source=name, file=file, skipped=verdict or left_out[file])
            for file, verdict in astray.items()
        ]
        still = {} if full else {f: k.reading for f, k in known.items() if look.is_current(k)}
        current = {file: _looked_at(reading) for file, reading in still.items()}
        changed = [f for f, verdict in verdicts.items() if not verdict and f not in current]
        alike = Alike()
        doubtful: list[str] = []  # also of those that another process read

        def read() -> Iterator[Finished]:
            taken = read_side_by_side(look.take, changed, jobs)
            for number, (finished, assets) in enumerate(taken, start=1):
                progress("reading", number, len(changed))
                look.keep(assets)
                if _is_in_doubt(finished):
                    doubtful.append(finished.known.reading.file)
                good = _with_good(finished, known.get(finished.known.reading.file))
                current[good.known.reading.file] = alike.reading(_looked_at(good.known.reading))
                yield good

        shelf.save_files(read())
        readings += [
            Reading(source=name, file=file, skipped=verdict) if verdict else current[file]
            for file, verdict in verdicts.items()
        ]
        for asset in look.fresh_assets:
            shelf.save_asset(asset)
        shelf.forget(name, [f for f in known if verdicts.get(f) != ""])
        shelf.forget(name, [f for f in look.assets if not look.is_there(f)])
        shelf.save_note(_OUTLINE + name, outline)
        hints = (*look.around.look_around(), *self._closed(left_out))
        return SourceResult(
            readings=tuple(readings),
            opened=len(changed),
            hints=hints,
            is_in_doubt=bool(doubtful or look.failures),
        )

    def read_again(
        self, shelf: Shelf, files: Iterable[str], seen: Mapping[str, FileStat] | None
    ) -> Iterator[tuple[KnownFile, Finished]]:
        """Candidate files that hold something else now, each as it was known and as it is.

        Nothing is remembered of it. Ends before a file that is none, was not read before or names
        files that have to be looked at. None came or went since all were read; `seen` are all below
        the folder, where that is known.
        """
        name = self.spec.name
        root = self.folder.resolve()
        is_seen = not any(barred.resolve().is_relative_to(root) for barred in self.barred)
        outline = shelf.note(_OUTLINE + name, Outline)
        if outline is None:
            return
        stats = (
            seen
            if is_seen and seen is not None
            else _nameable(scan_folder(root, self.barred).files)
        )
        known = _Known(shelf, name)
        look = Look(
            self,
            stats,
            outline,
            candidates=known,
            known={},
            assets=shelf.assets(name),
        )
        for file in files:
            before = known.get(file)
            if before is None or file not in stats:  # a pipe now, say, or not there any more
                return
            taken, assets = look.take(file)
            if assets or _is_in_doubt(taken):
                return
            yield before, _with_good(taken, before)

    def _closed(self, left_out: Mapping[str, str]) -> Iterator[str]:
        """Folders that a person could take for a part of this one."""
        for file, why in left_out.items():
            if why == LEADS_TO_A_FOLDER and is_text(file):
                yield f"{self.spec.place}/{file}: {why}; make it a source of its own"

    def asset(self, origin: str) -> Path:
        """The file of an asset that a document of this source named."""
        found = self.pieces.path(origin) or self.public.find(origin)
        return found or self.folder / origin.lstrip("/")


class _Known(Container[str]):
    """The files of a source that are known: what was passed over is not."""

    def __init__(self, shelf: Shelf, source: str) -> None:
        self.get = cache(partial(shelf.file, source))

    def __contains__(self, file: object) -> bool:
        return isinstance(file, str) and self.get(file) is not None


def _what_is_wrong(folder: Path) -> str:
    """Why a folder is none; "" where it is one. Raises SourceError where we may not look."""
    try:
        return "" if stat.S_ISDIR(folder.stat().st_mode) else "is a file"
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
            return "is not there"
        raise trouble(SourceError, error, folder, what="cannot be looked at") from error


def _is_in_doubt(finished: Finished) -> bool:
    """Whether a file was read without what may be there when it is read again."""
    return not finished.known.context and finished.known.reading.problem is None


def _with_good(finished: Finished, last: KnownFile | None) -> Finished:
    """What was read, with the version of the file that stood before."""
    reading = finished.known.reading
    if reading.skipped or last is None or last.reading.good is None:
        return finished
    known = replace(finished.known, reading=replace(reading, good=last.reading.good))
    return replace(finished, known=known)


def _looked_at(reading: Reading) -> Reading:
    """A reading for those who use it: all that was looked up for it, a fifth of what a document
    takes, is asked by the next look alone, which has it from what was saved."""
    document, good = reading.document, reading.good
    lean = document and _without_lookups(document)
    if lean is document and good is document:
        return reading
    return replace(
        reading,
        document=lean,
        good=lean if good is document else good and _without_lookups(good),
    )


def _without_lookups(document: Document) -> Document:
    if not document.needs:
        return document
    parts = tuple([(file, mark) for file, mark in document.needs if file.startswith(INCLUDED)])
    return replace(document, needs=parts)


def _nameable(found: Mapping[str, FileStat]) -> Mapping[str, FileStat]:
    """Those whose names are text."""
    are_ascii = "".join(found).isascii()  # as in most folders: then no name need be asked
    return found if are_ascii else {f: stat for f, stat in found.items() if is_text(f)}


def is_text(file: str) -> bool:
    """Whether a name is text: a file system may hold any bytes for one."""
    try:
        file.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _unnameable(source: str, file: str) -> Reading:
    """A file whose name is no UTF-8: no id and no address can be made of it."""
    shown = file.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    problem = ArticleError(
        "the name of this file is not UTF-8",
        where=Location(file=shown),
        mend="rename it; letters, digits and hyphens are safe everywhere",
    )
    return Reading(source=source, file=shown, problem=problem)
