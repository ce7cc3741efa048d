"""EDGE. Artifacts drawn side by side: by this process, and by copies of it that take over some.

A copy is made by fork, because what draws an artifact is a closure over the whole site: the copy
has it already, where any other process would first have to read the site again. It may be
made only where no other thread runs (a lock that one holds would stay locked in the copy for
ever), and it draws only what says of itself that it can be drawn apart.

Nobody waits for word from a copy. When all is drawn, what is not there, or is of a copy that did
not end well, is drawn here: so whatever goes wrong there is raised here, as ever. A copy holds
the run's lock as long as it lives (flock stays with the open file), so that no other run can
begin while one whose owner was killed still writes; it looks before each artifact whether its
owner lives.
"""

from __future__ import annotations

import gc
import os
import signal
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from publisher.errors import FeedError
from publisher.model import Artifact
from publisher.outputs import ALONE, Sharing
from publisher.system.aside import fork, may_copy, processors

_ENOUGH = 200
"""Artifacts that take a process about as long as it takes to be copied."""

_MOST = 8
"""Processes that draw unasked: the disk becomes the narrow place."""

_AT_ONCE = 24
"""Artifacts that a process takes at once at least: the formats of a feed, drawn together, take
less."""

_SHIFT = 2000
"""Artifacts after which a copy ends and another takes its place. What a copy touches is there twice
(Python counts in each object who refers to it), until it ends; to be copied takes a process some
milliseconds, to draw these a second."""

_RELIEVED = 3
"""The status of a copy that ended well, and left turns to others."""

_TURN = struct.Struct("II")

_Turn = Sequence[tuple[int, int]]


def draw_side_by_side(
    artifacts: Sequence[Artifact],
    draw: Callable[[Artifact], None],
    *,
    is_drawn: Callable[[Artifact], bool],
    step: Callable[[int], None],
    sharing: Sharing = ALONE,
) -> list[FeedError]:
    """Draw all; gives what broke a rule and is left out, in their order.

    `is_drawn` tells whether an artifact was put aside; `step` is told how many are drawn, and may
    raise. Raises what drawing does.
    """
    broken: dict[int, FeedError] = {}

    def attempt(number: int) -> None:
        try:
            draw(artifacts[number])
        except FeedError as error:
            broken[number] = error

    apart = [number for number, artifact in enumerate(artifacts) if artifact.apart]
    copies = _copies(sharing.jobs, len(apart))
    if not copies or not sharing.begin():
        for number in range(len(artifacts)):
            attempt(number)
            step(number + 1)
        return list(broken.values())
    here = [number for number, artifact in enumerate(artifacts) if not artifact.apart]
    ours = set(here)
    with (
        _turns(apart, copies + 1) as turns,
        _copied(copies, sharing.go_on, attempt, turns) as crew,
    ):
        for number in here:
            attempt(number)
        for turn in turns:
            for place, number in turn:
                attempt(number)
                ours.add(number)
                step(len(here) + place + 1)  # the turns before this one are taken, or nearly done
                crew.relieve()
        all_ended_well = crew.wait()
    for number in apart:
        if number not in ours and not (all_ended_well and is_drawn(artifacts[number])):
            attempt(number)
    return [broken[number] for number in sorted(broken)]


def _copies(jobs: int, artifacts: int) -> int:
    """How many copies of this process are to help; 0 where none pays, or none is safe."""
    if not may_copy():
        return 0
    if jobs == 0:
        jobs = min(processors(), artifacts // _ENOUGH, _MOST)
    return max(0, min(jobs, artifacts // _AT_ONCE) - 1)


@contextmanager
def _turns(numbers: Sequence[int], processes: int) -> Iterator[Iterator[_Turn]]:
    """A queue that forked processes share: who takes from it gets what nobody else has.

    Gives turns, which are numbers with their place among all. It is a pipe, filled beforehand with
    where turns begin and end; the system gives each of them to one reader. They are long first, for
    what follows each other has much in common (documents with the same entries), and ever shorter
    towards the end, so that all are done at the same time; and so few that they fit into the pipe.
    """
    taken, given = os.pipe()
    try:
        with os.fdopen(given, "wb") as end:
            first = 0
            while first < len(numbers):
                long = min(_SHIFT, (len(numbers) - first) // (2 * processes))
                last = first + max(_AT_ONCE, long)
                end.write(_TURN.pack(first, last))
                first = last

        def take() -> Iterator[_Turn]:
            while turn := os.read(taken, _TURN.size):
                first, last = _TURN.unpack(turn)
                yield list(enumerate(numbers[first:last], start=first))

        yield take()
    finally:
        os.close(taken)


@contextmanager
def _copied(
    copies: int,
    go_on: Callable[[], None],
    attempt: Callable[[int], None],
    turns: Iterator[_Turn],
) -> Iterator[_Crew]:
    """So many copies of this process take turns; none outlives the block."""
    crew = _Crew(go_on, attempt, turns)
    try:
        for _ in range(copies):
            crew.begin_one()
        yield crew
    finally:
        crew.end()


class _Crew:
    """The copies of this process that draw at this moment."""

    def __init__(
        self, go_on: Callable[[], None], attempt: Callable[[int], None], turns: Iterator[_Turn]
    ) -> None:
        self._go_on, self._attempt, self._turns = go_on, attempt, turns
        self._alive: set[int] = set()
        self._all_ended_well = True

    def begin_one(self) -> None:
        gc.freeze()  # what there is already is nothing that a copy's collector should touch
        owner = os.getpid()
        with suppress(OSError):  # where there can be no more processes, those that are there draw
            self._alive.add(fork(lambda: self._draw(owner), holds_locks=True))

    def _draw(self, owner: int) -> int:
        """Draw as a copy, until that has drawn enough or nothing is left; gives its status."""
        self._go_on()
        drawn = 0
        for turn in self._turns:
            for _, number in turn:
                if os.getppid() != owner:
                    return 1
                self._attempt(number)
            drawn += len(turn)
            if drawn >= _SHIFT:
                return _RELIEVED
        return 0

    def relieve(self) -> None:
        """Put another one in the place of each that has drawn enough."""
        for pid in tuple(self._alive):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended and self._came_to(pid, status) == _RELIEVED:
                self.begin_one()

    def wait(self) -> bool:
        """Wait for them to end; tells whether all ended well, those before them too."""
        for pid in tuple(self._alive):
            self._came_to(*os.waitpid(pid, 0))
        return self._all_ended_well

    def _came_to(self, pid: int, status: int) -> int:
        self._alive.remove(pid)
        code = os.waitstatus_to_exitcode(status)
        self._all_ended_well = self._all_ended_well and code in (0, _RELIEVED)
        return code

    def end(self) -> None:
        gc.unfreeze()
        for pid in self._alive:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
