"""ENTRY. Of all workers one publishes: it holds the lease, and runs the timer as long as it does.

Each looks now and then whether the lease is free. Who holds it stops at half of what is left of it
where it cannot hold it on, by its own clock, so that it has stopped when another begins. Who is to
end holds it on until the run in hand has given up.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from publisher.cluster.wakeups import wake_for
from publisher.config import Config
from publisher.errors import ConfigError
from publisher.schedule.run import make_timer
from publisher.schedule.timer import Timer
from publisher.sending.tray import lease_time
from publisher.store.engine import Database
from publisher.store.holds import PUBLISH, Holds
from publisher.values import dataclass
from publisher.wiring.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a timer is made of."""

    load: Callable[[], Config]
    clock: Callable[[], datetime]
    open_stores: Callable[[Config], Stores]
    config_file: Path


class Publishing:
    """This worker's part in it. `look` is called by one thread, more often than a lease lasts;
    others may `stop` and `end` it at any time."""

    def __init__(
        self,
        site: Site,
        database: Database,
        *,
        owner: str,
        is_dead: Callable[[str], bool],
        lease_seconds: float,
        log: Any,
    ) -> None:
        self._site = site
        self._holds = Holds(database)
        self._owner = owner
        self._is_dead = is_dead
        self._lease_seconds = lease_seconds
        self._log = log
        self._until = 0.0
        self._timer: Timer | None = None
        self._thread: threading.Thread | None = None
        self._is_over = False
        self._turn = threading.Lock()  # whoever ends it finds nothing half begun, nor begins later

    def look(self) -> None:
        """Hold the lease on, or take it where it is free, and publish as long as it is held; once
        it is to end, hold it on as long as a run is at work.

        Raises PublisherError.
        """
        with self._turn:
            if not self._is_over:
                self._take()
            elif self._is_at_work():
                self._hold()

    def _take(self) -> None:
        asked = lease_time()
        epoch = self._hold()
        if epoch is None:
            self._stop()
            return
        self._until = asked + self._lease_seconds / 2
        if not self._is_at_work():
            self._begin(epoch)

    def _hold(self) -> int | None:
        return self._holds.take(PUBLISH, self._owner, self._lease_seconds, self._is_dead)

    def _is_at_work(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _begin(self, epoch: int) -> None:
        try:
            timer = make_timer(
                self._site.load,
                self._site.clock,
                self._site.open_stores,
                self._site.config_file,
                tell=lambda *_: False,  # the worker itself tells its supervisor
                may_publish=self._is_held,
                wake=wake_for,
            )
        except ConfigError as error:  # it was good when the worker began, and mail goes on by that
            self._log.error("config.refused", error=str(error), mend=error.mend)
            return
        self._log.info("worker.publishes", epoch=epoch)
        self._timer = timer
        self._thread = threading.Thread(target=timer.run, name="publishing", daemon=True)
        self._thread.start()

    def heed(self) -> None:
        """Stop where the lease could not be held on in time."""
        with self._turn:
            if not self._is_held():
                self._stop()

    def stop(self) -> None:
        """Let the run in hand give up, which leaves output/ whole, and begin none."""
        self._is_over = True

    def end(self) -> None:
        """The same, and wait for it."""
        self.stop()
        with self._turn:
            self._stop()
        if self._thread is not None:
            self._thread.join()

    def give_back(self) -> None:
        """Let others publish. Raises StoreError."""
        with self._turn:
            self._holds.give_back(PUBLISH, self._owner)

    def _stop(self) -> None:
        if self._timer is not None:
            self._log.info("worker.publishes_no_more")
            self._timer.stop()
            self._timer = None

    def _is_held(self) -> bool:
        return not self._is_over and lease_time() < self._until
