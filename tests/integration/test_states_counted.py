"""How many deliveries are in which state: true on both databases, whatever is in the ledger."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from publisher.model import DeliveryState
from publisher.store import ledger as ledger_of_store
from publisher.store.engine import Database, open_postgresql
from publisher.store.ledger import Ledger
from publisher.store.mailings import Mailings
from publisher.store.standing import count_states, read_paused
from publisher.store.tables import delivery, mailing, shard
from tests.postgres import Server, either_database, fresh, postgresql_server
from tests.serving import wait_until

STATES = [state.value for state in DeliveryState]
UNSURE = {DeliveryState.DOUBTFUL.value, DeliveryState.HELD.value}

MAILINGS = {
    1: STATES,
    2: ["sent"],
    3: [state for state in STATES if state != "sent"],
    4: [],
    5: ["sent", "failed"],
}
"""What the deliveries of each mailing may be."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgresql_server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with either_database(request, tmp_path) as opened:
        yield opened


def fill(database: Database) -> list[tuple[int, int, str]]:
    """Deliveries of several mailings; gives mailing, subscriber and state of each."""
    chance = random.Random(1)
    told = [
        (id_, reader, chance.choice(states))
        for id_, states in MAILINGS.items()
        for reader in range(1, 200)
        if states
    ]
    with database.writing() as connection:
        rows = [
            {"id": id_, "number": id_, "newsletter": "weekly", "list": "weekly"} for id_ in MAILINGS
        ]
        connection.execute(sa.insert(mailing).values(frozen=0, state="open", why=""), rows)
        rest = {"shard": 0, "tries": 1, "due": 0, "changed": 0, "reply": "said"}
        connection.execute(
            sa.insert(delivery).values(**rest),
            [{"mailing": id_, "subscriber": who, "state": state} for id_, who, state in told],
        )
        connection.execute(
            sa.insert(shard).values(shard=0, owner="", epoch=0, deadline=0),
            [{"mailing": id_} for id_ in MAILINGS],
        )
    return told


def test_each_state_is_counted(database: Database) -> None:
    told = fill(database)
    expected: dict[int, Counter[str]] = {}
    for id_, _, state in told:
        expected.setdefault(id_, Counter())[state] += 1
    counted = count_states(database)
    assert {id_: dict(states) for id_, states in counted.items() if states} == expected
    for states in counted.values():
        assert list(states) == sorted(states), "in one order, as `status --json` shows them"


@pytest.mark.parametrize("few", [3, 10_000])
def test_what_is_due_is_counted_up_to_the_most_that_is_asked_for(
    database: Database, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(ledger_of_store, "_FEW", few)
    told = fill(database)
    Mailings(database).pause(3, "a person looks")
    with database.writing() as connection:
        later = sa.update(delivery).where(delivery.c.subscriber > 150)
        connection.execute(later.values(due=10**15))
    due = sum(
        id_ != 3 and reader <= 150 and state in ("pending", "deferred")
        for id_, reader, state in told
    )
    ledger = Ledger(database)
    assert ledger.due() == due > 3
    for most in (0, 1, 3, due - 1, due, due + 1, 10**30):
        assert ledger.due(most) == min(most, due)


def test_of_what_is_paused_is_told_what_waits(database: Database) -> None:
    told = fill(database)
    mailings = Mailings(database)
    for id_ in (1, 2, 5):
        mailings.pause(id_, f"see {id_}")
    waits = {"pending", "deferred", "doubtful", "sending", "held"}
    left = sum(id_ == 1 and state in waits for id_, _, state in told)
    found = read_paused(database, {1, 2, 3})
    assert [(one.number, one.why, one.left) for one in found] == [(1, "see 1", left)]
    assert read_paused(database, set()) == []


def test_what_is_unsure_is_told_by_issue_and_reader(database: Database) -> None:
    told = fill(database)
    rows = Ledger(database).unsure()
    assert [(row.mailing, row.subscriber, row.state) for row in rows] == [
        one for one in told if one[2] in UNSURE
    ]
    assert {row.reply for row in rows} == {"said"}


def test_all_rows_are_told_in_the_same_order(database: Database) -> None:
    told = fill(database)
    rows = Ledger(database).rows()
    assert [(row.mailing, row.subscriber, row.state) for row in rows] == told


_READ = sa.text(
    "SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::bigint FROM pg_stat_user_tables"
    " WHERE relname = 'delivery'"
)


def test_a_server_reads_each_row_about_once(
    server: Server, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not, for each piece, all that follow: of a million rows that took half an hour."""
    monkeypatch.setattr(ledger_of_store, "_PIECE", 10)
    address = fresh(server.address, request.node.name)
    with closing(open_postgresql(address)) as database:
        count = len(fill(database))

    def read() -> int:
        """What connections that have ended had read; a server counts it a little later."""
        with closing(open_postgresql(address)) as database, database.reading() as connection:
            found: int = connection.execute(_READ).scalar_one()
            return found

    before = read()
    with closing(open_postgresql(address)) as database:
        assert len(list(Ledger(database).rows())) == count
    wait_until(lambda: read() >= before + count)
    assert read() - before < 3 * count
