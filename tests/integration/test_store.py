"""The state folder: what is remembered, and what is refused."""

from __future__ import annotations

import shutil
import sqlite3
from base64 import b64encode
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from publisher.errors import ArticleError, Location, MigrationNeeded, StoreError
from publisher.fingerprint import hash_of
from publisher.model import (
    Digest,
    Draft,
    EmbeddedPicture,
    Issue,
    ManifestEntry,
    Readership,
    RenderedIssue,
)
from publisher.readings import FileStat, Finished, KnownAsset, KnownFile, Reading
from publisher.store import engine, tables
from publisher.store.build import BuildStore
from publisher.store.database import open_database
from publisher.store.engine import (
    Database,
    open_postgresql,
    open_postgresql_aside,
    open_sqlite,
    open_sqlite_aside,
)
from publisher.store.issues import IssueStore
from publisher.store.pings import PingStore
from publisher.store.schema import MIGRATIONS
from publisher.store.tables import mail_picture
from publisher.store.transfer import snapshot
from tests.factories import NOW, make_asset, make_document, make_entry
from tests.postgres import fresh

CLOCK = int(NOW.timestamp() * 1000)


def opened(path: Path, *, aside: bool = False) -> Database:
    return (open_sqlite_aside if aside else open_sqlite)(path, lambda: CLOCK)


STAT = FileStat(1, 2, 3, 4)


def finished(reading: Reading, body: str | None = None) -> Finished:
    return Finished(
        known=KnownFile(stat=STAT, seen_ns=5, context="c", reading=reading), body_html=body
    )


def read_well() -> Finished:
    document = make_document()
    return finished(
        Reading(source="articles", file=document.file, document=document, good=document), "<p>x"
    )


def issue(number: int = 1, slot=NOW) -> Issue:
    digest = Digest(
        newsletter="weekly", slot=slot, subject="s", preheader="p", entries=(make_entry(),)
    )
    return Issue(
        newsletter="weekly",
        number=number,
        digest=digest,
        checksum="c",
        rendered=RenderedIssue(subject="s", html="<p>", text="t"),
    )


def test_a_reading_comes_back_as_it_was(tmp_path: Path) -> None:
    store = BuildStore(tmp_path / "state" / "build.db")
    store.save_files([read_well()])
    store.commit()
    store.close()
    again = BuildStore(tmp_path / "state" / "build.db")
    assert again.files("articles")["launch.md"] == read_well().known
    assert again.body("body-launch.md") == "<p>x"
    again.close()


def test_a_refusal_keeps_the_last_good_version(tmp_path: Path) -> None:
    store = BuildStore(tmp_path / "build.db")
    store.save_files([read_well()])
    problem = ArticleError("no", where=Location(file="launch.md", line=3, column=7), mend="do")
    store.save_files(
        [
            finished(
                Reading(source="articles", file="launch.md", problem=problem, good=make_document())
            )
        ]
    )
    store.forget_bodies()
    reading = store.files("articles")["launch.md"].reading
    assert reading.document is None
    assert reading.good == make_document()
    assert reading.problem is not None
    assert (str(reading.problem), reading.problem.mend) == ("launch.md:3:7: no", "do")
    assert store.body("body-launch.md") == "<p>x"
    store.close()


def test_bodies_that_no_document_has_are_dropped(tmp_path: Path) -> None:
    store = BuildStore(tmp_path / "build.db")
    store.save_files([read_well()])
    store.forget("articles", ["launch.md"])
    store.forget_bodies()
    with pytest.raises(StoreError, match="lacks an article"):
        store.body("body-launch.md")
    store.close()


def test_what_is_not_committed_is_forgotten(tmp_path: Path) -> None:
    store = BuildStore(tmp_path / "build.db")
    store.save_written("out", [("a", ManifestEntry(fingerprint="1", size=1, mtime_ns=1))])
    store.close()
    again = BuildStore(tmp_path / "build.db")
    assert again.manifest("out") == {}
    again.close()


def test_a_store_aside_leaves_a_database_as_it_lies(tmp_path: Path) -> None:
    store = BuildStore(tmp_path / "build.db")
    store.save_asset(KnownAsset(stat=STAT, seen_ns=1, asset=make_asset()))
    store.commit()
    killed = tmp_path / "killed"
    shutil.copytree(tmp_path, killed)
    store.close()
    assert {p.name for p in killed.iterdir()} == {"build.db", "build.db-wal", "build.db-shm"}

    for folder in (killed, tmp_path):
        before = {p.name: p.read_bytes() for p in folder.iterdir() if p.name.endswith(("db", "l"))}
        names = {p.name for p in folder.iterdir()}
        aside = BuildStore(folder / "build.db", aside=True)
        assert "boat.jpg" in aside.assets("articles")
        aside.close()
        assert {p.name for p in folder.iterdir()} == names
        assert {name: (folder / name).read_bytes() for name in before} == before


def test_a_store_aside_changes_nothing_and_makes_nothing(tmp_path: Path) -> None:
    aside = BuildStore(tmp_path / "build.db", aside=True)
    aside.save_asset(KnownAsset(stat=STAT, seen_ns=1, asset=make_asset()))
    assert aside.assets("articles")["boat.jpg"].asset == make_asset()
    aside.commit()
    aside.close()
    assert list(tmp_path.iterdir()) == []


def test_the_draft_of_an_issue_goes_in_the_transaction_that_settles_it(tmp_path: Path) -> None:
    """Else who dies between would leave to the next issue what editors said of this one."""
    database = opened(tmp_path / "publisher.db")
    store = IssueStore(database)
    said = Draft(newsletter="weekly", dropped=("a",))
    nothing = Draft(newsletter="weekly")
    store.save_draft(said)
    store.freeze(issue(2))
    assert store.draft("weekly") == said, "one that was made again was made elsewhere"
    store.freeze(issue(1, NOW.replace(year=2027)), readers=Readership(list="weekly"))
    assert store.draft("weekly") == nothing
    store.save_draft(said)
    store.pass_slot("weekly", NOW)
    assert store.draft("weekly") == said, "too little was new, and editors wait for more"
    after = Draft(newsletter="weekly", passed=("b",))
    store.pass_slot("weekly", NOW, after=after)
    assert store.draft("weekly") == after
    assert store.has_passed("weekly", NOW)
    database.close()


def test_an_issue_is_frozen_once_by_number_and_by_slot(tmp_path: Path) -> None:
    database = opened(tmp_path / "publisher.db")
    store = IssueStore(database)
    store.freeze(issue())
    for twice in (issue(1, NOW.replace(year=2027)), issue(2)):
        with pytest.raises(StoreError, match="by another run"):
            store.freeze(twice)
    assert store.load("weekly", 1) == issue()
    assert [(i.number, i.items) for i in store.issues()] == [(1, (make_entry().id,))]
    with pytest.raises(StoreError, match="no issue 9"):
        store.load("weekly", 9)
    database.close()


BOAT = EmbeddedPicture(
    url="https://courier.example/media/1/boat.jpg",
    path="media/1/boat.jpg",
    media_type="image/jpeg",
    article="tag:1",
    hash=hash_of(b"a boat"),
    data=b"a boat",
)


def with_pictures(number: int, *pictures: EmbeddedPicture) -> Issue:
    made = issue(number, NOW + timedelta(days=number))
    return replace(made, rendered=replace(made.rendered, embedded=pictures))


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def test_what_an_issue_has_inside_is_frozen_with_it(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = ""
    if kind == "postgresql":
        address = fresh(request.getfixturevalue("server"), tmp_path.name)
    path = tmp_path / "publisher.db"
    logo = replace(BOAT, url="https://courier.example/media/logo.png", hash=hash_of(b"\0\xff"))
    logo = replace(logo, data=b"\0\xff", article="")
    again = replace(BOAT, url="https://courier.example/media/2/boat.jpg")
    first, second = with_pictures(1, logo, BOAT, again), with_pictures(2, logo)
    database = open_postgresql(address, lambda: CLOCK) if address else opened(path)
    store = IssueStore(database)
    store.freeze(first)
    store.freeze(second)
    store.freeze(with_pictures(3))
    assert [store.load("weekly", n) for n in (1, 2, 3)] == [first, second, with_pictures(3)]
    with database.reading() as connection:
        rows = connection.execute(sa.select(mail_picture)).all()
        dumped = connection.execute(sa.select(tables.issue.c.issue)).scalars().all()
    assert sorted(row.data for row in rows) == [b"\0\xff", b"a boat"], "each of them once"
    assert all(b64encode(b"a boat") not in data for data in dumped)

    aside = open_postgresql_aside(address, lambda: CLOCK) if address else opened(path, aside=True)
    assert IssueStore(aside).load("weekly", 1) == first
    aside.close()
    snapshot(database, tmp_path / "copy.db", lambda: CLOCK)
    copy = opened(tmp_path / "copy.db")
    assert IssueStore(copy).load("weekly", 1) == first
    copy.close()

    with database.writing() as connection:
        connection.execute(sa.delete(mail_picture).where(mail_picture.c.hash == BOAT.hash))
    assert store.load("weekly", 2) == second
    with pytest.raises(StoreError, match="issue 1 of weekly lacks a picture"):
        store.load("weekly", 1)
    database.close()


def test_an_issue_that_an_older_version_froze_has_nothing_inside(tmp_path: Path) -> None:
    database = opened(tmp_path / "publisher.db")
    store = IssueStore(database)
    store.freeze(issue())
    with database.writing() as connection:
        data = connection.execute(sa.select(tables.issue.c.issue)).scalar_one()
        older = data.replace(b',"embedded":[]', b"")
        assert older != data
        connection.execute(sa.update(tables.issue).values(issue=older))
    assert store.load("weekly", 1) == issue()
    database.close()


def test_freezing_for_all_readers_takes_as_long_as_it_does(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = fresh(server, tmp_path.name)
    with closing(open_postgresql(place)) as database, database.writing() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END';"
            "CREATE TRIGGER dawdle AFTER INSERT ON delivery EXECUTE FUNCTION dawdle()"
        )
    options = engine.CONNECTING["options"].replace(
        "statement_timeout=60000", "statement_timeout=100"
    )
    monkeypatch.setattr(engine, "CONNECTING", {**engine.CONNECTING, "options": options})
    with closing(open_postgresql(place)) as database:
        with pytest.raises(StoreError, match="statement timeout"), database.writing() as connection:
            connection.exec_driver_sql("SELECT pg_sleep(0.3)")
        store = IssueStore(database)
        store.freeze(issue(), readers=Readership(list="weekly"))
        assert [one.number for one in store.issues()] == [1]


def test_scrubbing_takes_as_long_as_it_does(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = fresh(server, tmp_path.name)
    open_postgresql(place).close()  # to make its tables takes as long as it does, too
    options = engine.CONNECTING["options"].replace(
        "statement_timeout=60000", "statement_timeout=200"
    )
    monkeypatch.setattr(
        engine,
        "CONNECTING",
        {
            **engine.CONNECTING,
            "options": f"{options} -c vacuum_cost_delay=100 -c vacuum_cost_limit=50",
        },
    )
    with closing(open_postgresql(place)) as database:
        with database.writing() as connection:
            connection.exec_driver_sql(
                "SET LOCAL statement_timeout = 0;"
                "INSERT INTO delivery SELECT 1, n, 0, 'sent', 1, 0, 0, repeat('x', 200)"
                " FROM generate_series(1, 400) AS n"
            )
        database.scrub()
        with pytest.raises(StoreError, match="statement timeout"), database.reading() as connection:
            connection.exec_driver_sql("SELECT pg_sleep(0.5)")


def test_a_quiet_slot_stays_closed(tmp_path: Path) -> None:
    database = opened(tmp_path / "publisher.db")
    store = IssueStore(database)
    assert not store.has_passed("weekly", NOW)
    store.pass_slot("weekly", NOW)
    store.pass_slot("weekly", NOW)
    assert store.has_passed("weekly", NOW)
    database.close()


HUBS = ("https://one.example/", "https://two.example/")
LATER = NOW + timedelta(minutes=5)


def test_pings_wait_in_order_until_they_end(tmp_path: Path) -> None:
    database = opened(tmp_path / "publisher.db")
    store = PingStore(database)
    store.queue(HUBS, ["a", "b"], NOW)
    first, *rest = store.waiting()
    assert (first.hub, first.topic, first.changed, first.due, first.tries) == (
        HUBS[0], "a", NOW, NOW, 0,
    )  # fmt: skip
    assert len(rest) == 3
    store.settle([(first, LATER), (rest[0], None)])
    database.close()
    database = opened(tmp_path / "publisher.db")
    again = PingStore(database)
    assert [(p.topic, p.due, p.tries) for p in again.waiting()] == [
        ("b", NOW, 0), ("b", NOW, 0), ("a", LATER, 1),
    ]  # fmt: skip
    database.close()


def test_the_end_of_an_old_ping_leaves_the_newer_one(tmp_path: Path) -> None:
    database = opened(tmp_path / "publisher.db")
    store = PingStore(database)
    for due in (None, LATER):
        store.queue(HUBS[:1], ["a"], NOW)
        (old,) = store.waiting()
        store.queue(HUBS[:1], ["a"], NOW + timedelta(seconds=1))  # a run meanwhile
        (new,) = store.waiting()
        store.settle([(old, due)])
        assert store.waiting() == (new,)
        assert new.id > old.id
    database.close()


def test_what_is_owed_stays_until_pings_are_queued(tmp_path: Path) -> None:
    database = opened(tmp_path / "publisher.db")
    store = PingStore(database)
    store.owe(["b", "a"])
    store.owe(["b"])
    store.owe([])
    assert store.owed() == ("a", "b")
    assert store.waiting() == ()
    store.queue(HUBS[:1], ["a"], NOW)
    assert store.owed() == ()
    assert [p.topic for p in store.waiting()] == ["a"]
    store.drop_other_hubs(HUBS[:1])
    assert len(store.waiting()) == 1
    store.drop_other_hubs(())
    assert store.waiting() == ()
    database.close()


def test_a_database_of_the_first_version_keeps_its_issues_and_takes_pings(tmp_path: Path) -> None:
    path = tmp_path / "publisher.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(MIGRATIONS[0] + "PRAGMA user_version = 1;")
        connection.execute("INSERT INTO quiet_slot VALUES ('weekly', ?)", (NOW.isoformat(),))
    connection.close()
    database = opened(path)
    issues, pings = IssueStore(database), PingStore(database)
    assert issues.has_passed("weekly", NOW)
    pings.queue(HUBS, ["a"], NOW)
    assert len(pings.waiting()) == 2
    database.close()


def test_a_database_of_a_newer_version_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "publisher.db"
    opened(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    for aside in (False, True):
        with pytest.raises(MigrationNeeded, match="schema 99") as caught:
            opened(path, aside=aside)
        assert str(path) in str(caught.value)
        assert caught.value.mend == "use that version, or a later one", "readers are in there"


def test_a_cache_that_is_no_database_is_told_to_be_moved_away_alone(tmp_path: Path) -> None:
    """Who moved the folder away would lose readers for what a run makes anew."""
    path = tmp_path / "build.db"
    path.write_bytes(b"this is no database, whatever its name says" * 50)
    for aside in (False, True):
        with pytest.raises(StoreError) as caught:
            BuildStore(path, aside=aside)
        assert caught.value.where is not None
        assert caught.value.where.file == str(path)
        assert (caught.value.mend or "").startswith("move it away, and build.db-wal")


def test_another_database_is_looked_for_in_the_backup(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    path.write_bytes(b"this is no database, whatever its name says" * 50)
    with pytest.raises(StoreError) as caught:
        open_database(path, ())
    assert "put back the last backup" in (caught.value.mend or "")


def test_bodies_that_a_killed_run_left_are_dropped_by_the_next(tmp_path: Path) -> None:
    store = BuildStore(tmp_path / "build.db")
    store.save_files([read_well()])
    store.commit()
    store.forget("articles", ["launch.md"])
    assert store.lay_open()
    store.close()  # before it came to forget the body
    store = BuildStore(tmp_path / "build.db")
    assert store.body("body-launch.md") == "<p>x"
    store.forget_bodies()
    with pytest.raises(StoreError, match="lacks an article"):
        store.body("body-launch.md")
    store.close()


def test_a_body_that_another_document_has_too_stays(tmp_path: Path) -> None:
    store = BuildStore(tmp_path / "build.db")
    store.save_files([read_well()])
    twin = make_document(file="twin.md", body_key="body-launch.md")
    store.save_files([finished(Reading(source="articles", file="twin.md", document=twin), "<p>x")])
    store.forget("articles", ["launch.md"])
    store.commit()
    assert store.body("body-launch.md") == "<p>x"
    store.close()
