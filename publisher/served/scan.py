"""EDGE. What lies in a folder that others write to: every file by size, time and inode."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from publisher.answers.targets import is_servable


class Stamp(NamedTuple):
    """How a file is known to be the same: a replaced one has another inode."""

    size: int
    mtime_ns: int
    inode: int


Seen = Mapping[str, Stamp]
"""Stamps by path under the folder, with `/`."""


def scan(folder: Path, known: Seen) -> dict[str, Stamp]:
    """Every file for readers in a folder without links in its path; none where there is no folder.

    Links are not followed: they may lead out. A file of `known` that the listing misses is asked
    for by name, because a folder that changes while it is listed may leave out what was replaced.
    """
    found: dict[str, Stamp] = {}
    pending = [(str(folder), "")]
    while pending:
        place, prefix = pending.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if not is_servable(entry.name, at_root=not prefix):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        pending.append((entry.path, f"{prefix}{entry.name}/"))
                    elif entry.is_file(follow_symlinks=False):
                        _note(found, prefix + entry.name, entry.path)
        except OSError:
            continue  # removed since we saw its name, or not ours to read: nothing is served of it
    for path in known.keys() - found.keys():
        place = f"{folder}/{path}"
        if os.path.realpath(place) == place:  # else a link came in the way
            _note(found, path, place)
    return found


def stamp_of(result: os.stat_result) -> Stamp | None:
    """The stamp of a regular file; None for anything else."""
    if not stat.S_ISREG(result.st_mode):
        return None
    return Stamp(result.st_size, result.st_mtime_ns, result.st_ino)


def _note(found: dict[str, Stamp], path: str, place: str) -> None:
    try:
        stamp = stamp_of(os.stat(place, follow_symlinks=False))  # noqa: PTH116 (a Path costs twice)
    except (OSError, ValueError):
        return  # removed since we saw its name
    if stamp is not None and _is_text(path):
        found[path] = stamp


def _is_text(path: str) -> bool:
    """Whether a name is UTF-8: no address spells any other."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
