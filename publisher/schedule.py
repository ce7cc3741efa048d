"""ENTRY. The timer: APScheduler wakes, the use case `publish` knows what is due.

Nothing that matters is kept in the scheduler: a killed timer, started again,
makes the same feeds and issues, each once.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import closing
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
from publisher.stores import Stores

REBUILD = "rebuild"
HUBS = "hubs"
DELIVER = "deliver"
BOUNCES = "bounces"
_DELIVER_EVERY = timedelta(minutes=1)
_BOUNCES_EVERY = timedelta(minutes=10)
"""Between two looks into the mailbox: a reader who complains is left alone before the next issue,
and no server minds six logins an hour."""
_LOOK_SECONDS, _GRACE_SECONDS = 0.2, 2.0
"""How often a job sees that the timer is to end, and how long that waits for what it began."""

_LEAST_PAUSE = timedelta(seconds=5)
"""Between two rounds of pings, when there was no time for all of them in one."""


class Stopped(Exception):
    """The run in hand is given up because the timer is told to end."""


class Timer:
    """Publishes at start, every `schedule.rebuild`, and at each newsletter's next slot.

    Between the runs it sends the pings that wait for a hub; beside them, the mail that is due,
    and beside that it reads what came back.
    """

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._stop = threading.Event()
        self._planning = threading.Lock()
        self._log = structlog.get_logger()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            # One worker each: runs never overlap, whatever woke them, and a long delivery or a
            # mailbox that does not answer holds up no rebuild.
            executors={
                "default": ThreadPoolExecutor(1),
                DELIVER: ThreadPoolExecutor(1),
                BOUNCES: ThreadPoolExecutor(1),
            },
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
        if self._config.smtp is not None and self._config.newsletters:
            self._scheduler.add_job(
                self._deliver,
                IntervalTrigger(seconds=int(_DELIVER_EVERY.total_seconds()), timezone=UTC),
                id=DELIVER,
                executor=DELIVER,
                next_run_time=datetime.now(UTC),
            )
        if self._config.bounces is not None and self._config.newsletters:
            self._scheduler.add_job(
                self._read_bounces,
                IntervalTrigger(seconds=int(_BOUNCES_EVERY.total_seconds()), timezone=UTC),
                id=BOUNCES,
                executor=BOUNCES,
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
            if report.issues and self._scheduler.get_job(DELIVER) is not None:
                self._scheduler.modify_job(DELIVER, next_run_time=datetime.now(UTC))

    def _deliver(self) -> None:
        """Send the mail that is due; told to end, it ends after the messages in hand."""
        from publisher.deliver import deliver  # noqa: PLC0415 (SQLAlchemy, only where mail is sent)

        try:
            with closing(Stores(self._config, self._clock)) as stores:
                report = deliver(
                    self._config,
                    stores.database,
                    stores.issues.load,
                    should_stop=self._stop.is_set,
                )
        except PublisherError as error:
            self._log.error("delivery.failed", error=str(error), mend=error.mend)
        except Exception:  # noqa: BLE001 (as in _publish: a defect is logged, the timer goes on)
            self._log.exception("delivery.defect")
        else:
            if report.counts:
                self._log.info("delivery.done", **report.counts)
            if report.trouble:
                self._log.warning("delivery.trouble", error=report.trouble)
            for unknown in report.unknown:
                self._log.warning("delivery.unknown", error=str(unknown), mend=unknown.mend)

    def _read_bounces(self) -> None:
        """Read what came back, in a thread that nobody waits for at the end: a server that does
        not answer may hold it for as long as its timeout, and it may stop at any instant."""
        reading = threading.Thread(target=self._take_bounces, name=BOUNCES, daemon=True)
        reading.start()
        while reading.is_alive() and not self._stop.is_set():
            reading.join(_LOOK_SECONDS)
        reading.join(_GRACE_SECONDS)

    def _take_bounces(self) -> None:
        """The same; told to end, it ends after the messages in hand."""
        from publisher.bounces import read_bounces  # noqa: PLC0415 (SQLAlchemy, as above)

        try:
            with closing(Stores(self._config, self._clock)) as stores:
                report = read_bounces(self._config, stores.database, progress=self._check_stop)
        except Stopped:
            self._log.info("bounces.given_up")  # the rest is still in the mailbox
        except PublisherError as error:
            self._log.error("bounces.failed", error=str(error), mend=error.mend)
        except Exception:  # noqa: BLE001 (as in _publish: a defect is logged, the timer goes on)
            self._log.exception("bounces.defect")
        else:
            if report.counts:
                self._log.info("bounces.done", suppressed=report.suppressed, **report.counts)
            if report.trouble:
                self._log.warning(
                    "bounces.trouble", error=str(report.trouble), mend=report.trouble.mend
                )

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
