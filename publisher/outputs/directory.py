"""EDGE. The output `directory`: a folder that a web server can serve while we write to it.

Everything is drawn into `.staged/` first and then moved into place, each file by
one `os.replace`: a reader sees the old file or the new one, and a run that cannot
draw something changes nothing. Before the first file is moved the paths are noted
as ours, so that a killed run's files are known to the next one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

from publisher.errors import Location, OutputError
from publisher.model import Artifact, BuildPlan, Manifest, ManifestEntry
from publisher.outputs import Ledger

GITIGNORE = "*\n!.gitignore\n"
_STAGED = ".staged"
_NOT_OURS = ManifestEntry(fingerprint="", size=-1, mtime_ns=-1)


class DirectoryOutput:
    """One folder. `ledger` remembers what we wrote there; `step` is told of each file drawn."""

    def __init__(self, folder: Path, ledger: Ledger, step: Callable[[int, int], None]) -> None:
        self.folder = folder.resolve()
        self.name = str(folder)
        self._ledger = ledger
        self._step = step
        self._key = str(self.folder)
        self._manifest = ledger.manifest(self._key)

    def manifest(self) -> Manifest:
        """What we wrote last time, by path."""
        return self._manifest

    def intact(self) -> Collection[str]:
        """The paths that still have the size and time with which we left them."""
        found = set()
        for path, entry in self._manifest.items():
            try:
                stat = os.stat(self.folder / path)  # noqa: PTH116 (a Path's stat costs twice)
            except OSError:
                continue
            if (stat.st_size, stat.st_mtime_ns) == (entry.size, entry.mtime_ns):
                found.add(path)
        return found

    def stage(self, plan: BuildPlan) -> None:
        """Draw what the plan writes into `.staged/`. Raises OutputError, or what drawing raises."""
        try:
            self._prepare()
            for number, artifact in enumerate(plan.write, start=1):
                self._refuse_strangers(artifact)
                staged = self._staged / artifact.path
                staged.parent.mkdir(parents=True, exist_ok=True)
                staged.write_bytes(artifact.render())
                self._step(number, len(plan.write))
        except OSError as error:
            self._discard()
            raise self._failure(error) from error
        except BaseException:
            self._discard()
            raise

    def apply(self, plan: BuildPlan) -> None:
        """Move the staged files into place, remove what is no longer wanted, note it all."""
        try:
            if plan.write or plan.remove:
                self._claim(plan)
                self._replace(plan.write)
                self._remove(plan.remove)
            self._discard()
        except OSError as error:
            raise self._failure(error) from error

    @property
    def _staged(self) -> Path:
        return self.folder / _STAGED

    def _discard(self) -> None:
        shutil.rmtree(self._staged, ignore_errors=True)

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._discard()
        ignore = self.folder / ".gitignore"
        if not ignore.exists() and (self._manifest or not any(self.folder.iterdir())):
            ignore.write_text(GITIGNORE, encoding="utf-8")

    def _refuse_strangers(self, artifact: Artifact) -> None:
        """A file of somebody else's stays: we write where we wrote, or where our mark is."""
        target = self.folder / artifact.path
        if not target.parent.resolve().is_relative_to(self.folder):
            raise OutputError(f"{artifact.path} would lie outside {self.name}: a link leads out")
        if artifact.path in self._manifest or self._is_ours or not os.path.lexists(target):
            return
        if target.is_dir() and all(self._wrote(p) for p in target.rglob("*") if not p.is_dir()):
            return
        raise OutputError(
            "was not written by publisher and stays as it is",
            where=Location(file=str(Path(self.name) / artifact.path)),
            mend="move it away, or publish to another folder with `output:` or --output",
        )

    def _wrote(self, path: Path) -> bool:
        return path.relative_to(self.folder).as_posix() in self._manifest

    @property
    def _is_ours(self) -> bool:
        """A generated folder whose manifest is lost: nothing noted, but our mark is there."""
        if self._manifest:
            return False
        try:
            return (self.folder / ".gitignore").read_text(encoding="utf-8") == GITIGNORE
        except (OSError, UnicodeDecodeError):
            return False

    def _claim(self, plan: BuildPlan) -> None:
        self._ledger.save_written(self._key, {a.path: _NOT_OURS for a in plan.write})
        self._ledger.commit()

    def _replace(self, artifacts: Collection[Artifact]) -> None:
        written = {}
        for artifact in artifacts:
            staged, target = self._staged / artifact.path, self.folder / artifact.path
            if not _is_same(staged, target):
                self._make_room(target)
                staged.replace(target)
            stat = target.stat()
            written[artifact.path] = ManifestEntry(
                fingerprint=artifact.fingerprint, size=stat.st_size, mtime_ns=stat.st_mtime_ns
            )
        self._ledger.save_written(self._key, written)

    def _make_room(self, target: Path) -> None:
        """Folders above the target; an empty folder or a file of ours in the way goes."""
        for folder in reversed(target.relative_to(self.folder).parents[:-1]):
            path = self.folder / folder
            if path.is_file() and folder.as_posix() in self._manifest:
                path.unlink()
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir() and not target.is_symlink():
            for ours in sorted(self._manifest):
                if (self.folder / ours).is_relative_to(target):
                    (self.folder / ours).unlink(missing_ok=True)
                    self._drop_empty_folders(ours, keep=target.parent)

    def _remove(self, paths: Collection[str]) -> None:
        for path in paths:
            target = self.folder / path
            if target.is_file() or target.is_symlink():
                target.unlink()
            self._drop_empty_folders(path, keep=self.folder)
        self._ledger.forget_written(self._key, paths)

    def _drop_empty_folders(self, path: str, *, keep: Path) -> None:
        for folder in (self.folder / path).parents:
            if folder in (keep, self.folder):
                return
            try:
                folder.rmdir()
            except OSError:
                return  # somebody else's file is in it, or it is gone already

    def _failure(self, error: OSError) -> OutputError:
        place = Location(file=str(error.filename or self.name))
        return OutputError(f"cannot be written: {error.strerror}", where=place)


def _is_same(one: Path, other: Path) -> bool:
    """Equal bytes: then the old file keeps its time, and readers their 304."""
    try:
        if other.is_symlink() or one.stat().st_size != other.stat().st_size:
            return False
        return one.read_bytes() == other.read_bytes()
    except OSError:
        return False
