"""EDGE. The output `directory`: a folder that a web server can serve while we write to it.

Everything is drawn into `.publisher-staged/` first and then moved into place, each file by
one `os.replace`: a reader sees the old file or the new one, and a run that cannot
draw something changes nothing. Before the first file is moved the paths are noted
as ours, so that a killed run's files are known to the next one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from publisher.errors import FeedError, Location, OutputError
from publisher.model import Artifact, BuildPlan, Manifest, ManifestEntry
from publisher.outputs import Ledger
from publisher.outputs.sight import GITIGNORE, known_by_sight

_STAGED = ".publisher-staged"
_FRONT_PAGE = "index.html"
UNDER_WAY = ManifestEntry(fingerprint="", size=-1, mtime_ns=-1)
"""The note of a path that a run is about to write, or was about to when it died."""


class DirectoryOutput:
    """One folder. `ledger` remembers what we wrote there; `step` is told of each file drawn.

    `site_url` is how our own pages are known where the ledger is lost.
    """

    def __init__(
        self, folder: Path, ledger: Ledger, step: Callable[[int, int], None], *, site_url: str
    ) -> None:
        self.folder = folder.resolve()
        self._ledger = ledger
        self._step = step
        self._key = str(self.folder)
        self._site_url = site_url
        self._manifest = ledger.manifest(self._key) or known_by_sight(self.folder, site_url)

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

    @contextmanager
    def stage(self, plan: BuildPlan) -> Iterator[Sequence[FeedError]]:
        """Draw what the plan writes aside; the block may `apply` it. What is left over goes.

        Gives the feeds' documents that broke a rule and are left out. Raises OutputError,
        or what else drawing raises.
        """
        try:
            self._prepare()
            for artifact in plan.write:
                self._refuse_strangers(artifact.path)
            refused = []
            for number, artifact in enumerate(plan.write, start=1):
                try:
                    self._draw(artifact)
                except FeedError as error:
                    refused.append(error)
                self._step(number, len(plan.write))
            yield refused
        except OSError as error:
            raise self._failure(error) from error
        finally:
            shutil.rmtree(self._staged, ignore_errors=True)

    def apply(self, plan: BuildPlan) -> tuple[str, ...]:
        """Move the staged files into place, remove what is no longer wanted, note it all.

        Gives the paths whose bytes changed. Raises OutputError.
        """
        if not plan.write and not plan.remove:
            return ()
        drawn = [a for a in plan.write if (self._staged / a.path).exists()]
        try:
            self._claim(drawn)
            self._remove(plan.remove)
            return tuple(self._replace(drawn))
        except OSError as error:
            raise self._failure(error) from error

    @property
    def _staged(self) -> Path:
        return self.folder / _STAGED

    def _draw(self, artifact: Artifact) -> None:
        data = artifact.render()
        staged = self._staged / artifact.path
        staged.parent.mkdir(parents=True, exist_ok=True)
        staged.write_bytes(data)

    def _prepare(self) -> None:
        is_new = not self.folder.exists() or not any(self.folder.iterdir())
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._staged, ignore_errors=True)
        if is_new:
            (self.folder / ".gitignore").write_text(GITIGNORE, encoding="utf-8")

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
            stat = os.stat(self.folder / path)  # noqa: PTH116 (a Path's stat costs twice)
        except OSError:
            return False
        return (stat.st_size, stat.st_mtime_ns) == (entry.size, entry.mtime_ns)

    def _claim(self, artifacts: Collection[Artifact]) -> None:
        """Note the paths as ours before the first of them is touched."""
        self._ledger.save_written(self._key, {a.path: UNDER_WAY for a in artifacts})
        self._ledger.commit()

    def _replace(self, artifacts: Collection[Artifact]) -> list[str]:
        written, changed = {}, []
        for artifact in artifacts:
            staged, target = self._staged / artifact.path, self.folder / artifact.path
            if not _is_same(staged, target):
                self._make_room(target)
                staged.replace(target)
                changed.append(artifact.path)
            stat = target.stat()
            written[artifact.path] = ManifestEntry(
                fingerprint=artifact.fingerprint, size=stat.st_size, mtime_ns=stat.st_mtime_ns
            )
        self._ledger.save_written(self._key, written)
        return changed

    def _make_room(self, target: Path) -> None:
        """Make the folders above the target; files of ours in the way were removed before."""
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir() and not target.is_symlink():
            target.rmdir()

    def _remove(self, paths: Collection[str]) -> None:
        """Remove files that lie as we left them; what was changed since is somebody else's now."""
        for path in paths:
            target = self.folder / path
            entry = self._manifest[path]
            inside = target.parent.resolve().is_relative_to(self.folder)
            if inside and (entry == UNDER_WAY or self._is_intact(path, entry)):
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
        place = Location(file=str(error.filename or self.folder))
        return OutputError(f"cannot be written: {error.strerror}", where=place)


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
