"""The one writer of a ledger: notes that share a commit, are written again, or cannot be."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest

from publisher.errors import StoreConflict, StoreError
from publisher.model import Lease, Recipient
from publisher.sending import writer as writing
from publisher.sending.writer import Noted, Writer
from publisher.store.ledger import Batch, Ledger
from tests.serving import within

READER = Recipient(mailing=1, shard=0, subscriber=7, email="a@x.example", name="", tries=0)


class Troubled:
    """A ledger that fails so often before it writes."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.written: list[Batch] = []

    def write(
        self, batch: Batch, _leases: Mapping[tuple[int, int], Lease]
    ) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
        if self.errors:
            raise self.errors.pop(0)
        self.written.append(batch)
        return {(one.mailing, one.subscriber) for one in batch.intents}, set()

    def let_go(self) -> None:
        """It keeps nothing."""


def noted(ledger: Troubled) -> tuple[Noted, Noted]:
    writer = Writer(cast("Ledger", ledger), dict)
    try:
        return writer.note(None, READER)
    finally:
        writer.close()


def test_what_stood_in_anothers_way_is_written_again() -> None:
    ledger = Troubled(StoreConflict("deadlock detected"), StoreConflict("deadlock detected"))
    assert noted(ledger) == (Noted.STANDS, Noted.STANDS)
    assert len(ledger.written) == 1


def test_it_is_not_tried_for_ever() -> None:
    ledger = Troubled(*(StoreConflict("deadlock detected") for _ in range(100)))
    with pytest.raises(StoreConflict):
        noted(ledger)
    assert len(ledger.errors) > 90


def test_any_other_trouble_is_told_at_once() -> None:
    ledger = Troubled(StoreError("disk full"))
    with pytest.raises(StoreError, match="disk full"):
        noted(ledger)
    assert ledger.written == []


def test_notes_of_all_lanes_share_a_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """However the threads come to their turn: nobody writes before the third is there."""
    monkeypatch.setattr(writing, "_PATIENCE", 10)
    ledger = Troubled()
    writer = Writer(cast("Ledger", ledger), dict, lambda: 3)
    writer.note(None, READER)  # from the second on it knows how many there are
    with ThreadPoolExecutor(3) as pool:
        for _ in range(20):
            told = [pool.submit(writer.note, None, READER) for _ in range(3)]
            assert {one.result(10) for one in told} == {(Noted.STANDS, Noted.STANDS)}
    writer.close()
    assert sum(len(batch.intents) for batch in ledger.written) == 61
    assert len(ledger.written) == 21, "three share one"


def test_nobody_waits_long_for_company_that_does_not_come() -> None:
    ledger = Troubled()
    writer = Writer(cast("Ledger", ledger), dict, lambda: 10)
    began = time.monotonic()
    for _ in range(10):
        assert writer.note(None, READER) == (Noted.STANDS, Noted.STANDS)
    assert time.monotonic() - began < within(2)
    assert len(ledger.written) == 10
    writer.close()


def test_a_defect_reaches_all_who_wait() -> None:
    ledger = Troubled()
    writer = Writer(cast("Ledger", ledger), dict, lambda: 3)
    writer.note(None, READER)
    ledger.errors.append(ValueError("a defect"))
    for request in [writer.ask(None, READER) for _ in range(3)]:
        with pytest.raises(ValueError, match="a defect"):
            request.wait()
    for request in [writer.ask(None, READER) for _ in range(3)]:
        assert request.wait() == (Noted.STANDS, Noted.STANDS), "and the next are written"
    writer.close()


class Slow(Troubled):
    """A ledger that waits, from the second batch on, until it may write."""

    def __init__(self) -> None:
        super().__init__()
        self.is_at_it, self.may_write = threading.Event(), threading.Event()

    def write(
        self, batch: Batch, leases: Mapping[tuple[int, int], Lease]
    ) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
        if self.written:
            self.is_at_it.set()
            assert self.may_write.wait(10)
        return super().write(batch, leases)


def test_who_asks_while_others_are_written_need_not_wait_for_company() -> None:
    ledger = Slow()
    writer = Writer(cast("Ledger", ledger), dict, lambda: 2)
    writer.note(None, READER)
    first = writer.ask(None, READER)
    with ThreadPoolExecutor(2) as pool:
        second = pool.submit(writer.note, None, READER)
        assert ledger.is_at_it.wait(10)
        late = pool.submit(writer.note, None, READER)
        time.sleep(10 * writing._PATIENCE)
        ledger.may_write.set()
        assert {one.result(10) for one in (second, late)} == {(Noted.STANDS, Noted.STANDS)}
    assert first.wait() == (Noted.STANDS, Noted.STANDS)
    assert [len(batch.intents) for batch in ledger.written] == [1, 2, 1]
    writer.close()


class Sluggish(Troubled):
    """A ledger whose commits take longer than anybody waits for company."""

    def __init__(self) -> None:
        super().__init__()
        self.writers: list[int] = []

    def write(
        self, batch: Batch, leases: Mapping[tuple[int, int], Lease]
    ) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
        self.writers.append(threading.get_ident())
        time.sleep(3 * writing._PATIENCE)
        return super().write(batch, leases)


def test_nobody_writes_for_others_without_end() -> None:
    ledger, lanes = Sluggish(), 20
    writer = Writer(cast("Ledger", ledger), dict, lambda: lanes)
    writer.note(None, READER)

    def most(lane: int) -> int:
        """How many batches one who asks wrote at once, at most."""
        own, found = threading.get_ident(), 0
        for turn in range(20):
            time.sleep((lane * 7 + turn * 3) % 11 * writing._PATIENCE)
            before = ledger.writers.count(own)
            assert writer.note(None, READER) == (Noted.STANDS, Noted.STANDS)
            found = max(found, ledger.writers.count(own) - before)
        return found

    with ThreadPoolExecutor(lanes) as pool:
        assert max(pool.map(most, range(lanes))) <= 2
    writer.close()
    assert sum(len(batch.intents) for batch in ledger.written) == 20 * lanes + 1


def test_what_nobody_waits_for_any_more_is_written_at_the_end() -> None:
    ledger = Troubled()
    writer = Writer(cast("Ledger", ledger), dict, lambda: 9)
    writer.note(None, READER)
    writer.ask(None, READER)
    assert len(ledger.written) == 1
    writer.close()
    assert len(ledger.written) == 2


def test_it_ends_whatever_it_was_doing() -> None:
    for _ in range(200):
        writer = Writer(cast("Ledger", Troubled()), dict, lambda: 2)
        writer.note(None, READER)
        writer.close()
