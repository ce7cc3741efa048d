"""ENTRY. The timer: APScheduler wakes, the use case `publish` knows what is due.

Nothing that matters is kept in the scheduler: a killed timer, started again,
makes the same feeds and issues, each once.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import FrameType

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from publisher.app import Clock
from publisher.config import Config
from publisher.errors import FeedError, IssueError, OutputBusy, PublisherError
from publisher.hubs import PingOutcome, PingReport, send_pings
from publisher.log import set_up_log
from publisher.publish import PublishOptions, PublishReport, publish

REBUILD = "rebuild"
HUBS = "hubs"
_LEAST_PAUSE = timedelta(seconds=5)
"""Between two rounds of pings, when there was no time for all of them in one."""


class Stopped(Exception):
    """The run in hand is given up because the timer is told to end."""


class Timer:
    """Publishes at start, every `schedule.rebuild`, and at each newsletter's next slot.

    Between the runs it sends the pings that wait for a hub.
    """

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._stop = threading.Event()
        self._planning = threading.Lock()
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
        # APScheduler locks itself while it waits for a job; a job that plans would wait for that
        # lock for ever. Once we had this one, whatever plans sees that it is to stop.
        with self._planning:
            pass
        self._scheduler.shutdown(wait=True)
        self._log.info("schedule.stopped")

    def stop(self) -> None:
        """End at once: the run in hand gives up at the next file, leaving output/ whole."""
        self._stop.set()

    def _publish(self, woken_by: str) -> None:
        try:
            report = publish(
                self._config,
                PublishOptions(tell_hubs=False),
                clock=self._clock,
                progress=self._check_stop,
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
            self._tell_hubs()
            self._plan_issues(report)

    def _tell_hubs(self) -> None:
        """Send the pings that are due, and wake again for the next one that waits."""
        try:
            pings = send_pings(self._config, clock=self._clock, progress=self._check_stop)
        except Stopped:
            return  # what was not sent is still queued
        except Exception:  # noqa: BLE001 (as in _publish: a defect is logged, the timer goes on)
            self._log.exception("hub.defect")
            return
        for outcome in pings.outcomes:
            self._tell_outcome(outcome)
        for warning in pings.warnings:
            self._log.debug("publish.warning", text=warning)
        self._plan_pings(pings)

    def _tell_outcome(self, outcome: PingOutcome) -> None:
        hub, topic = outcome.ping.hub, outcome.ping.topic
        if outcome.verdict == "sent":
            self._log.info("hub.pinged", hub=hub, topic=topic)
        elif outcome.due is None:
            self._log.warning("hub.given_up", hub=hub, topic=topic, error=outcome.reason)
        else:
            next_try = outcome.due.isoformat(timespec="seconds")
            self._log.warning(
                "hub.deferred", hub=hub, topic=topic, error=outcome.reason, next_try=next_try
            )

    def _plan_pings(self, pings: PingReport) -> None:
        if pings.next_due is None:
            return
        wait = max(pings.next_due - self._clock(), _LEAST_PAUSE)
        self._plan(HUBS, datetime.now(UTC) + wait, self._tell_hubs)

    def _tell(self, report: PublishReport, woken_by: str) -> None:
        for problem in report.problems:
            if isinstance(problem, FeedError):
                self._log.warning("feed.refused", error=str(problem), mend=problem.mend)
            elif isinstance(problem, IssueError):
                self._log.warning("issue.held", error=str(problem), mend=problem.mend)
            else:
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
            self._plan(job, slot - ahead, self._publish, job)
        self._tell_jobs()

    def _plan(self, job: str, when: datetime, act: Callable[..., None], *args: str) -> None:
        with self._planning:
            if not self._stop.is_set():
                trigger = DateTrigger(when, timezone=UTC)
                self._scheduler.add_job(act, trigger, args=args, id=job, replace_existing=True)

    def _tell_jobs(self) -> None:
        with self._planning:
            jobs = [] if self._stop.is_set() else self._scheduler.get_jobs()
        for job in jobs:
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
