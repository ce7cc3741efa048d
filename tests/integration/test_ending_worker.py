"""A worker that ends, told to or by a failure: what it has at work is waited for and held on."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from publisher.cli.common import make_clock
from publisher.cluster import node as nodes
from publisher.cluster import worker as workers
from publisher.cluster.node import Node
from publisher.cluster.publishing import Site as Published
from publisher.cluster.wakeups import prepare
from publisher.cluster.worker import Times, Worker
from publisher.config import Config
from publisher.config.load import load_config
from publisher.errors import StoreError
from publisher.sending.worker import working
from publisher.store.engine import Database
from publisher.store.holds import PUBLISH, Holds
from publisher.store.tables import hold
from publisher.wiring.stores import Stores
from tests.mailings import CONNECTIONS, config
from tests.postgres import fresh
from tests.serving import wait_until
from tests.sites import Site

LEASE = 1.0
"""Seconds, by a clock of the ledger's that a test moves."""


@pytest.fixture
def site(server: str, make_site: Callable[..., Site], tmp_path: Path) -> Site:
    site = make_site(config(1, CONNECTIONS) + f"database: {fresh(server, tmp_path.name)}\n")
    site.article("fog.md", "A text about fog.")
    return site


class Run:
    """A run that stands still where it looks at the clock first, until it is `released`."""

    def __init__(self) -> None:
        self.is_at_work, self.released = threading.Event(), threading.Event()

    def clock(self) -> datetime:
        self.is_at_work.set()
        self.released.wait()
        return datetime.now(UTC)

    def of(self, place: Path) -> Published:
        return Published(
            load=lambda: load_config(place),
            clock=self.clock,
            open_stores=lambda config: Stores(config, self.clock),
            config_file=place,
        )


class Log:
    """Says when publishing was told to end."""

    def __init__(self) -> None:
        self.is_told = threading.Event()

    def info(self, event: str, **_said: Any) -> None:
        if event == "worker.publishes_no_more":
            self.is_told.set()


@pytest.mark.parametrize("failure", [None, StoreError("of a test")])
def test_the_right_to_publish_is_held_as_long_as_the_last_run_is_at_work(
    site: Site, failure: StoreError | None
) -> None:
    run, log, now = Run(), Log(), [datetime.now(UTC)]
    place, folder = site.folder / "publisher.yaml", site.folder / ".publisher/workers"
    told = load_config(place)

    def others(database: Database) -> int | None:
        return Holds(database).take(PUBLISH, "another", LEASE, lambda _: False)

    def deadline(database: Database) -> float:
        with database.reading() as connection:
            held: int = connection.execute(sa.select(hold.c.deadline)).scalar_one()
        return held / 1000

    def close(node: Node) -> None:
        with suppress(StoreError):
            node.close()

    by_now = Stores(told, lambda: now[0], time_is_told=True)
    with closing(by_now) as stores, working(folder) as owner:
        prepare(stores.database)
        node = Node(
            told,
            stores,
            owner=owner,
            workers=folder,
            lease_seconds=LEASE,
            site=run.of(place),
            alive=lambda _: None,
            log=log,
        )
        node.begin()
        ending = threading.Thread(target=close, args=(node,))
        try:
            run.is_at_work.wait()
            node.failure = failure
            node.stop()
            ending.start()
            log.is_told.wait()
            for _ in range(3):
                now[0] += timedelta(seconds=0.9 * LEASE)
                wait_until(lambda: deadline(stores.database) > now[0].timestamp() + 0.5 * LEASE, 10)
            assert others(stores.database) is None, "two would publish"
        finally:
            run.released.set()
            ending.join()
        assert others(stores.database), "it was given back"


def test_what_is_done_each_minute_has_ended_before_the_stores_are_closed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that begins does it at once, and may be told to end by then."""
    is_at_work, is_served, is_closed = threading.Event(), threading.Event(), threading.Event()
    too_early: list[bool] = []
    serve = workers.serve

    async def and_tell(*arguments: Any) -> None:
        await serve(*arguments)
        is_served.set()

    def look(_database: Database) -> None:
        is_at_work.set()
        is_served.wait()
        too_early.append(is_closed.wait(1))

    class Told(Stores):
        def close(self) -> None:
            is_closed.set()
            super().close()

    monkeypatch.setattr(nodes, "forget_unconfirmed", look)
    monkeypatch.setattr(workers, "serve", and_tell)
    place, clock = site.folder / "publisher.yaml", make_clock(None)

    def open_stores(config: Config) -> Stores:
        return Told(config, clock)

    worker = Worker(
        lambda: load_config(place),
        open_stores,
        clock,
        place,
        concurrency=1,
        publishes=False,
        times=Times(stuck=math.inf),  # its watchdog would end this process, where tests go on
    )
    running = threading.Thread(target=worker.run)
    running.start()
    is_at_work.wait()
    worker.stop()
    running.join()
    assert is_closed.is_set()
    assert too_early == [False]
