"""USE CASE. One round of each job by one configuration; what fails in one harms no other.

Modules that need SQLAlchemy, a third of a second, are imported by the rounds that need it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from publisher.config import Config
from publisher.config.paths import circle_findings
from publisher.errors import ConfigError, OutputBusy, PublisherError
from publisher.model import Health
from publisher.publishing.collecting import collect_mail
from publisher.publishing.fetches import FetchReport, fetch_sources
from publisher.publishing.hubs import send_pings
from publisher.publishing.pings import PingReport
from publisher.publishing.publish import PublishOptions, PublishReport, publish
from publisher.schedule import telling
from publisher.schedule.bell import Bell
from publisher.schedule.tally import Tally
from publisher.upkeep.health import take_stock
from publisher.values import dataclass
from publisher.wiring.app import Clock
from publisher.wiring.stores import Stores

if TYPE_CHECKING:
    from publisher.store.mailings import Wake
    from publisher.upkeep.alerts import Told

REBUILD, HUBS, DELIVER, BOUNCES, CHECK = "rebuild", "hubs", "deliver", "bounces", "check"
FETCH = "fetch"

EVENTS = {
    REBUILD: "publish",
    HUBS: "hub",
    DELIVER: "delivery",
    BOUNCES: "bounces",
    CHECK: "check",
    FETCH: "fetch",
}
_FETCH_SECONDS = 300.0
"""For all feeds that are due together: those beyond it come in the next round."""

_LOOK_SECONDS, _GRACE_SECONDS = 0.2, 2.0
"""How often a job sees that the timer is to end, and how long that waits for what it began."""

T = TypeVar("T")


class Stopped(Exception):
    """The round in hand is given up because the timer is told to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """What the timer's jobs do. `stop` is set when it is told to end.

    Of several machines one publishes, as long as it `may_publish`, and `wake` has the shards of an
    issue sent by any that is let go; where there is that, this timer sends none itself.
    """

    config: Config
    clock: Clock
    open_stores: Callable[[Config], Stores]
    tally: Tally
    bell: Bell
    stop: threading.Event
    log: Any
    may_publish: Callable[[], bool] = lambda: True
    wake: Wake | None = None

    def by(self, config: Config) -> Rounds:
        """The same by another configuration."""
        return replace(self, config=config)

    def publish(self, woken_by: str) -> PublishReport | None:
        """Publish once; None where that was not done."""
        every = self.config.schedule.rebuild
        options = PublishOptions(
            tell_hubs=False, fetch=False, every=every, jobs=0, wake=self.wake, mails=True
        )
        began = time.monotonic()
        report = self._guarded(
            REBUILD,
            lambda: self._publish(options),
            woken_by=woken_by,
        )
        if report is not None:
            telling.tell_run(self.log, report, woken_by, time.monotonic() - began)
        return report

    def _publish(self, options: PublishOptions) -> PublishReport:
        for circle in self._circles():
            raise circle  # as a run by hand would; of templates it might show none
        return publish(self.config, options, clock=self.clock, progress=self._progress(REBUILD))

    def _circles(self) -> Sequence[PublisherError]:
        """Links that came since the configuration was read, which then was refused for them."""
        found = circle_findings(self.config)
        return tuple(ConfigError(message, mend=mend) for _, message, mend in found)

    def fetch(self) -> FetchReport | None:
        """Ask for feeds and mail of others that are due; None where that was not done."""
        report = self._guarded(
            FETCH,
            self._fetch,
        )
        if report is not None:
            telling.tell_fetches(self.log, report)
            away = "; ".join(report.away)
            self.tally.fault("job", FETCH, away and f"feeds cannot be read: {away}"[:1000])
        return report

    def _fetch(self) -> FetchReport:
        progress = self._progress(FETCH)
        mailed = collect_mail(self.config, clock=self.clock, progress=progress)
        report = fetch_sources(
            self.config, clock=self.clock, progress=progress, seconds=_FETCH_SECONDS
        )
        return replace(report, changed=(*report.changed, *mailed))

    def tell_hubs(self) -> PingReport | None:
        """Send the pings that are due; what is not sent stays queued."""
        pings = self._guarded(
            HUBS,
            lambda: send_pings(self.config, clock=self.clock, progress=self._progress(HUBS)),
        )
        if pings is not None:
            telling.tell_pings(self.log, pings)
        return pings

    def deliver(self) -> None:
        """Send the mail that is due; told to end, it ends after the messages in hand."""
        if self.wake is not None:
            return
        from publisher.mailing.deliver import DeliveryReport, deliver  # noqa: PLC0415

        def work() -> DeliveryReport:
            with closing(self.open_stores(self.config)) as stores:
                return deliver(
                    self.config,
                    stores.database,
                    stores.issues.load,
                    progress=lambda *_: self.tally.moved(DELIVER),
                    should_stop=self.stop.is_set,
                )

        report = self._guarded(DELIVER, work)
        if report is not None:
            telling.tell_delivery(self.log, report)
            self.tally.count_messages(report.counts)
            self.tally.fault("job", DELIVER, report.trouble)

    def read_bounces(self) -> None:
        """Read what came back."""
        self._unawaited(BOUNCES, self._take_bounces)

    def _take_bounces(self) -> None:
        from publisher.mailing.bounces import BouncesReport, read_bounces  # noqa: PLC0415

        def work() -> BouncesReport:
            with closing(self.open_stores(self.config)) as stores:
                return read_bounces(self.config, stores.database, progress=self._progress(BOUNCES))

        report = self._guarded(BOUNCES, work)
        if report is not None:
            telling.tell_bounces(self.log, report)
            self.tally.fault("job", BOUNCES, str(report.trouble or ""))

    def check(self) -> None:
        """Look how things are, and tell who wants to hear of it what needs a person."""
        self._unawaited(CHECK, self._tell_troubles)

    def _tell_troubles(self) -> None:
        def work() -> Told:
            with closing(self.open_stores(self.config)) as stores:
                return self.bell.ring(self.config, stores, self.health(stores).troubles)

        told = self._guarded(CHECK, work)
        if told is not None:
            telling.tell_alerts(self.log, told)

    def health(self, stores: Stores) -> Health:
        """How things are, the timer's own troubles included."""
        health = take_stock(self.config, stores, self.clock())
        return replace(health, troubles=(*health.troubles, *self.tally.troubles))

    def _unawaited(self, job: str, work: Callable[[], None]) -> None:
        """Do what may stop at any instant in a thread that nobody waits for at the end: a server
        that does not answer may hold it for as long as its timeout."""
        working = threading.Thread(target=work, name=job, daemon=True)
        working.start()
        while working.is_alive() and not self.stop.is_set():
            working.join(_LOOK_SECONDS)
        working.join(_GRACE_SECONDS)

    def _progress(self, job: str) -> Callable[[str, int, int], None]:
        def progress(_what: str, _done: int, _total: int) -> None:
            self.tally.moved(job)
            if self.stop.is_set() or not self.may_publish():
                raise Stopped

        return progress

    def _guarded(self, job: str, work: Callable[[], T], **said: str) -> T | None:
        """Do the work of a job. Whatever it raises is told, and ends there; it is None then.

        Nothing is begun any more once the timer is told to end: one that waited for its turn.
        """
        if self.stop.is_set() or not self.may_publish():
            return None
        self.tally.moved(job)
        try:
            result = work()
        except Stopped:
            self.log.info(_event(job, "given_up"), **said)
            outcome, fault = "given_up", ""
        except OutputBusy:
            self.log.info(_event(job, "busy"), **said)
            outcome, fault = "busy", ""
        except PublisherError as error:
            told = self._circles() or (error, *error.others)
            outcome, fault = "failed", self._tell_failure(job, told, said)
        except Exception as error:
            if circles := self._circles():
                outcome, fault = "failed", self._tell_failure(job, circles, said)
            else:
                self.log.exception(_event(job, "defect"), **said)
                outcome, fault = "failed", f"{job} fails by a defect: {type(error).__name__}"
        else:
            self.tally.count(job, "done")
            self.tally.fault("job", job, "")
            return result
        finally:
            self.tally.ended(job)
        self.tally.count(job, outcome)
        if outcome == "failed":
            self.tally.fault("job", job, fault)
        return None

    def _tell_failure(
        self, job: str, told: Sequence[PublisherError], said: Mapping[str, str]
    ) -> str:
        """Tell what a job failed of; gives what a person should know, "" where it is known."""
        for one in told:
            self.log.error(_event(job, "failed"), error=str(one), mend=one.mend, **said)
        # A run that fails says so itself where everybody looks (store.lastrun), once it was begun.
        is_known = job == REBUILD and not self._circles()
        return "" if is_known else f"{job} fails: {told[0]}"


def _event(job: str, what: str) -> str:
    return f"{EVENTS[job]}.{what}"


def machine_time() -> datetime:
    """What APScheduler goes by."""
    return datetime.now(UTC)
