"""EDGE. Files read side by side, by several processes, and given in their order all the same."""

from __future__ import annotations

import copyreg
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from publisher.fingerprint import dump, load
from publisher.model import Document

T = TypeVar("T")

WORTH_IT = 64
"""Files from which on several processes are started where they are asked for."""

_ENOUGH = 500
"""Files that take a process about as long as its start."""

_MOST = 8
"""Processes that are started unasked: each takes some 60 MB."""

_LEAST, _MOST_AT_ONCE = 16, 64
"""Files of a process, and those that it is handed at once: each hand-over costs half a file."""

_PRELOADED = ("publisher.sources.files", "publisher.parse.document")

_read: Callable[[str], Any]  # of a reading process, set once when it starts


def read_side_by_side(read: Callable[[str], T], files: Sequence[str], jobs: int) -> Iterator[T]:
    """What `read` gives for each file, in their order; by `jobs` processes where it pays.

    With 0 jobs each processor that has enough to do gets one. `read` and what it gives must be
    picklable. What it raises is raised here.
    """
    if jobs == 0:
        jobs = min(_processors(), len(files) // _ENOUGH, _MOST)
    if jobs < 2 or len(files) < WORTH_IT:
        yield from map(read, files)
        return
    # 20 ms that a run over few changes need not pay
    import multiprocessing  # noqa: PLC0415
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    # Not by fork: the timer has threads, and a fork of those can stand still for ever.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*_PRELOADED])  # what all of them import, once
    jobs = min(jobs, len(files) // _LEAST)
    at_once = min(_MOST_AT_ONCE, len(files) // (4 * jobs))
    with ProcessPoolExecutor(jobs, context, initializer=_start, initargs=(read,)) as pool:
        yield from pool.map(_one, files, chunksize=at_once)


def _packed(document: Document) -> tuple[Callable[..., Document], tuple[bytes, type[Document]]]:
    return load, (dump(document), Document)


# From process to process as the cache keeps it, which takes a fifth of pickle's own way.
copyreg.pickle(Document, _packed)


def _processors() -> int:
    """Those that this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start(read: Callable[[str], Any]) -> None:
    global _read  # noqa: PLW0603 (a process of a pool has no other place to keep what it is for)
    _read = read
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _one(file: str) -> Any:
    return _read(file)


def _end_with_parent() -> None:
    """A pool whose owner was killed would wait for work for ever."""
    import multiprocessing  # noqa: PLC0415
    from multiprocessing.connection import wait  # noqa: PLC0415

    parent = multiprocessing.parent_process()
    assert parent is not None, "only pools start us"
    wait([parent.sentinel])
    os._exit(1)
