"""Contests -> samples: each contestant in a fresh process, ours and the anchor in turn."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.contest import Contest, Sample

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 600
"""Seconds after which a contestant has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The samples of a contest, a pair for each round."""

    contest: Contest
    pairs: tuple[tuple[Sample, Sample], ...]

    @property
    def ratios(self) -> list[float]:
        """Ours to the anchor, by the contest's clock, of each round, the least first."""
        return sorted(self._time(ours) / self._time(anchor) for ours, anchor in self.pairs)

    @property
    def ratio(self) -> float:
        """The median of the ratios."""
        return statistics.median(self.ratios)

    @property
    def grew(self) -> float:
        """How much our process grew: the median, in MiB."""
        return statistics.median(ours.grew for ours, _ in self.pairs)

    @property
    def peak(self) -> float:
        """The most that our process had: of all rounds, in MiB."""
        return max(ours.peak for ours, _ in self.pairs)

    def _time(self, sample: Sample) -> float:
        return sample.wall if self.contest.clock == "wall" else sample.cpu


class UnequalWorkError(Exception):
    """Two contestants did not do the same."""


def hold(contest: Contest, rounds: int, say: Callable[[str], None]) -> Result:
    """Let ours and the anchor work in turn. Raises UnequalWorkError."""
    pairs = []
    for number in range(1, rounds + 1):
        say(f"{contest.what}: round {number} of {rounds}")
        ours = run(contest.ours, contest.size, contest.times)
        anchor = run(contest.anchor, contest.size, contest.times)
        if contest.alike and ours.facts != anchor.facts:
            raise UnequalWorkError(f"{contest.what}: {ours.facts} is not {anchor.facts}")
        pairs.append((ours, anchor))
    return Result(contest=contest, pairs=tuple(pairs))


def run(name: str, size: int, times: int) -> Sample:
    """One contestant in a process of its own. Raises CalledProcessError when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.child", name, str(size), str(times)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"},
        stdout=subprocess.PIPE,
        check=True,
        timeout=PATIENCE,
    )
    return Sample(**json.loads(done.stdout))
