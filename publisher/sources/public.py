"""EDGE. Files that an article names from the root of its site on, and another tool serves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from publisher.config.public import PublicFolder
from publisher.readings import FileStat
from publisher.values import dataclass

_READ = (".htm", ".html", ".markdown", ".md", ".mdx", ".rst", ".xhtml")
"""Pages and texts are no files to be copied: they have addresses of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFiles:
    """Of some folders, each with how addresses begin of what lies in it; nothing of the `barred`
    ones, which we generate."""

    folders: Sequence[PublicFolder] = ()
    barred: Sequence[Path] = ()

    def find(self, path: str) -> Path | None:
        """The file that an address leads to, by its path from `/` on; None without one."""
        if not self.folders:  # as of most sites
            return None
        if path.lower().endswith(_READ) or any(
            part[:1] in (".", "") for part in path.split("/")[1:]
        ):
            return None
        for begin, folder in self.folders:
            if path.startswith(begin):
                file = folder / path.removeprefix(begin)
                if self._lies_in(folder, file):
                    return file
        return None

    def stat(self, path: str) -> FileStat | None:
        """What tells its file from another; None without one."""
        file = self.find(path)
        try:
            told = file.stat() if file is not None else None
        except OSError:
            return None
        return told and FileStat(told.st_mtime_ns, told.st_ctime_ns, told.st_size, told.st_ino)

    def _lies_in(self, folder: Path, file: Path) -> bool:
        """Whether it is a file, and no link leads out of the folder on the way there."""
        try:
            home, real = folder.resolve(strict=True), file.resolve(strict=True)
            barred = [place.resolve() for place in self.barred]
        except (OSError, RuntimeError, ValueError):  # not there; a circle; no name of a file
            return False
        is_ours = any(real.is_relative_to(place) for place in barred)
        return real.is_relative_to(home) and real.is_file() and not is_ours
