"""When a reader has had enough: counts by issue, whatever the order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.bouncing import Notice, NoticeKind
from publisher.delivery.strikes import KEPT, SETTLED, Outcome, graver, reason_to_suppress, soft_run

NOW = datetime(2026, 12, 21, tzinfo=UTC)
KINDS = {"s": "soft", "b": "blocked", "h": "hard", "-": ""}


def past(kinds: str, *, days: float = 7, newest: float = 0) -> list[Outcome]:
    """Issues, newest first, so many days apart; the newest was sent so many days ago."""
    return [
        Outcome(sent=NOW - timedelta(days=newest + n * days), kind=KINDS[kind])
        for n, kind in enumerate(kinds)
    ]


@pytest.mark.parametrize(
    ("kinds", "run"),
    [
        ("", 0), ("-", 0), ("s", 1), ("sss", 3), ("ss-s", 2), ("s-ss", 1),
        ("-sss", 3),  # the newest was sent just now and may still come back
        ("--sss", 0),  # the one before had its time
        ("sbs", 2), ("bss", 2), ("bbb", 0), ("hs", 2),
    ],
)  # fmt: skip
def test_a_row_ends_with_an_issue_that_arrived(kinds: str, run: int) -> None:
    assert soft_run(past(kinds), NOW) == run


def test_a_daily_issue_that_did_not_come_back_before_a_later_one_arrived() -> None:
    assert soft_run(past("s-ss", days=1), NOW) == 1
    assert soft_run(past("----sss", days=1), NOW) == 3
    assert soft_run(past("-sss", days=1, newest=SETTLED.days), NOW) == 0


@pytest.mark.parametrize("kind", NoticeKind)
def test_only_hard_ones_and_complaints_suppress_at_once(kind: NoticeKind) -> None:
    reason = reason_to_suppress(Notice(kind=kind), past("s"), 3, NOW)
    at_once = {NoticeKind.HARD: "hard bounce", NoticeKind.COMPLAINT: "complaint"}
    assert reason == at_once.get(kind, "")


def test_soft_ones_suppress_at_the_limit_and_blocked_ones_never() -> None:
    soft, blocked = Notice(kind=NoticeKind.SOFT), Notice(kind=NoticeKind.BLOCKED)
    assert reason_to_suppress(soft, past("ss"), 3, NOW) == ""
    assert reason_to_suppress(soft, past("sss"), 3, NOW) == "soft bounces"
    assert reason_to_suppress(blocked, past("bsss"), 3, NOW) == ""


@given(st.lists(st.sampled_from(KEPT), min_size=1))
def test_the_gravest_stays_whatever_comes_after(kinds: list[NoticeKind]) -> None:
    kept = ""
    for kind in kinds:
        kept = graver(kind, kept)
    assert kept == max(kinds, key=KEPT.index)


@given(st.text("sb-", max_size=12), st.integers(1, 5))
def test_no_row_is_longer_than_the_soft_ones_of_it(kinds: str, limit: int) -> None:
    run = soft_run(past(kinds), NOW)
    assert run <= kinds.count("s")
    if run >= limit:
        assert kinds.replace("b", "").lstrip("-").startswith("s" * limit)
