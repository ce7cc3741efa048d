"""EDGE. What the system or SQLite says of a file, told so that somebody can do something about it.

A disk without room is named, with the room that is left; SQLite only says "disk I/O error" where
there is not even room for its shared memory.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from pathlib import Path
from typing import TypeVar

from publisher.errors import Location, PublisherError

E = TypeVar("E", bound=PublisherError)

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_TIGHT = 256 * 1024
"""Bytes of room below which what is vague in SQLite's words means that there is too little."""
_SQLITE_FULL = frozenset({sqlite3.SQLITE_FULL})
_SQLITE_VAGUE = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})


NOT_OURS = "do it as the user whose site it is, or give this one the right"
"""What to do where the system does not let us."""

NO_FOLDER = "a file lies where a folder is to be: move it away, or name another place"
"""What to do where the system finds no folder, or cannot make one."""

NO_FILE = "a folder lies where a file is to be: move it away, or name another place"
"""The same the other way round."""

READ_ONLY = "mount that disk so that it can be written to, or name a place on another"
"""What to do where a disk is only read."""


def is_there(kind: type[E], path: Path) -> bool:
    """Whether there is something at a path. Raises `kind` where we may not look."""
    try:
        path.stat()  # since Python 3.14 `exists` says of no place that it may not look
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        if error.errno == errno.ELOOP:
            return False
        raise trouble(kind, error, path, what="cannot be looked at") from error
    return True


def remove_file(kind: type[E], path: Path) -> None:
    """Let no file be at a path. Raises `kind` where it cannot be removed."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise trouble(kind, error, path, what="cannot be removed") from error


def takes_nothing(error: OSError | sqlite3.Error, place: Path) -> bool:
    """Whether what the system or SQLite says of a file is that its disk has no room, or is only
    read."""
    near = _nearest(place)
    return _lacks_room(error, near) or _is_read_only(error, near)


def trouble(
    kind: type[E],
    error: OSError | sqlite3.Error,
    place: Path,
    *,
    what: str = "cannot be written",
    mend: str | None = None,
    meanwhile: str = "nothing is lost",
) -> E:
    """An error of ours about a file: what cannot be done with it, why, and what to do.

    `mend` is for whatever is no want of room, `meanwhile` what holds until there is some.
    """
    where = Location(file=str(place))
    near = _nearest(place)
    if _lacks_room(error, near):
        return kind(
            f"{what}: {_room_at(near, error)}",
            where=where,
            mend=f"make room there, then do it again: {meanwhile}",
        )
    if _is_read_only(error, near):
        mend = READ_ONLY
    elif isinstance(error, PermissionError):
        mend = mend or NOT_OURS
    elif isinstance(error, FileExistsError | NotADirectoryError):
        mend = mend or NO_FOLDER
    elif isinstance(error, IsADirectoryError):
        mend = mend or NO_FILE
    elif isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        mend = mend or "give it a shorter name"
    said = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return kind(f"{what}: {said}", where=where, mend=mend)


def _lacks_room(error: OSError | sqlite3.Error, near: Path) -> bool:
    if isinstance(error, OSError):
        return error.errno in _FULL
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without what SQLite adds to it
    return code in _SQLITE_FULL or (code in _SQLITE_VAGUE and shutil.disk_usage(near).free < _TIGHT)


def _is_read_only(error: OSError | sqlite3.Error, near: Path) -> bool:
    """SQLite does not tell such a disk from a file that it may not open."""
    if isinstance(error, OSError):
        return error.errno == errno.EROFS
    return bool(os.statvfs(near).f_flag & os.ST_RDONLY)


def _room_at(near: Path, error: OSError | sqlite3.Error) -> str:
    if isinstance(error, OSError) and error.errno == errno.EDQUOT:
        return f"the quota of this user on the disk at {_mount_of(near)} is used up"
    room, files = shutil.disk_usage(near), os.statvfs(near)
    if files.f_files and not files.f_favail:
        return f"the disk at {_mount_of(near)} takes no more files, though there is room"
    free, total = _size(room.free), _size(room.total)
    return f"the disk at {_mount_of(near)} has too little room: {free} of {total} are free"


# os.path, for a Path raises where we may not look.


def _nearest(place: Path) -> Path:
    """What there is of a path: a file that could not be made is asked for by its folder."""
    place = place.absolute()
    return next((p for p in (place, *place.parents) if os.path.exists(p)), Path("/"))  # noqa: PTH110 (see above)


def _mount_of(near: Path) -> Path:
    real = Path(os.path.realpath(near))
    return next((p for p in (real, *real.parents) if os.path.ismount(p)), Path("/"))


def _size(count: int) -> str:
    for unit, least in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= least:
            return f"{count / least:.1f} {unit}"
    return f"{count} bytes"
