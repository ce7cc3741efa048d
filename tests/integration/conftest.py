"""Sites with readers, on each database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.mailings import CONNECTIONS, Mailed, config
from tests.postgres import fresh, postgresql_server
from tests.sites import Site


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as there:
        yield there.address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def mailed(
    request: pytest.FixtureRequest, make_site: Callable[..., Site], tmp_path: Path
) -> Mailed:
    """A site with an article and a newsletter, on each database in turn."""
    database = "sqlite"
    if request.param == "postgresql":
        database = fresh(request.getfixturevalue("server"), tmp_path.name)
    site = make_site(config(1, CONNECTIONS) + f"database: {database}\n")
    site.article("fog.md", "A text about fog.")
    return Mailed(site=site, connections=CONNECTIONS, database=database)


@pytest.fixture
def local(make_site: Callable[..., Site]) -> Mailed:
    """A site whose ledger is in its state folder, for what becomes of that folder."""
    site = make_site(config(1, CONNECTIONS))
    site.article("fog.md", "A text about fog.")
    return Mailed(site=site, connections=CONNECTIONS, database="sqlite")
