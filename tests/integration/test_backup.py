"""The state in one file, and back: on either database, from one to the other, and damaged."""

from __future__ import annotations

import os
import shutil
import signal
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.config.load import load_config
from tests.crashing import run_crashing
from tests.mailings import CONNECTIONS, Mailed, config
from tests.postgres import fresh
from tests.relays import Relay, relay
from tests.serving import serving
from tests.sites import NOW, Site
from tests.subscribing import dump, links, mails


def half_sent(mailed: Mailed, there: Relay) -> list[str]:
    """An issue for forty readers, twenty-five of whom have it."""
    mailed.use(there)
    addresses = mailed.readers(40)
    mailed.site.run("subscribers", "erase", addresses[-1])
    mailed.site.publish()
    assert mailed.deliver("--limit", "25").code == 0
    return addresses


def unchanged(rows: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    """What a restored state must have as it was: all but that mailings are paused."""
    return {
        name: found
        for name, found in rows.items()
        if name not in ("mailing", "shard", "schema_version", "sqlite_sequence", "state_mark")
    }


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("sqlite", "postgresql"),
        pytest.param("sqlite", "sqlite", marks=pytest.mark.long),
        pytest.param("postgresql", "sqlite", marks=pytest.mark.long),
        pytest.param("postgresql", "postgresql", marks=pytest.mark.long),
    ],
)
def test_what_is_restored_is_what_was_backed_up_and_sends_nothing_until_told(
    make_site: Callable[..., Site],
    request: pytest.FixtureRequest,
    tmp_path: Path,
    source: str,
    target: str,
) -> None:
    """F33: half of an issue is sent, the other half after the backup, and then the disk dies."""

    def database(kind: str, number: int) -> str:
        if kind == "sqlite":
            return kind
        return fresh(request.getfixturevalue("server"), f"{tmp_path.name}{number}")

    site = make_site(config(1, CONNECTIONS))
    site.article("fog.md", "A text about fog.")
    mailed = Mailed(site=site, connections=CONNECTIONS, database=database(source, 1))
    with relay(tmp_path / "log", f"keep={tmp_path}/mail") as there:
        addresses = half_sent(mailed, there)
        ran = site.run("backup", "../state.zip")
        assert ran.code == 0, ran.err
        assert "1 issues, 39 readers; deliveries: 14 pending, 25 sent" in ran.out
        assert (tmp_path / "state.zip").stat().st_mode & 0o777 == 0o600
        before = dump(mailed)
        assert mailed.deliver().out == "14 sent\n"

        shutil.rmtree(site.folder / ".publisher", ignore_errors=True)
        new = Mailed(site=site, connections=CONNECTIONS, database=database(target, 2))
        new.use(there)
        ran = site.run("restore", "../state.zip")
        assert ran.code == 0, ran.err
        assert unchanged(dump(new)) == unchanged(before)
        waits = new.deliver()
        assert (waits.code, waits.out) == (3, "")
        assert "issue 1 of weekly is paused" in waits.err
        assert "paused: restored from a backup of 2026-11-22T08:00:00" in site.run("status").out
        assert site.run("publish").code == 0
        assert site.output("newsletters/weekly/1/email.eml").exists()

        assert site.run("issue", "resume", "weekly", "1").code == 0
        assert new.deliver().out == "14 sent\n"
        assert there.copies().keys() == set(addresses[:-1])
        ids = {message.message_id for message in there.taken()}
        assert len(ids) == 39, "what is sent again has the id that it had"

        with serving(site, "--now", NOW) as server:
            own = links(mails(tmp_path)[0])
            assert server.ask(own["preferences"]).status == 200, "links of old mails still lead"
        ran = site.run("subscribers", "add", "new@x.example", "--newsletter", "weekly")
        assert ran.code == 0, ran.err
        numbers = {row[0] for row in dump(new)["subscriber"]}
        assert max(numbers) > 40, "no number of a reader who is gone is given again"
        assert max(numbers) > 2**40, "nor one that was given after the backup: it is by the clock"


def test_what_is_there_is_never_overwritten(mailed: Mailed, tmp_path: Path) -> None:
    mailed.readers(2)
    assert mailed.site.run("backup", "state.zip").code == 0
    before = mailed.site.tree(".")
    for command in ("backup", "restore"):
        ran = mailed.site.run(command, "state.zip")
        assert ran.code == 1
        assert "is there already" in ran.err or "not empty" in ran.err
    assert mailed.site.tree(".") == before
    assert list((mailed.site.folder / ".publisher").glob("backup-*")) == []


def test_a_database_into_which_nothing_was_put_is_filled(local: Mailed) -> None:
    """`status` asks one that is not there, and SQLite makes it."""
    local.readers(2)
    assert local.site.run("backup", "state.zip").code == 0
    before = dump(local)
    shutil.rmtree(local.site.folder / ".publisher")
    assert local.site.run("status").code == 0
    assert (local.site.folder / ".publisher/publisher.db").exists()
    ran = local.site.run("restore", "state.zip")
    assert ran.code == 0, ran.err
    assert unchanged(dump(local)) == unchanged(before)
    ran = local.site.run("restore", "state.zip")
    assert "publisher.db: is there already" in ran.err


@pytest.mark.parametrize("command", ["deliver", "ledger"])
def test_a_state_that_a_command_made_is_replaced_and_told(
    mailed: Mailed, request: pytest.FixtureRequest, tmp_path: Path, command: str
) -> None:
    """Keys that nobody was sent a link with; those of the links that were sent are put back."""
    with relay(tmp_path / "log", f"keep={tmp_path}/mail") as there:
        mailed.use(there)
        mailed.readers(2)
        mailed.site.publish()
        assert mailed.deliver().out == "2 sent\n"
        assert mailed.site.run("backup", "state.zip").code == 0
        before = dump(mailed)
        shutil.rmtree(mailed.site.folder / ".publisher")
        if mailed.database != "sqlite":
            server = fresh(request.getfixturevalue("server"), f"{tmp_path.name}2")
            mailed = Mailed(site=mailed.site, connections=CONNECTIONS, database=server)
            mailed.use(there)
        assert mailed.site.run(command).code == 0
        assert dump(mailed)["secret"] not in ([], before["secret"])
        ran = mailed.site.run("restore", "state.zip")
        assert ran.code == 0, ran.err
        assert "replaced: a state without readers, issues and deliveries" in ran.out
        assert f"{3 if command == 'deliver' else 1} keys of links" in ran.out
        assert unchanged(dump(mailed)) == unchanged(before)
        assert mailed.deliver().code == 0, "it is at home here"
        with serving(mailed.site, "--now", NOW) as server:
            assert server.ask(links(mails(tmp_path)[0])["preferences"]).status == 200
        assert mailed.site.run("restore", "state.zip").code == 1


@pytest.mark.parametrize("erased", [False, True])
def test_a_state_that_had_a_reader_is_not_replaced(local: Mailed, *, erased: bool) -> None:
    """Also one who was forgotten since: their links lead where it says so."""
    local.readers(1)
    assert local.site.run("backup", "state.zip").code == 0
    shutil.rmtree(local.site.folder / ".publisher")
    assert local.site.run("subscribers", "add", "a@x.example", "--newsletter", "weekly").code == 0
    if erased:
        assert local.site.run("subscribers", "erase", "a@x.example").code == 0
    before = dump(local)
    assert local.site.run("restore", "state.zip").code == 1
    assert dump(local) == before


def test_nobody_is_given_the_number_that_another_reader_had(local: Mailed) -> None:
    """Whose links would open what is of the one who came later."""
    local.readers(2)
    assert local.site.run("backup", "state.zip").code == 0
    given = []
    for day in (22, 23, 24):
        add = ("subscribers", "add", f"of{day}@x.example", "--newsletter", "weekly")
        assert local.site.run(*add).code == 0
        given.append(max(row[0] for row in dump(local)["subscriber"]))
        shutil.rmtree(local.site.folder / ".publisher")
        restored = local.site.run("restore", "state.zip", now=f"2026-11-{day}T08:00:00Z")
        assert restored.code == 0, restored.err
    assert len(set(given)) == 3
    assert max(given) < 2**48, "a token has room for that"


def test_the_first_issue_after_a_backup_was_put_back_is_sent(local: Mailed, tmp_path: Path) -> None:
    with relay(tmp_path / "log", f"keep={tmp_path}/mail") as there:
        local.use(there)
        local.readers(3)
        local.site.publish()
        assert local.deliver().out == "3 sent\n"
        assert local.site.run("backup", "state.zip").code == 0
        shutil.rmtree(local.site.folder / ".publisher")
        assert local.site.run("restore", "state.zip").code == 0
        add = ("subscribers", "add", "new@x.example", "--newsletter", "weekly", "--confirmed")
        assert local.site.run(*add).code == 0
        local.site.article("later.md", "A text about rain.", date="2026-11-24")
        monday = "2026-11-30T08:00:00Z"
        ran = local.site.run("publish", "--deliver", now=monday)
        assert (ran.code, "paused" in ran.err) == (0, False)
        assert len(there.taken()) == 7
        newest = next(m for m in mails(tmp_path) if m["To"] == "new@x.example")
        with serving(local.site, "--now", monday) as server:
            page = server.ask(links(newest)["preferences"])
            assert page.status == 200, "links hold for numbers of any size"
            assert "new@x.example" in page.body.decode("utf-8")


def test_the_backup_of_another_site_is_refused(mailed: Mailed) -> None:
    mailed.readers(2)
    assert mailed.site.run("backup", "state.zip").code == 0
    shutil.rmtree(mailed.site.folder / ".publisher", ignore_errors=True)
    text = (mailed.site.folder / "publisher.yaml").read_text()
    url = load_config(mailed.site.folder / "publisher.yaml").site.url
    mailed.site.write("publisher.yaml", text.replace(url.rstrip("/"), "https://other.example"))
    ran = mailed.site.run("restore", "state.zip")
    assert ran.code == 1
    assert f"state.zip: is of {url}" in ran.err
    assert not (mailed.site.folder / ".publisher/publisher.db").exists()


def test_a_damaged_cache_is_told_as_that(mailed: Mailed) -> None:
    mailed.readers(2)
    mailed.site.publish()
    cache = mailed.site.folder / ".publisher/build.db"
    cache.write_bytes(cache.read_bytes()[:20_000])
    ran = mailed.site.run("backup", "state.zip")
    assert ran.code == 1
    assert "build.db: cannot be used" in ran.err
    assert "put back the last backup" not in ran.err


def test_a_damaged_backup_is_told_and_changes_nothing(mailed: Mailed) -> None:
    mailed.readers(50)
    assert mailed.site.run("backup", "state.zip").code == 0
    assert "state.zip is whole" in mailed.site.run("verify", "state.zip").out
    file = mailed.site.folder / "state.zip"
    whole = file.read_bytes()
    shutil.rmtree(mailed.site.folder / ".publisher")
    for damaged in (
        b"",
        b"no archive",
        whole[: len(whole) // 2],
        whole[:2000] + bytes([whole[2000] ^ 1]) + whole[2001:],
    ):
        file.write_bytes(damaged)
        for command in ("verify", "restore"):
            ran = mailed.site.run(command, "state.zip")
            assert ran.code == 1
            assert "state.zip" in ran.err
        assert not (mailed.site.folder / ".publisher/publisher.db").exists()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("backup.json", '{"format": 1, "files": {"../evil": "x"}}')
        archive.writestr("../evil", "x")
    assert "none of ours" in mailed.site.run("restore", "state.zip").err
    assert not (mailed.site.folder.parent / "evil").exists()


def test_a_backup_while_mail_is_sent_is_of_one_instant(mailed: Mailed, tmp_path: Path) -> None:
    with relay(tmp_path / "log", "wait=0.01") as there:
        mailed.use(there)
        mailed.readers(300)
        mailed.site.publish()
        process = mailed.start()
        for number in range(3):
            ran = mailed.site.run("backup", f"state{number}.zip")
            assert ran.code == 0, ran.err
        assert process.ended()[0] == 0
        assert len(there.taken()) == 300
    assert "is whole" in mailed.site.run("verify", "state2.zip").out


@pytest.mark.parametrize(
    ("point", "number", "is_asked"),
    [*(("replace", number, False) for number in (1, 2, 3)), ("fill", 1, True), ("filled", 1, True)],
)
def test_killed_at_any_point_a_backup_is_put_back_by_the_next(
    local: Mailed, point: str, number: int, *, is_asked: bool
) -> None:
    """The record, the cache and the database, one after the other; the last is all or nothing, also
    where rows are put into one that a question has made."""
    site = local.site
    local.readers(2)
    site.publish()
    assert site.run("backup", "state.zip").code == 0
    before, record = dump(local), site.record()
    shutil.rmtree(site.folder / ".publisher")
    (site.folder / "published.jsonl").unlink()
    if is_asked:
        assert site.run("status").code == 0
    command = ["restore", "state.zip", "--now", NOW]
    assert run_crashing(command, site.folder, os.environ, point, number) == -signal.SIGKILL
    again = site.run("restore", "state.zip")
    if point == "filled":
        assert (again.code, "is there already" in again.err) == (1, True)
    else:
        assert again.code == 0, again.err
    assert unchanged(dump(local)) == unchanged(before)
    assert site.record() == record
    assert not list((site.folder / ".publisher").glob("backup-*"))
    assert "1 listed; 0 read" in site.publish().out


def test_a_cache_that_is_another_than_that_of_the_backup_is_left_alone(local: Mailed) -> None:
    """Killed at first, and published over since: what was read by then is not thrown away."""
    site = local.site
    local.readers(2)
    site.publish()
    assert site.run("backup", "state.zip").code == 0
    shutil.rmtree(site.folder / ".publisher")
    command = ["restore", "state.zip", "--now", NOW]
    code = run_crashing(command, site.folder, os.environ, "replace", 2)
    assert code == -signal.SIGKILL
    site.article("more.md")
    site.publish()
    lies = (site.folder / ".publisher/build.db").read_bytes()
    ran = site.run("restore", "state.zip")
    assert (ran.code, "is there already" in ran.err) == (1, True)
    assert (site.folder / ".publisher/build.db").read_bytes() == lies


def test_what_a_killed_look_at_a_backup_left_goes_with_the_next(
    local: Mailed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the database, unpacked among the system's temporary files: readers' addresses."""
    local.readers(2)
    assert local.site.run("backup", "state.zip").code == 0
    spare = tmp_path / "spare"
    spare.mkdir()
    monkeypatch.setenv("TMPDIR", str(spare))
    for _ in range(2):  # the second kill leaves its own alone
        command = ["verify", "state.zip"]
        code = run_crashing(command, local.site.folder, os.environ, "unpacked")
        assert code == -signal.SIGKILL
        (left,) = spare.iterdir()
        assert (left / "publisher.db").exists()
    assert local.site.run("verify", "state.zip").code == 0
    assert list(spare.iterdir()) == []
