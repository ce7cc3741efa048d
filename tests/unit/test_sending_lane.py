"""A lane whose letters cannot be made, and one whose reader leaves at the last moment."""

from __future__ import annotations

import time
from collections import Counter
from types import SimpleNamespace
from typing import cast

import pytest

from publisher.config import RetrySpec, SmtpSpec
from publisher.errors import IssueUnsendable, PublisherError, StoreError, StoreUnreachable
from publisher.model import DeliveryState, Lease, Recipient, Reply, Result, Stage
from publisher.sending.desk import Desk
from publisher.sending.lane import Lane, Letter, Means
from publisher.sending.tray import lease_time
from publisher.sending.writer import Noted, Request, Writer
from publisher.transport.session import Envelope

READER = Recipient(mailing=1, shard=0, subscriber=7, email="a@x.example", name="", tries=0)


class Notes:
    """A ledger that takes everything."""

    def __init__(self) -> None:
        self.results: list[Result] = []

    def ask(self, result: Result | None, intent: Recipient | None) -> Request:
        assert intent is None
        self.results += [result] if result else []
        request = Request(result, intent, lambda _: None)
        request.answer((Noted.STANDS, Noted.STANDS))
        return request


def lane_with(error: PublisherError) -> tuple[Lane, Desk, Notes]:
    lane, desk, notes = lane_of(error)
    desk.close()
    lane.run()
    return lane, desk, notes


def lane_of(error: PublisherError) -> tuple[Lane, Desk, Notes]:
    desk, notes = Desk(SmtpSpec(host="relay.example"), Counter()), Notes()
    desk.add(LEASE, [READER], lease_time() + 60)

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
        unsendable=lambda recipient, _error: desk.drop(recipient.mailing),
    )
    return Lane(means, 0), desk, notes


def test_an_address_of_no_use_fails_by_itself() -> None:
    lane, desk, notes = lane_with(PublisherError("the reader was erased"))
    assert lane.failure is None
    assert [result.state for result in notes.results] == [DeliveryState.FAILED]
    assert desk.counts == {"failed": 1}


@pytest.mark.parametrize("error", [StoreUnreachable("is away"), StoreError("cannot be read")])
def test_a_database_that_is_away_is_no_reader_s_fault(error: StoreError) -> None:
    """What the letter is made of is read when its first reader comes."""
    lane, desk, notes = lane_with(error)
    assert lane.failure is error
    assert notes.results == []
    assert desk.is_stopping


def test_an_issue_of_which_no_letter_can_be_made_fails_for_nobody() -> None:
    lane, desk, notes = lane_with(IssueUnsendable("was frozen by another version"))
    assert lane.failure is None
    assert notes.results == []
    assert desk.counts == {}
    assert [lease.mailing for lease in desk.finished()] == [1]


def test_that_an_address_is_of_no_use_is_noted_before_more_is_waited_for() -> None:
    """The desk is not closed before all that it knows is done: nobody would wake the lane."""
    lane, desk, notes = lane_of(PublisherError("the reader was erased"))
    lane.start()
    end = time.monotonic() + 20
    while not desk.finished() and time.monotonic() < end:
        desk.wait(0.01)
    assert [result.state for result in notes.results] == [DeliveryState.FAILED]
    desk.close()
    lane.join(20)
    assert not lane.is_alive()


class Talk:
    """A session that keeps what it is given; what was offered it can only take back by its end."""

    def __init__(self, texts: list[bytes]) -> None:
        self.texts = texts
        self.is_open = True
        self.pipelining = True

    def offer(self, envelope: Envelope) -> Reply:
        return Reply(stage=Stage.RECIPIENT, code=250, text=f"{envelope.recipient} is welcome")

    def send(
        self, text: bytes, following: Envelope | None = None, *, dots: bool = True
    ) -> tuple[Reply, Reply | None]:
        assert self.is_open
        assert dots
        self.texts.append(text)
        reply = Reply(stage=Stage.TEXT, code=250, text="taken")
        return reply, self.offer(following) if following else None

    def reset(self) -> None:
        self.is_open = False

    def close(self) -> None:
        self.is_open = False


class Leaving(Notes):
    """A ledger by which one reader has left."""

    def __init__(self, subscriber: int) -> None:
        super().__init__()
        self.gone = subscriber
        self.made: list[int] = []
        self.made_by_then: list[list[int]] = []

    def ask(self, result: Result | None, intent: Recipient | None) -> Request:
        self.results += [result] if result else []
        request = Request(result, intent, lambda _: None)
        left = intent is not None and intent.subscriber == self.gone
        request.answer((Noted.STANDS, Noted.LEFT if left else Noted.STANDS))
        wait = request.wait

        def waited() -> tuple[Noted, Noted]:
            self.made_by_then.append(list(self.made))
            return wait()

        return cast("Request", SimpleNamespace(wait=waited))


LEASE = Lease(mailing=1, shard=0, epoch=1, deadline=0)
READERS = [
    Recipient(mailing=1, shard=0, subscriber=n, email=f"{n}@x.example", name="", tries=0)
    for n in (1, 2, 3)
]


def means_of(desk: Desk, notes: Leaving, texts: list[bytes]) -> Means:
    """Of a lane whose relay takes every text."""

    def letter(recipient: Recipient) -> Letter:
        notes.made.append(recipient.subscriber)
        envelope = Envelope(sender="n@x.example", recipient=recipient.email, size=1)
        return Letter(envelope=envelope, text=b"%d" % recipient.subscriber)

    return Means(
        desk=desk,
        writer=cast("Writer", notes),
        letter=letter,
        open_session=lambda: Talk(texts),
        retry=RetrySpec(),
        now=lambda: 0,
        refused=lambda _recipient, _reply: None,
        unsendable=lambda recipient, _error: desk.drop(recipient.mailing),
    )


class HeldUp(Leaving):
    """A ledger that takes so long over the first intents that the lease may be over."""

    def __init__(self, desk: Desk, intents: int) -> None:
        super().__init__(subscriber=0)
        self._desk = desk
        self._intents = intents

    def ask(self, result: Result | None, intent: Recipient | None) -> Request:
        if intent is not None and self._intents:
            self._intents -= 1
            self._desk.extended([LEASE], lease_time() - 1)
        return super().ask(result, intent)


@pytest.mark.parametrize("intents", [1, 2, 3])
def test_where_the_lease_may_be_over_it_waits_for_the_ledger_s_word(intents: int) -> None:
    """It was given up though nobody had taken it over, and stayed so: its readers got nothing."""
    desk = Desk(SmtpSpec(host="relay.example"), Counter())
    notes = HeldUp(desk, intents)
    texts: list[bytes] = []
    desk.add(LEASE, READERS, lease_time() + 60)
    desk.close()
    for turn in range(intents):
        lane = Lane(means_of(desk, notes, texts), turn)
        lane.run()
        assert lane.failure is None
        assert texts == []
        desk.extended([LEASE], lease_time() + 60)
    assert {result.state for result in notes.results} == {DeliveryState.PENDING}
    assert list(desk.leases().values()) == [LEASE]
    lane = Lane(means_of(desk, notes, texts), 9)
    lane.run()
    assert sorted(texts) == [b"1", b"2", b"3"]
    assert desk.counts == {"sent": 3}
    assert desk.finished() == [LEASE]


@pytest.mark.parametrize("gone", [1, 2, 3])
def test_who_leaves_at_the_last_moment_gets_nothing_and_the_others_theirs(gone: int) -> None:
    desk, notes = Desk(SmtpSpec(host="relay.example"), Counter()), Leaving(gone)
    texts: list[bytes] = []
    desk.add(LEASE, READERS, lease_time() + 60)
    desk.close()
    lane = Lane(means_of(desk, notes, texts), 0)
    lane.run()
    assert lane.failure is None
    assert texts == [b"%d" % n for n in (1, 2, 3) if n != gone]
    assert desk.counts == {"sent": 2, "skipped": 1}
    assert notes.made_by_then[0] == [1, 2], "the next letter is made while the intent is written"
