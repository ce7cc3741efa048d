"""How far work is, where there is no terminal."""

from __future__ import annotations

import pytest

from publisher.progress import line, progress_display


@pytest.mark.parametrize(
    ("done", "total", "rate", "told"),
    [
        (1200, 9000, 240.0, "sending: 1,200 of 9,000, 240 a second, 32 s left"),
        (10, 9000, 0.5, "sending: 10 of 9,000, 30 a minute, 5 h left"),
        (5000, 90000, 100.0, "sending: 5,000 of 90,000, 100 a second, 14 min left"),
        (9000, 9000, 240.0, "sending: 9,000 of 9,000, 240 a second"),
        (7, 0, 2.0, "sending: 7, 2 a second"),
        (0, 9, 0.0, "sending: 0 of 9"),
    ],
)
def test_a_line_says_how_much_how_fast_and_how_long_yet(
    done: int, total: int, rate: float, told: str
) -> None:
    assert line("sending", done, total, rate) == told


def test_lines_come_now_and_then_and_quick_work_says_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = 0.0
    with progress_display(quiet=False, clock=lambda: now) as show:
        for second in range(26):
            now = float(second)
            show("sending", second * 10, 1000)
    assert capsys.readouterr().err.splitlines() == [
        "sending: 100 of 1,000, 10 a second, 90 s left",
        "sending: 200 of 1,000, 10 a second, 80 s left",
    ]


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    with progress_display(quiet=True, clock=lambda: now) as show:
        for second in range(60):
            now = float(second)
            show("sending", second, 1000)
    assert capsys.readouterr().err == ""
