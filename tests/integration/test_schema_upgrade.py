"""The upgrade of the database: killed at any moment, and by two at once (fault F34).

Whatever happens to it, the database has the schema of one version, whole, and the next command
brings it to this one's with all that was in it.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import StoreError
from publisher.store.build import MIGRATIONS as BUILD_MIGRATIONS
from publisher.store.database import open_database
from publisher.store.schema import MIGRATIONS, for_postgresql
from tests.command import run_killed, start_warm
from tests.crashing import run_crashing
from tests.postgres import fresh, postgresql_server
from tests.serving import wait_until
from tests.sites import CONFIG, NEWSLETTER, NOW, Site

LATEST = len(MIGRATIONS)
UPGRADE = ["status", "--json", "--now", NOW]
OLDER = range(1, LATEST)
KEPT = ("issue", "quiet_slot", "ping", "ping_owed", "draft", "issue_picture")
"""What older versions had, in the order of their migrations."""
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Old:
    """A site whose database is of an older version, with what that had in it."""

    site: Site
    address: str
    """Of a PostgreSQL database; "" where it is a file."""
    rows: Rows

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        if not self.address:
            with closing(sqlite3.connect(self.file)) as connection:
                return connection.execute(statement).fetchall()
        import psycopg

        with psycopg.connect(self.address) as connection:
            return connection.execute(statement).fetchall()

    @property
    def file(self) -> Path:
        return self.site.folder / ".publisher/publisher.db"

    def version(self) -> int:
        if not self.address:
            return int(self.execute("PRAGMA user_version")[0][0])
        if not self.execute("SELECT 1 FROM pg_tables WHERE tablename = 'schema_version'"):
            return 0
        return int(self.execute("SELECT coalesce(max(version), 0) FROM schema_version")[0][0])

    def shape(self) -> list[tuple[Any, ...]]:
        """Tables, columns and indexes."""
        if not self.address:
            return sorted(self.execute("SELECT name, sql FROM sqlite_master"), key=repr)
        columns = self.execute(
            "SELECT table_name, column_name, data_type, is_nullable FROM"
            " information_schema.columns WHERE table_schema = 'public'"
        )
        indexes = self.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        )
        return sorted([*columns, *indexes])

    def is_whole(self, shapes: dict[int, list[tuple[Any, ...]]], least: int) -> int:
        """It has the schema of one version, no older than it had, and its rows; gives which."""
        if self.address:  # the server may yet be at the last word of a client that was killed
            others = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
            wait_until(lambda: not self.execute(f"{others}pg_backend_pid()"))
        version = self.version()
        assert least <= version <= LATEST
        assert self.shape() == shapes[version]
        assert {n: sorted(self.execute(f"SELECT * FROM {n}")) for n in self.rows} == self.rows
        if not self.address:
            assert self.execute("PRAGMA integrity_check") == [("ok",)]
        return version

    def goes_on(self, shapes: dict[int, list[tuple[Any, ...]]]) -> None:
        """The next command finds it new, and knows what was there; so does the next run."""
        assert self.site.run("status").code == 0
        assert self.is_whole(shapes, LATEST) == LATEST
        assert "1" in self.site.run("issue", "list", "weekly").out


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Rows]:
    """A site with an issue, pings that wait and a slot that passed; and its rows."""
    site = Site(tmp_path_factory.mktemp("published") / "site")
    site.write("publisher.yaml", CONFIG + NEWSLETTER)
    site.article("one.md")
    site.publish()
    with closing(sqlite3.connect(site.folder / ".publisher/publisher.db")) as connection:
        connection.execute("INSERT INTO quiet_slot VALUES ('daily', '2026-11-01T00:00:00Z')")
        connection.execute(
            "INSERT INTO ping (hub, topic, changed, due, tries) VALUES"
            " ('https://hub.example/', 't', '2026-11-22T00:00:00Z', '2026-11-22T00:00:00Z', 0)"
        )
        connection.commit()
        rows = {name: sorted(connection.execute(f"SELECT * FROM {name}")) for name in KEPT}
    assert rows["issue"]
    (site.folder / ".publisher/publisher.db").unlink()
    return site.folder, rows


# No PostgreSQL database of an older version was ever released.
@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def make_old(
    request: pytest.FixtureRequest, published: tuple[Path, Rows], tmp_path: Path
) -> Callable[[int], Old]:
    """`make_old(2)`: the site with a database of the second version."""
    made = 0

    def make(version: int) -> Old:
        nonlocal made
        made += 1
        folder, rows = published
        site = Site(shutil.copytree(folder, tmp_path / f"site{made}"))
        if request.param == "sqlite":
            return old_file(site, version, rows)
        server = request.getfixturevalue("server")
        address = fresh(server, f"{tmp_path.name[-30:]}v{version}n{made}")
        site.write("publisher.yaml", CONFIG + NEWSLETTER + f"database: {address}\n")
        return old_database(site, version, rows, address)

    return make


def old_file(site: Site, version: int, rows: Rows) -> Old:
    file = site.folder / ".publisher/publisher.db"
    open_database(file, MIGRATIONS[:version]).close()
    with closing(sqlite3.connect(file)) as connection:
        there = {n for (n,) in connection.execute("SELECT name FROM sqlite_master")}
        kept = {name: found for name, found in rows.items() if name in there}
        for name, found in kept.items():
            for row in found:
                connection.execute(f"INSERT INTO {name} VALUES ({','.join('?' * len(row))})", row)
        connection.commit()
    return Old(site=site, address="", rows=kept)


def old_database(site: Site, version: int, rows: Rows, address: str) -> Old:
    import psycopg

    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE schema_version (version INTEGER)")
        for number, script in enumerate(MIGRATIONS[:version], start=1):
            connection.execute(for_postgresql(script))
            connection.execute("INSERT INTO schema_version VALUES (%s)", (number,))
        there = {n for (n,) in connection.execute("SELECT tablename FROM pg_tables").fetchall()}
        kept = {name: found for name, found in rows.items() if name in there}
        for name, found in kept.items():
            for row in found:
                places = ",".join(["%s"] * len(row))
                connection.execute(f"INSERT INTO {name} VALUES ({places})", row)
    return Old(site=site, address=address, rows=kept)


@pytest.fixture
def shapes(
    make_old: Callable[[int], Old], kept_shapes: dict[bool, dict[int, list[tuple[Any, ...]]]]
) -> dict[int, list[tuple[Any, ...]]]:
    """What each version's schema looks like, on this kind of database."""
    first = make_old(1)
    is_file = not first.address
    if is_file not in kept_shapes:
        later = {version: make_old(version).shape() for version in range(2, LATEST + 1)}
        kept_shapes[is_file] = {1: first.shape(), **later}
    return kept_shapes[is_file]


@pytest.fixture(scope="module")
def kept_shapes() -> dict[bool, dict[int, list[tuple[Any, ...]]]]:
    return {}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as there:
        yield there.address


@pytest.mark.parametrize("version", OLDER)
def test_each_older_version_is_taken_over(
    make_old: Callable[[int], Old], shapes: dict[int, list[tuple[Any, ...]]], version: int
) -> None:
    old = make_old(version)
    assert old.version() == version
    old.goes_on(shapes)


@pytest.mark.parametrize(
    "numbers", [(5, 24, 200), pytest.param(range(1, 200), marks=pytest.mark.long)]
)
def test_killed_at_each_statement_it_is_old_or_new(
    make_old: Callable[[int], Old],
    shapes: dict[int, list[tuple[Any, ...]]],
    numbers: Sequence[int],
) -> None:
    """From the oldest version on, before one statement after the other, until one comes through."""
    seen = set()
    for number in numbers:
        old = make_old(1)
        code = run_crashing(UPGRADE, old.site.folder, os.environ, "statement", number)
        seen.add(old.is_whole(shapes, 1))
        old.goes_on(shapes)
        if code == 0:
            break
        assert code == -signal.SIGKILL
    assert code == 0
    assert {1, LATEST} <= seen


@pytest.mark.parametrize("kills", [4, pytest.param(60, marks=pytest.mark.long)])
def test_killed_at_random_it_is_old_or_new(
    make_old: Callable[[int], Old], shapes: dict[int, list[tuple[Any, ...]]], kills: int
) -> None:
    chance = random.Random(kills)
    warm = make_old(1)
    began = time.monotonic()
    warm.site.run(*UPGRADE, now=None)
    length = time.monotonic() - began
    for number in range(kills):
        version = OLDER[number % len(OLDER)]
        old = make_old(version)
        run_killed(UPGRADE, old.site.folder, os.environ, chance.uniform(0, length))
        old.is_whole(shapes, version)
        old.goes_on(shapes)


@pytest.mark.parametrize("rounds", [2, pytest.param(20, marks=pytest.mark.long)])
@pytest.mark.parametrize("version", [0, 1])
def test_several_that_upgrade_at_once_all_end_well(
    make_old: Callable[[int], Old],
    shapes: dict[int, list[tuple[Any, ...]]],
    tmp_path: Path,
    version: int,
    rounds: int,
) -> None:
    """Or that make it: one does it, the others wait for that."""
    for number in range(rounds):
        old = make_old(version)
        log = tmp_path / f"said{number}"
        with log.open("wb") as said:
            started = [
                start_warm(UPGRADE, old.site.folder, os.environ, said.fileno()) for _ in range(4)
            ]
        assert [process.wait(60) for process in started] == [0] * 4, log.read_text("utf-8")
        assert old.is_whole(shapes, LATEST) == LATEST


def test_the_cache_too_is_made_once_by_several(tmp_path: Path) -> None:
    """build.db, from threads that begin at the same moment."""
    for number in range(20):
        file, start, failed = tmp_path / f"{number}.db", threading.Barrier(4), []

        def upgrade(file: Path = file, start: Any = start, failed: list[Any] = failed) -> None:
            start.wait()
            try:
                open_database(file, BUILD_MIGRATIONS).close()
            except StoreError as error:
                failed.append(error)

        threads = [threading.Thread(target=upgrade) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert failed == []
