"""Results -> a table in Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from tests.benchmarks.contest import Contest, Sample
from tests.benchmarks.measuring import Result

_HEAD = """\
| what | measured: wall (CPU) | anchor | its wall (CPU) | ratio (least to most) | goal | |
| --- | --- | --- | --- | --- | --- | --- |"""


def show(results: Sequence[Result]) -> str:
    """The table, and below it where its goals are from."""
    reasons = dict.fromkeys(r.contest.why for r in results if r.contest.why)
    lines = [_HEAD, *(line for result in results for line in _lines(result))]
    return "\n".join([*lines, "", *(f"- {reason}" for reason in reasons)]) + "\n"


def _lines(result: Result) -> Iterator[str]:
    contest, ratios = result.contest, result.ratios
    spread = f"{ratio_shown(result.ratio)} ({ratio_shown(ratios[0])} to {ratio_shown(ratios[-1])})"
    if contest.clock == "wall":
        spread += ", wall"
    yield row(
        contest.what,
        _times([ours for ours, _ in result.pairs], contest),
        contest.anchor_is,
        _times([anchor for _, anchor in result.pairs], contest),
        spread,
        f"at most {ratio_shown(contest.goal)}" if contest.goal is not None else "",
        verdict(result.ratio, contest.goal),
    )
    if contest.growth is not None:
        anchor = statistics.median(anchor.grew for _, anchor in result.pairs)
        yield row(
            f"{contest.what}: growth of the process",
            f"{result.grew:.0f} MiB",
            contest.anchor_is,
            f"{anchor:.0f} MiB",
            f"{result.grew / anchor:.2f}" if anchor else "",
            f"at most {contest.growth:.0f} MiB",
            verdict(result.grew, contest.growth),
        )
    if contest.peak is not None:
        anchor = max(anchor.peak for _, anchor in result.pairs)
        yield row(
            f"{contest.what}: the most that the process had",
            f"{result.peak:.0f} MiB",
            contest.anchor_is,
            f"{anchor:.0f} MiB",
            ratio_shown(result.peak / anchor),
            f"at most {contest.peak:.0f} MiB",
            verdict(result.peak, contest.peak),
        )


def row(*cells: str) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def _times(samples: Sequence[Sample], contest: Contest) -> str:
    wall = statistics.median(sample.wall for sample in samples)
    cpu = statistics.median(sample.cpu for sample in samples)
    shown = f"{time_shown(wall)} ({time_shown(cpu)})"
    if not contest.rate:
        return shown
    return f"{shown}: {contest.size / wall:,.0f} {contest.rate}/s ({_per_core(contest, cpu)})"


def _per_core(contest: Contest, cpu: float) -> str:
    """What is done in a second of CPU; nothing is, where another process does it."""
    return f"{contest.size / cpu:,.0f} a core" if cpu > 0.01 else "not here"


def ratio_shown(value: float) -> str:
    """With the digits that matter."""
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def time_shown(seconds: float) -> str:
    """In seconds or milliseconds."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def verdict(value: float, goal: float | None) -> str:
    """Whether at most that much was reached; nothing where no goal is."""
    if goal is None:
        return ""
    return "met" if value <= goal else "missed"
