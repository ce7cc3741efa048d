"""A timer at work -> what it costs it to publish a change.

The time is what its log says of the run (`seconds` of `publish.done`), for a timer waits for its
time before it looks. CPU is that of the process between two looks at its log, memory the most that
it ever had; both come from /proc, and are 0 where there is none.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.sites.processes import Run, RunFailedError, environment, peak_of
from tests.benchmarks.sites.programs import Program, command

_PATIENCE = 120.0
"""Seconds after which a timer has failed that does not publish."""
_LOOK = 0.02
_TICKS = os.sysconf("SC_CLK_TCK")


class Timer:
    """A running `publisher schedule`."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._log = log
        self._heard = 0
        self._cpu = 0.0

    def publishes(self) -> Run:
        """What the next run costs that writes something. Raises RunFailedError."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and self._process.poll() is None:
            lines = self._log.read_bytes().splitlines(keepends=True)
            for line in (one for one in lines[self._heard :] if one.endswith(b"\n")):
                self._heard += 1
                told = json.loads(line) if line.startswith(b"{") else {}
                if told.get("event") == "publish.done":
                    before, self._cpu = self._cpu, _cpu_of(self._process.pid)
                    if told["written"]:
                        peak = peak_of(self._process.pid)
                        return Run(wall=told["seconds"], cpu=self._cpu - before, peak=peak)
            time.sleep(_LOOK)
        said = self._log.read_text(encoding="utf-8", errors="replace")
        raise RunFailedError(f"schedule: nothing was published: {said[-2000:]}")


@contextmanager
def running(program: Program) -> Iterator[Timer]:
    """The timer of a site of ours, as long as the block is; then it is told to end."""
    log = program.folder / "timer.txt"
    with log.open("wb") as said:
        process = subprocess.Popen(
            command("schedule", "--log-format", "json"),
            cwd=program.folder,
            env={**environment(), **program.env},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Timer(process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_PATIENCE)


def _cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has had, user and system (proc(5), `stat`: 14 and 15)."""
    try:
        told = Path("/proc", str(pid), "stat").read_text(encoding="ascii", errors="replace")
    except OSError:  # there is no /proc, or the process has ended
        return 0.0
    fields = told.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
