"""The promises of the ledger in every world that its rules can lead to, and the ledger held against
the same rules, move by move."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from publisher import readers
from publisher.model import (
    DeliveryState,
    Evidence,
    Lease,
    Reader,
    Readership,
    Recipient,
    Result,
    Subscriber,
)
from publisher.store import mailings
from publisher.store.engine import Database, open_sqlite_aside
from publisher.store.ledger import Batch, Freed, Ledger
from publisher.store.subscribers import SubscriberStore
from publisher.store.tables import delivery, shard, subscription
from tests.ledger_model import DEAD, FREE, OLD, YOUNG, Move, Rules, World, explore, stuck

WORLDS = (Rules(faults=1), Rules(faults=1, in_doubt="hold"))
MORE_WORLDS = (
    Rules(faults=2, shard_of=(0, 0)),
    Rules(faults=2),
    Rules(faults=2, in_doubt="hold"),
    Rules(faults=1, workers=3),
)
MOVES = (Rules(faults=1, shard_of=(0,)), Rules(faults=1, shard_of=(0,), in_doubt="hold"))
MORE_MOVES = (
    Rules(faults=1, shard_of=(0, 0)),
    Rules(faults=1),
    Rules(faults=1, in_doubt="hold"),
    Rules(faults=2, shard_of=(0, 0)),
    Rules(faults=2, shard_of=(0, 0), in_doubt="hold"),
)


def either(quick: Sequence[Rules], more: Sequence[Rules]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "rules",
        [*quick, *(pytest.param(rules, marks=pytest.mark.long) for rules in more)],
        ids=lambda r: f"{r.in_doubt}-{len(r.shard_of)}-by-{r.workers}-with-{r.faults}-faults",
    )


# ---------------------------------------------------------------- the rules alone


@either(WORLDS, MORE_WORLDS)
def test_the_promises_hold_in_every_world(rules: Rules) -> None:
    after, wrong = explore(rules)
    assert not wrong, wrong
    assert len(after) > 10_000
    assert not stuck(after)


@pytest.mark.parametrize(
    ("rules", "promise"),
    [
        (Rules(intent_before_text=False), "P3: 0 may have it, and is not named"),
        (Rules(taken_over_is_in_doubt=False), "P3: 0 may have it, and is not named"),
        (Rules(epoch_is_checked=False), "P3: 2 are under way in shard 0"),
        (Rules(leaving_is_checked=False), "P6"),
    ],
    ids=["intent", "doubt", "epoch", "leaving"],
)
def test_each_rule_is_needed(rules: Rules, promise: str) -> None:
    _, wrong = explore(rules)
    assert wrong.startswith(promise), wrong


# ---------------------------------------------------------------- the ledger by those rules

UNSEEN = ("check", "text")
"""Moves that no ledger knows of."""
LIST = "weekly"
LEASE = 60.0
DOUBT = 900.0


@either(MOVES, MORE_MOVES)
def test_the_ledger_does_what_the_rules_say(
    rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert walk(rules, tmp_path, monkeypatch, Ledger) > 100


class _TakesForUnsent(Ledger):
    def take_over(
        self,
        owner: str,
        is_dead: Callable[[str], bool],
        has: Callable[[tuple[int, int]], bool] = lambda _: True,
    ) -> Freed:
        freed = super().take_over(owner, is_dead, has)
        with self._database.writing() as connection:
            connection.execute(
                sa.update(delivery).where(delivery.c.state == YOUNG).values(state="pending", due=0)
            )
        return freed


class _WritesWithoutLease(Ledger):
    def write(self, batch: Batch, leases: Mapping[tuple[int, int], Lease]) -> Any:
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(shard)).all()
        epochs = {(row.mailing, row.shard): row.epoch for row in rows}
        return super().write(
            batch, {place: replace(one, epoch=epochs[place]) for place, one in leases.items()}
        )


class _DoesNotWait(Ledger):
    def settle_doubt(self, rules: Mapping[int, str], after_seconds: float) -> Any:
        return super().settle_doubt(rules, 0)


class _KeepsWhatItLost(Ledger):
    def release(self, lease: Lease) -> None:
        with self._database.writing() as connection:
            connection.execute(
                sa.update(shard).where(shard.c.shard == lease.shard).values(owner="")
            )


class _MailsWhoLeft(Ledger):
    def write(self, batch: Batch, leases: Mapping[tuple[int, int], Lease]) -> Any:
        with self._database.writing() as connection:
            connection.execute(sa.update(subscription).values(state="active"))
        return super().write(batch, leases)


@pytest.mark.parametrize(
    "broken",
    [_TakesForUnsent, _WritesWithoutLease, _DoesNotWait, _KeepsWhatItLost, _MailsWhoLeft],
)
def test_a_ledger_with_other_rules_is_found_out(
    broken: type[Ledger], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Different):
        walk(Rules(faults=2, shard_of=(0,)), tmp_path, monkeypatch, broken)


def walk(rules: Rules, folder: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Ledger]) -> int:
    """Do every move of every world with a real ledger; gives how many different ones there were.

    What a ledger does depends on what is in it and who believes to hold what, not on all that
    happened before: of worlds that are alike in this, one is taken. Raises Different.
    """
    monkeypatch.setattr(mailings, "SHARD_SIZE", 1)
    done: set[tuple[object, ...]] = set()
    with real(rules, folder, kind) as ledger:
        kept = {_seen_by_a_ledger(rules.start()): ledger.keep()}

        def check(before: World, move: Move, after: World) -> None:
            place = _seen_by_a_ledger(before)
            if move[0] in UNSEEN or (place, move) in done:
                return
            done.add((place, move))
            ledger.restore(kept[place])
            said = ledger.do(move, before)
            expected, found = _expected(move, after), (ledger.look(), said)
            if expected != found:
                raise Different(f"{before}\n{move}: {found} is not {expected}")
            then = _seen_by_a_ledger(after)
            if then not in kept:
                kept[then] = ledger.keep()

        _, wrong = explore(rules, check)
        assert not wrong, wrong
    return len(done)


class Different(Exception):
    """The ledger did something else than the rules."""


def _seen_by_a_ledger(world: World) -> tuple[object, ...]:
    believed = tuple(one and (one.shard, one.valid) for one in world.workers)
    return (world.rows, world.shards, world.left, believed)


def _expected(move: Move, after: World) -> tuple[object, object]:
    """What the ledger holds after a move, and what it must have answered."""
    said: object = None
    if move[0] in ("claim", "write"):
        worker = after.workers[int(str(move[1]))]
        if move[0] == "claim":
            assert worker is not None
            said = (worker.shard, worker.todo)
        elif worker is None:
            said = "lost"
        else:
            said = "stands" if worker.at == "intended" else "does not stand"
    return (after.rows, after.shards, after.left), said


class Real:
    """A ledger on SQLite with the model's readers and a clock that is moved by hand."""

    def __init__(self, rules: Rules, database: Database, kind: type[Ledger], clock: list[int]):
        self._rules = rules
        self._database = database
        self._ledger = kind(database)
        self._store = SubscriberStore(database)
        self._clock = clock
        self._lives = [0] * rules.workers
        self._leases: list[Lease | None] = [None] * rules.workers
        people = [_active(one) for one in range(len(rules.shard_of))]
        saved = self._store.change(people, lambda reader, _: replace(reader))
        self._ids = [one.subscriber.id for one in saved if one is not None]
        with database.writing() as connection:
            mailings.fan_out(
                connection,
                newsletter=LIST,
                number=1,
                readers=Readership(list=LIST),
                now=clock[0],
            )
            # in the shards of the rules, which are smaller than any that an issue has
            connection.execute(sa.delete(shard).where(shard.c.shard > max(rules.shard_of)))
            for id_, place in zip(self._ids, rules.shard_of, strict=True):
                moved = sa.update(delivery).where(delivery.c.subscriber == id_)
                connection.execute(moved.values(shard=place))
        self._mailings = mailings.Mailings(database)
        (self._mailing,) = (one.id for one in self._mailings.all())

    # -- as it is

    def look(self) -> tuple[object, ...]:
        """The same that is compared of a world."""
        with self._database.reading() as connection:
            rows = _all(connection, "SELECT state, changed FROM delivery ORDER BY subscriber")
            shards = _all(connection, "SELECT owner, deadline FROM shard ORDER BY shard")
            states = _all(connection, "SELECT state FROM subscription ORDER BY subscriber")
        return (
            tuple(self._state(*row) for row in rows),
            tuple(self._holder(*row) for row in shards),
            frozenset(one for one, (state,) in enumerate(states) if state != "active"),
        )

    def _state(self, state: str, changed: int) -> str:
        waits = self._rules.in_doubt == "resend"
        if waits and state == YOUNG and changed <= self._clock[0] - DOUBT * 1000:
            return OLD
        return state

    def _holder(self, owner: str, deadline: int) -> tuple[int, bool]:
        if not owner:
            return FREE, False
        number = next((n for n in range(len(self._lives)) if self._name(n) == owner), DEAD)
        return number, number != DEAD and deadline <= self._clock[0]

    def keep(self) -> Callable[[], None]:
        """What brings all of this back."""
        tables = ("delivery", "shard", "subscription")
        with self._database.reading() as connection:
            rows = [_all(connection, f"SELECT * FROM {table}") for table in tables]
        lives, leases, now = [*self._lives], [*self._leases], self._clock[0]

        def restore() -> None:
            with self._database.writing() as connection:
                for table, kept in zip(tables, rows, strict=True):
                    connection.exec_driver_sql(f"DELETE FROM {table}")
                    places = ", ".join("?" * len(kept[0]))
                    connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({places})", kept)
            self._lives[:], self._leases[:], self._clock[0] = lives, leases, now

        return restore

    def restore(self, kept: Callable[[], None]) -> None:
        """As it was."""
        kept()

    # -- the moves

    def do(self, move: Move, before: World) -> object:
        """Do a move; gives what the ledger answered, where that is compared."""
        name, *rest = move
        moves: dict[object, Callable[..., object]] = {
            "claim": self._claim,
            "write": self._write,
            "release": self._release,
            "extend": self._extend,
            "take over": self._take_over,
            "settle": self._settle,
            "resume": self._resume,
            "leave": self._leave,
            "crash": self._crash,
            "end": self._crash,
            "give up": self._give_up,
        }
        if name == "expire":
            self._expire(before, int(str(rest[0])))
        elif name == "wait":
            self._pass(before, DOUBT)
        elif name in moves:
            return moves[name](*rest)
        return None

    def _claim(self, number: int) -> object:
        lease = self._ledger.claim(self._name(number), LEASE, [LIST])
        self._leases[number] = lease
        assert lease is not None
        todo = [self._ids.index(one.subscriber) for one in self._ledger.recipients(lease)]
        return lease.shard, tuple(todo)

    def _write(self, number: int, result: tuple[int, str] | None, intent: int | None) -> object:
        lease = self._lease(number)
        place = (lease.mailing, lease.shard)
        batch = Batch(
            results=[self._result(lease, *result)] if result else [],
            intents=[] if intent is None else [self._recipient(lease, intent)],
        )
        stands, lost = self._ledger.write(batch, {place: lease})
        if lost:
            assert (lost, stands) == ({place}, set())
            self._leases[number] = None
            return "lost"
        if not stands:
            return "does not stand"
        assert intent is not None
        assert stands == {(self._mailing, self._ids[intent])}
        return "stands"

    def _result(self, lease: Lease, one: int, state: str) -> Result:
        return Result(
            mailing=lease.mailing,
            shard=lease.shard,
            subscriber=self._ids[one],
            state=DeliveryState(state),
            tries=1,
            due=self._clock[0],
            reply="said",
        )

    def _recipient(self, lease: Lease, one: int) -> Recipient:
        return Recipient(
            mailing=lease.mailing,
            shard=lease.shard,
            subscriber=self._ids[one],
            email="",
            name="",
            tries=0,
        )

    def _release(self, number: int) -> None:
        self._ledger.release(self._lease(number))
        self._leases[number] = None

    def _extend(self, number: int) -> None:
        self._ledger.extend([self._lease(number)], LEASE)

    def _take_over(self, number: int) -> None:
        self._ledger.take_over(self._name(number), self._is_dead)

    def _settle(self) -> None:
        self._ledger.settle_doubt({self._mailing: self._rules.in_doubt}, DOUBT)

    def _resume(self) -> None:
        self._mailings.resume(LIST, 1, held=True)

    def _leave(self, one: int) -> None:
        self._store.change(
            [_active(one)], lambda reader, _: readers.unsubscribed(reader, LIST, _why())
        )

    def _crash(self, number: int) -> None:
        self._lives[number] += 1
        self._leases[number] = None

    def _give_up(self, number: int) -> None:
        self._leases[number] = None

    def _expire(self, before: World, over: int) -> None:
        """The lease of one shard ends; those who hold others see to them."""
        owner, _ = before.shards[over]
        self._ledger.extend([self._lease(owner)], 1)
        self._pass(before, 2, but=over)

    def _pass(self, before: World, seconds: float, *, but: int = -1) -> None:
        held = [
            self._lease(owner)
            for number, (owner, is_over) in enumerate(before.shards)
            if owner >= 0 and not is_over and number != but
        ]
        self._ledger.extend(held, seconds + LEASE)
        self._clock[0] += int(seconds * 1000)

    def _lease(self, number: int) -> Lease:
        lease = self._leases[number]
        assert lease is not None
        return lease

    def _name(self, number: int) -> str:
        return f"worker {number} of life {self._lives[number]}"

    def _is_dead(self, name: str) -> bool:
        return name not in map(self._name, range(len(self._lives)))


@contextmanager
def real(rules: Rules, folder: Path, kind: type[Ledger]) -> Iterator[Real]:
    clock = [1_000_000_000]
    with closing(open_sqlite_aside(folder / "none.db", lambda: clock[0])) as database:
        yield Real(rules, database, kind, clock)


def _all(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(query)]


def _active(one: int) -> Reader:
    when = datetime(2026, 11, 22, tzinfo=UTC)
    new = Reader(subscriber=Subscriber(email=f"reader{one}@x.example", created=when))
    return readers.chosen(new, LIST, "", _why())


def _why() -> Evidence:
    return Evidence(when=datetime(2026, 11, 22, tzinfo=UTC), what="told", how="by a test")
