"""ENTRY. Signs of life of what a process has at work, and which of it gave none for too long."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_OVERSLEPT_SECONDS = 5.0
"""Between two looks, which are a second apart: all of the process was paused."""


class Signs:
    """Given by any thread; one looks, about once a second.

    What was paused with all of the process is late from then on only. The looks keep that by
    themselves: a sign that they wrote could be of what was over meanwhile.
    """

    def __init__(self, patience: Callable[[str], float], clock: Callable[[], float]) -> None:
        """`patience` says how many seconds each may be silent, by `clock`."""
        self._patience = patience
        self._clock = clock
        self._given: dict[str, float] = {}
        self._looked = self._awake = clock()

    def give(self, of: str) -> None:
        """That goes on."""
        self._given[of] = self._clock()

    def over(self, *of: str) -> None:
        """Those are waited for no more."""
        for one in of:
            self._given.pop(one, None)

    def late(self) -> Sequence[str]:
        """What has given no sign for longer than it may."""
        now = self._clock()
        if now - self._looked > _OVERSLEPT_SECONDS:
            self._awake = now
        self._looked = now
        return [
            of
            for of, at in list(self._given.items())
            if now - max(at, self._awake) > self._patience(of)
        ]
