"""`publisher migrate-store`: a live installation's database moved, killed anywhere, given up."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from publisher.errors import StoreMoved
from publisher.store.database import open_database
from publisher.store.engine import Database, open_postgresql, open_sqlite
from publisher.store.kept import KeptConnection
from publisher.store.ledger import Ledger
from publisher.store.schema import MIGRATIONS
from publisher.store.tables import TABLES
from tests.command import start_warm
from tests.crashing import run_crashing
from tests.integration.test_delivery_faults import put_to_sleep
from tests.mailings import CONNECTIONS, Mailed, config
from tests.moving import MANY, ROWS, contents, fill, without_notes
from tests.postgres import fresh, postgresql_server
from tests.relays import relay
from tests.serving import serving, wait_until
from tests.sites import CONFIG, NOW, UNJUDGED, Site
from tests.subscribing import dump, links, mails

MOVE = "migrate-store"
FILE = ".publisher/publisher.db"


@pytest.fixture
def new(server: str, tmp_path: Path) -> str:
    """An empty PostgreSQL database."""
    return fresh(server, f"{tmp_path.name}new")


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    """A site with a newsletter, whose database is a file, not made yet."""
    made = make_site(CONFIG + UNJUDGED)
    made.article("fog.md", "A text about fog.")
    return made


def file_of(site: Site) -> str:
    return str(site.folder / FILE)


def use(site: Site, address: str) -> None:
    site.write("publisher.yaml", CONFIG + UNJUDGED + f"database: {address}\n")


def filled(site: Site, rows: int = 25, many: int = 25) -> None:
    (site.folder / ".publisher").mkdir(mode=0o700, exist_ok=True)
    fill(file_of(site), rows, many)


def test_every_row_of_every_table_is_moved_there_and_back(site: Site, new: str) -> None:
    filled(site, ROWS, MANY)
    before = contents(file_of(site))
    assert set(before) == {"numbers", *(table.name for table in TABLES)}, "none is left out"
    assert all(before.values())
    ran = site.run(MOVE, "sqlite", new, "--json", now=None)
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    there = contents(new)
    assert there == before
    assert {name: one["rows"] for name, one in told["tables"].items()} == {
        name: len(rows) for name, rows in before.items() if name != "numbers"
    }
    assert told["tables"]["subscriber"]["highest_id"] == 1030
    assert without_notes(contents(file_of(site))) == before, "the old one is kept"

    back = site.folder / "back/publisher.db"
    ran = site.run(MOVE, new, f"sqlite:///{back}", now=None)
    assert ran.code == 0, ran.err
    assert contents(str(back)) == before
    assert "set `database: sqlite`" in ran.out


def moved_until(site: Site, new: str, point: str, number: int = 1) -> int:
    """A move that dies at a point."""
    return run_crashing([MOVE, "sqlite", new], site.folder, os.environ, point, number)


def usable(site: Site, address: str) -> bool:
    """Whether a command takes that database as its own."""
    site.write("other.yaml", CONFIG + UNJUDGED + f"database: {address}\n")
    ran = site.run("status", "--config", "other.yaml")
    assert ran.code in (0, 1), ran.err
    if ran.code:
        assert "moved to" in ran.err or "filled from" in ran.err, ran.err
        assert "mend:" in ran.err
    return ran.code == 0


def check_apart(site: Site, new: str, before: object) -> None:
    """Of the two at most one can be used that has anything in it, and that has all."""
    assert without_notes(contents(file_of(site))) == before
    is_old, is_new = usable(site, "sqlite"), usable(site, new)
    rows = without_notes(contents(new))
    if is_old:
        assert not is_new or not any(rows.values())
    elif is_new:
        assert rows == before


POINTS = (
    ("statement", 12),
    ("piece", 7),
    ("compare", 1),
    ("left", 1),
)


@pytest.mark.parametrize(
    "points",
    [
        POINTS,
        pytest.param(
            [("statement", number) for number in range(1, 300, 7)], marks=pytest.mark.long
        ),
    ],
)
def test_killed_anywhere_it_goes_on_when_it_is_started_again(
    site: Site, new: str, points: Sequence[tuple[str, int]]
) -> None:
    filled(site)
    before = contents(file_of(site))
    killed = 0
    for point in points:
        code = moved_until(site, new, *point)
        check_apart(site, new, before)
        killed += code == -signal.SIGKILL
        assert code in (0, -signal.SIGKILL)
    assert killed >= len(POINTS)
    ran = site.run(MOVE, "sqlite", new, now=None)
    assert ran.code == 0, ran.err
    assert contents(new) == before
    assert not usable(site, "sqlite")
    assert usable(site, new)
    ran = site.run(MOVE, "sqlite", new, now=None)
    assert (ran.code, "already" in ran.out) == (0, True)


@pytest.mark.long
def test_killed_at_each_statement_of_a_small_move(site: Site, server: str, tmp_path: Path) -> None:
    filled(site, 2, 2)
    shutil.copytree(site.folder / ".publisher", tmp_path / "kept")
    before = contents(file_of(site))
    for number in range(1, 2000):
        shutil.rmtree(site.folder / ".publisher")
        shutil.copytree(tmp_path / "kept", site.folder / ".publisher")
        new = fresh(server, f"{tmp_path.name}n{number}")
        code = moved_until(site, new, "statement", number)
        check_apart(site, new, before)
        if number % 2 and not usable(site, "sqlite"):
            ran = site.run(MOVE, "sqlite", new, "--give-up", now=None)
            assert ran.code == 0, ran.err
            assert contents(file_of(site)) == before
            assert usable(site, "sqlite")
        ran = site.run(MOVE, "sqlite", new, now=None)
        assert ran.code == 0, ran.err
        assert contents(new) == before
        if code == 0:
            break
    assert code == 0


def test_half_of_an_issue_is_sent_before_the_move_and_the_rest_behind_it(
    make_site: Callable[..., Site], new: str, tmp_path: Path
) -> None:
    site = make_site(config(1, CONNECTIONS))
    site.article("fog.md", "A text about fog.")
    old = Mailed(site=site, connections=CONNECTIONS, database="sqlite")
    with relay(tmp_path / "log", f"keep={tmp_path}/mail") as there:
        old.use(there)
        addresses = old.readers(40)
        site.run("subscribers", "erase", addresses[-1])
        site.publish()
        assert old.deliver("--limit", "25").code == 0
        before = dump(old)
        ran = site.run(MOVE, "sqlite", new)
        assert ran.code == 0, ran.err
        for command in (("deliver",), ("publish",), ("status",), ("publish", "--dry-run")):
            ran = site.run(*command)
            assert ran.code == 1
            assert f"set `database: {new}`" in ran.err
        assert there.copies().total() == 25

        moved = Mailed(site=site, connections=CONNECTIONS, database=new)
        moved.use(there)
        after = dump(moved)
        assert {name: after[name] for name in before if name in after} == {
            name: rows for name, rows in before.items() if name != "sqlite_sequence"
        }
        assert moved.deliver().out == "14 sent\n"
        assert there.copies() == dict.fromkeys(addresses[:-1], 1)
        assert site.run("publish").code == 0
        with serving(site, "--now", NOW) as server:
            own = links(mails(tmp_path)[0])
            assert server.ask(own["preferences"]).status == 200, "links of old mails still lead"
        assert site.run("subscribers", "add", "new@x.example", "--newsletter", "weekly").code == 0
        assert max(row[0] for row in dump(moved)["subscriber"]) > 40, "no number is given again"


def test_a_database_that_somebody_sends_from_is_not_moved(
    make_site: Callable[..., Site], new: str, tmp_path: Path
) -> None:
    site = make_site(config(1, CONNECTIONS))
    site.article("fog.md", "A text about fog.")
    mailed = Mailed(site=site, connections=CONNECTIONS, database="sqlite")
    with relay(tmp_path / "log", "wait=0.05") as there:
        mailed.use(there)
        addresses = mailed.readers(120)
        site.publish()
        delivering = mailed.start()
        wait_until(lambda: there.copies().total() > 2)
        put_to_sleep(delivering, mailed)  # it is at it for as long as the other takes to see it
        ran = site.run(MOVE, "sqlite", new)
        os.killpg(delivering.pid, signal.SIGCONT)
        assert ran.code == 1
        assert "is in use" in ran.err
        assert delivering.ended()[0] == 0
        assert there.copies() == dict.fromkeys(addresses, 1)
    assert usable(site, "sqlite")
    ran = site.run(MOVE, "sqlite", new)
    assert ran.code == 0, ran.err


@pytest.mark.long
def test_one_that_died_while_it_sent_is_no_reason_to_wait(
    make_site: Callable[..., Site], new: str, tmp_path: Path
) -> None:
    """What it left in doubt is in doubt at the new place."""
    site = make_site(config(1, CONNECTIONS))
    site.article("fog.md", "A text about fog.")
    mailed = Mailed(site=site, connections=CONNECTIONS, database="sqlite")
    with relay(tmp_path / "log", "wait=0.05") as there:
        mailed.use(there)
        addresses = mailed.readers(60)
        site.publish()
        delivering = mailed.start()
        wait_until(lambda: there.copies().total() > 2)
        os.killpg(delivering.pid, signal.SIGKILL)
        delivering.process.wait(30)
        ran = site.run(MOVE, "sqlite", new)
        assert ran.code == 0, ran.err
        moved = Mailed(site=site, connections=CONNECTIONS, database=new)
        moved.use(there)
        moved.deliver(after=1)
        doubtful = moved.states()["doubtful"]
        moved.deliver(after=1000)
        copies = there.copies()
        assert moved.states() == {"sent": 60}
        assert set(copies) == set(addresses)
        assert copies.total() - 60 <= doubtful


def opened(kind: str, site: Site, new: str) -> Database:
    if kind == "sqlite":
        return open_sqlite(Path(file_of(site)), lambda: 0)
    return open_postgresql(new)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def test_whoever_has_the_old_one_open_writes_nothing_more(
    site: Site, new: str, tmp_path: Path, kind: str
) -> None:
    """Of this version or another: the database itself refuses."""
    if kind == "sqlite":
        filled(site, 5, 5)
        places = ("sqlite", new)
    else:
        fill(new, 5, 5)
        places = (new, f"sqlite:{tmp_path}/there/publisher.db")
    database = opened(kind, site, new)
    ledger = Ledger(database)
    assert ledger.claim("a.1.b", 60, ["none"]) is None
    ran = site.run(MOVE, *places, now=None)
    assert ran.code == 0, ran.err
    for table in TABLES:
        with pytest.raises(StoreMoved) as told, database.writing() as connection:
            connection.execute(table.delete())
        assert "set `database:`" in (told.value.mend or "")
        column = next(iter(table.c)).name
        same = database.words(sa.update(table).values({column: table.c[column]}))
        with pytest.raises(StoreMoved):
            KeptConnection(database).write(same, {})
    with pytest.raises(StoreMoved):
        opened(kind, site, new)
    database.close()


def test_a_move_that_is_given_up_leaves_the_old_one_as_it_was(site: Site, new: str) -> None:
    filled(site)
    before, shape = contents(file_of(site)), schema(site)
    assert moved_until(site, new, "piece", 3) == -signal.SIGKILL
    assert not usable(site, "sqlite")
    assert not usable(site, new)
    ran = site.run(MOVE, "sqlite", new, "--give-up", now=None)
    assert ran.code == 0, ran.err
    assert (contents(file_of(site)), schema(site)) == (before, shape)
    assert not any(contents(new).values())

    assert site.run(MOVE, "sqlite", new, now=None).code == 0, "it may be begun anew"
    ran = site.run(MOVE, "sqlite", new, "--give-up", now=None)
    assert ran.code == 0, ran.err
    assert (contents(file_of(site)), schema(site)) == (before, shape)
    ran = site.run(MOVE, "sqlite", new, "--give-up", now=None)
    assert (ran.code, "is not being moved" in ran.err) == (1, True)

    assert site.run(MOVE, "sqlite", new, now=None).code == 0
    use(site, new)
    assert site.run("subscribers", "add", "new@x.example", "--newsletter", "weekly").code == 0
    there = contents(new)
    ran = site.run(MOVE, "sqlite", new, "--give-up", now=None)
    assert ran.code == 1
    assert "was used since: subscriber" in ran.err
    assert contents(new) == there
    assert usable(site, new)
    assert not usable(site, "sqlite")


@pytest.mark.long
def test_a_move_to_a_server_that_is_gone_can_be_given_up(site: Site) -> None:
    filled(site, 5, 5)
    before = contents(file_of(site))
    with postgresql_server() as server:
        new = server.address
        assert moved_until(site, new, "piece", 3) == -signal.SIGKILL
        server.stop()
        ran = site.run(MOVE, "sqlite", new, now=None)
        assert ran.code == 1
        assert "cannot be used" in ran.err
        ran = site.run(MOVE, "sqlite", new, "--give-up", now=None)
        assert ran.code == 0, ran.err
        assert "is away; what this move left there bars its use" in ran.err
        assert contents(file_of(site)) == before
        server.start()
        assert not usable(site, new)
        assert site.run("subscribers", "add", "a@x.example", "--newsletter", "weekly").code == 0
        before = contents(file_of(site))
        ran = site.run(MOVE, "sqlite", new, now=None)
        assert ran.code == 0, ran.err
        assert contents(new) == before


def schema(site: Site) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file_of(site))) as connection:
        return sorted(connection.execute("SELECT name, sql FROM sqlite_master"), key=repr)


def test_what_is_no_place_to_move_from_or_to_is_refused(
    site: Site, new: str, server: str, tmp_path: Path
) -> None:
    def refused(code: int, *arguments: str) -> str:
        ran = site.run(MOVE, *arguments, now=None)
        assert ran.code == code, ran.err
        return ran.err

    assert "is not there" in refused(1, "sqlite", new)
    filled(site, 3, 3)
    before = contents(file_of(site))
    assert "is no database of ours" in refused(2, "mysql://a@b/c", new)
    assert "names no database" in refused(2, "sqlite", "postgresql://localhost")
    assert "both places are files" in refused(2, "sqlite", "sqlite:other.db")
    assert "both places are the same" in refused(2, new, new)
    other = fresh(server, f"{tmp_path.name}other")
    fill(other, 1, 1)
    there = contents(other)
    assert "has other data in it" in refused(1, "sqlite", other)
    assert contents(other) == there
    assert contents(file_of(site)) == before
    assert usable(site, "sqlite")
    assert usable(site, other)
    assert moved_until(site, new, "piece", 3) == -signal.SIGKILL
    third = fresh(server, f"{tmp_path.name}third")
    assert "go on with that" in refused(1, "sqlite", third)
    assert "is being filled from" in refused(1, other, new)


@pytest.mark.parametrize("version", [0, len(MIGRATIONS) - 1, len(MIGRATIONS) + 1])
def test_a_database_of_another_version_is_not_moved(site: Site, new: str, version: int) -> None:
    file = site.folder / FILE
    open_database(file, MIGRATIONS[:version]).close()
    if version > len(MIGRATIONS):
        with closing(sqlite3.connect(file)) as connection:
            connection.execute(f"PRAGMA user_version = {version}")
    ran = site.run(MOVE, "sqlite", new, now=None)
    assert ran.code == 1
    assert ("no database of publisher's" if not version else "another version") in ran.err
    assert "mend:" in ran.err
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (version,)
    if version == len(MIGRATIONS) - 1:
        assert site.run("status").code == 0, "as it said"
        assert site.run(MOVE, "sqlite", new, now=None).code == 0


@pytest.mark.long
def test_two_that_move_the_same_at_once_move_it_once(site: Site, new: str, tmp_path: Path) -> None:
    filled(site)
    before = contents(file_of(site))
    said = tmp_path / "said"
    with said.open("wb") as log:
        both = [
            start_warm([MOVE, "sqlite", new], site.folder, os.environ, log.fileno())
            for _ in range(2)
        ]
    assert [one.wait(60) for one in both] == [0, 0], said.read_text("utf-8")
    assert contents(new) == before


@pytest.mark.long
def test_who_writes_at_that_moment_is_waited_for(
    site: Site, new: str, server: str, tmp_path: Path
) -> None:
    old = fresh(server, f"{tmp_path.name}old")
    fill(old, 5, 5)
    database = open_postgresql(old)
    with database.writing() as connection:
        connection.execute(TABLES[0].delete())
        said = tmp_path / "said"
        with said.open("wb") as log:
            moving = start_warm([MOVE, old, new], site.folder, os.environ, log.fileno())
        time.sleep(2)
        assert moving.poll() is None
        assert not any(without_notes(contents(new)).values())
    database.close()
    assert moving.wait(60) == 0, said.read_text("utf-8")
    moved = contents(new)
    assert moved == without_notes(contents(old))
    assert not moved[TABLES[0].name]


@pytest.mark.long
def test_two_machines_that_move_the_same_at_once_move_it_once(
    site: Site, new: str, server: str, tmp_path: Path
) -> None:
    """They know nothing of each other's locks; one of them may be told to leave it to the other."""
    old = fresh(server, f"{tmp_path.name}old")
    fill(old, 30, 20_000)
    before = contents(old)
    other = Site(shutil.copytree(site.folder, tmp_path / "other"))
    said = tmp_path / "said"
    with said.open("wb") as log:
        both = [
            start_warm([MOVE, old, new], one.folder, os.environ, log.fileno())
            for one in (site, other)
        ]
    codes = {one.wait(120) for one in both}
    assert codes <= {0, 1}, said.read_text("utf-8")
    assert "Traceback" not in said.read_text("utf-8")
    ran = site.run(MOVE, old, new, now=None)
    assert ran.code == 0, ran.err
    assert contents(new) == before


def test_a_row_that_the_new_one_does_not_take_is_named(site: Site, new: str) -> None:
    filled(site, 3, 3)
    with closing(sqlite3.connect(file_of(site))) as connection:
        connection.execute("UPDATE suppression SET evidence = 'a' || char(0) || 'b'")
        connection.commit()
    ran = site.run(MOVE, "sqlite", new, now=None)
    assert ran.code == 1
    assert "suppression" in ran.err
    assert "the character of number 0" in ran.err
    assert site.run(MOVE, "sqlite", new, "--give-up", now=None).code == 0
    assert usable(site, "sqlite")


def test_what_another_wrote_meanwhile_is_found(site: Site, new: str) -> None:
    """Two tables alike but for one value are not the same."""
    filled(site)
    assert moved_until(site, new, "compare") == -signal.SIGKILL
    import psycopg

    with psycopg.connect(new) as connection:
        found = connection.execute("UPDATE subscriber SET name = name || '?' WHERE id = 3")
        assert found.rowcount == 1
    ran = site.run(MOVE, "sqlite", new, now=None)
    assert ran.code == 1
    assert "does not hold the same: subscriber (25 rows, 25 there)" in ran.err
    assert not usable(site, new)
