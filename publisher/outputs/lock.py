"""EDGE. One run at a time: a flock, freed by any death of its holder."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.errors import OutputBusy, OutputError
from publisher.system.aside import ours_alone
from publisher.system.room import trouble

_PAUSE_SECONDS = 0.1


@contextmanager
def hold_lock(path: Path, wait_seconds: float = 0.0, *, writes: bool = True) -> Iterator[None]:
    """Hold the lock while the block runs. Raises OutputBusy when it stays taken.

    Who `writes` nothing can hold one that is there and may only be read.
    """
    deadline = time.monotonic() + wait_seconds
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = path.open("ab" if writes or os.access(path, os.W_OK) else "rb")
    except OSError as error:
        raise trouble(OutputError, error, path, what="cannot be opened") from error
    with file, ours_alone(file.fileno()):
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise OutputBusy(
                        "another run is writing",
                        mend="wait for it to end; publish --wait SECONDS does",
                    ) from None
                time.sleep(_PAUSE_SECONDS)
        yield
