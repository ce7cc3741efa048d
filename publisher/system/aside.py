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
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO, TypeVar

import msgspec


def may_copy() -> bool:
    """Whether this process can be copied, and both go on."""
    return sys.platform == "linux" and threading.active_count() == 1


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


T = TypeVar("T")

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


@contextmanager
def asked_aside(question: Callable[[], T], kind: Any) -> Iterator[Callable[[], T]]:
    """What is given tells the answer, and waits for it; a copy looks into it from now on, where
    there is a processor for it. None outlives the block.

    An answer is of a `kind`, a type that msgspec reads.
    """
    copy = _copy(question) if may_copy() and processors() > 1 else None
    told: tuple[T] | None = None

    def answer() -> T:
        nonlocal copy, told
        if copy is not None:
            told = _answer_of(*copy, kind)
            copy = None  # and not before: who is interrupted meanwhile has to end it
        if told is None:
            told = (question(),)
        return told[0]

    try:
        yield answer
    finally:
        if copy is not None:
            pid, told_there = copy
            told_there.close()
            with suppress(ProcessLookupError, ChildProcessError):  # it has ended, and was heard
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _answer_of(pid: int, told: BinaryIO, kind: Any) -> tuple[Any] | None:
    """What a copy found, None where it came to nothing; it has ended then."""
    with told:
        _, status = os.waitpid(pid, 0)
        if status != 0:
            return None
        told.seek(0)
        return (msgspec.msgpack.decode(told.read(), type=kind),)


def _copy(question: Callable[[], object]) -> tuple[int, BinaryIO] | None:
    """Fork; the copy looks, says what it found, and ends. None where there can be no copy.

    It says so in memory that both have: a pipe holds 64 KiB, and the copy would wait until it is
    heard.
    """
    try:
        told = os.fdopen(os.memfd_create("answer"), "w+b")
    except (OSError, AttributeError):  # there may be no more files, or none such on this system
        return None
    try:
        pid = os.fork()
    except OSError:  # nor more processes
        told.close()
        return None
    if pid:
        return pid, told
    status = 1
    try:
        gc.disable()  # it ends before there is much to collect
        for descriptor in _OURS_ALONE:
            os.close(descriptor)
        with told:
            told.write(msgspec.msgpack.encode(question()))
        status = 0
    finally:
        os._exit(status)
