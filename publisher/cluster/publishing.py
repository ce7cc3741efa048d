"""ENTRY. Of all workers one publishes: it holds the lease, and runs the timer as long as it does.

Each looks now and then whether the lease is free. Who holds it stops at half of what is left of it
where it cannot hold it on, by its own clock, so that it has stopped when another begins.
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
from publisher.sending.desk import lease_time
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
    another may `end` it at any time."""

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
        """Hold the lease on, or take it where it is free, and publish as long as it is held.

        Raises PublisherError.
        """
        with self._turn:
            if not self._is_over:
                self._take()

    def _take(self) -> None:
        asked = lease_time()
        epoch = self._holds.take(PUBLISH, self._owner, self._lease_seconds, self._is_dead)
        if epoch is None:
            self._stop()
            return
        self._until = asked + self._lease_seconds / 2
        if self._thread is None or not self._thread.is_alive():
            self._begin(epoch)

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

    def end(self) -> None:
        """End the run in hand, which leaves output/ whole, and begin none."""
        with self._turn:
            self._is_over = True
            self._stop()
        if self._thread is not None:
            self._thread.join()

    def give_back(self) -> None:
        """Let others publish. Raises StoreError."""
        self._holds.give_back(PUBLISH, self._owner)

    def _stop(self) -> None:
        if self._timer is not None:
            self._log.info("worker.publishes_no_more")
            self._timer.stop()
            self._timer = None

    def _is_held(self) -> bool:
        return lease_time() < self._until
