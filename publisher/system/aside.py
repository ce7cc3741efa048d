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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from struct import Struct
from typing import Any, TypeVar

import msgspec


def may_copy() -> bool:
    """Whether this process can be copied, and both go on."""
    return sys.platform == "linux" and threading.active_count() == 1


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


T = TypeVar("T")

_END = Struct("q")

_OURS_ALONE: set[int] = set()
"""Descriptors that a copy closes: what is locked by one stays so until all who have it are gone."""


@contextmanager
def ours_alone(descriptor: int) -> Iterator[None]:
    """No copy that looks into a question has this descriptor while the block runs; so what is
    locked by it is free when its owner is killed."""
    _OURS_ALONE.add(descriptor)
    try:
        yield
    finally:
        _OURS_ALONE.discard(descriptor)


def fork(does: Callable[[], int], *, holds_locks: bool) -> int:
    """Copy this process; gives the copy's process id. It does this, and ends with the status that
    comes of it, or with 1. Raises OSError."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        if not holds_locks:
            for descriptor in _OURS_ALONE:
                os.close(descriptor)
        status = does()
    finally:
        # Whatever it was: its owner does the same again, and it is raised there.
        os._exit(status)


@contextmanager
def asked_aside(question: Callable[[], T], kind: Any) -> Iterator[Callable[[], T]]:
    """What is given tells the answer, and waits for it; a copy looks into it from now on, where
    there is a processor for it. None outlives the block.

    An answer is of a `kind`, a type that msgspec reads.
    """
    with asked_in_turn((question, kind)) as (answer,):
        yield answer


@contextmanager
def asked_in_turn(
    *questions: tuple[Callable[[], Any], Any],
) -> Iterator[tuple[Callable[[], Any], ...]]:
    """The same of several questions with the kinds of their answers, which one copy looks into in
    turn: what tells an answer does not wait for the next."""
    copy = _copy([question for question, _ in questions]) if may_copy() and _pays() else None
    try:
        yield tuple([_asked(copy, place, *question) for place, question in enumerate(questions)])
    finally:
        if copy is not None:
            copy.end()


def _pays() -> bool:
    return processors() > 1


def _asked(copy: _Copy | None, place: int, question: Callable[[], T], kind: Any) -> Callable[[], T]:
    """What tells an answer, which is found once."""

    @cache
    def answer() -> T:
        found = copy.answer(place) if copy is not None else None
        if found is None:
            return question()
        told: T = msgspec.msgpack.decode(found, type=kind)
        return told

    return answer


class _Copy:
    """A copy of this process. It puts its answers one after another into memory that both have (a
    pipe holds 64 KiB, and the copy would wait until it is heard), and then where each ends into a
    pipe."""

    def __init__(self, pid: int, told: int, ends: int) -> None:
        self._pid = pid
        self._told = told
        self._ends = ends
        self._heard = [0]

    def answer(self, place: int) -> bytes | None:
        """The answer to that question; None where the copy came to none."""
        while len(self._heard) <= place + 1:
            heard = os.read(self._ends, _END.size)
            if len(heard) < _END.size:
                return None
            self._heard += _END.unpack(heard)
        begin, end = self._heard[place : place + 2]
        return os.pread(self._told, end - begin, begin)

    def end(self) -> None:
        """End it, whatever it does."""
        os.close(self._told)
        os.close(self._ends)
        # where SIGCHLD is ignored nobody waits for a process that ended
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)


def _copy(questions: Sequence[Callable[[], object]]) -> _Copy | None:
    """A copy that looks into them, says what it found, and ends. None where there can be none."""
    opened: list[int] = []

    def look() -> int:
        gc.disable()  # it ends before there is much to collect
        told, ends, says_ends = opened
        os.close(ends)
        end = 0
        for question in questions:
            answer = memoryview(msgspec.msgpack.encode(question()))
            while answer:
                written = os.write(told, answer)
                answer, end = answer[written:], end + written
            os.write(says_ends, _END.pack(end))
        return 0

    try:
        opened.append(os.memfd_create("answers"))
        opened += os.pipe()
        pid = fork(look, holds_locks=False)
    except (OSError, AttributeError):  # no more files or processes, or no such on this system
        for descriptor in opened:
            os.close(descriptor)
        return None
    told, ends, says_ends = opened
    os.close(says_ends)
    return _Copy(pid, told, ends)
