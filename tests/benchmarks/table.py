"""Results -> a table in Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from tests.benchmarks.contest import Sample
from tests.benchmarks.measuring import Result

_HEAD = """\
| what | measured: wall (CPU) | anchor | its wall (CPU) | ratio of CPU (least to most) | goal | |
| --- | --- | --- | --- | --- | --- | --- |"""


def show(results: Sequence[Result]) -> str:
    """The table, and below it where its goals are from."""
    reasons = dict.fromkeys(r.contest.why for r in results if r.contest.why)
    lines = [_HEAD, *(line for result in results for line in _lines(result))]
    return "\n".join([*lines, "", *(f"- {reason}" for reason in reasons)]) + "\n"


def _lines(result: Result) -> Iterator[str]:
    contest, ratios = result.contest, result.ratios
    spread = f"{result.ratio:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    yield _row(
        contest.what,
        _times([ours for ours, _ in result.pairs]),
        contest.anchor_is,
        _times([anchor for _, anchor in result.pairs]),
        spread,
        f"at most {contest.goal:.2f}" if contest.goal is not None else "",
        _verdict(result.ratio, contest.goal),
    )
    if contest.growth is not None:
        anchor = statistics.median(anchor.grew for _, anchor in result.pairs)
        yield _row(
            f"{contest.what}: growth of the process",
            f"{result.grew:.0f} MiB",
            contest.anchor_is,
            f"{anchor:.0f} MiB",
            f"{result.grew / anchor:.2f}" if anchor else "",
            f"at most {contest.growth:.0f} MiB",
            _verdict(result.grew, contest.growth),
        )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _times(samples: Sequence[Sample]) -> str:
    wall = statistics.median(sample.wall for sample in samples)
    cpu = statistics.median(sample.cpu for sample in samples)
    return f"{_shown(wall)} ({_shown(cpu)})"


def _shown(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def _verdict(value: float, goal: float | None) -> str:
    if goal is None:
        return ""
    return "met" if value <= goal else "missed"
