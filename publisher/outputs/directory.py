"""EDGE. The output `directory`: a folder that a web server can serve while we write to it.

Everything is drawn below `.publisher-staged/` first, under numbers, and then moved into place,
each file by one `os.replace`: a reader sees the old file or the new one, and a run that cannot
draw something changes nothing. Before the first file is moved the paths are noted
as ours, so that a killed run's files are known to the next one, and all that needs
room on a disk has found it. (But where a folder within is another disk: there each file
is copied beside its place first.)
"""

# What is done to each of thousands of files is done by `os`: a Path of each takes as long again.
# ruff: noqa: PTH102, PTH105, PTH108, PTH110, PTH112, PTH116, PTH123

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from errno import EXDEV
from functools import cached_property
from pathlib import Path

from publisher.errors import FeedError, Location, OutputError
from publisher.model import Artifact, BuildPlan, Manifest, ManifestEntry
from publisher.outputs import ALONE, Ledger, Sharing
from publisher.outputs.drawing import draw_side_by_side
from publisher.outputs.remembered import Remembered
from publisher.outputs.sight import GITIGNORE, bears_our_mark, known_by_sight
from publisher.system.room import is_there, trouble

_STAGED = ".publisher-staged"
_FOLDER_OF = 250
"""Files that are put aside in one folder. A system lets one process at a time make a file in a
folder: where all lay in one, those that draw side by side waited for each other."""

_COPIED = ".publisher-copied"
"""Beside the place of a file that comes from another disk, until it is whole."""

_FRONT_PAGE = "index.html"
_MEANWHILE = "what was published is as it was"
_HALF_WAY = "what is not in place yet is put there by the next run"


class DirectoryOutput:
    """One folder. `ledger` remembers what we wrote there.

    `step` is told of each file that is drawn, and may raise to end the run; then of each that is
    put in place. `site_url` is how our own pages are known where the ledger is lost.
    """

    def __init__(
        self, folder: Path, ledger: Ledger, step: Callable[[str, int, int], None], *, site_url: str
    ) -> None:
        self.folder = folder.resolve()
        self._ledger = ledger
        self._step = step
        # A path may have bytes that are no text, which no database takes.
        self._key = str(self.folder).encode("utf-8", "backslashreplace").decode("utf-8")
        self._site_url = site_url
        noted = Remembered(ledger, self._key)
        self._manifest = noted or known_by_sight(self.folder, site_url)
        self._found: Manifest = {} if noted else self._manifest
        self._staged: Mapping[str, int] = {}
        self._top = f"{self.folder}/"

    def manifest(self) -> Manifest:
        """What we wrote last time, by path."""
        return self._manifest

    def noted(self) -> Manifest:
        """What lies there of ours after `apply`, by path."""
        return self._ledger.manifest(self._key)

    def noted_at(self, paths: Collection[str]) -> Manifest:
        """The same of these paths alone."""
        return self._ledger.entries(self._key, paths)

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

    def refuse_unwritable(self, plan: BuildPlan) -> None:
        """Raises OutputError for what the plan would write over, and which is not ours, and for
        names that are too long here."""
        is_there(OutputError, self.folder / ".gitignore")  # or we may not look
        self._refuse_long_names(plan)
        there: dict[str, bool] = {"": True}
        for artifact in plan.write:
            if self._is_folder(artifact.path.rpartition("/")[0], there):
                self._refuse_strangers(artifact.path)

    @contextmanager
    def stage(self, plan: BuildPlan, sharing: Sharing = ALONE) -> Iterator[Sequence[FeedError]]:
        """Draw what the plan writes aside; the block may `apply` it. What is left over goes.

        Gives the feeds' documents that broke a rule and are left out. Raises OutputError,
        or what else drawing raises.
        """
        try:
            self._prepare()
            self.refuse_unwritable(plan)
            self._staged = {a.path: number for number, a in enumerate(plan.write)}
            for first in range(0, len(plan.write), _FOLDER_OF):
                (self._aside / str(first // _FOLDER_OF)).mkdir()
            yield draw_side_by_side(
                plan.write,
                self._draw,
                is_drawn=self._is_drawn,
                step=lambda done: self._step("drawing", done, len(plan.write)),
                sharing=sharing,
            )
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
        drawn = [a for a in plan.write if self._is_drawn(a)]
        meanwhile = _MEANWHILE
        try:
            self._claim(drawn)
            self._make_folders(drawn)
            meanwhile = _HALF_WAY
            in_the_way = _in_the_way(plan.remove, {artifact.path for artifact in drawn})
            self._remove(in_the_way)
            changed = self._replace(drawn)
            # last, when no feed and no index names them any more
            self._remove([path for path in plan.remove if path not in in_the_way])
            return tuple(changed)
        except OSError as error:
            raise self._failure(error, meanwhile) from error

    @property
    def _aside(self) -> Path:
        return self.folder / _STAGED

    def _draw(self, artifact: Artifact) -> None:
        data = artifact.render()  # before there is a file: a document may be left out
        with open(self._place(artifact), "wb") as file:
            file.write(data)

    def _is_drawn(self, artifact: Artifact) -> bool:
        return os.path.exists(self._place(artifact))

    def _place(self, artifact: Artifact) -> str:
        """Where an artifact is put aside."""
        number = self._staged[artifact.path]
        return f"{self._top}{_STAGED}/{number // _FOLDER_OF}/{number}"

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._aside, ignore_errors=True)
        if not any(path.name != ".gitignore" for path in self.folder.iterdir()):
            ignoring = self.folder / ".gitignore"
            if not ignoring.exists() or not ignoring.stat().st_size:  # empty where room ran out
                ignoring.write_text(GITIGNORE, encoding="utf-8")
        self._aside.mkdir()

    def _is_folder(self, path: str, known: dict[str, bool]) -> bool:
        """Whether a folder is there; `known` are those that were asked for before.

        Raises OutputError for one that a link leads out of our own, and for somebody else's file.
        """
        if path not in known:
            known[path] = self._is_folder(path.rpartition("/")[0], known) and self._opens(path)
        return known[path]

    def _opens(self, path: str) -> bool:
        place = self.folder / path
        if not os.path.lexists(place):
            return False
        if place.is_symlink() and not place.resolve().is_relative_to(self.folder):
            raise OutputError(f"{path} would lie outside {self.folder}: a link leads out")
        if not place.is_dir() and not self._is_ours(place):
            raise self._not_ours(place)
        return place.is_dir()

    def _not_ours(self, place: Path) -> OutputError:
        mend = "move it away, or publish to another folder with `output:` or --output"
        if not self._manifest and bears_our_mark(self.folder):
            mend += (
                "; where the site was copied and has another `site.url` now, move the whole "
                f"{self.folder.name}/ away, and it is made anew"
            )
        return OutputError(
            "was not written by publisher and stays as it is",
            where=Location(file=str(place)),
            mend=mend,
        )

    def _refuse_strangers(self, path: str) -> None:
        """What somebody else put here stays: then nothing is written, and the path is named."""
        if path in self._manifest and not os.path.isdir(f"{self._top}{path}"):
            return
        target = self.folder / path
        if target.is_dir() and not target.is_symlink():
            strangers = (p for p in target.rglob("*") if not p.is_dir() and not self._is_ours(p))
        else:
            strangers = (p for p in (target,) if os.path.lexists(p) and not self._is_ours(p))
        for stranger in strangers:
            raise self._not_ours(stranger)

    def _refuse_long_names(self, plan: BuildPlan) -> None:
        """Names that this file system does not take would be found when half is in place."""
        there = next(
            place for place in (self.folder, *self.folder.parents) if os.path.exists(place)
        )
        longest = os.pathconf(there, "PC_NAME_MAX")
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
            lying = os.stat(f"{self._top}{path}")
        except OSError:
            return False
        return lying.st_mtime_ns == entry.mtime_ns and lying.st_size == entry.size

    def _claim(self, artifacts: Collection[Artifact]) -> None:
        """Note the paths as ours before the first of them is touched, and all that was found."""
        self._ledger.save_written(self._key, self._found.items())
        claimed = ((a.path, _under_way(_noted(a, os.stat(self._place(a))))) for a in artifacts)
        self._ledger.save_written(self._key, claimed)
        self._ledger.commit_with_room()

    def _replace(self, artifacts: Collection[Artifact]) -> list[str]:
        """Each file to its place; a file is moved with its size and time, so its note holds."""
        changed: list[str] = []

        def moved() -> Iterator[tuple[str, ManifestEntry]]:
            for number, artifact in enumerate(artifacts, start=1):
                staged, target = self._place(artifact), f"{self._top}{artifact.path}"
                lies = os.stat(staged)
                lying = _same_already(staged, lies, target)
                if lying is not None and self._was_begun(artifact.path):
                    _drop_copy(Path(target).parent)
                if lying is None:
                    lying = self._move(staged, target)
                    changed.append(artifact.path)
                yield artifact.path, _noted(artifact, lying or lies)
                # Whoever raises there to end the run asks again; half of the files is no place
                # to end.
                with suppress(Exception):
                    self._step("writing", number, len(artifacts))

        self._ledger.save_written(self._key, moved())
        return changed

    def _make_folders(self, artifacts: Collection[Artifact]) -> None:
        """Make the folders of what is new while nothing is touched yet; none where one fails."""
        made: list[str] = []
        known = {""}

        def make(folder: str) -> None:
            if folder in known:
                return
            make(folder.rpartition("/")[0])
            known.add(folder)
            # where it fails it is there, or a file of ours is in the way, which has to go first
            with suppress(FileExistsError, NotADirectoryError):
                os.mkdir(f"{self._top}{folder}")
                made.append(folder)

        try:
            for artifact in artifacts:
                make(artifact.path.rpartition("/")[0])
        except OSError:
            for folder in reversed(made):
                (self.folder / folder).rmdir()
            raise

    @staticmethod
    def _move(staged: str, target: str) -> os.stat_result | None:
        """Put a file in its place, and what is still missing above it; gives how it lies there
        where that may be otherwise than it was.

        (Files of ours that were in the way are removed already.)
        """
        with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return _put(staged, target)
        place = Path(target)
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.is_dir() and not place.is_symlink():
            place.rmdir()
        return _put(staged, target)

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
            _drop_copy(folder)
            try:
                folder.rmdir()
            except OSError:
                return  # somebody else's file is in it, or it is gone already

    def _was_begun(self, path: str) -> bool:
        """Whether a run before this one was about to write there when it died."""
        entry = self._manifest.get(path)
        return entry is not None and _is_under_way(entry)

    def _failure(self, error: OSError, meanwhile: str = _MEANWHILE) -> OutputError:
        return trouble(OutputError, error, Path(error.filename or self.folder), meanwhile=meanwhile)


def _put(staged: str, target: str) -> os.stat_result | None:
    """Move a file to its place, by way of a copy beside that where it lies on another disk (or one
    that is mounted there: rename(2), EXDEV); gives how such a copy lies there."""
    try:
        os.replace(staged, target)
    except OSError as error:
        if error.errno != EXDEV:
            raise
    else:
        return None
    copied = f"{target.rpartition('/')[0]}/{_COPIED}"
    try:
        shutil.copyfile(staged, copied)
        with suppress(OSError):  # not every disk takes times or modes from us
            shutil.copystat(staged, copied)
        with open(copied, "rb") as file:
            os.fsync(file.fileno())
        os.replace(copied, target)
    except OSError as error:
        with suppress(OSError):
            os.unlink(copied)  # half of it would take the last room of a full disk
        raise OSError(error.errno, error.strerror, target) from error  # not where it comes from
    return os.stat(target)


def _drop_copy(folder: Path) -> None:
    """Of a run that was killed while it copied a file to its place from another disk."""
    with suppress(OSError):
        (folder / _COPIED).unlink()


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


def _noted(artifact: Artifact, file: os.stat_result) -> ManifestEntry:
    return ManifestEntry(
        fingerprint=artifact.fingerprint, size=file.st_size, mtime_ns=file.st_mtime_ns
    )


def _same_already(staged: str, lies: os.stat_result, target: str) -> os.stat_result | None:
    """What lies there with equal bytes: it keeps its time, and feed readers their 304."""
    try:
        lying = os.lstat(target)
        if not stat.S_ISREG(lying.st_mode) or lying.st_size != lies.st_size:
            return None
        return lying if Path(staged).read_bytes() == Path(target).read_bytes() else None
    except OSError:
        return None
