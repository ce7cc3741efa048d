"""EDGE. A question that a copy of this process looks into while this one does something else.

A copy is made by fork, which takes two milliseconds; and only where no other thread runs, for a
lock that one holds would stay locked in the copy for ever. Whatever goes wrong in the copy, its
owner then looks itself: so it is raised there, as ever.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_YES, _NO, _BROKEN = 0, 1, 2
"""What a copy ends with."""


def may_copy() -> bool:
    """Whether this process can be copied, and both go on."""
    return sys.platform == "linux" and threading.active_count() == 1


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


@contextmanager
def asked_aside(question: Callable[[], bool]) -> Iterator[Callable[[], bool]]:
    """What is given tells the answer, and waits for it; a copy looks into it from now on, where
    there is a processor for it. None outlives the block.
    """
    copy = _copy(question) if may_copy() and processors() > 1 else 0
    waits = bool(copy)

    def answer() -> bool:
        nonlocal waits
        if waits:
            _, status = os.waitpid(copy, 0)
            waits = False
            told = os.waitstatus_to_exitcode(status)
            if told in (_YES, _NO):
                return told == _YES
        return question()

    try:
        yield answer
    finally:
        if waits:
            os.kill(copy, signal.SIGKILL)
            os.waitpid(copy, 0)


def _copy(question: Callable[[], bool]) -> int:
    """Fork; the copy looks, and ends with what it found. 0 where there can be no copy."""
    try:
        pid = os.fork()
    except OSError:  # there may be no more processes, or no room for one
        return 0
    if pid:
        return pid
    told = _BROKEN
    try:
        gc.disable()  # it ends before there is much to collect
        told = _YES if question() else _NO
    finally:
        os._exit(told)
