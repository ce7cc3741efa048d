"""Which worker publishes: what begins and what ends it, by two threads at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import structlog

from publisher.cluster.publishing import Publishing, Site
from publisher.config import Config
from publisher.config.load import load_config
from publisher.store.holds import PUBLISH, Holds
from publisher.wiring.stores import Stores
from tests.sites import CONFIG
from tests.sites import Site as Files

SOON = 0.5


def published_by() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "publishing"]


def test_what_begins_to_publish_while_the_worker_ends_ends_with_it(
    make_site: Callable[..., Files],
) -> None:
    """A worker that was told to end while its keeper took the lease ended by a defect; and who
    was a moment later still published on, with the lease of one that was gone."""
    file = make_site(CONFIG).folder / "publisher.yaml"
    begins, goes_on = threading.Event(), threading.Event()

    def clock() -> datetime:
        return datetime.now(UTC)

    def load() -> Config:
        begins.set()
        assert goes_on.wait(30)
        return load_config(file)

    def open_stores(config: Config) -> Stores:
        return Stores(config, clock)

    with closing(open_stores(load_config(file))) as stores, ThreadPoolExecutor(2) as threads:
        publishing = Publishing(
            Site(load=load, clock=clock, open_stores=open_stores, config_file=file),
            stores.database,
            owner="this",
            is_dead=lambda _owner: False,
            lease_seconds=60.0,
            log=structlog.get_logger(),
        )

        def end() -> None:
            publishing.end()
            publishing.give_back()

        looking = threads.submit(publishing.look)
        assert begins.wait(30)
        ending = threads.submit(end)
        time.sleep(SOON)
        goes_on.set()
        looking.result(30)
        ending.result(30)
        assert published_by() == []
        assert Holds(stores.database).take(PUBLISH, "other", 60.0, lambda _: False) == 2
        publishing.look()
        assert Holds(stores.database).take(PUBLISH, "third", 60.0, lambda _: False) is None
        assert published_by() == []
