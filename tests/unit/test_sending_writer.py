"""The one writer of a ledger: notes that share a commit, are written again, or cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest

from publisher.errors import StoreConflict, StoreError
from publisher.model import Lease, Recipient
from publisher.sending.writer import Noted, Writer
from publisher.store.ledger import Batch, Ledger

READER = Recipient(mailing=1, shard=0, subscriber=7, email="a@x.example", name="", tries=0)


class Troubled:
    """A ledger that fails so often before it writes."""

    def __init__(self, *errors: StoreError) -> None:
        self.errors = list(errors)
        self.written: list[Batch] = []

    def write(
        self, batch: Batch, _leases: Mapping[tuple[int, int], Lease]
    ) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
        if self.errors:
            raise self.errors.pop(0)
        self.written.append(batch)
        return {(one.mailing, one.subscriber) for one in batch.intents}, set()


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
