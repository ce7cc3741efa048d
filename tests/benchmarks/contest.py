"""What is measured against what."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a contestant does, after all that is not measured was prepared.

    `work` gives what it makes, piece by piece, so that nothing but the contestant itself
    keeps it; it can be called again. `facts` says of the pieces what was done: those of
    the other contestant must be the same. `rewind` undoes it before each time, where that
    must not be measured. `close` lets go of what was prepared. Where the pieces only `tell` what
    was done, they are kept, and it is not done once more for the proof. `cpu` gives the seconds of
    CPU so far, where processes beside this one do part of the work.
    """

    work: Callable[[], Iterable[bytes]]
    facts: Callable[[Iterable[bytes]], Mapping[str, object]]
    rewind: Callable[[], None] = lambda: None
    close: Callable[[], None] = lambda: None
    tell: bool = False
    cpu: Callable[[], float] = time.process_time


Prepare = Callable[[int], Job]
"""Makes a job of a size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Two contestants, each as `module:function` under tests.benchmarks, a `Prepare`.

    `times` is how often a process repeats the work; the median counts. `goal` is the
    ratio that is wanted at most, of CPU time or of the time by the `clock` on the wall, where
    other processes have a part in it; `growth` the MiB that the process may grow at most,
    `peak` those that it may have; None where there is no goal. `why` says where the goal is
    from. With `alike` both must have done the same. `rate` is what there are `size` of, where
    how many a second is worth saying. `needs` are programs; without them it is not held.
    What is `long` takes minutes.
    """

    what: str
    ours: str
    anchor: str
    anchor_is: str
    size: int
    times: int = 1
    goal: float | None = None
    clock: Literal["cpu", "wall"] = "cpu"
    growth: float | None = None
    peak: float | None = None
    why: str = ""
    alike: bool = True
    rate: str = ""
    needs: tuple[str, ...] = ()
    long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One process's work: seconds by the clock and of CPU, MiB that it grew, what was done.

    `peak` is the most MiB that it ever had, interpreter and all.
    """

    wall: float
    cpu: float
    grew: float
    peak: float = 0.0
    facts: Mapping[str, object] = field(default_factory=dict)
