"""EDGE. A file that is there whole and on disk, or as it was: written beside its place, then moved.

Whatever ends the machine meanwhile, what was noted stays noted, and nothing half is ever read.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

_TAKES_NONE = errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG
"""What a folder answers that takes no file, or a file that cannot be given to others."""


def write_whole(
    path: Path,
    data: bytes | Iterable[bytes | memoryview],
    *,
    mode: int = 0o666,
    alone: bool = True,
    durable: bool = True,
) -> None:
    """Put `data`, in one piece or several, at a path; it is durable, with its name, when this
    returns. Raises OSError.

    What need not be `durable` may be half of itself after a power cut. `mode` is that of the file,
    less the umask. Where a writer is not `alone`, each process has a file of its own beside it;
    else what a killed one left there is written over.
    """
    path = Path(os.path.realpath(path))  # a link stays one: what it leads to is kept elsewhere
    own = "" if alone else f".{os.getpid()}"
    aside = path.with_name(f".{path.name}{own}.new")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        with suppress(OSError):
            aside.unlink()  # half of it would take the last room of a full disk
        raise
    if durable:
        sync_folder(path.parent)


@contextmanager
def opened_whole(path: Path, *, mode: int) -> Iterator[TextIO]:
    """A text that is put at a path when the block has written all of it, as `write_whole` does; it
    has the `mode` and the owners of a file that was there. Raises OSError.

    What is there and is no file (a pipe, a device, `/dev/stdout`) is written into; so is a file
    that no other can take the place of, as it always could be.
    """
    if path.exists() and (not path.is_file() or path.parent == Path("/dev")):
        with path.open("a", encoding="utf-8", newline="") as file:  # what went there before stays
            yield file
        return
    place = Path(os.path.realpath(path))  # a link stays one
    aside = place.with_name(f".{place.name}.{os.getpid()}.new")
    descriptor = _begun(aside, place, mode)
    if descriptor is None:
        with place.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        _put(aside, place)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise
    sync_folder(place.parent)


def _begun(aside: Path, place: Path, mode: int) -> int | None:
    """A file that will take a place; None where its folder takes none, or none that is for the same
    users as the one that is there."""
    was = place.stat() if place.exists() else None
    descriptor = None
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        if was is not None:
            os.fchown(descriptor, was.st_uid, was.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(was.st_mode))
    except OSError as error:
        if descriptor is not None:
            os.close(descriptor)
            aside.unlink()
        if was is None or error.errno not in _TAKES_NONE:
            raise  # a full disk, among others: what is there is better than half a list
        return None
    return descriptor


def _put(aside: Path, place: Path) -> None:
    try:
        aside.replace(place)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        shutil.copyfile(aside, place)  # it is mounted there by itself
        aside.unlink()


def lie_of(path: Path) -> list[int]:
    """How a file lies there: its size, time and inode. Another program that writes it changes
    that. Nothing where it cannot be looked at."""
    try:
        lie = path.stat()
    except OSError:
        return []
    return [lie.st_size, lie.st_mtime_ns, lie.st_ino]


def sync_folder(folder: Path) -> None:
    """The names in a folder are on disk when this returns. Raises OSError."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
