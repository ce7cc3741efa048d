"""EDGE. The output `directory`: a folder that a web server can serve while we write to it.

Everything is drawn into `.publisher-staged/` first, under numbers, and then moved into place,
each file by one `os.replace`: a reader sees the old file or the new one, and a run that cannot
draw something changes nothing. Before the first file is moved the paths are noted
as ours, so that a killed run's files are known to the next one, and all that needs
room on a disk has found it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from publisher.errors import FeedError, Location, OutputError
from publisher.model import Artifact, BuildPlan, Manifest, ManifestEntry
from publisher.outputs import Ledger
from publisher.outputs.sight import GITIGNORE, known_by_sight
from publisher.room import trouble

_STAGED = ".publisher-staged"
_FRONT_PAGE = "index.html"
_MEANWHILE = "what was published is as it was"


class DirectoryOutput:
    """One folder. `ledger` remembers what we wrote there.

    `step` is told of each file that is drawn, and may raise to end the run; then of each that is
    put in place. `site_url` is how our own pages are known where the ledger is lost.
    """

    def __init__(
        self, folder: Path, ledger: Ledger, step: Callable[[str, int, int], None], *, site_url: str
    ) -> None:
        self.folder = folder.resolve()
        self._name = str(self.folder)
        self._ledger = ledger
        self._step = step
        # A path may have bytes that are no text, which no database takes.
        self._key = str(self.folder).encode("utf-8", "backslashreplace").decode("utf-8")
        self._site_url = site_url
        noted = ledger.manifest(self._key)
        self._manifest = noted or known_by_sight(self.folder, site_url)
        self._found = {} if noted else self._manifest
        self._staged: Mapping[str, Path] = {}

    def manifest(self) -> Manifest:
        """What we wrote last time, by path."""
        return self._manifest

    def intact(self) -> Collection[str]:
        """The paths that still have the size and time with which we left them."""
        return {path for path, entry in self._manifest.items() if self._is_intact(path, entry)}

    def kept(self, path: str) -> bytes:
        """What lies at one of the intact paths. Raises OutputError."""
        try:
            return (self.folder / path).read_bytes()
        except OSError as error:
            raise self._failure(error) from error

    def lying(self, path: str) -> bytes | None:
        """What lies at a path that we want; None where no file does. Raises OutputError."""
        target = self.folder / path
        if target.is_symlink() or not target.is_file():
            return None
        return self.kept(path)

    def refuse_strangers(self, plan: BuildPlan) -> None:
        """Raises OutputError for what the plan would write over, and which is not ours."""
        for artifact in plan.write:
            self._refuse_strangers(artifact.path)

    @contextmanager
    def stage(self, plan: BuildPlan) -> Iterator[Sequence[FeedError]]:
        """Draw what the plan writes aside; the block may `apply` it. What is left over goes.

        Gives the feeds' documents that broke a rule and are left out. Raises OutputError,
        or what else drawing raises.
        """
        try:
            self._prepare()
            self.refuse_strangers(plan)
            self._refuse_long_names(plan)
            places = enumerate(plan.write)
            self._staged = {a.path: self._aside / str(number) for number, a in places}
            refused = []
            for number, artifact in enumerate(plan.write, start=1):
                try:
                    self._draw(artifact)
                except FeedError as error:
                    refused.append(error)
                self._step("drawing", number, len(plan.write))
            yield refused
        except OSError as error:
            shutil.rmtree(self._aside, ignore_errors=True)  # first, for the room that is told
            raise self._failure(error) from error
        finally:
            shutil.rmtree(self._aside, ignore_errors=True)

    def apply(self, plan: BuildPlan) -> tuple[str, ...]:
        """Move the staged files into place, remove what is no longer wanted, note it all.

        Gives the paths whose bytes changed. Raises OutputError.
        """
        if not plan.write and not plan.remove:
            return ()
        drawn = [a for a in plan.write if self._staged[a.path].exists()]
        try:
            self._claim(drawn)
            self._make_folders(drawn)
            in_the_way = _in_the_way(plan.remove, {artifact.path for artifact in drawn})
            self._remove(in_the_way)
            changed = self._replace(drawn)
            # last, when no feed and no index names them any more
            self._remove([path for path in plan.remove if path not in in_the_way])
            return tuple(changed)
        except OSError as error:
            raise self._failure(error) from error

    @property
    def _aside(self) -> Path:
        return self.folder / _STAGED

    def _draw(self, artifact: Artifact) -> None:
        self._staged[artifact.path].write_bytes(artifact.render())

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._aside, ignore_errors=True)
        if not any(path.name != ".gitignore" for path in self.folder.iterdir()):
            ignoring = self.folder / ".gitignore"
            if not ignoring.exists() or not ignoring.stat().st_size:  # empty where room ran out
                ignoring.write_text(GITIGNORE, encoding="utf-8")
        self._aside.mkdir()

    def _refuse_strangers(self, path: str) -> None:
        """What somebody else put here stays: then nothing is written, and the path is named."""
        target = self.folder / path
        if not target.parent.resolve().is_relative_to(self.folder):
            raise OutputError(f"{path} would lie outside {self.folder}: a link leads out")
        for above in target.relative_to(self.folder).parents[:-1]:
            place = self.folder / above
            if os.path.lexists(place) and not place.is_dir() and not self._is_ours(place):
                raise _not_ours(place)
        if target.is_dir() and not target.is_symlink():
            strangers = (p for p in target.rglob("*") if not p.is_dir() and not self._is_ours(p))
        else:
            strangers = (p for p in (target,) if os.path.lexists(p) and not self._is_ours(p))
        for stranger in strangers:
            raise _not_ours(stranger)

    def _refuse_long_names(self, plan: BuildPlan) -> None:
        """Names that this file system does not take would be found when half is in place."""
        longest = os.pathconf(self.folder, "PC_NAME_MAX")
        for artifact in plan.write:
            if any(len(os.fsencode(part)) > longest for part in artifact.path.split("/")):
                raise OutputError(
                    f"{artifact.path} has a longer name than the {longest} bytes that this file "
                    "system takes",
                    where=Location(file=str(self.folder)),
                    mend="give the article a shorter slug, or publish to another disk",
                )

    def _is_ours(self, place: Path) -> bool:
        path = place.relative_to(self.folder).as_posix()
        return path in self._manifest or path in self._written_since

    @cached_property
    def _written_since(self) -> Manifest:
        """What looks like ours where the ledger is older than the front page: a restored backup.

        What was written after the backup would else be in the way of the same files. It may
        be written over, but is not removed: somebody else may have changed the front page.
        """
        front = self._manifest.get(_FRONT_PAGE)
        is_older = front is not None and not self._is_intact(_FRONT_PAGE, front)
        return known_by_sight(self.folder, self._site_url) if is_older else {}

    def _is_intact(self, path: str, entry: ManifestEntry) -> bool:
        try:
            # by its name: a Path of each of thousands takes as long as its stat
            stat = os.stat(f"{self._name}/{path}")  # noqa: PTH116
        except OSError:
            return False
        return stat.st_mtime_ns == entry.mtime_ns and stat.st_size == entry.size

    def _claim(self, artifacts: Collection[Artifact]) -> None:
        """Note the paths as ours before the first of them is touched, and all that was found."""
        notes = {a.path: self._noted(a, self._staged[a.path]) for a in artifacts}
        claimed = {path: _under_way(note) for path, note in notes.items()}
        self._ledger.save_written(self._key, {**self._found, **claimed})
        self._ledger.commit_with_room()

    def _replace(self, artifacts: Collection[Artifact]) -> list[str]:
        written, changed = {}, []
        for number, artifact in enumerate(artifacts, start=1):
            staged, target = self._staged[artifact.path], self.folder / artifact.path
            if not _is_same(staged, target):
                self._make_room(target)
                staged.replace(target)
                changed.append(artifact.path)
            written[artifact.path] = self._noted(artifact, target)
            # Whoever raises there to end the run asks again; half of the files is no place to end.
            with suppress(Exception):
                self._step("writing", number, len(artifacts))
        self._ledger.save_written(self._key, written)
        return changed

    def _make_folders(self, artifacts: Collection[Artifact]) -> None:
        """Make the folders of what is new while nothing is touched yet; none where one fails."""
        made: list[Path] = []
        try:
            for folder in dict.fromkeys((self.folder / a.path).parent for a in artifacts):
                for place in () if folder.is_dir() else reversed((folder, *folder.parents)):
                    if not os.path.lexists(place):
                        place.mkdir()
                        made.append(place)
                    elif not place.is_dir():
                        break  # a file of ours, which has to go first
        except OSError:
            for place in reversed(made):
                place.rmdir()
            raise

    @staticmethod
    def _noted(artifact: Artifact, file: Path) -> ManifestEntry:
        stat = file.stat()
        return ManifestEntry(
            fingerprint=artifact.fingerprint, size=stat.st_size, mtime_ns=stat.st_mtime_ns
        )

    def _make_room(self, target: Path) -> None:
        """Make what is still missing above it; files of ours in the way were removed before."""
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir() and not target.is_symlink():
            target.rmdir()

    def _remove(self, paths: Collection[str]) -> None:
        """Remove files that lie as we left them; what was changed since is somebody else's now."""
        for path in paths:
            target = self.folder / path
            entry = self._manifest[path]
            inside = target.parent.resolve().is_relative_to(self.folder)
            if inside and (_is_under_way(entry) or self._is_intact(path, entry)):
                target.unlink(missing_ok=True)
                self._drop_empty_folders(path)
        self._ledger.forget_written(self._key, paths)

    def _drop_empty_folders(self, path: str) -> None:
        for folder in (self.folder / path).parents:
            if folder == self.folder:
                return
            try:
                folder.rmdir()
            except OSError:
                return  # somebody else's file is in it, or it is gone already

    def _failure(self, error: OSError) -> OutputError:
        return trouble(
            OutputError, error, Path(error.filename or self.folder), meanwhile=_MEANWHILE
        )


def _under_way(entry: ManifestEntry) -> ManifestEntry:
    """The note of a path that a run is about to write, or was about to when it died.

    It is as long as the one that follows, which so needs no more room.
    """
    return replace(entry, mtime_ns=-entry.mtime_ns)


def _is_under_way(entry: ManifestEntry) -> bool:
    return entry.mtime_ns < 0


def _in_the_way(paths: Collection[str], wanted: Collection[str]) -> set[str]:
    """Those that are files where folders are wanted, or lie in folders where files are wanted."""
    folders = {folder for path in wanted for folder in _folders(path)}
    return {p for p in paths if p in folders or any(f in wanted for f in _folders(p))}


def _folders(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _not_ours(place: Path) -> OutputError:
    return OutputError(
        "was not written by publisher and stays as it is",
        where=Location(file=str(place)),
        mend="move it away, or publish to another folder with `output:` or --output",
    )


def _is_same(one: Path, other: Path) -> bool:
    """Equal bytes: then the old file keeps its time, and readers their 304."""
    try:
        if other.is_symlink() or one.stat().st_size != other.stat().st_size:
            return False
        return one.read_bytes() == other.read_bytes()
    except OSError:
        return False
