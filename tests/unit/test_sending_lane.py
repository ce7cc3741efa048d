"""A lane whose letters cannot be made."""

from __future__ import annotations

import time
from collections import Counter
from typing import cast

import pytest

from publisher.config import RetrySpec, SmtpSpec
from publisher.errors import PublisherError, StoreUnreachable
from publisher.model import DeliveryState, Lease, Recipient, Result
from publisher.sending.desk import Desk
from publisher.sending.lane import Lane, Letter, Means
from publisher.sending.writer import Noted, Request, Writer

READER = Recipient(mailing=1, shard=0, subscriber=7, email="a@x.example", name="", tries=0)


class Notes:
    """A ledger that takes everything."""

    def __init__(self) -> None:
        self.results: list[Result] = []

    def ask(self, result: Result | None, intent: Recipient | None) -> Request:
        assert intent is None
        self.results += [result] if result else []
        request = Request(result, intent)
        request.answer((Noted.STANDS, Noted.STANDS))
        return request


def lane_with(error: PublisherError) -> tuple[Lane, Desk, Notes]:
    desk, notes = Desk(SmtpSpec(host="relay.example"), Counter()), Notes()
    desk.add(Lease(mailing=1, shard=0, epoch=1, deadline=0), [READER], time.monotonic() + 60)
    desk.close()

    def letter(_recipient: Recipient) -> Letter:
        raise error

    def no_session() -> None:
        pytest.fail("there is nothing to open a session for")

    means = Means(
        desk=desk,
        writer=cast("Writer", notes),
        letter=letter,
        open_session=no_session,  # type: ignore[arg-type]
        retry=RetrySpec(),
        now=lambda: 0,
        refused=lambda _recipient, _reply: None,
    )
    lane = Lane(means, 0)
    lane.run()
    return lane, desk, notes


def test_an_address_of_no_use_fails_by_itself() -> None:
    lane, desk, notes = lane_with(PublisherError("the reader was erased"))
    assert lane.failure is None
    assert [result.state for result in notes.results] == [DeliveryState.FAILED]
    assert desk.counts == {"failed": 1}


def test_a_database_that_is_away_is_no_reader_s_fault() -> None:
    """What the letter is made of is read when its first reader comes."""
    lane, desk, notes = lane_with(StoreUnreachable("is away"))
    assert isinstance(lane.failure, StoreUnreachable)
    assert notes.results == []
    assert desk.is_stopping
