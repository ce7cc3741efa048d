"""A sender that is held up for longer than its lease allows: it goes on, and nobody is left out."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from publisher.cli.common import make_clock
from publisher.config.load import load_config
from publisher.mailing.deliver import deliver
from publisher.model import Lease
from publisher.store.ledger import Ledger
from publisher.wiring.stores import Stores
from tests.mailings import Mailed
from tests.relays import relay


def stores_of(mailed: Mailed) -> Stores:
    config = load_config(mailed.site.folder / "publisher.yaml")
    return Stores(config, make_clock(None))


def test_who_could_not_hold_a_lease_on_for_a_moment_goes_on(
    mailed: Mailed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gave the shard up, though nobody had taken it over, and kept the lease: what was left of
    it nobody sent, and the run ended as if all were done."""
    extend, waits = Ledger.extend, [1.5]

    def slow(self: Ledger, leases: Iterable[Lease], seconds: float) -> object:
        if waits and leases:
            time.sleep(waits.pop())
        return extend(self, leases, seconds)

    monkeypatch.setattr(Ledger, "extend", slow)
    with relay(tmp_path / "log", "wait=0.05") as there:
        mailed.use(there)
        addresses = mailed.readers(200)
        mailed.site.publish(now=None)
        with closing(stores_of(mailed)) as stores:
            config = load_config(mailed.site.folder / "publisher.yaml")
            report = deliver(config, stores.database, stores.issues.load, lease_seconds=2.0)
        assert waits == []
        assert there.copies() == dict.fromkeys(addresses, 1)
    assert mailed.states() == {"sent": 200}
    assert report.exit_code == 0


def test_a_lease_is_held_on_where_it_is_ours_and_freed_where_it_is_in_no_hand(
    mailed: Mailed,
) -> None:
    mailed.readers(3)
    mailed.site.publish(now=None)
    with closing(stores_of(mailed)) as stores:
        ledger = Ledger(stores.database)
        first = ledger.claim("this", 0.0, ["weekly"])
        assert first is not None
        assert ledger.extend([first], -1.0) == [first]
        assert ledger.take_over("this", lambda _: False, lambda _: True).shards == 0
        place = (first.mailing, first.shard)
        assert ledger.take_over("this", lambda _: False, lambda one: one != place).shards == 1
        assert ledger.extend([first], 60.0) == []
        second = ledger.claim("this", 60.0, ["weekly"])
        assert second is not None
        assert ledger.take_over("this", lambda _: True, lambda _: False).shards == 0
        assert ledger.extend([first, second], 60.0) == [second]
