"""EDGE. Who is sending: a name for each process, and whether it still lives.

A worker holds a lock on a file of its own for as long as it lives; any death frees it. So on
one machine the end of a process is known at once, without waiting for its leases to run out.
Of another machine's nothing can be known, and two machines may have one name, or one be the
copy of the other; so a name says too in which folder it is, and since which start of the machine.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SUFFIX = ".lock"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def worker_alive(folder: Path, name: str, *, alone: bool) -> bool:
    """Whether a worker lives, as far as is known: of whom nothing can be known, it may.

    Where the database is a file of this machine it is `alone`: any of its workers was here, if
    perhaps before the machine was started again.
    """
    if not alone and not folder.is_dir():
        return True
    if not name.startswith(_machine() if alone else _place(folder)):
        return True
    try:
        descriptor = os.open(folder / f"{name}{_SUFFIX}", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def working(folder: Path) -> Iterator[str]:
    """A name for this process, alive until the block is left; files of the dead are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob(f"{_machine()}*{_SUFFIX}"):
        if not worker_alive(folder, file.name.removesuffix(_SUFFIX), alone=True):
            file.unlink(missing_ok=True)
    name = f"{_place(folder)}{os.getpid()}.{secrets.token_hex(4)}"
    path = folder / f"{name}{_SUFFIX}"
    descriptor = _locked(path)
    try:
        yield name
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _locked(path: Path) -> int:
    """A new file with a lock on it, and still at its place: between the making of both another
    worker that begins may take it for that of a dead one, and remove it."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        os.close(descriptor)


def _machine() -> str:
    return (socket.gethostname().replace("/", "-") or "localhost") + "."


def _place(folder: Path) -> str:
    """How the names of workers begin that lock files of this folder, and no copy's, by this start
    of this machine: what tells starts apart is a number that no other machine draws."""
    started = b""
    with suppress(OSError):  # not on every system; then the folder alone has to tell
        started = _BOOT.read_bytes()
    there = folder.stat()
    told = b"%s %d %d" % (started, there.st_dev, there.st_ino)
    return f"{_machine()}{hashlib.blake2b(told, digest_size=6).hexdigest()}."
