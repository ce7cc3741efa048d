"""ENTRY. The timer: APScheduler wakes, the use case `publish` knows what is due.

Nothing that matters is kept in the scheduler: a killed timer, started again,
makes the same feeds and issues, each once.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from publisher.app import Clock
from publisher.config import Config
from publisher.errors import OutputBusy, PublisherError
from publisher.log import set_up_log
from publisher.publish import PublishOptions, PublishReport, publish

REBUILD = "rebuild"


class Stopped(Exception):
    """The run in hand is given up because the timer is told to end."""


class Timer:
    """Publishes at start, every `schedule.rebuild`, and at each newsletter's next slot."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._stop = threading.Event()
        self._log = structlog.get_logger()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            # One worker: runs never overlap, whatever woke them.
            executors={"default": ThreadPoolExecutor(1)},
            # Without these APScheduler drops a job that is a second late
            # (its issues 146, 182, 292, 296).
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )

    def run(self) -> None:
        """Work until `stop` is called."""
        every = self._config.schedule.rebuild
        self._scheduler.add_job(
            self._publish,
            IntervalTrigger(seconds=int(every.total_seconds()), timezone=UTC),
            args=[REBUILD],
            id=REBUILD,
            next_run_time=datetime.now(UTC),
        )
        self._log.info("schedule.started", rebuild_seconds=int(every.total_seconds()))
        self._scheduler.start()
        self._stop.wait()
        self._scheduler.shutdown(wait=True)
        self._log.info("schedule.stopped")

    def stop(self) -> None:
        """End at once: the run in hand gives up at the next file, leaving output/ whole."""
        self._stop.set()

    def _publish(self, woken_by: str) -> None:
        try:
            report = publish(
                self._config, PublishOptions(), clock=self._clock, progress=self._check_stop
            )
        except Stopped:
            self._log.info("publish.given_up", woken_by=woken_by)
        except OutputBusy:
            self._log.info("publish.busy", woken_by=woken_by)
        except PublisherError as error:
            self._log.error("publish.failed", woken_by=woken_by, error=str(error), mend=error.mend)
        except Exception:  # noqa: BLE001 (a defect of ours must not end the timer; it is logged whole)
            self._log.exception("publish.defect", woken_by=woken_by)
        else:
            self._tell(report, woken_by)
            self._plan_issues(report)

    def _tell(self, report: PublishReport, woken_by: str) -> None:
        for problem in report.problems:
            self._log.warning("article.refused", error=str(problem), mend=problem.mend)
        for warning in report.warnings:
            self._log.debug("publish.warning", text=warning)
        for issue in report.issues:
            self._log.info(
                "issue.composed",
                newsletter=issue.newsletter,
                issue=issue.number,
                entries=len(issue.items),
            )
        for path in report.written:
            self._log.debug("file.written", path=path)
        self._log.info(
            "publish.done",
            woken_by=woken_by,
            listed=report.counts["listed"],
            read=report.opened,
            written=len(report.written),
            removed=len(report.removed),
        )

    def _plan_issues(self, report: PublishReport) -> None:
        """Wake at each newsletter's next slot. Slots are by our clock, jobs by the machine's."""
        ahead = self._clock() - datetime.now(UTC)
        for newsletter, slot in report.next_slots.items():
            if slot <= self._clock():
                continue
            job = f"issue:{newsletter}"
            self._scheduler.add_job(
                self._publish,
                DateTrigger(slot - ahead, timezone=UTC),
                args=[job],
                id=job,
                replace_existing=True,
            )
        for job in self._scheduler.get_jobs():
            self._log.info(
                "schedule.job",
                job=job.id,
                trigger=str(job.trigger),
                next_run=job.next_run_time.isoformat(timespec="seconds"),
            )

    def _check_stop(self, _what: str, _done: int, _total: int) -> None:
        if self._stop.is_set():
            raise Stopped


def run_schedule(config: Config, *, clock: Clock, level: str) -> None:
    """Run the timer in the foreground until SIGTERM or SIGINT; log from `level` on."""
    set_up_log(level)
    timer = Timer(config, clock)
    handler = _stopper(timer)
    signal.signal(signal.SIGTERM, handler)
    signal.signal(signal.SIGINT, handler)
    timer.run()


def _stopper(timer: Timer) -> Callable[[int, FrameType | None], None]:
    def handle(_number: int, _frame: FrameType | None) -> None:
        timer.stop()

    return handle
