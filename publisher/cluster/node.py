"""ENTRY. What the jobs of a worker do: send a shard, and what is done each minute."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from publisher.cluster.publishing import Publishing, Site
from publisher.cluster.wakeups import wake_for
from publisher.config import Config
from publisher.errors import StoreConflict, StoreUnreachable
from publisher.mailing.letters import Letters
from publisher.mailing.sender import Sender, notice_sender, pause_what_may_be_sent
from publisher.mailing.unknown import unknown_issues
from publisher.store.lapses import forget_unconfirmed
from publisher.store.ledger import Ledger
from publisher.store.mailings import Mailings
from publisher.transport.opening import relay_of
from publisher.wiring.stores import Stores

_MOST_WOKEN = 5000
"""How many shards one sweep makes jobs for; the next goes on."""

_TEND_SECONDS = 0.2


class Node:
    """One process of a cluster, as long as its connections last. Methods are called by any thread;
    what fails in one is kept in `failure`, and ends all of it."""

    def __init__(
        self,
        config: Config,
        stores: Stores,
        *,
        owner: str,
        workers: Path,
        lease_seconds: float,
        site: Site | None,
        alive: Callable[[str], None],
        log: Any,
    ) -> None:
        """Without a site it sends only. `alive` is told what goes on, again and again.

        Raises PublisherError.
        """
        self._config = config
        self._database = stores.database
        self._ledger = Ledger(self._database)
        self._mailings = Mailings(self._database)
        self._letters = Letters(config, self._database, self._mailings, stores.issues.load)
        self._notices = notice_sender(config, self._database, self._letters)
        self._noticing = threading.Lock()
        self.sender = Sender(
            config,
            self._database,
            self._letters,
            owner=owner,
            workers=workers,
            lease_seconds=lease_seconds,
            is_one_of_several=True,
        )
        self._publishing: Publishing | None = None
        if site is not None:
            self._publishing = Publishing(
                site,
                self._database,
                owner=owner,
                is_dead=self.sender.is_dead,
                lease_seconds=lease_seconds,
                log=log,
            )
        self._alive = alive
        self._log = log
        self._told: Counter[str] = Counter()
        self._last_trouble = ""
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._relay_seconds = relay_of(config).timeout.total_seconds()
        self._failed_at = 0.0
        self.failure: BaseException | None = None

    @property
    def has_ended(self) -> bool:
        """Whether it can do nothing more."""
        return self.failure is not None or self.sender.desk.is_stopping

    def begin(self) -> None:
        """Publish where nobody does, and hold on to all that is held from now on."""
        self._look_at_publishing()
        self._keeper.start()

    def run_shard(self, mailing: int, shard: int) -> None:
        """Send what is due in a shard, if it is nobody's. Raises nothing."""
        self._guarded(lambda: self.sender.run_shard(mailing, shard))

    def tick(self) -> None:
        """What is done each minute, once in the cluster: see what may not be sent, free what the
        dead held, settle doubt, make the jobs that are missing, send mails about subscriptions.

        Raises nothing.
        """
        self._guarded(self._look)
        self._guarded(self._send_notices)

    def stop(self) -> None:
        """Let all that is at work end after what it has in hand, and begin nothing."""
        self.sender.desk.stop()
        if self._publishing is not None:
            self._publishing.stop()

    def close(self) -> None:
        """Give back what is held. Raises what ended the sending early."""
        try:
            if self._publishing is not None:
                self._publishing.end()
            self.sender.close()  # leases are held on until the last lane has ended
            if self._publishing is not None:
                self._publishing.give_back()
            self._sweep()  # others need not wait for the minute
        finally:
            self._over.set()
            if self._keeper.is_alive():
                self._keeper.join()
            self._tell()
        if self.failure is not None:
            raise self.failure

    def _look(self) -> None:
        paused = pause_what_may_be_sent(self._config, self._database, self._mailings)
        if paused:
            self._log.warning("delivery.trouble", error=paused)
        for unknown in unknown_issues(self._config, self._mailings, resend=False):
            self._log.warning("delivery.unknown", error=str(unknown), mend=unknown.mend)
        forget_unconfirmed(self._database)
        self.sender.settle()
        self._sweep()
        self._tell()

    def _sweep(self) -> None:
        """A job for each shard that has something due and none."""
        places = self._ledger.waiting(self._letters.known(), _MOST_WOKEN)
        if places:
            with self._database.writing() as connection:
                wake_for(connection, places)

    def _send_notices(self) -> None:
        if not self._noticing.acquire(blocking=False):
            return  # that round goes on
        try:
            self._notices.send(should_stop=lambda: self.has_ended)
            if self._notices.report.trouble:
                self._log.warning("delivery.trouble", error=self._notices.report.trouble)
        finally:
            self._noticing.release()

    def _keep(self) -> None:
        """The thread that tends the shards in hand; what the dead held is woken for at once.

        Also after a failure: lanes end what they have in hand, for as long as the relay takes, and
        so does a run.
        """
        freed, done = self.sender.freed, -1
        while not self._over.is_set() and self._is_waited_for():
            if self.failure is None:
                self._guarded(self._tend)
            elif not isinstance(self.failure, StoreUnreachable):
                self._guarded(self._hold_on, after_failure=True)
            if self.sender.freed != freed and not self.has_ended:
                freed = self.sender.freed
                self._guarded(self._sweep)
            self._alive("keeper")
            desk = self.sender.desk
            if not desk.leases() or desk.trouble or desk.counts.total() != done:
                done = desk.counts.total()
                self._alive("sending")
            desk.wait(_TEND_SECONDS)

    def _is_waited_for(self) -> bool:
        """Whether the watchdog is to be told that all goes on. Where the database is away, only for
        as long as the relay may take: nobody would see that a lane waits for the database instead.
        """
        if not isinstance(self.failure, StoreUnreachable):
            return True
        self._failed_at = self._failed_at or time.monotonic()
        return time.monotonic() - self._failed_at < self._relay_seconds

    def _tend(self) -> None:
        if self.sender.tend():
            self._database.require_ours()
            self._look_at_publishing()
        if self._publishing is not None:
            self._publishing.heed()

    def _hold_on(self) -> None:
        if self.sender.tend():
            self._look_at_publishing()

    def _look_at_publishing(self) -> None:
        if self._publishing is not None:
            self._publishing.look()

    def _guarded(self, act: Callable[[], object], *, after_failure: bool = False) -> None:
        if self.failure is not None and not after_failure:
            return
        try:
            act()
        except StoreConflict as conflict:  # it is done again, by the next round or another job
            self._log.debug("worker.conflict", error=str(conflict))
        except StoreUnreachable as away:  # one of its own: what was caught holds on to a connection
            self._fail(StoreUnreachable(away.message, where=away.where, mend=away.mend))
        except BaseException as failure:  # noqa: BLE001 (raised again by close)
            self._fail(failure)

    def _fail(self, failure: BaseException) -> None:
        if self.failure is None:
            self.failure = failure
        self.stop()

    def _tell(self) -> None:
        """Log what was done since, and a trouble that is new."""
        now = Counter(self.sender.desk.counts)
        done = now - self._told
        self._told = now
        if done:
            self._log.info("delivery.done", **done)
        trouble = self.sender.trouble
        if trouble and trouble != self._last_trouble:
            self._log.warning("delivery.trouble", error=trouble)
        self._last_trouble = trouble
