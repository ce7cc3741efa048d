"""Readers who are changed together: each by themselves, and a server is not asked for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from publisher.model import Reader, Subscriber, Subscription, SubscriptionState, Suppression
from publisher.store.engine import Database
from publisher.store.subscribers import SubscriberStore
from tests.factories import NOW
from tests.postgres import Server, either_database, postgresql_server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgresql_server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with either_database(request, tmp_path) as opened:
        yield opened


def person(name: str) -> Reader:
    return Reader(subscriber=Subscriber(email=f"{name}@x.example", name=name, created=NOW))


class Subscribe:
    """Each call subscribes to one more newsletter, called by its number."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, reader: Reader, _barred: Suppression | None) -> Reader:
        self.calls += 1
        one = Subscription(
            newsletter=f"n{self.calls}", state=SubscriptionState.ACTIVE, requested=NOW
        )
        return replace(reader, subscriptions={**reader.subscriptions, one.newsletter: one})


def test_an_address_that_comes_twice_sees_its_own_first_change(database: Database) -> None:
    store = SubscriberStore(database)
    store.change([person("old")], Subscribe())
    told = ["a", "b", "a", "old", "c", "b", "A"]
    changed = store.change([person(name) for name in told], Subscribe())
    held = {name: store.of(f"{name}@x.example") for name in ("a", "b", "c", "old")}
    subscribed = {name: sorted(reader.subscriptions) for name, reader in held.items() if reader}
    assert subscribed == {
        "a": ["n1", "n3", "n7"],
        "b": ["n2", "n6"],
        "c": ["n5"],
        "old": ["n1", "n4"],
    }
    for name, after in zip(told, changed, strict=True):
        there = held[name.lower()]
        assert after is not None
        assert there is not None
        assert after.subscriber.id == there.subscriber.id != 0
    assert changed[-1] == held["a"], "as it came to be"
    assert changed[5] == held["b"]
    assert changed[4] == held["c"]


def test_who_is_left_as_they_are_is_none_among_the_others(database: Database) -> None:
    store = SubscriberStore(database)
    subscribe = Subscribe()

    def some(reader: Reader, barred: Suppression | None) -> Reader | None:
        if reader.subscriber.name == "same":
            return reader
        return None if reader.subscriber.name == "none" else subscribe(reader, barred)

    changed = store.change([person(name) for name in ("same", "a", "none", "b")], some)
    assert [one and one.subscriber.name for one in changed] == [None, "a", None, "b"]
    assert [reader.subscriber.name for reader, _ in store.all()] == ["a", "b"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_server_is_not_asked_for_each(database: Database) -> None:
    store = SubscriberStore(database)
    assert store.secret, "it is made in a transaction of its own"
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        store.change([person(f"p{number}") for number in range(300)], Subscribe())
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert len(list(store.all())) == 300
    assert 0 < len(asked) < 15, asked
