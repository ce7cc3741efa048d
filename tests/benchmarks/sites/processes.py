"""A command -> what it cost: time by the clock, CPU, and memory of all its processes.

Time by the clock is from the start of the process until it has ended. CPU is the system's account
of the process and of all its children that it waited for, user and system; on Linux also of those
that outlived it for a moment, as the servers do from which Python forks its workers: while the
command runs, this process is the one to whom such orphans go. Memory is looked at
every 20 ms while the command runs, by a thread: the most that one process ever had (VmHWM,
which the system keeps, so that nothing between two looks is missed but the last 20 ms), or, where
there are several at once, the sum of their proportional shares (Pss, in which what they share
counts once; less often, for to add that up holds up the processes), whichever is more. ru_maxrss
is of no use here: it is of one process, and a child inherits that of whoever started it. Where
there is no /proc, memory is not measured: 0.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 3600.0
"""Seconds after which a command has failed."""
_EVERY = 0.02
_SHARES_AT_MOST = 0.02
"""Of the time that is spent on adding up shares. Every 20 ms a run of three processes took a tenth
longer by it, and one of a single process, which has none, did not."""
_PROC = Path("/proc")
_HIGHEST = re.compile(rb"^VmHWM:\s+(\d+) kB", re.MULTILINE)
_SHARE = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)
_KIB_IN_MIB = 1024
_SET_CHILD_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER: see prctl(2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a command cost: seconds by the clock and of CPU, MiB at most; and what it said."""

    wall: float
    cpu: float
    peak: float
    said: str = ""


class RunFailedError(Exception):
    """A command ended with an error, or not in time."""


def run(
    command: Sequence[str], folder: Path, env: Mapping[str, str], *, patience: float = PATIENCE
) -> Run:
    """Run a command in a folder. Raises RunFailedError."""
    log = folder / "said.txt"
    with log.open("wb") as said, _orphans_come_here():
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**environment(), **env},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        watch = _Watch(process.pid, began + patience)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu = usage.ru_utime + usage.ru_stime + _cpu_of_orphans(process.pid)
        watch.end()
    text = log.read_text(encoding="utf-8", errors="replace")
    if process.returncode != 0:
        raise RunFailedError(f"{' '.join(command)}: exit {process.returncode}: {text[-2000:]}")
    return Run(wall=wall, cpu=cpu, peak=watch.peak, said=text)


def environment() -> dict[str, str]:
    """That of programs: ours, without what makes Python compile everything at each start."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@contextmanager
def _orphans_come_here() -> Iterator[None]:
    """Processes whose parent ends become children of this one, as long as the block is."""
    if not sys.platform.startswith("linux"):
        yield
        return
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    try:
        yield
    finally:
        prctl(_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _cpu_of_orphans(group: int) -> float:
    """Seconds of what is left of a group of processes, after it has ended."""
    cpu = 0.0
    while True:
        try:
            _, _, usage = os.wait4(-group, 0)
        except ChildProcessError:
            return cpu
        cpu += usage.ru_utime + usage.ru_stime


class _Watch(threading.Thread):
    """Looks at the memory of a process and all below it until told to end."""

    def __init__(self, pid: int, until: float) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._until = until
        self._over = threading.Event()
        self._kib = 0
        self._next_shares = 0.0

    @property
    def peak(self) -> float:
        """The most so far, in MiB."""
        return self._kib / _KIB_IN_MIB

    def run(self) -> None:
        while True:
            self._look()
            if self._over.wait(_EVERY):
                return
            if time.perf_counter() > self._until:
                with suppress(ProcessLookupError):  # it has ended by itself
                    os.killpg(self._pid, signal.SIGKILL)
                return

    def end(self) -> None:
        """No more looks."""
        self._over.set()
        self.join()

    def _look(self) -> None:
        pids = list(_tree(self._pid))
        self._kib = max(self._kib, *(_highest(pid) for pid in pids))
        began = time.perf_counter()
        if len(pids) > 1 and began >= self._next_shares:
            shares = sum(_number(pid, "smaps_rollup", _SHARE) for pid in pids)
            self._kib = max(self._kib, shares)
            ended = time.perf_counter()
            self._next_shares = ended + (ended - began) / _SHARES_AT_MOST


def peak_of(pid: int) -> float:
    """The most memory that one process ever had, in MiB; 0 where there is no /proc."""
    return _highest(pid) / _KIB_IN_MIB


def _highest(pid: int) -> int:
    return _number(pid, "status", _HIGHEST)


def _tree(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    tasks = _PROC / str(pid) / "task"
    try:
        threads = list(tasks.iterdir())
    except OSError:  # the process has ended
        return
    for thread in threads:
        for child in _read(thread / "children").split():
            yield from _tree(int(child))


def _number(pid: int, name: str, pattern: re.Pattern[bytes]) -> int:
    found = pattern.search(_read(_PROC / str(pid) / name))
    return int(found[1]) if found else 0


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # the process has ended
        return b""
