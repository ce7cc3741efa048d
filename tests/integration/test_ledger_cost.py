"""What the ledger reads for the next shard or message does not grow with what was sent before."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from publisher.model import DeliveryState, Result
from publisher.store.engine import Database, open_sqlite_aside
from publisher.store.ledger import Batch, Ledger
from publisher.store.standing import count_states

FEW, MANY = 1_000, 20_000
SHARD = 500
_EVERY = 10
"""Instructions of SQLite's machine between two calls of the counter."""


def _frozen(folder: Path, readers: int) -> Database:
    """An issue of so many readers, sent but for the last shard, of which one is in doubt."""
    database = open_sqlite_aside(folder / "none.db", lambda: 1_000_000)
    numbers = (
        f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {readers - 1})"
    )
    last = readers // SHARD - 1
    state = (
        f"CASE WHEN i = {readers - 1} THEN 'doubtful' "
        f"WHEN i / {SHARD} = {last} THEN 'pending' ELSE 'sent' END"
    )
    statements = (
        "INSERT INTO mailing VALUES (1, 'weekly', 1, 'weekly', 0, 'open', '')",
        f"{numbers} INSERT INTO delivery SELECT 1, i, i / {SHARD}, {state}, 0, 0, 0, '' FROM n",
        "INSERT INTO shard SELECT DISTINCT 1, shard, '', 0, 0 FROM delivery",
    )
    with database.writing() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    return database


def _cost(database: Database, work: Callable[[], object]) -> int:
    """How much SQLite did for it."""
    calls = 0

    def count() -> int:
        nonlocal calls
        calls += 1
        return 0

    with database.reading() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
    raw.set_progress_handler(count, _EVERY)
    work()
    raw.set_progress_handler(None, 0)
    return calls * _EVERY


def _next_shard(ledger: Ledger) -> None:
    lease = ledger.claim("one", 60, ["weekly"])
    assert lease is not None
    assert len(ledger.recipients(lease)) == SHARD - 1


def _note(ledger: Ledger) -> None:
    lease = ledger.claim("one", 60, ["weekly"])
    assert lease is not None
    results = [
        Result(
            mailing=1,
            shard=lease.shard,
            subscriber=one.subscriber,
            state=DeliveryState.SENT,
            tries=1,
            due=0,
            reply="250 taken",
        )
        for one in ledger.recipients(lease)[:10]
    ]
    noted = ledger.write(Batch(results=results, intents=[]), {(1, lease.shard): lease})
    assert noted == (set(), set())


DEEDS: dict[str, Callable[[Ledger], object]] = {
    "claim": _next_shard,
    "take over": lambda ledger: (
        ledger.claim("dead", 60, ["weekly"]),
        ledger.take_over("one", lambda _name: True),
    ),
    "note": _note,
    "settle": lambda ledger: ledger.settle_doubt({1: "resend"}, 900),
    "tell what is in doubt": lambda ledger: ledger.unsure(),
}


@pytest.mark.parametrize("name", DEEDS)
def test_it_costs_the_same_in_a_long_issue(tmp_path: Path, name: str) -> None:
    costs = []
    for readers in (FEW, MANY):
        with closing(_frozen(tmp_path, readers)) as database:
            ledger = Ledger(database)
            costs.append(_cost(database, partial(DEEDS[name], ledger)))
    few, many = costs
    assert 0 < many < 2 * few, costs


def test_to_count_an_issue_costs_little_more_than_to_go_through_it(tmp_path: Path) -> None:
    """To sort every row into its state takes 14 steps each, and more of time than that."""
    with closing(_frozen(tmp_path, MANY)) as database:
        counted = count_states(database)
        assert counted == {1: {"sent": MANY - SHARD, "pending": SHARD - 1, "doubtful": 1}}
        assert _cost(database, lambda: count_states(database)) < 10 * MANY
