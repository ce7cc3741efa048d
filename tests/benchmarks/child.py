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
from dataclasses import asdict, dataclass

from tests.benchmarks.contest import Job, Prepare, Sample

_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in a unit of ru_maxrss."""
_MIB = 1024 * 1024


def measure(prepare: Prepare, size: int, times: int) -> Sample:
    """Do the work once, then as often as asked, then once more for the proof.

    The first time is a small job's: it pays for imports and compiled templates.
    """
    small = prepare(3)
    _exhaust(small)
    small.close()
    job = prepare(size)
    gc.collect()
    before = _peak()
    done = [_exhaust(job) for _ in range(times)]
    peak = _peak()
    if job.tell:
        facts = job.facts(done[-1].told)
    else:
        job.rewind()
        facts = job.facts(job.work())
    job.close()
    return Sample(
        wall=statistics.median(one.wall for one in done),
        cpu=statistics.median(one.cpu for one in done),
        grew=(peak - before) / _MIB,
        peak=peak / _MIB,
        facts=facts,
    )


@dataclass(frozen=True, slots=True)
class _Done:
    wall: float
    cpu: float
    told: list[bytes]


def _exhaust(job: Job) -> _Done:
    job.rewind()
    told: list[bytes] = []
    wall, cpu = time.perf_counter(), job.cpu()
    for piece in job.work():
        if job.tell:
            told.append(piece)  # noqa: PERF401 (a list of all pieces is what is to be avoided)
    return _Done(time.perf_counter() - wall, job.cpu() - cpu, told)


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
