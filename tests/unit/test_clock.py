"""The clock of `--now`."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from publisher.cli.common import make_clock

START = datetime(2026, 11, 22, 8, 0, 0, 999, tzinfo=UTC)


def test_a_told_clock_starts_at_the_first_look_and_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([1000.0, 1000.0, 1000.9, 1002.5])
    clock = make_clock(START)
    monkeypatch.setattr(time, "monotonic", lambda: next(moments))
    seconds = [clock().isoformat() for _ in range(3)]
    assert seconds == [f"2026-11-22T08:00:0{n}+00:00" for n in (0, 0, 2)]


def test_the_machines_clock_is_in_utc_and_whole_seconds() -> None:
    now = make_clock(None)()
    assert now.tzinfo is UTC
    assert now.microsecond == 0
