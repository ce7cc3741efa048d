"""EDGE. A folder among the system's temporary ones, for what a command needs until it ends.

It may hold readers' addresses, and whatever kills its process leaves it there. So its owner holds a
lock on it, which any death frees, and whoever makes the next one removes those that nobody holds.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Literal

from publisher.patterns import pattern

_OURS = pattern(r"publisher-(?:pieces|verify)-[a-z0-9_]{8}")
"""As `mkdtemp` makes their names."""

_HELD: dict[Path, int] = {}
"""Those of this process, each with the descriptor that is locked."""

_MAKING = threading.Lock()


class Spare:
    """Such a folder, made when it is first asked for."""

    def __init__(self, kind: Literal["pieces", "verify"]) -> None:
        self._kind = kind
        self._path: Path | None = None

    def __getstate__(self) -> dict[str, object]:
        """For a process that reads beside this one, and writes to the same folder; it is this one's
        to remove. Raises OSError."""
        return {"_kind": self._kind, "_path": self.make()}

    @property
    def path(self) -> Path | None:
        """Where it is, None as long as it was not made."""
        return self._path

    def make(self) -> Path:
        """The folder; made if it was not. Raises OSError."""
        with _MAKING:
            if self._path is None:
                _remove_left()
                self._path = _make(self._kind)
            return self._path

    def close(self) -> None:
        """Remove it, if it was made."""
        if self._path is not None:
            _remove(self._path)


def end_spares() -> None:
    """Remove all of this process, which ends now; a thread that asks for one waits for ever."""
    _MAKING.acquire()
    for path in list(_HELD):
        _remove(path)


def _make(kind: str) -> Path:
    """A new one with a lock on it, and still at its place: between the making of both another
    process may take it for that of a dead one, and remove it."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=f"publisher-{kind}-"))
        with suppress(FileNotFoundError):
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            with suppress(OSError):  # some disks know no locks: then nobody removes what is left
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), path.stat()):
                    _HELD[path] = descriptor
                    return path
            os.close(descriptor)


def _remove(path: Path) -> None:
    """Under another name first: a thread that writes there by the old one makes nothing new."""
    gone = path.with_name(f"{path.name[:-8]}{os.urandom(4).hex()}")
    with suppress(OSError):
        path.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)
    descriptor = _HELD.pop(path, None)
    if descriptor is not None:
        os.close(descriptor)


def _remove_left() -> None:
    """What those who were killed left, of this user: nobody holds it."""
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as found:
        for one in found:
            if _OURS.fullmatch(one.name):
                _remove_unheld(Path(one.path))


def _remove_unheld(path: Path) -> None:
    with suppress(OSError):  # held, another's, or removed meanwhile
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            there = os.fstat(descriptor)
            if there.st_uid == os.geteuid() and stat.S_IMODE(there.st_mode) == stat.S_IRWXU:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path)
        finally:
            os.close(descriptor)
