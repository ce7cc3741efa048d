"""Rounds -> a table in Markdown, with what it was measured on."""

from __future__ import annotations

import os
import platform
import re
import statistics
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.sites.lines import LINES, Line
from tests.benchmarks.sites.processes import Run
from tests.benchmarks.sites.programs import Program
from tests.benchmarks.sites.rounds import Round
from tests.benchmarks.table import ratio_shown, row, time_shown, verdict

_HEAD = (
    "| what | publisher: wall (CPU), memory | against | its wall (CPU), memory "
    "| ratio (least to most) | goal | |\n| --- | --- | --- | --- | --- | --- | --- |"
)

_MODEL = re.compile(r"^model name\s*: (.+)$", re.MULTILINE)


def show_rounds(rounds: Sequence[Round]) -> str:
    """A line for each comparison that was held; medians, and the ratios' least and most."""
    held = [line for line in LINES if all(_is_held(line, one) for one in rounds)]
    return "\n".join([_HEAD, *(_line(line, rounds) for line in held)]) + "\n"


def show_conditions(size: int, count: int, load: float) -> str:
    """Where, when and with how much it was measured."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"- {datetime.now(UTC):%Y-%m-%d}; {_processor()}, {cores} cores, {memory:.0f} GiB; "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}; "
        f"load before it began: {load:.1f}\n"
        f"- {size:,} articles, rounds: {count}; each figure is a median, each ratio that of two "
        "runs of one round; memory is the most that all processes of a run had together\n"
    )


def show_programs(programs: Iterable[Program]) -> str:
    """What each did, and what it did beside."""
    return "".join(f"- {one.name} {one.version}: {one.beside}.\n" for one in programs)


def _line(line: Line, rounds: Sequence[Round]) -> str:
    ratios = sorted(_ratio(line, one) for one in rounds)
    middle = statistics.median(ratios)
    return row(
        line.what,
        _cost([one[line.ours] for one in rounds]),
        line.against_is,
        _cost([one[line.against] for one in rounds]),
        f"{ratio_shown(middle)} ({ratio_shown(ratios[0])} to {ratio_shown(ratios[-1])})",
        f"at most {ratio_shown(line.goal)}" if line.goal is not None else "",
        verdict(middle, line.goal),
    )


def _is_held(line: Line, one: Round) -> bool:
    """Both were run, and it was measured: memory is not everywhere."""
    return all(key in one and getattr(one[key], line.by) for key in (line.ours, line.against))


def _ratio(line: Line, one: Round) -> float:
    ours, against = (getattr(one[key], line.by) for key in (line.ours, line.against))
    ratio: float = ours / against
    return ratio


def _cost(runs: Sequence[Run]) -> str:
    wall, cpu, peak = (
        statistics.median(getattr(run, name) for run in runs) for name in ("wall", "cpu", "peak")
    )
    return f"{time_shown(wall)} ({time_shown(cpu)}), {peak:.0f} MiB"


def _processor() -> str:
    """Its name, where the system tells one."""
    file = Path("/proc/cpuinfo")
    found = _MODEL.search(file.read_text(encoding="utf-8")) if file.is_file() else None
    return found[1] if found else platform.machine()
