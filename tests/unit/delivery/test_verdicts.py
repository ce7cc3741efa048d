"""What a relay's reply makes of a delivery, and how long it waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.config import RetrySpec
from publisher.delivery.verdicts import judge, wait_before
from publisher.model import Blame, DeliveryState, Reply, Stage

S = DeliveryState


@pytest.mark.parametrize(
    ("stage", "code", "state", "blame"),
    [
        (Stage.TEXT, 250, S.SENT, Blame.NOBODY),
        (Stage.TEXT, 0, S.DOUBTFUL, Blame.RELAY),
        (Stage.TEXT, 421, S.PENDING, Blame.RELAY),
        (Stage.TEXT, 451, S.DEFERRED, Blame.RECIPIENT),
        (Stage.TEXT, 554, S.FAILED, Blame.RECIPIENT),
        (Stage.TEXT, 354, S.DOUBTFUL, Blame.RELAY),
        (Stage.RECIPIENT, 450, S.DEFERRED, Blame.RECIPIENT),
        (Stage.RECIPIENT, 550, S.FAILED, Blame.RECIPIENT),
        (Stage.RECIPIENT, 421, S.PENDING, Blame.RELAY),
        (Stage.RECIPIENT, 0, S.PENDING, Blame.RELAY),
        (Stage.SENDER, 451, S.PENDING, Blame.RELAY),
        (Stage.SENDER, 550, S.PENDING, Blame.RELAY),
        (Stage.GREETING, 554, S.PENDING, Blame.RELAY),
    ],
)
def test_each_class_of_replies(stage: Stage, code: int, state: DeliveryState, blame: Blame) -> None:
    verdict = judge(Reply(stage=stage, code=code))
    assert (verdict.state, verdict.blame) == (state, blame)
    assert verdict.refused == (code // 100 == 5 and stage in (Stage.GREETING, Stage.SENDER))


@given(stage=st.sampled_from(Stage), code=st.integers(0, 599))
def test_nothing_but_a_yes_to_the_text_is_sent_and_nothing_before_it_is_in_doubt(
    stage: Stage, code: int
) -> None:
    state = judge(Reply(stage=stage, code=code)).state
    assert (state is S.SENT) == (stage is Stage.TEXT and 200 <= code <= 299)
    if state is S.DOUBTFUL:
        assert stage is Stage.TEXT
        assert not 400 <= code <= 599  # a no is an answer


def test_waits_grow_and_end() -> None:
    retry = RetrySpec(first=timedelta(minutes=5), factor=2, give_up=timedelta(hours=48))
    waits = [wait_before(n, retry, mailing=1, subscriber=7) for n in range(1, 20)]
    known = [wait for wait in waits if wait is not None]
    assert known == sorted(known)
    assert 4.5 * 60 <= known[0] <= 5.5 * 60
    assert sum(known) <= 1.1 * 48 * 3600
    assert waits[len(known) :] == [None] * (19 - len(known))
    assert len(known) == 9


def test_readers_of_one_issue_do_not_come_back_at_one_instant() -> None:
    retry = RetrySpec()
    waits = {wait_before(1, retry, mailing=1, subscriber=n) for n in range(100)}
    assert len(waits) > 90
    assert wait_before(1, retry, mailing=1, subscriber=5) == wait_before(
        1, retry, mailing=1, subscriber=5
    )
