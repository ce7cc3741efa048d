"""ENTRY. How far work is that takes a while: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from publisher.console import aside

if TYPE_CHECKING:
    from publisher.sources import Progress

_REFRESH_SECONDS = 0.1

LINE_SECONDS = 10.0
"""Where there is no terminal, a line comes after so long, and then as often."""


@contextmanager
def progress_display(
    *, quiet: bool, clock: Callable[[], float] = time.monotonic
) -> Iterator[Progress]:
    """Shows on stderr what is told to it: how much of how much, how fast, how long yet."""
    if quiet or sys.stderr is None:
        yield lambda _what, _done, _total: None
    elif sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield _Lines(clock)


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console  # noqa: PLC0415 (a tenth of a second, only for terminals)
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    # Without a thread of its own, beside which this process could make no copies of itself.
    console = Console(stderr=True)
    with Bar(*columns, console=console, transient=True, auto_refresh=False) as bar:
        tasks: dict[str, Any] = {}
        shown = 0.0

        def show(what: str, done: int, total: int) -> None:
            nonlocal shown
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total or None, rate="")
            speed = bar.tasks[tasks[what]].finished_speed or bar.tasks[tasks[what]].speed
            rate = f"{speed:,.0f} a second" if speed else ""
            bar.update(tasks[what], completed=done, total=total or None, rate=rate)
            now = time.monotonic()
            if now - shown >= _REFRESH_SECONDS or done == total:
                shown = now
                bar.refresh()

        yield show


class _Lines:
    """A plain line now and then; work that is done before the first one is due says nothing."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began: dict[str, tuple[float, int]] = {}
        self._told = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        now = self._clock()
        if what not in self._began:
            self._began[what] = now, done
            self._told = now
        elif now - self._told >= LINE_SECONDS:
            self._told = now
            began, had = self._began[what]
            aside(line(what, done, total, (done - had) / (now - began)))


def line(what: str, done: int, total: int, rate: float) -> str:
    """`sending: 1,200 of 9,000, 240 a second, 33 s left`; what is not known is left out."""
    parts = [f"{what}: {done:,} of {total:,}" if total else f"{what}: {done:,}"]
    if rate > 0:
        parts.append(f"{rate:,.0f} a second" if rate >= 1 else f"{rate * 60:,.0f} a minute")
        if total > done:
            parts.append(f"{_span((total - done) / rate)} left")
    return ", ".join(parts)


def _span(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"
