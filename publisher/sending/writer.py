"""EDGE. The ledger of a process: what its lanes ask to be noted shares commits.

A commit to disk takes as long for one row as for fifty. So requests gather until each lane at work
has one there, and the last of them writes for all: no thread has to be woken for it. Where one does
not come, whoever has waited for as long as nobody notices writes what there is. Each writes one
batch and goes on with its own message: who wrote for others as long as there are any would keep
its own from being sent, where a commit takes long.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import Enum, auto

from publisher.errors import StoreConflict
from publisher.model import Lease, Recipient, Result
from publisher.store.ledger import Batch, Ledger


class Noted(Enum):
    """What became of a note: it stands; its reader has left; the shard is another's now."""

    STANDS = auto()
    LEFT = auto()
    LOST = auto()


class Request:
    """What a lane wants noted: what came of its last message, and which one it sends next.

    A bare lock is what it waits by; a Future takes as long to make as its answer to find.
    """

    __slots__ = ("_answer", "_done", "_error", "_hurry", "intent", "result")

    def __init__(
        self, result: Result | None, intent: Recipient | None, hurry: Callable[[Request], None]
    ) -> None:
        """`hurry` is told when it has waited long."""
        self.result = result
        self.intent = intent
        self._hurry = hurry
        self._answer = (Noted.LOST, Noted.LOST)
        self._error: BaseException | None = None
        self._done = threading.Lock()
        self._done.acquire()

    def answer(self, answer: tuple[Noted, Noted]) -> None:
        """Let go of who waits."""
        self._answer = answer
        self._done.release()

    def fail(self, error: BaseException) -> None:
        """The same, with an error."""
        self._error = error
        self._done.release()

    def wait(self) -> tuple[Noted, Noted]:
        """What became of it. Raises StoreError."""
        patience = _PATIENCE
        while not self._done.acquire(timeout=patience):
            self._hurry(self)
            patience = max(patience, _LOOK)
        if self._error is not None:
            raise self._error
        return self._answer


_PATIENCE = 0.003
"""Seconds that a request waits for company, at most."""

_LOOK = 0.01
"""Seconds after which who waits for a batch that another writes looks whether the next is due."""

_TRIES = 5
"""How often a batch is written that the database undid for another's sake."""


class Writer:
    """Notes results and intents for all lanes, by whichever of their threads is the last to ask.

    One batch is written at a time.
    """

    def __init__(
        self,
        ledger: Ledger,
        leases: Callable[[], Mapping[tuple[int, int], Lease]],
        lanes: Callable[[], int] = lambda: 1,
    ) -> None:
        """`lanes` says how many are at work: a batch with a request of each waits for nobody."""
        self._ledger = ledger
        self._leases = leases
        self._lanes = lanes
        self._lock = threading.Lock()
        self._waiting: list[Request] = []
        self._company = 1
        self._writes = self._is_hurried = False

    def note(self, result: Result | None, intent: Recipient | None) -> tuple[Noted, Noted]:
        """Note both in one transaction; when this returns they are on disk, and it says of each
        what became of it.

        Raises StoreError where the ledger cannot be written: then nothing may be sent.
        """
        return self.ask(result, intent).wait()

    def ask(self, result: Result | None, intent: Recipient | None) -> Request:
        """The same for who may have something to do meanwhile: `wait` gives what `note` does."""
        request = Request(result, intent, self._hurry)
        with self._lock:
            self._waiting.append(request)
            batch = self._batch()
        self._write(batch)
        return request

    def close(self) -> None:
        """Write what was asked for, and end. No lane is at work any more."""
        with self._lock:
            self._is_hurried = True
            batch = self._batch()
        self._write(batch)
        self._ledger.let_go()

    def _hurry(self, request: Request) -> None:
        """One has waited long: if it is not being written it is to be, with all that wait."""
        with self._lock:
            self._is_hurried |= request in self._waiting
            batch = self._batch()
        self._write(batch)

    def _batch(self) -> list[Request]:
        """What is to be written now by who asks, with the lock held."""
        if self._writes or not (self._is_hurried or len(self._waiting) >= self._company):
            return []
        batch, self._waiting = self._waiting, []
        self._writes, self._is_hurried = bool(batch), False
        return batch

    def _write(self, batch: list[Request]) -> None:
        """Write it, if there is one, and let another be written."""
        if batch:
            self._note_all(batch)
            with self._lock:
                self._writes = False
                self._company = self._lanes()

    def _written(self, batch: Batch) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
        """The same for a batch; one that stood in the way of a reader who left is written again."""
        for _ in range(_TRIES - 1):
            with suppress(StoreConflict):
                return self._ledger.write(batch, self._leases())
        return self._ledger.write(batch, self._leases())

    def _note_all(self, requests: list[Request]) -> None:
        batch = Batch(
            results=[one.result for one in requests if one.result is not None],
            intents=[one.intent for one in requests if one.intent is not None],
        )
        try:
            stands, lost = self._written(batch)
        except BaseException as error:  # noqa: BLE001 (raised again by each who waits)
            for request in requests:
                request.fail(error)
            return
        for request in requests:
            request.answer(_noted(request, stands, lost))


def _noted(
    request: Request, stands: set[tuple[int, int]], lost: set[tuple[int, int]]
) -> tuple[Noted, Noted]:
    result, intent = request.result, request.intent
    of_result = of_intent = Noted.STANDS
    if result is not None and (result.mailing, result.shard) in lost:
        of_result = Noted.LOST
    if intent is not None and (intent.mailing, intent.shard) in lost:
        of_intent = Noted.LOST
    elif intent is not None and (intent.mailing, intent.subscriber) not in stands:
        of_intent = Noted.LEFT
    return of_result, of_intent
