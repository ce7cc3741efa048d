"""What is measured against what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a contestant does, after all that is not measured was prepared.

    `work` gives what it makes, piece by piece, so that nothing but the contestant itself
    keeps it; it can be called again. `facts` says of the pieces what was done: those of
    the other contestant must be the same.
    """

    work: Callable[[], Iterable[bytes]]
    facts: Callable[[Iterable[bytes]], Mapping[str, object]]


Prepare = Callable[[int], Job]
"""Makes a job of a size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Two contestants, each as `module:function` under tests.benchmarks, a `Prepare`.

    `times` is how often a process repeats the work; the median counts. `goal` is the
    ratio that is wanted at most, `growth` the MiB that the process may grow at most;
    None where there is no goal. `why` says where the goal is from. With `alike` both
    must have done the same.
    """

    what: str
    ours: str
    anchor: str
    anchor_is: str
    size: int
    times: int = 1
    goal: float | None = None
    growth: float | None = None
    why: str = ""
    alike: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One process's work: seconds by the clock and of CPU, MiB that it grew, what was done."""

    wall: float
    cpu: float
    grew: float
    facts: Mapping[str, object] = field(default_factory=dict)
