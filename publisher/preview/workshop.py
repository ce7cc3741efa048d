"""EDGE. The one thread that composes and draws: it has the state's copy, and sees what changes.

All work is done there one after the other, so that no two builds run at once and SQLite is asked
by one thread alone. It is a daemon: nobody who ends the preview waits for it.
"""

from __future__ import annotations

import queue
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from publisher.config import Config
from publisher.errors import PublisherError
from publisher.preview.carry import carry_over
from publisher.preview.proof import Drawn, Proof, compose_proof, without_twins
from publisher.preview.watch import Stamps, Watched, look, watched_at_first, watched_by
from publisher.values import dataclass
from publisher.wiring.app import App, Clock, open_app

PAUSE = 0.5
"""Seconds between two looks, at the least."""

_SHARE = 20
"""A pause lasts so many times the look before it: looking never costs more than 5 % of a core."""

_BREATH = 0.1
"""Seconds that files must lie still: an editor writes a file in several steps."""

_PATIENCE = 2.0
"""Seconds after which files that never lie still are taken as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What there is to see. `number` is another after each look that found a change.

    `proof` is the last good one, None before the first, made at `when`; `errors` say why there is
    no newer one.
    """

    number: int = 0
    proof: Proof | None = None
    when: datetime | None = None
    errors: tuple[PublisherError, ...] = ()


class Workshop:
    """Keeps `shown` true. `load` reads the configuration, `told` hears of each new state."""

    def __init__(
        self,
        load: Callable[[], Config],
        *,
        config_file: Path,
        clock: Clock,
        told: Callable[[Shown], None],
    ) -> None:
        self.shown = Shown()
        self._load = load
        self._config_file = config_file
        self._clock = clock
        self._told = told
        self._jobs: queue.Queue[tuple[str, Future[bytes | None]] | None] = queue.Queue()
        self._drawn = Drawn()
        self._opened = ExitStack()
        self._app: App | None = None
        self._watched: Watched = watched_at_first(config_file)
        self._stamps: Stamps = {}
        self._look_at = 0.0
        self._is_over = False
        self._thread = threading.Thread(target=self._work, name="preview", daemon=True)

    def start(self) -> None:
        """Compose, then keep looking, beside the caller."""
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing more. What is under way is not waited for."""
        self._is_over = True
        self._jobs.put(None)

    def draw(self, path: str) -> Future[bytes | None]:
        """The bytes of a file of output/ as it would be; None where there would be none.

        The future raises what drawing raises.
        """
        future: Future[bytes | None] = Future()
        self._jobs.put((path, future))
        return future

    # -- in the thread

    def _work(self) -> None:
        self._build()
        while not self._is_over:
            try:
                job = self._jobs.get(timeout=max(0.0, self._look_at - time.monotonic()))
            except queue.Empty:
                job = None
            if job is not None:
                self._do(*job)
            if time.monotonic() >= self._look_at and not self._is_over:
                self._look()

    def _do(self, path: str, future: Future[bytes | None]) -> None:
        proof = self.shown.proof
        artifact = proof.artifacts.get(path) if proof else None
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(self._drawn.draw(artifact) if artifact else None)
        except Exception as error:  # noqa: BLE001 (whoever asked is told)
            future.set_exception(error)

    def _look(self) -> None:
        began = time.monotonic()
        seen = look(self._watched)
        took = time.monotonic() - began
        if seen != self._stamps or self._is_due():
            while time.monotonic() - began < _PATIENCE:
                time.sleep(_BREATH)
                again = look(self._watched)
                if again == seen:
                    break
                seen = again
            self._build()
        self._look_at = time.monotonic() + max(PAUSE, _SHARE * took)

    def _is_due(self) -> bool:
        proof = self.shown.proof
        if proof is None or proof.changes_at is None or self.shown.errors:
            return False
        return self._clock() >= proof.changes_at

    def _build(self) -> None:
        """Compose what there is now; where that fails, the last good state stays."""
        before = self.shown
        self._stamps = look(self._watched)
        opened = ExitStack()
        errors: tuple[PublisherError, ...] = ()
        proof = app = None
        try:
            config = self._load()
            self._watched = watched_by(config, self._config_file)
            self._stamps = look(self._watched)
            app = opened.enter_context(
                open_app(without_twins(config), clock=self._clock, progress=_silent, aside=True)
            )
            if self._app is not None:
                carry_over(self._app, app)
            proof = compose_proof(app, self._drawn)
        except PublisherError as error:
            errors = (error, *getattr(error, "others", ()))
        except Exception as error:  # noqa: BLE001 (a defect of ours ends no preview)
            traceback.print_exc()
            errors = (_defect(error),)
        if proof is None:
            opened.close()
            self.shown = replace(before, number=before.number + 1, errors=errors)
        else:
            self._opened.close()
            self._opened, self._app = opened, app
            self.shown = Shown(
                number=before.number + 1, proof=proof, when=proof.survey.now, errors=()
            )
        if not self._is_over:  # else it may have failed for want of what is cleared away
            self._told(self.shown)


def _defect(error: Exception) -> PublisherError:
    return PublisherError(
        f"{type(error).__name__}: {error}",
        mend="this is a defect of publisher: please report it with the lines on the terminal",
    )


def _silent(_what: str, _done: int, _total: int) -> None:
    """Nobody looks at a bar."""
