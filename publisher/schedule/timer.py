"""ENTRY. When each job is done: APScheduler's memory holds it, and a beat keeps that true."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from publisher.config import Config
from publisher.errors import PublisherError
from publisher.model import Health
from publisher.publishing.collecting import mail_sources
from publisher.publishing.fetches import remote_sources
from publisher.publishing.pings import PingReport
from publisher.publishing.publish import PublishReport
from publisher.schedule.rounds import (
    BOUNCES,
    CHECK,
    DELIVER,
    FETCH,
    HUBS,
    REBUILD,
    Rounds,
    machine_time,
)
from publisher.schedule.systemd import notify, reloading, watchdog_seconds
from publisher.schedule.watching import Watcher, require_watching

_DELIVER_EVERY = timedelta(minutes=1)
_CHECK_EVERY = timedelta(minutes=1)
_BOUNCES_EVERY = timedelta(minutes=10)
"""Between two looks into the mailbox: a reader who complains is left alone before the next issue,
and no server minds six logins an hour."""

_LEAST_PAUSE = timedelta(seconds=5)
"""Between two rounds of pings, when there was no time for all of them in one."""

_AGAIN = timedelta(minutes=5)
"""When to run again after a run that failed, or found another at work, such as a backup: the next
rebuild may be a day away."""

_FETCH_AGAIN = timedelta(seconds=30)
_FETCH_LOOK = timedelta(minutes=1)
"""Between two rounds of asking feeds of others: those due within the first go together, and within
the second a list with a new feed in it is seen."""

_NEXT = timedelta(seconds=1)
"""After a run that a slot came in: a moment, so that no slot has runs follow each other."""

_BEAT_SECONDS = 1.0
_JUMP_SECONDS = 5.0
"""How far the machine's clock may move against the time that passes before all is looked at."""

_STUCK_SECONDS = 15 * 60.0
"""A job in hand that does not go on for so long: the supervisor may start us anew."""

_ISSUE, _RETRY, _FILES = "issue:", "retry", "files"
_FETCHED = "fetched"
_THREAD = "APScheduler"

Load = Callable[[], Config]
Stamp = tuple[int, ...]
"""What tells a file from what it was: time of change, size, inode; () where there is none."""


def stamp_of(file: Path) -> Stamp:
    """The stamp of a file as it is now."""
    try:
        status = file.stat()
    except OSError:
        return ()
    return (status.st_mtime_ns, status.st_size, status.st_ino)


class Timer:
    """Publishes at start, every `schedule.rebuild`, when files change if that is asked for, and at
    each newsletter's next slot. Beside that, each by itself: pings, mail, bounces, alerts."""

    def __init__(
        self,
        rounds: Rounds,
        load: Load,
        *,
        config_file: Path,
        seen: Stamp,
        wall: Callable[[], datetime] = machine_time,
        tell: Callable[..., object] = notify,
    ) -> None:
        """`load` reads the configuration anew, which is done when `config_file` is not as it was
        `seen`. `wall` is the machine's clock, which APScheduler goes by. `tell` tells the
        supervisor.

        Raises ConfigError for what cannot be done here.
        """
        require_watching(rounds.config)
        self._rounds = rounds
        self._load = load
        self._config_file = config_file
        self._seen = seen
        self._wall = wall
        self._notify = tell
        self._log = rounds.log
        self._stop = rounds.stop
        self._reload = threading.Event()
        self._reloaded: Callable[[Config], None] = lambda _config: None
        self._planning = threading.Lock()
        self._told: dict[str, str] = {}
        self._watcher = Watcher(self._files_changed, self._watching)
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            # One worker each: runs never overlap, whatever woke them, and a long delivery or a
            # mailbox that does not answer holds up no rebuild.
            executors={
                "default": ThreadPoolExecutor(1),
                **{name: ThreadPoolExecutor(1) for name in (HUBS, DELIVER, BOUNCES, CHECK, FETCH)},
            },
            # Without these APScheduler drops a job that is a second late
            # (its issues 146, 182, 292, 296), and one that is woken while it is at work: what woke
            # it may have come too late for that. So one is at work, and one may wait.
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 2},
        )

    @property
    def rounds(self) -> Rounds:
        """What the jobs do, by the configuration of now."""
        return self._rounds

    def health(self) -> Health:
        """How things are, as the timer knows it."""
        with closing(self._rounds.open_stores(self._rounds.config)) as stores:
            return self._rounds.health(stores)

    def run(self, reloaded: Callable[[Config], None] = lambda _config: None) -> None:
        """Work until `stop` is called. Who else goes by the configuration is told of a new one, and
        may refuse it."""
        self._reloaded = reloaded
        try:
            self._plan_jobs()
            every = self._rounds.config.schedule.rebuild
            self._log.info("schedule.started", rebuild_seconds=int(every.total_seconds()))
            self._scheduler.start()
            self._watcher.follow(self._rounds.config)
            self._notify("READY=1")
            self._beat_until_stopped()
            self._notify("STOPPING=1")
        finally:
            self._stop.set()  # also where a defect ends it: no job goes on without the beat
            self._end()
        self._log.info("schedule.stopped")

    def _end(self) -> None:
        self._watcher.stop()
        if self._scheduler.running:
            # APScheduler locks itself while it waits for a job; a job that plans would wait for
            # that lock for ever. Once we had this one, whatever plans sees that it is to stop.
            with self._planning:
                # And it takes nothing off its list once it is told to shut down: first it ends
                # what it is about to wake, which is so when it answers.
                self._scheduler.pause()
                self._scheduler.get_jobs()
            self._scheduler.shutdown(wait=True)
        self._rounds.bell.close()

    def stop(self) -> None:
        """End at once: the run in hand gives up at the next file, leaving output/ whole."""
        self._stop.set()

    def reload(self) -> None:
        """Read the configuration anew, within a beat."""
        self._reload.set()

    # -- the beat

    def _beat_until_stopped(self) -> None:
        """Once a second see what no job of APScheduler's could.

        Its clock stands still while a machine sleeps and waits for ever where the time is set
        back; and whoever only says that he lives proves nothing by it.
        """
        ahead = self._ahead()
        patience = watchdog_seconds()
        while not self._stop.wait(_BEAT_SECONDS):
            before, ahead = ahead, self._ahead()
            if abs(ahead - before) > _JUMP_SECONDS:
                self._log.warning("clock.jumped", seconds=round(ahead - before))
                self._plan_jobs()
            if self._reload.is_set() or stamp_of(self._config_file) != self._seen:
                self._seen = stamp_of(self._config_file)
                self._reload.clear()
                self._take_new_config()
            if patience is not None and self._is_alive():
                self._notify("WATCHDOG=1")

    def _ahead(self) -> float:
        return self._wall().timestamp() - time.monotonic()

    def _is_alive(self) -> bool:
        """Whether jobs are still woken, and those in hand go on."""
        is_waking = any(thread.name == _THREAD for thread in threading.enumerate())
        return is_waking and not self._rounds.tally.stuck(_STUCK_SECONDS)

    def _take_new_config(self) -> None:
        self._notify(*reloading())
        try:
            config = self._load()
            require_watching(config)
            self._reloaded(config)
        except PublisherError as error:
            self._log.error("config.refused", error=str(error), mend=error.mend)
            self._rounds.tally.fault("config", "", f"publisher.yaml is refused: {error}")
        except Exception as error:  # noqa: BLE001 (a defect of ours must not end the timer)
            self._log.exception("config.defect")
            text = f"publisher.yaml cannot be taken over by a defect: {type(error).__name__}"
            self._rounds.tally.fault("config", "", text)
        else:
            self._rounds = self._rounds.by(config)
            self._rounds.tally.fault("config", "", "")
            self._log.info("config.reloaded")
            self._plan_jobs()
            self._watcher.follow(config)
        self._notify("READY=1")

    def _files_changed(self) -> None:
        self._plan(_FILES, self._wall(), self._publish, _FILES)

    def _watching(self, error: str) -> None:
        """Files are watched, or cannot be: then the interval finds what changed."""
        if error:
            self._log.warning("watch.failed", error=error)
        self._rounds.tally.fault("job", "watch", error and f"files cannot be watched: {error}")

    # -- the jobs

    def _plan_jobs(self) -> None:
        """All that comes again and again, beginning now."""
        config = self._rounds.config
        mails = config.smtp is not None and bool(config.newsletters)
        reads = config.bounces is not None and bool(config.newsletters)
        self._every(config.schedule.rebuild, REBUILD, self._publish, "default", REBUILD)
        self._every(_DELIVER_EVERY if mails else None, DELIVER, self._deliver, DELIVER)
        self._every(_BOUNCES_EVERY if reads else None, BOUNCES, self._read_bounces, BOUNCES)
        self._every(_CHECK_EVERY if config.alerts else None, CHECK, self._check, CHECK)
        if self._fetches(config):
            self._plan(FETCH, self._wall(), self._fetch, executor=FETCH)
        else:
            self._remove(FETCH)

    @staticmethod
    def _fetches(config: Config) -> bool:
        """Whether a source lies elsewhere."""
        return bool(remote_sources(config) or mail_sources(config))

    def _every(
        self, pause: timedelta | None, job: str, act: Callable[..., None], executor: str, *args: str
    ) -> None:
        """Do something now and after each pause; None: never."""
        if pause is None:
            self._remove(job)
            return
        self._scheduler.add_job(
            act,
            IntervalTrigger(seconds=int(pause.total_seconds()), timezone=UTC),
            args=args,
            id=job,
            executor=executor,
            next_run_time=self._wall(),
            replace_existing=True,
        )
        self._tell({job: f"every {int(pause.total_seconds())} s"})

    def _publish(self, woken_by: str) -> None:
        report = self._rounds.publish(woken_by)
        if report is None:
            job = _RETRY if woken_by == REBUILD else woken_by
            self._plan(job, self._wall() + _AGAIN, self._publish, woken_by)
            self._wake(CHECK)
            return
        if woken_by == _FILES:
            mattered = report.opened or report.written or report.removed or report.issues
            self._watcher.heed(mattered=bool(mattered))
        self._watcher.follow(self._rounds.config)
        self._plan(HUBS, self._wall(), self._tell_hubs, executor=HUBS)
        self._plan_issues(report)
        if report.let_go:
            self._wake(DELIVER)
        self._wake(CHECK)

    def _deliver(self) -> None:
        self._rounds.deliver()
        self._wake(CHECK)

    def _read_bounces(self) -> None:
        self._rounds.read_bounces()

    def _check(self) -> None:
        self._rounds.check()

    def _fetch(self) -> None:
        """Ask feeds and mailboxes that are due; a run of its own publishes what they brought."""
        report = self._rounds.fetch()
        wait = _FETCH_LOOK
        if report is not None and report.next_due is not None:
            wait = max(report.next_due - self._rounds.clock(), _FETCH_AGAIN)
        if report is not None and (report.changed or report.said):
            self._plan(_FETCHED, self._wall(), self._publish, _FETCHED)
        if self._fetches(self._rounds.config):
            self._plan(FETCH, self._wall() + min(wait, _FETCH_LOOK), self._fetch, executor=FETCH)
        self._wake(CHECK)

    def _tell_hubs(self) -> None:
        """Send the pings that are due, and wake again for the next one that waits."""
        pings: PingReport | None = self._rounds.tell_hubs()
        if pings is not None and pings.next_due is not None:
            wait = max(pings.next_due - self._rounds.clock(), _LEAST_PAUSE)
            self._plan(HUBS, self._wall() + wait, self._tell_hubs, executor=HUBS)
            self._tell({HUBS: (self._rounds.clock() + wait).isoformat()})

    def _plan_issues(self, report: PublishReport) -> None:
        """Wake at each newsletter's next slot, at once if it came while the run was at work.

        Slots are by our clock, jobs by the machine's. Who has not begun yet has no slot: his time
        is that of the run.
        """
        now = self._rounds.clock()
        ahead = now - self._wall()
        slots = {
            f"{_ISSUE}{name}": max(slot, now + _NEXT)
            for name, slot in report.next_slots.items()
            if slot > report.now
        }
        for job, slot in slots.items():
            # In UTC: a local time that comes twice is, once reckoned with, the first of the two.
            self._plan(job, slot.astimezone(UTC) - ahead, self._publish, job)
        for job in {*self._told} - {*slots}:
            if job.startswith(_ISSUE):
                self._remove(job)
        self._tell({job: slot.isoformat() for job, slot in slots.items()})

    def _tell(self, jobs: Mapping[str, str]) -> None:
        """Say of each job when it is done, where that is new."""
        for job, when in jobs.items():
            if self._told.get(job) != when:
                self._told[job] = when
                self._log.info("schedule.job", job=job, when=when)

    def _plan(
        self,
        job: str,
        when: datetime,
        act: Callable[..., None],
        *args: str,
        executor: str = "default",
    ) -> None:
        with self._planning:
            if not self._stop.is_set():
                self._scheduler.add_job(
                    act,
                    DateTrigger(when, timezone=UTC),
                    args=args,
                    id=job,
                    executor=executor,
                    replace_existing=True,
                )

    def _wake(self, job: str) -> None:
        """Do one of the jobs that come again and again now."""
        with self._planning:
            if not self._stop.is_set() and self._scheduler.get_job(job) is not None:
                self._scheduler.modify_job(job, next_run_time=self._wall())

    def _remove(self, job: str) -> None:
        """Do something no more: a newsletter, or a relay, that is there no more."""
        with self._planning:
            self._told.pop(job, None)
            if not self._stop.is_set() and self._scheduler.get_job(job) is not None:
                self._scheduler.remove_job(job)
