"""USE CASE. Who looks after the site is told; also where the database cannot keep what was told."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.config import Config
from publisher.errors import StoreError
from publisher.model import Trouble
from publisher.wiring.app import Clock
from publisher.wiring.stores import Stores

if TYPE_CHECKING:
    from publisher.store.engine import Database
    from publisher.upkeep.alerts import Told

_ITS_OWN = ("state", "disk")
"""The kinds of trouble that may keep the database from being written."""


class Bell:
    """Tells what is new and what is over. What it was told is in the database; while that cannot be
    used, that this is so is kept in memory. One thread rings at a time; another may close it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._memory: Database | None = None
        self._lock = threading.Lock()
        self._is_ringing = self._is_closed = False

    def ring(self, config: Config, stores: Stores, troubles: Sequence[Trouble]) -> Told:
        """Tell of these, which are all there are now; once it is closed, of nothing."""
        from publisher.upkeep.alerts import Told, settle_alerts, tell_alerts  # noqa: PLC0415 (SQLAlchemy)

        with self._ringing() as may_ring:
            if not may_ring:
                return Told()
            own: list[Trouble] = []
            kept = Told()
            try:
                settle_alerts(stores.database, troubles)
                kept = tell_alerts(config, stores.database)
            except StoreError as error:
                own = [one for one in troubles if one.kind in _ITS_OWN]
                if not any(one.kind == "state" for one in own):
                    own.append(Trouble(kind="state", text=str(error)))
            if not own and self._memory is None:
                return kept
            memory = self._remembering()
            settle_alerts(memory, own)
            told = tell_alerts(config, memory)
            return Told(
                alerts=(*kept.alerts, *told.alerts), troubles=(*kept.troubles, *told.troubles)
            )

    def close(self) -> None:
        """Forget, at once or after what is being told: the timer does not wait for that."""
        with self._lock:
            self._is_closed = True
            if not self._is_ringing:
                self._forget()

    @contextmanager
    def _ringing(self) -> Iterator[bool]:
        with self._lock:
            self._is_ringing = not self._is_closed
        try:
            yield self._is_ringing
        finally:
            with self._lock:
                self._is_ringing = False
                if self._is_closed:
                    self._forget()

    def _forget(self) -> None:
        if self._memory is not None:
            self._memory.close()
            self._memory = None

    def _remembering(self) -> Database:
        from publisher.store.engine import open_sqlite_aside  # noqa: PLC0415 (SQLAlchemy)

        if self._memory is None:
            nowhere = Path("memory")  # no file is made of it
            self._memory = open_sqlite_aside(nowhere, lambda: int(self._clock().timestamp() * 1000))
        return self._memory
