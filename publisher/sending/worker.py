"""EDGE. Who is sending: a name for each process, and whether it still lives.

A worker holds a lock on a file of its own for as long as it lives; any death frees it. So on
one machine the end of a process is known at once, without waiting for its leases to run out.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SUFFIX = ".lock"


def worker_alive(folder: Path, name: str) -> bool:
    """Whether a worker of this machine lives; of another machine's nothing is known: it may."""
    if not name.startswith(f"{_machine()}."):
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
    for file in folder.glob(f"{_machine()}.*{_SUFFIX}"):
        if not worker_alive(folder, file.name.removesuffix(_SUFFIX)):
            file.unlink(missing_ok=True)
    name = f"{_machine()}.{os.getpid()}.{secrets.token_hex(4)}"
    path = folder / f"{name}{_SUFFIX}"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield name
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _machine() -> str:
    return socket.gethostname().replace("/", "-") or "localhost"
