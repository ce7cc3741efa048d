"""Workers on one PostgreSQL database: what they send is what one machine would have sent.

The faults F27 to F30 are in here, P12 too; what takes the database away is in
test_cluster_outages.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mailings import CONNECTIONS, Mailed, config
from tests.postgres import fresh
from tests.relays import relay
from tests.sites import Site
from tests.workers import workers_of

LONG_AGO = "2020-01-01"


@pytest.fixture
def clustered(server: str, make_site: Callable[..., Site], tmp_path: Path) -> Mailed:
    """A site with an article, on a PostgreSQL database of its own. It goes by the machine's clock,
    as leases do."""
    database = fresh(server, tmp_path.name)
    site = make_site(config(1, CONNECTIONS) + f"database: {database}\n")
    site.article("fog.md", "A text about fog.", date=LONG_AGO)
    return Mailed(site=site, connections=CONNECTIONS, database=database)


def test_workers_send_what_is_due_and_give_back_what_they_hold(
    clustered: Mailed, tmp_path: Path
) -> None:
    with relay(tmp_path / "log") as there, workers_of(clustered) as workers:
        clustered.use(there)
        addresses = clustered.readers(1200)
        clustered.site.publish(now=None)
        for _ in range(2):
            workers.start()
        workers.until(lambda: there.count() == 1200)
        workers.until(lambda: clustered.states() == {"sent": 1200})
        workers.end()
        assert there.copies() == dict.fromkeys(addresses, 1)
