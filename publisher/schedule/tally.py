"""EDGE. What the timer's jobs came to since it began, and which of them fail now."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence

from publisher.mailbox import without_addresses
from publisher.model import Trouble


class Tally:
    """Counts for whoever asks, from any thread; it has no say in what is done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rounds: Counter[tuple[str, str]] = Counter()
        self._messages: Counter[str] = Counter()
        self._faults: dict[str, Trouble] = {}
        self._moved: dict[str, float] = {}

    def count(self, job: str, outcome: str) -> None:
        """A round of a job came to its end: `done`, `failed`, `given_up`, `busy`."""
        with self._lock:
            self._rounds[job, outcome] += 1

    def count_messages(self, states: Mapping[str, int]) -> None:
        """Deliveries that came to these states."""
        with self._lock:
            self._messages.update(states)

    def fault(self, kind: str, of: str, text: str) -> None:
        """This fails from now on; `text` "" says that it works.

        Strangers are told of it: what a relay says of whom it was to take is not in it.
        """
        trouble = Trouble(kind=kind, of=of, text=without_addresses(text))
        with self._lock:
            if text:
                self._faults[trouble.cause] = trouble
            else:
                self._faults.pop(trouble.cause, None)

    def moved(self, job: str) -> None:
        """A job is in hand and goes on."""
        self._moved[job] = time.monotonic()

    def ended(self, job: str) -> None:
        """A job is not in hand any more."""
        self._moved.pop(job, None)

    def stuck(self, seconds: float) -> Sequence[str]:
        """The jobs in hand that did not go on for so long."""
        limit = time.monotonic() - seconds
        return [job for job, moved in list(self._moved.items()) if moved < limit]

    @property
    def rounds(self) -> Mapping[tuple[str, str], int]:
        """How many rounds, by job and outcome."""
        with self._lock:
            return dict(self._rounds)

    @property
    def messages(self) -> Mapping[str, int]:
        """How many deliveries came to which state."""
        with self._lock:
            return dict(self._messages)

    @property
    def troubles(self) -> Sequence[Trouble]:
        """What fails now."""
        with self._lock:
            return list(self._faults.values())
