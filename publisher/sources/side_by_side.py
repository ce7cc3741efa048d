"""EDGE. Files read side by side, by several processes, and given in their order all the same.

Each process is told where to read, a little ahead of what is asked for; their owner waits for all
of them at once, without a thread. So what is read and not asked for yet is a few files, however
many there are and however slow whoever asks; and no stack of a thread counts as memory, nor keeps
the run from drawing by copies of itself.

Where a process ends without an answer its owner reads the files itself: whatever went wrong there
is raised here, as ever.
"""

from __future__ import annotations

import copyreg
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from publisher.fingerprint import dump, load
from publisher.model import Document

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")

WORTH_IT = 64
"""Files from which on several processes are started where they are asked for."""

_ENOUGH = 500
"""Files that take a process about as long as its start."""

_MOST = 8
"""Processes that are started unasked: each takes some 60 MB."""

_LEAST, _MOST_AT_ONCE = 16, 64
"""Files of a process, and those that it is handed at once: each hand-over costs half a file."""

_AHEAD = 2
"""Turns that a process has before it, so that it need not wait for its owner."""

_PRELOADED = ("publisher.sources.files", "publisher.parse.document")


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
    jobs = min(jobs, len(files) // _LEAST)
    size = min(_MOST_AT_ONCE, len(files) // (4 * jobs))

    def read_turn(first: int) -> list[T]:
        return [read(file) for file in files[first : first + size]]

    with _readers(jobs, read, files, size) as readers:
        for turn in _in_order(range(0, len(files), size), readers, read_turn):
            yield from turn


class _Reader:
    """A process that reads, and the turns that it was given and has not answered yet."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.turns: deque[int] = deque()

    def give(self, turn: int) -> None:
        self.turns.append(turn)
        with suppress(OSError):  # it has ended: so its answers end, too
            self.connection.send(turn)

    def answer(self) -> list[Any] | None:
        """What the first of its turns gave; None where it has ended."""
        try:
            answer: list[Any] = self.connection.recv()
        except (EOFError, OSError):
            return None
        return answer


def _in_order(
    turns: Sequence[int], readers: Sequence[_Reader], read_turn: Callable[[int], list[T]]
) -> Iterator[list[T]]:
    """What each turn gives. What readers that have ended left is read by `read_turn`."""
    from multiprocessing.connection import wait  # noqa: PLC0415 (only where others read)

    alive = {reader.connection: reader for reader in readers}
    waiting = deque(turns)
    done: dict[int, list[T]] = {}
    for number, turn in enumerate(turns):
        # One slow file must not let all that others read meanwhile pile up here.
        until = turns[min(number + 2 * _AHEAD * len(readers), len(turns) - 1)]
        while turn not in done:
            for _ in range(_AHEAD):
                for reader in alive.values():
                    if waiting and waiting[0] <= until and len(reader.turns) < _AHEAD:
                        reader.give(waiting.popleft())
            if not alive:
                done[turn] = read_turn(waiting.popleft())
                continue
            for ready in wait([one for one, reader in alive.items() if reader.turns]):
                reader = alive[ready]  # type: ignore[index] # we gave it connections alone
                answer = reader.answer()
                if answer is not None:
                    done[reader.turns.popleft()] = answer
                else:
                    del alive[reader.connection]
                    done |= {left: read_turn(left) for left in reader.turns}
        yield done.pop(turn)


@contextmanager
def _readers(
    jobs: int, read: Callable[[str], Any], files: Sequence[str], size: int
) -> Iterator[list[_Reader]]:
    """So many processes; none outlives the block."""
    import multiprocessing  # noqa: PLC0415 (20 ms that a run over few changes need not pay)

    # Not by fork: the timer has threads, and a fork of those can stand still for ever.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*_PRELOADED])  # what all of them import, once
    readers, processes = [], []
    try:
        for _ in range(jobs):
            ours, its = context.Pipe()
            readers.append(_Reader(ours))
            with its:  # which so is open there alone, and closes when it ends
                process = context.Process(target=_serve, args=(its, read, files, size))
                process.start()
            processes.append(process)
        yield readers
    finally:
        for reader in readers:
            reader.connection.close()
        for process in processes:
            process.terminate()  # it waits for a turn, or is at one that nobody wants
        for process in processes:
            process.join()
            process.close()


def _serve(its: Connection, read: Callable[[str], Any], files: Sequence[str], size: int) -> None:
    """Read turn after turn, until there is nobody who gives them."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # its owner is told as well, and ends it
        while True:
            first = its.recv()
            its.send([read(file) for file in files[first : first + size]])
    finally:
        # Whatever it was: the owner reads it again, and it is raised there.
        os._exit(1)


def _packed(document: Document) -> tuple[Callable[..., Document], tuple[bytes, type[Document]]]:
    return load, (dump(document), Document)


# From process to process as the cache keeps it, which takes a fifth of pickle's own way.
copyreg.pickle(Document, _packed)


def _processors() -> int:
    """Those that this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
