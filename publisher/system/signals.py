"""EDGE. Signals, heard by a thread of their own.

A handler interrupts the main thread anywhere, also within a handler: what takes a lock there, as
setting an event does, may wait for ever for what it has interrupted.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from queue import SimpleQueue


def hear(acts: Mapping[signal.Signals, Callable[[], object]]) -> None:
    """From now on do these, one after the other, when their signals come; of a signal that came
    several times meanwhile once. What they raise is theirs to tell. In the main thread only."""
    came: SimpleQueue[int] = SimpleQueue()  # whose put may be interrupted by another
    for number in acts:
        signal.signal(number, lambda number, _frame: came.put(number))

    def listen() -> None:
        while True:
            numbers = {came.get()}
            while not came.empty():
                numbers.add(came.get())
            for number in sorted(numbers, key=lambda one: one == signal.SIGHUP):
                acts[signal.Signals(number)]()

    threading.Thread(target=listen, name="signals", daemon=True).start()
