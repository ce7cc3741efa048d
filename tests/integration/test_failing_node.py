"""A worker of which something fails while a relay has a message in hand: that is waited for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import structlog

from publisher.cli.common import make_clock
from publisher.cluster.node import Node
from publisher.cluster.wakeups import prepare
from publisher.config.load import load_config
from publisher.errors import StoreError, StoreUnreachable
from publisher.sending.worker import working
from publisher.store.ledger import Ledger
from publisher.wiring.stores import Stores
from tests.mailings import CONNECTIONS, Mailed, config
from tests.postgres import fresh
from tests.relays import relay
from tests.serving import wait_until
from tests.sites import Site

LEASE, SILENT = 3.0, 6.0
"""Seconds: a relay that says nothing for longer than a lease lasts."""


@pytest.fixture
def clustered(server: str, make_site: Callable[..., Site], tmp_path: Path) -> Mailed:
    """By the machine's clock, as leases are."""
    database = fresh(server, tmp_path.name)
    site = make_site(config(1, CONNECTIONS) + f"database: {database}\n")
    site.article("fog.md", "A text about fog.", date="2020-01-01")
    return Mailed(site=site, connections=CONNECTIONS, database=database)


@pytest.mark.parametrize("kind", [StoreError, StoreUnreachable])
def test_what_is_on_the_wire_is_waited_for(
    clustered: Mailed, tmp_path: Path, kind: type[StoreError]
) -> None:
    signs: list[tuple[float, bool]] = []
    with relay(tmp_path / "log", "acchang=1.0") as there:
        clustered.use(there)
        place = clustered.site.folder / "publisher.yaml"
        text = place.read_text(encoding="utf-8")
        place.write_text(text.replace("timeout: 2s", f"timeout: {SILENT:.0f}s"), encoding="utf-8")
        clustered.readers(1)
        assert clustered.site.run("publish", now=None).code == 0
        told, workers = load_config(place), clustered.site.folder / ".publisher/workers"
        with closing(Stores(told, make_clock(None))) as stores, working(workers) as owner:
            prepare(stores.database)
            ledger = Ledger(stores.database)

            def alive(of: str) -> None:
                if of == "keeper":
                    free = kind is StoreError and ledger.waiting(["weekly"], 1) != []
                    signs.append((time.monotonic(), free))

            node = Node(
                told,
                stores,
                owner=owner,
                workers=workers,
                lease_seconds=LEASE,
                site=None,
                alive=alive,
                log=structlog.get_logger(),
            )
            node.begin()
            ((mailing, shard),) = ledger.waiting(["weekly"], 2)
            job = threading.Thread(target=node.run_shard, args=(mailing, shard))
            job.start()
            wait_until(lambda: there.count() == 1)  # it has the text, and says nothing to it
            node.failure = kind("of a test")
            node.stop()
            before = time.monotonic()
            with pytest.raises(kind, match="of a test"):
                node.close()
            job.join()
    assert time.monotonic() - before > LEASE, "the relay was waited for"
    late = [free for at, free in signs if at - before > LEASE]
    assert late, "the watchdog would have ended it, and left in doubt what the relay may have"
    assert not any(late), "another worker could have taken the shard"
    assert clustered.states() == {"doubtful": 1}
