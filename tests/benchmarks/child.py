"""The process of one contestant: `python -m tests.benchmarks.child MODULE:FUNCTION SIZE TIMES`.

Prints one line of JSON: the fields of a Sample.
"""

from __future__ import annotations

import gc
import importlib
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict

from tests.benchmarks.contest import Prepare, Sample

_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in a unit of ru_maxrss."""


def measure(prepare: Prepare, size: int, times: int) -> Sample:
    """Do the work once, then as often as asked, then once more for the proof.

    The first time is a small job's: it pays for imports and compiled templates.
    """
    _exhaust(prepare(3).work)
    job = prepare(size)
    gc.collect()
    before = _peak()
    seconds = [_exhaust(job.work) for _ in range(times)]
    grew = _peak() - before
    return Sample(
        wall=statistics.median(wall for wall, _ in seconds),
        cpu=statistics.median(cpu for _, cpu in seconds),
        grew=grew / 1024 / 1024,
        facts=job.facts(job.work()),
    )


def _exhaust(work: Callable[[], Iterable[bytes]]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in work():
        pass
    return time.perf_counter() - wall, time.process_time() - cpu


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT


def main() -> None:
    """Measure what the command line names."""
    name, size, times = sys.argv[1:]
    module, _, function = name.partition(":")
    prepare = getattr(importlib.import_module(f"tests.benchmarks.{module}"), function)
    print(json.dumps(asdict(measure(prepare, int(size), int(times)))))


if __name__ == "__main__":
    main()
