"""EDGE. Work that a copy of this process does while this one does something else.

A copy is made by fork, which takes a few milliseconds; and only where no other thread runs, for a
lock that one holds would stay locked in the copy for ever. Whatever goes wrong in the copy, its
owner then does the work itself: so it is raised there, as ever.
"""

from __future__ import annotations

import gc
import os
import select
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

_NO_MORE = object()


def may_copy() -> bool:
    """Whether this process can be copied, and both go on."""
    return sys.platform == "linux" and threading.active_count() == 1


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def done_aside(work: Callable[[], bytes], meanwhile: Iterator[object] | None) -> bytes:
    """What `work` gives. While a copy of this process is at it, this one takes the steps of
    `meanwhile`, and no more of them once the work is done. None is taken, and no copy made,
    where that would gain nothing.
    """
    if meanwhile is None or not may_copy() or processors() < 2:
        return work()
    given, taken = os.pipe()
    try:
        copy = _copy(work, given, taken)
    except OSError:  # there may be no more processes, or no room for one
        os.close(given)
        return work()
    finally:
        os.close(taken)
    try:
        with os.fdopen(given, "rb") as answer:
            while not select.select([answer], [], [], 0)[0]:
                if next(meanwhile, _NO_MORE) is _NO_MORE:
                    break
            found = answer.read()
    finally:
        _, status = os.waitpid(copy, 0)
    return found if status == 0 else work()


def _copy(work: Callable[[], bytes], given: int, taken: int) -> int:
    """Fork; the copy works, writes what it found, and ends."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.close(given)  # so that it ends at its first word where nobody listens any more
        gc.disable()  # it ends before there is much to collect
        with suppress(BrokenPipeError), os.fdopen(taken, "wb") as answer:
            answer.write(work())
            answer.flush()
            status = 0
    finally:
        os._exit(status)
