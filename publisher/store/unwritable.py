"""EDGE. Read a SQLite file where nothing can be written, not even beside it.

SQLite keeps a log of writes beside the file, and shared memory for all who have it open. Whoever
may make neither can use those of others who are at work; where none are, the file is read as it
lies, and whether that was one instant is seen by the file itself.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

_GRAIN_NS = 20_000_000
"""Within this time two changes of a file may have one and the same time."""
_PAUSE_SECONDS = 0.01
_CALM_SECONDS = 1.0


def may_write(path: Path) -> bool:
    """Whether a file can be changed, and others be made beside it."""
    real = Path(os.path.realpath(path))  # beside which SQLite keeps the log
    return os.access(real, os.R_OK | os.W_OK) and os.access(real.parent, os.W_OK | os.X_OK)


def copy_unwritable(path: Path, copy: sqlite3.Connection, seconds: float) -> None:
    """Fill a copy from a file that nothing is changed of. Raises sqlite3.Error where that does not
    come to an end within so many seconds."""
    real = Path(os.path.realpath(path))
    began = calm_since = time.monotonic()
    last = _lies(real)
    while True:
        lie, log, _ = before = _lies(real)
        has_log = log is not None and log.size > 0
        try:
            with closing(_connected(real, "mode=ro" if has_log else "immutable=1")) as source:
                source.backup(copy)
        except sqlite3.Error:
            # a log comes with its memory and goes without, and a file may be read while somebody
            # writes to it; so it counts where nothing moves for a while
            if time.monotonic() > min(calm_since + _CALM_SECONDS, began + seconds):
                raise
        else:
            if has_log or (_lies(real)[0] == lie and _is_settled(lie)):
                return
            if time.monotonic() > began + seconds:
                raise sqlite3.OperationalError("the file changes without an end")
        if before != last:
            last, calm_since = before, time.monotonic()
        time.sleep(_PAUSE_SECONDS)


class _Lie(NamedTuple):
    """How a file lies there."""

    changed: int
    size: int
    inode: int


def _lies(path: Path) -> tuple[_Lie | None, _Lie | None, _Lie | None]:
    """How the file, its log and its memory lie there."""
    return (_lie(path), _lie(Path(f"{path}-wal")), _lie(Path(f"{path}-shm")))


def _lie(path: Path) -> _Lie | None:
    try:
        there = path.stat()
    except FileNotFoundError:
        return None
    # not st_ctime: where root opens a log SQLite gives it to the file's owner again
    return _Lie(there.st_mtime_ns, there.st_size, there.st_ino)


def _is_settled(lie: _Lie | None) -> bool:
    return lie is not None and lie.changed + _GRAIN_NS < time.time_ns()


def _connected(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True)
