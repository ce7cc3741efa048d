"""EDGE. The files of an export: in a zip file, in a folder, or one alone; all read alike.

Nothing is unpacked to disk, so that no path in a zip file can lead anywhere; one that tries makes
the whole file suspect. What it would unpack to is known before it is read, and bounded.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from publisher.exports import ExportError, Files
from publisher.exports.common import MOST_BYTES
from publisher.values import dataclass

_MOST_FILES = 200_000
_MOST_UNPACKED = 4 * 1024**3
"""Bytes of all files in a zip file together."""

_MOST_RATIO = 200
"""How many times its size a zip file may unpack to; texts come to ten, pictures to one."""

_ALWAYS_FINE = 8 * 1024 * 1024
"""Bytes that any zip file may unpack to."""

_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


@contextmanager
def open_archive(path: Path) -> Iterator[Files]:
    """The files at a path. Raises OSError, or ExportError for a zip file that is not to be read."""
    if path.is_dir():
        yield _Folder(path, _names_in(path))
        return
    if not stat.S_ISREG(path.stat().st_mode):
        raise ExportError(
            "is neither a file nor a folder", mend="name the export as it was downloaded"
        )
    if not _is_zip(path):
        yield _Single(path)
        return
    with _damage_named(), zipfile.ZipFile(path) as archive:
        yield _Zip(archive, _checked(archive, path.stat().st_size))


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ExportError(
            f"cannot be read as a zip file: {error}", mend="export it again, or unpack it"
        ) from error


def stats_of(path: Path) -> list[tuple[str, int, int, int]]:
    """Name, times and size of each file at a path. Raises OSError."""
    if not path.is_dir():
        found = path.stat()
        return [("", found.st_mtime_ns, found.st_ctime_ns, found.st_size)]
    stats = []
    for name in _names_in(path):
        found = (path / name).lstat()
        stats.append((name, found.st_mtime_ns, found.st_ctime_ns, found.st_size))
    return stats


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _names_in(folder: Path) -> tuple[str, ...]:
    """Every file below a folder; symbolic links are not followed, hidden ones not looked at."""
    names: list[str] = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inner = Path(place)
        names += (
            (inner / file).relative_to(folder).as_posix()
            for file in files
            if not file.startswith(".") and stat.S_ISREG((inner / file).lstat().st_mode)
        )
        if len(names) > _MOST_FILES:
            raise ExportError(
                f"holds more than {_MOST_FILES} files", mend="name the folder of the export alone"
            )
    return tuple(sorted(name for name in names if _is_text(name)))


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _checked(archive: zipfile.ZipFile, size: int) -> tuple[str, ...]:
    """The files of a zip file, when all of it can be read without harm."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    total = sum(info.file_size for info in infos)
    if len(infos) > _MOST_FILES or total > _MOST_UNPACKED:
        raise ExportError(
            f"would unpack to {len(infos)} files of {total} bytes",
            mend="export less at a time; at most 4 GiB in 200000 files are read",
        )
    if total > max(_ALWAYS_FINE, _MOST_RATIO * size):
        raise ExportError(
            f"would unpack to {total} bytes, over {_MOST_RATIO} times its size",
            mend="no export is like that: see where it comes from",
        )
    for info in infos:
        path = PurePosixPath(info.filename)
        if ".." in path.parts or path.is_absolute() or "\\" in info.filename:
            raise ExportError(
                f"holds the path {info.filename!r}, which leads out of it",
                mend="no export is like that: see where it comes from",
            )
        if info.flag_bits & _ENCRYPTED:
            raise ExportError(
                f"holds {info.filename!r} behind a password", mend="unpack it, and name the folder"
            )
        if info.compress_type not in _READABLE:
            raise ExportError(
                f"holds {info.filename!r} packed in a way that is not read",
                mend="unpack it, and name the folder",
            )
    names = (info.filename for info in infos if _is_text(info.filename))
    hidden = (name for name in names if not _is_hidden(name))
    return tuple(sorted(dict.fromkeys(hidden)))


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


@dataclass(frozen=True, slots=True)
class _Zip:
    archive: zipfile.ZipFile
    all: tuple[str, ...]

    def names(self) -> tuple[str, ...]:
        return self.all

    def open(self, name: str) -> IO[bytes]:
        return self.archive.open(name)

    def read(self, name: str) -> bytes:
        with _damage_named():
            _bound(self.archive.getinfo(name).file_size, name)
            return self.archive.read(name)


@dataclass(frozen=True, slots=True)
class _Folder:
    folder: Path
    all: tuple[str, ...]

    def names(self) -> tuple[str, ...]:
        return self.all

    def open(self, name: str) -> IO[bytes]:
        return (self.folder / name).open("rb")

    def read(self, name: str) -> bytes:
        return _read(self.folder / name, name)


@dataclass(frozen=True, slots=True)
class _Single:
    file: Path

    def names(self) -> tuple[str, ...]:
        return (self.file.name,)

    def open(self, _: str) -> IO[bytes]:
        return self.file.open("rb")

    def read(self, _: str) -> bytes:
        return _read(self.file, "")


def _read(file: Path, name: str) -> bytes:
    with file.open("rb") as stream:
        data = stream.read(MOST_BYTES + 1)
    _bound(len(data), name)
    return data


def _bound(size: int, name: str) -> None:
    if size > MOST_BYTES:
        raise ExportError(
            f"is larger than {MOST_BYTES // 1024**2} MiB", mend="export less at a time", file=name
        )
