"""What a worker's watchdog looks at: who is late, and who is not."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from publisher.cluster.signs import Signs


class Clock:
    """Seconds that pass when a test says so; `meanwhile` is done whenever it is asked."""

    def __init__(self) -> None:
        self.now = 0.0
        self.meanwhile: Callable[[], object] = lambda: None

    def __call__(self) -> float:
        self.meanwhile()
        return self.now


def signs_of(clock: Clock) -> Signs:
    return Signs(lambda of: 100.0 if of == "sending" else 10.0, clock)


def look_for(signs: Signs, clock: Clock, seconds: int) -> list[str]:
    """What was late meanwhile."""
    found: list[str] = []
    for _ in range(seconds):
        clock.now += 1
        found += signs.late()
    return found


def test_what_goes_on_is_not_late_and_what_is_silent_is() -> None:
    clock = Clock()
    signs = signs_of(clock)
    for of in ("process", "keeper", "sending"):
        signs.give(of)
    assert look_for(signs, clock, 10) == []
    signs.give("keeper")
    assert look_for(signs, clock, 1) == ["process"]


def test_what_is_over_is_not_looked_for() -> None:
    clock = Clock()
    signs = signs_of(clock)
    signs.give("keeper")
    signs.over("keeper", "sending")
    assert look_for(signs, clock, 200) == []


def test_what_was_paused_with_all_of_the_process_has_its_time_anew() -> None:
    clock = Clock()
    signs = signs_of(clock)
    signs.give("process")
    clock.now += 1000
    assert signs.late() == []
    assert look_for(signs, clock, 10) == []
    assert look_for(signs, clock, 1) == ["process"]


@pytest.mark.parametrize("question", [1, 2, 3])
def test_what_ends_just_after_a_pause_is_not_looked_for_either(question: int) -> None:
    """In another thread, at any instant of the look: when that asks the clock."""
    clock = Clock()
    signs = signs_of(clock)
    signs.give("keeper")
    clock.now += 1000
    asked = itertools.count(1)
    clock.meanwhile = lambda: next(asked) == question and signs.over("keeper")
    signs.late()
    if next(asked) <= question:  # it was not asked as often
        signs.over("keeper")
    clock.meanwhile = lambda: None
    assert look_for(signs, clock, 200) == [], "the watchdog would have ended a worker that is well"
