"""`publisher schedule` as a process, with its log."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest

from tests.command import start_warm
from tests.sites import Site


class Timer:
    """A `publisher schedule` process with its log."""

    def __init__(
        self,
        site: Site,
        now: str | None,
        log: str = "timer.log",
        command: Sequence[str] = ("schedule",),
        env: Mapping[str, str] | None = None,
        *,
        module: str = "publisher",
    ) -> None:
        self.log = site.folder / log
        with self.log.open("ab") as said:
            told = () if now is None else ("--now", now)
            self.process = start_warm(
                (*command, *told),
                site.folder,
                {**os.environ, **(env or {})},
                said.fileno(),
                module=module,
            )

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, text: str, seconds: float = 30) -> str:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            said = self.said()
            if text in said:
                return said
            assert self.process.poll() is None, said
            time.sleep(0.05)
        pytest.fail(f"{text!r} not said within {seconds} s:\n{said}")

    def end(self, number: signal.Signals = signal.SIGTERM) -> float:
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=10)
        return time.monotonic() - began


@contextmanager
def ended_timers() -> Iterator[list[Timer]]:
    """A list for the timers of a test: those that still run at its end are killed."""
    timers: list[Timer] = []
    try:
        yield timers
    finally:
        for timer in timers:
            if timer.process.poll() is None:
                timer.process.kill()
                timer.process.wait()
