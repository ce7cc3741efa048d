"""A machine whose time is told, and the timers that live on it as processes.

The timer is the real one, with APScheduler's own scheduler under it. What is told is time alone:
the machine's clock, which may jump, the time that passes while the machine is awake, and when a
thread that waits goes on. One of all threads runs at any moment, so that a seed tells the rest.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from types import SimpleNamespace
from typing import Any

import apscheduler.schedulers.base
import pytest
from apscheduler.executors.base import BaseExecutor
from apscheduler.schedulers.base import BaseScheduler

from publisher.config import Config
from publisher.schedule import timer as timing
from publisher.schedule.bell import Bell
from publisher.schedule.rounds import Rounds
from publisher.schedule.tally import Tally
from publisher.schedule.timer import Timer, stamp_of
from publisher.wiring.stores import Stores

NEVER = float("inf")


class Killed(BaseException):
    """The process is gone at once: nothing handles it."""


class Machine:
    """Time, in whole seconds. `now` is the true one, which only we know."""

    def __init__(self, begin: datetime) -> None:
        self.begin = self.now = begin
        self.shift = timedelta()
        self.slept = timedelta()

    def wall(self) -> datetime:
        """What its clock says."""
        return self.now + self.shift

    def monotonic(self) -> float:
        """The seconds that it was awake."""
        return (self.now - self.begin - self.slept).total_seconds()

    def sleep(self, pause: timedelta) -> None:
        """Stand still for a while."""
        self.now += pause
        self.slept += pause

    def tell_time(self, patch: pytest.MonkeyPatch) -> None:
        """Let the timers of this process go by the machine's time."""
        machine = self

        class Told(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return machine.wall().astimezone(tz)

        patch.setattr(apscheduler.schedulers.base, "datetime", Told)
        patch.setattr(timing, "time", SimpleNamespace(monotonic=self.monotonic))
        patch.setattr(timing, "BackgroundScheduler", lambda **options: Scheduler(self, **options))


class Scheduler(BaseScheduler):  # type: ignore[misc]
    """APScheduler's, whose thread wakes when the machine has been awake for long enough."""

    def __init__(self, machine: Machine, **options: Any) -> None:
        self.machine = machine
        self.due = NEVER
        self.submitted: deque[tuple[Executor, Any]] = deque()
        options["executors"] = {
            name: Executor(self.submitted, waits=name == "default") for name in options["executors"]
        }
        super().__init__(**options)

    def wakeup(self) -> None:
        self.due = self.machine.monotonic()

    def shutdown(self, wait: bool = True) -> None:
        super().shutdown(wait)
        self.due = NEVER

    def look(self) -> None:
        """Hand over what is due to its executor."""
        while self.due <= self.machine.monotonic():
            wait = self._process_jobs()
            self.due = NEVER if wait is None else self.machine.monotonic() + wait

    def turn(self) -> None:
        """Do what is due, one after the other, as an executor's only worker does."""
        self.look()
        while self.submitted:
            executor, job = self.submitted.popleft()
            job.func(*job.args, **job.kwargs)
            executor._run_job_success(job.id, [])
            self.look()


class Executor(BaseExecutor):  # type: ignore[misc]
    """One whose jobs wait for each other, or have nothing to do here, and are done at once."""

    def __init__(self, submitted: deque[tuple[Executor, Any]], *, waits: bool) -> None:
        super().__init__()
        self.submitted, self.waits = submitted, waits

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:
        put = self.submitted.append if self.waits else self.submitted.appendleft
        put((self, job))


class Log:
    """What a timer says, as far as it must never say it."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def info(self, event: str, **said: object) -> None: ...
    def debug(self, event: str, **said: object) -> None: ...
    def warning(self, event: str, **said: object) -> None: ...

    def error(self, event: str, **said: object) -> None:
        self.errors.append(f"{event} {said}")

    def exception(self, event: str, **said: object) -> None:
        import traceback

        self.errors.append(f"{event} {said}\n{traceback.format_exc()}")


class Process:
    """A timer in a thread of its own, which goes on when it is told to, until it waits again."""

    def __init__(self, machine: Machine, config: Config, first: Callable[[], bool]) -> None:
        """`first` says whether its scheduler notices something before its beat does."""
        self.machine = machine
        self.is_over = False
        self.log = Log()
        self._first = first
        self._is_told_to_end = self._is_killed = False
        self._error: BaseException | None = None
        self._go, self._back = threading.Semaphore(0), threading.Semaphore(0)
        clock = lambda: machine.wall().replace(microsecond=0)  # noqa: E731
        rounds = Rounds(
            config=config,
            clock=clock,
            open_stores=lambda config: Stores(config, clock),
            tally=Tally(),
            bell=Bell(clock),
            stop=self,  # type: ignore[arg-type]
            log=self.log,
        )
        file = config.root / "publisher.yaml"
        self.timer = Timer(
            rounds, lambda: config, config_file=file, seen=stamp_of(file), wall=machine.wall
        )
        self._scheduler: Scheduler = self.timer._scheduler
        threading.Thread(target=self._live, daemon=True).start()

    # -- the world's side

    @property
    def due(self) -> datetime:
        """When it goes on by itself, if the machine does not sleep."""
        if self._scheduler.due == NEVER:
            return datetime.max.replace(tzinfo=UTC)
        return self.machine.now + timedelta(seconds=self._scheduler.due - self.machine.monotonic())

    def go_on(self) -> None:
        """Do what is due, and one beat."""
        self._go.release()
        self._back.acquire()
        if self._error is not None:
            raise self._error

    def look(self) -> None:
        """Its scheduler's thread does its part while a job is at work."""
        self._scheduler.look()

    def kill(self) -> None:
        """End it while it waits."""
        self._is_killed = True
        self.go_on()

    def end(self) -> None:
        """Tell it to end, by SIGTERM."""
        self.timer.stop()
        self.go_on()

    # -- its own side: `wait`, `set` and `is_set` are those of an event

    def _live(self) -> None:
        self._go.acquire()
        try:
            self.timer.run()
        except Killed:
            pass
        except BaseException as error:  # noqa: BLE001 (raised in the world's thread)
            self._error = error
        finally:
            self.is_over = True
            self._back.release()

    def wait(self, seconds: float) -> bool:
        """A beat ends when something happens; all those before it are one."""
        self._scheduler.turn()
        self._back.release()
        self._go.acquire()
        if self._is_killed:
            raise Killed
        if self._first():
            self._scheduler.turn()
        return self._is_told_to_end

    def set(self) -> None:
        self._is_told_to_end = True

    def is_set(self) -> bool:
        return self._is_told_to_end
