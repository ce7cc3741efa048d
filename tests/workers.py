"""Workers of a cluster as processes, on one machine, each in a process group of its own."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.command import Process, start_warm
from tests.mailings import Mailed

LEASE, STUCK, CONNECT = 4.0, 30.0, 10
"""Seconds of the short forms: of a lease, of a watchdog, and to connect."""


@dataclass
class Worker:
    """A `publisher worker` with its log."""

    process: Process
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, text: str, seconds: float = 30) -> str:
        """Until it has said that."""
        deadline = time.monotonic() + seconds
        while text not in (said := self.said()):
            assert self.process.poll() is None, said
            assert time.monotonic() < deadline, f"{text!r} not said:\n{said}"
            time.sleep(0.05)
        return said

    def signal(self, number: signal.Signals) -> None:
        """To its whole group, unless it has ended."""
        if self.process.poll() is None:
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:  # it has hardly begun, and leads no group yet
                self.process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL."""
        self.signal(signal.SIGKILL)
        self.process.wait(30)


@dataclass
class Workers:
    """Those of one site."""

    mailed: Mailed
    all: list[Worker] = field(default_factory=list)

    def start(
        self,
        *arguments: str,
        lease: float = LEASE,
        stuck: float = STUCK,
        connect: int = CONNECT,
        folder: Path | None = None,
    ) -> Worker:
        """One more. Of another machine's files, where those lie in another folder."""
        there = folder or self.mailed.site.folder
        log = there / f"worker-{len(self.all)}.log"
        with log.open("ab") as said:
            process = start_warm(
                (f"{lease}", f"{stuck}", f"{connect}", "worker", *arguments),
                there,
                os.environ,
                said.fileno(),
                session=True,
                module="tests.hasty_worker",
            )
        self.all.append(Worker(process=process, log=log))
        return self.all[-1]

    def until(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        """Wait for something, and say what workers said where it does not come."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                said = "\n".join(f"--- {one.log.name}\n{one.said()}" for one in self.all)
                pytest.fail(f"not within {seconds} s; the ledger: {self.mailed.states()}\n{said}")
            time.sleep(0.1)

    def end(self) -> None:
        """SIGTERM to all that run, which end cleanly."""
        running = [one for one in self.all if one.process.poll() is None]
        for one in running:
            one.process.send_signal(signal.SIGTERM)
        for one in running:
            assert one.process.wait(30) == 0, one.said()


@contextmanager
def workers_of(mailed: Mailed) -> Iterator[Workers]:
    """Workers of a site; those that still run at the end are killed."""
    workers = Workers(mailed)
    try:
        yield workers
        for one in workers.all:
            assert "Traceback" not in one.said(), one.said()
    finally:
        for one in workers.all:
            one.kill()
