"""EDGE. Files read side by side, by several processes, and given in their order all the same.

Each process is told where to read, a little ahead of what is asked for. Their owner takes what they
have read, and while there is nothing to take it reads too, file by file, from the first moment on:
the others have still to start. There is no thread. So what is read and not asked for yet is a few
files, however many there are and however slow whoever asks; and no stack of a thread counts as
memory, nor keeps the run from drawing by copies of itself.

Where a process ends without an answer its owner reads the files itself: whatever went wrong there
is raised here, as ever.
"""

from __future__ import annotations

import copyreg
import errno
import gc
import importlib
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from publisher.fingerprint import dump, load
from publisher.model import Document
from publisher.system.aside import fork, may_copy, processors

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")

WORTH_IT = 64
"""Files from which on several processes are started where they are asked for."""

_ENOUGH = 500
"""Files that take a process about as long as its start."""

_MOST = 8
"""Processes that read unasked: each takes some 60 MB."""

_LEAST, _MOST_AT_ONCE = 16, 24
"""Files of a process, and those that it is handed at once. What it makes of so many mostly finds
room on the way to its owner, so that it need not wait until that has read a file."""

_AHEAD = 2
"""Turns that a process has before it, so that it need not wait for its owner."""

_IMPORTED = ("publisher.sources.files", "publisher.parse.document")
"""What a process imports before it says that it is there: all that it needs for reading."""


def read_side_by_side(read: Callable[[str], T], files: Sequence[str], jobs: int) -> Iterator[T]:
    """What `read` gives for each file, in their order; by `jobs` processes where it pays, of which
    this is one.

    With 0 jobs each processor that has enough to do gets one. `read` and what it gives must be
    picklable. What it raises is raised here.
    """
    if jobs == 0:
        jobs = min(processors(), len(files) // _ENOUGH, _MOST)
    if jobs < 2 or len(files) < WORTH_IT:
        yield from map(read, files)
        return
    jobs = min(jobs, len(files) // _LEAST)
    work = _Work(read, files, size=min(_MOST_AT_ONCE, len(files) // (4 * jobs)))
    with _readers(jobs - 1) as readers, _Desk(work, readers) as desk:
        for turn in work.turns:
            yield from desk.take(turn)


class _Work(Generic[T]):
    """Files in turns of so many. A turn is named by the place of its first file."""

    def __init__(self, read: Callable[[str], T], files: Sequence[str], *, size: int) -> None:
        self._read = read
        self._files = files
        self.size = size

    @property
    def turns(self) -> range:
        """All of them, in order."""
        return range(0, len(self._files), self.size)

    def do(self, turn: int) -> Iterator[T]:
        """Read the files of a turn, each when it is asked for."""
        return map(self._read, self._files[turn : turn + self.size])


class _Reader:
    """A process that reads, and the turns that it was given and has not answered yet."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.is_there = False
        self.turns: deque[int] = deque()

    def begin(self, work: bytes) -> None:
        """Tell it what its turns are of."""
        self.is_there = True
        with suppress(OSError):  # it has ended: so its answers end, too
            self.connection.send_bytes(work)

    def give(self, turn: int) -> None:
        """Have it read a turn after those that it has."""
        self.turns.append(turn)
        with suppress(OSError):  # see above
            self.connection.send(turn)

    def answer(self) -> list[Any] | None:
        """First that it is there, then what each of its turns gave; None where it has ended."""
        try:
            answer: list[Any] = self.connection.recv()
        except (EOFError, OSError):
            return None
        return answer


class _Desk(Generic[T]):
    """Where turns are given out and taken back; and read, while there is none to take back."""

    def __init__(self, work: _Work[T], readers: Sequence[_Reader]) -> None:
        from multiprocessing.reduction import ForkingPickler  # noqa: PLC0415 (where others read)
        from selectors import EVENT_READ, DefaultSelector  # noqa: PLC0415 (the same)

        self._work = work
        self._told = bytes(ForkingPickler.dumps(work))  # before anything is read here
        self._waiting = deque(work.turns)
        self._done: dict[int, list[T]] = {}
        self._left: deque[int] = deque()
        """By processes that have ended: for the owner alone, for what ended one may end others."""
        self._own = -1
        self._own_files: Iterator[T] = iter(())
        self._own_done: list[T] = []
        self._readers = list(readers)
        self._ahead = 2 * _AHEAD * len(readers) * work.size
        self._ready = DefaultSelector()
        for reader in readers:
            self._ready.register(reader.connection, EVENT_READ, reader)

    def __enter__(self) -> _Desk[T]:
        return self

    def __exit__(self, *_: object) -> None:
        self._ready.close()

    def take(self, turn: int) -> list[T]:
        """What a turn gave, in their order; they are asked for one after the other."""
        # One slow file must not let all that others read meanwhile pile up here.
        until = turn + self._ahead
        while turn not in self._done:
            self._give_out(until)
            ready = self._ready.select(0 if self._own >= 0 else None)
            for key, _ in ready:
                self._hear(key.data)
            if not ready:
                self._read_one()
        return self._done.pop(turn)

    def _give_out(self, until: int) -> None:
        for _ in range(_AHEAD):
            for reader in self._readers:
                if not self._waiting or self._waiting[0] > until:
                    break
                if reader.is_there and len(reader.turns) < _AHEAD:
                    reader.give(self._waiting.popleft())
        if self._own < 0:
            if self._left:
                self._begin(self._left.popleft())
            elif self._waiting and self._waiting[0] <= until:
                self._begin(self._waiting.popleft())

    def _begin(self, turn: int) -> None:
        self._own, self._own_files, self._own_done = turn, self._work.do(turn), []

    def _read_one(self) -> None:
        """Read one file of the owner's own turn."""
        for done in self._own_files:
            self._own_done.append(done)
            return
        self._done[self._own] = self._own_done
        self._own = -1

    def _hear(self, reader: _Reader) -> None:
        answer = reader.answer()
        if answer is None:
            self._ready.unregister(reader.connection)
            self._readers.remove(reader)
            self._left += reader.turns
        elif reader.is_there:
            self._done[reader.turns.popleft()] = answer
        else:
            reader.begin(self._told)
            if all(one.is_there for one in self._readers):
                self._told = b""  # a hundred bytes of each file


@contextmanager
def _readers(count: int) -> Iterator[list[_Reader]]:
    """So many processes that read; none outlives the block."""
    start = _copy if may_copy() else _spawn
    readers: list[_Reader] = []
    ends: list[Callable[[], None]] = []
    try:
        # Who presses Ctrl-C tells them as well; they are ended by their owner.
        shut = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            for _ in range(count):
                reader, end = start(readers)
                readers.append(reader)
                ends.append(end)
            for descriptor in os.pipe():  # there is room for some more
                os.close(descriptor)
        except OSError as error:
            # Where there can be no more processes, those that are there read; where there can be no
            # more files, each takes one that its owner needs to read.
            if error.errno in (errno.EMFILE, errno.ENFILE):
                _let_go(readers, ends)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, shut)
        yield readers
    finally:
        _let_go(readers, ends)


def _let_go(readers: list[_Reader], ends: list[Callable[[], None]]) -> None:
    """End them all."""
    while readers:
        readers.pop().connection.close()
    while ends:
        ends.pop()()


def _copy(others: Sequence[_Reader]) -> tuple[_Reader, Callable[[], None]]:
    """A copy of this process, which has all of it at once; and what ends it."""
    from multiprocessing import Pipe  # noqa: PLC0415 (20 ms that a run over few changes need not pay)

    for name in _IMPORTED:
        importlib.import_module(name)
    ours, its = Pipe()
    owner = os.getpid()

    def serve() -> NoReturn:
        gc.freeze()  # what there is already is nothing that its collector should touch
        for connection in (ours, *(other.connection for other in others)):
            connection.close()  # so each closes when its owner ends
        _serve(its, owner)

    with its:
        pid = fork(serve, holds_locks=False)

    def end() -> None:
        os.kill(pid, signal.SIGKILL)  # it waits for a turn, or is at one that nobody wants
        os.waitpid(pid, 0)

    return _Reader(ours), end


def _spawn(_others: Sequence[_Reader]) -> tuple[_Reader, Callable[[], None]]:
    """A process that starts from nothing, while we go on; and what ends it.

    Where there are threads, as the timer has them: a copy can stand still for ever there. Not from
    a server of forks: one has to wait until that has imported all.
    """
    import multiprocessing  # noqa: PLC0415 (see above)
    from multiprocessing import resource_tracker  # noqa: PLC0415 (the same)

    resource_tracker.ensure_running()  # which each start does, and opens to SIGINT what is shut
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe()
    with its:  # which so is open there alone, and closes when it ends
        process = context.Process(target=_serve, args=(its, os.getpid()))
        process.start()

    def end() -> None:
        process.terminate()
        process.join()
        process.close()

    return _Reader(ours), end


def _serve(its: Connection, owner: int) -> NoReturn:
    """Read turn after turn, until there is nobody who gives them."""
    try:
        for name in _IMPORTED:
            importlib.import_module(name)
        its.send([])
        work: _Work[Any] = its.recv()
        while True:
            done = []
            for one in work.do(its.recv()):
                if os.getppid() != owner:
                    os._exit(1)  # all that is left of a turn may take minutes where a command reads
                done.append(one)
            its.send(done)
    finally:
        # Whatever it was: the owner reads it again, and it is raised there.
        os._exit(1)


def _packed(document: Document) -> tuple[Callable[..., Document], tuple[bytes, type[Document]]]:
    return load, (dump(document), Document)


# From process to process as the cache keeps it, which takes a fifth of pickle's own way.
copyreg.pickle(Document, _packed)
