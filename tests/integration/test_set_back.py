"""A state that was set back, put over itself or copied mails nothing until a person says so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

import pytest

from publisher.config.load import load_config
from publisher.mailing.deliver import deliver
from publisher.store.engine import open_sqlite
from publisher.store.place import is_another_place
from publisher.wiring.stores import Stores
from tests.mailings import Mailed, config
from tests.relays import Relay, relay
from tests.sites import NOW, Site


def begun(mailed: Mailed, there: Relay) -> list[str]:
    """An issue for twenty readers, eight of whom have it."""
    mailed.use(there)
    addresses = mailed.readers(20)
    mailed.site.publish()
    assert mailed.deliver("--limit", "8").code == 0
    return addresses


def goes_on_when_told(mailed: Mailed, count: int, after: float = 0) -> None:
    """It has said why it sends nothing, and does when a person has decided."""
    again = mailed.deliver(after=after)
    assert (again.code, again.out, "is paused" in again.err) == (3, "", True)
    assert "paused: " in mailed.site.run("status").out
    assert mailed.site.run("issue", "resume", "weekly", "1").code == 0
    assert mailed.deliver(after=after).out == f"{count} sent\n"


def test_a_database_that_was_set_back_sends_nothing_until_told(
    local: Mailed, tmp_path: Path
) -> None:
    with relay(tmp_path / "log") as there:
        addresses = begun(local, there)
        state = local.site.folder / ".publisher"
        old = {file: file.read_bytes() for file in state.glob("publisher.db*")}
        assert local.deliver("--limit", "9").out == "9 sent\n"
        for file in state.glob("publisher.db*"):
            file.unlink()
        for file, data in old.items():
            file.write_bytes(data)
        ran = local.deliver()
        assert ran.code == 3
        assert "the state folder was copied or set back" in ran.err
        resume = "where this is the one, `publisher issue resume weekly 1` sends it"
        assert resume in ran.err, "as it can be typed"
        assert "NUMBER" not in ran.err + local.site.run("status").out
        assert len(there.taken()) == 17
        goes_on_when_told(local, 12)
        assert there.copies().keys() == set(addresses)


def put_at(inode: int, file: Path) -> None:
    """Make a file at an inode, where the file system gives it again within some tries."""
    for number in range(300):
        again = file.with_name(f"{file.name}.{number}")
        again.touch()
        if again.stat().st_ino == inode:
            again.replace(file)
            break
    for other in file.parent.glob(f"{file.name}.*"):
        other.unlink()


def test_a_folder_that_is_put_back_in_place_of_itself_sends_nothing_until_told(
    local: Mailed, tmp_path: Path
) -> None:
    """As `rm -rf .publisher; cp -a BACKUP .publisher` does: a file may get the inode of before."""
    with relay(tmp_path / "log") as there:
        addresses = begun(local, there)
        state, backup = local.site.folder / ".publisher", tmp_path / "copy"
        shutil.copytree(state, backup)
        for _ in range(2):
            inode = (state / "mark").stat().st_ino
            shutil.rmtree(state)
            state.mkdir()
            put_at(inode, state / "mark")
            shutil.copytree(backup, state, dirs_exist_ok=True)
            sent = len(there.taken())
            assert "the state folder was copied or set back" in local.deliver().err
            assert len(there.taken()) == sent
            goes_on_when_told(local, 12)
        assert there.copies().keys() == set(addresses)


@pytest.mark.parametrize(
    "deliveries", [2, *(pytest.param(n, marks=pytest.mark.long) for n in (0, 1))]
)
@pytest.mark.parametrize("then", [1, pytest.param(2, marks=pytest.mark.long)])
def test_a_folder_that_is_put_back_over_itself_sends_nothing_until_told(
    local: Mailed, tmp_path: Path, deliveries: int, then: int
) -> None:
    """As `cp -a BACKUP/. .publisher/` does: every file that there was is as it was, its inode too.

    Also where there had been no delivery yet when it was copied.
    """
    with relay(tmp_path / "log") as there:
        local.use(there)
        addresses = local.readers(20)
        local.site.publish()
        state, backup = local.site.folder / ".publisher", tmp_path / "copy"
        for _ in range(deliveries):
            assert local.deliver("--limit", "4").out == "4 sent\n"
        shutil.copytree(state, backup)
        for _ in range(then):
            assert local.deliver("--limit", "3").out == "3 sent\n"
        inode = (state / "mark").stat().st_ino
        shutil.copytree(backup, state, dirs_exist_ok=True)
        assert (state / "mark").stat().st_ino == inode
        sent = len(there.taken())
        ran = local.deliver()
        assert ran.code == 3
        assert "the state folder was copied or set back" in ran.err
        assert len(there.taken()) == sent
        goes_on_when_told(local, 20 - 4 * deliveries)
        assert there.copies().keys() == set(addresses)


def test_a_copy_made_in_the_midst_of_a_long_delivery_is_noticed_too(
    local: Mailed, tmp_path: Path
) -> None:
    """That delivery dies later, and was the last one: no other changed the mark since."""
    state, backup = local.site.folder / ".publisher", tmp_path / "copy"
    with relay(tmp_path / "log") as there:
        local.use(there)
        local.readers(12)
        local.site.publish()
        slowly = config(there.port, 1).replace(
            "connections: 1,", "connections: 1, per_minute: 120,"
        )
        local.site.write("publisher.yaml", slowly)
        assert local.deliver("--limit", "1").out == "1 sent\n"

        def copy_and_die(_what: str, done: int, _total: int) -> None:
            if done >= 2 and not backup.exists():
                shutil.copytree(state, backup)
            if done >= 8:
                raise KeyboardInterrupt

        settings = load_config(local.site.folder / "publisher.yaml")
        now = datetime.fromisoformat(NOW)
        with closing(Stores(settings, lambda: now)) as stores, suppress(KeyboardInterrupt):
            deliver(
                settings,
                stores.database,
                stores.issues.load,
                progress=copy_and_die,
                lease_seconds=3,
            )
        sent = len(there.taken())
        assert 9 <= sent < 12
        shutil.copytree(backup, state, dirs_exist_ok=True)
        assert "the state folder was copied or set back" in local.deliver(after=60).err
        assert len(there.taken()) == sent


def test_a_delivery_that_died_at_any_mark_is_no_other_place(
    local: Mailed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.readers(1)
    local.site.publish()
    state = local.site.folder / ".publisher"
    database = open_sqlite(state / "publisher.db", lambda: 0)

    class Died(Exception):
        pass

    def dies(real: Callable[..., object], times: int) -> Callable[..., object]:
        left = iter(range(times))

        def called(*arguments: object) -> object:
            if next(left, None) is None:
                raise Died
            return real(*arguments)

        return called

    steps = ((os, "pwrite", 0), (os, "fsync", 0), (os, "fsync", 1), (os, "fsync", 2))
    with closing(database):
        assert not is_another_place(state, database)
        for owner, name, times in (*steps, (Path, "replace", 0), (Path, "replace", 1)):
            for _ in range(3):
                with monkeypatch.context() as dying:
                    dying.setattr(owner, name, dies(getattr(owner, name), times))
                    with suppress(Died):
                        assert not is_another_place(state, database)
            assert not is_another_place(state, database)
            assert len(list(state.glob("mark-*"))) == 1


def test_a_copied_state_sends_nothing_and_one_that_moved_goes_on(
    local: Mailed, tmp_path: Path
) -> None:
    with relay(tmp_path / "log") as there:
        addresses = begun(local, there)
        copy = Mailed(site=Site(tmp_path / "copy"), connections=4, database="sqlite")
        shutil.copytree(local.site.folder, copy.site.folder)
        assert "copied or set back" in copy.deliver().err
        moved = Mailed(site=Site(tmp_path / "moved"), connections=4, database="sqlite")
        local.site.folder.rename(moved.site.folder)
        assert moved.deliver().out == "12 sent\n"
        assert there.copies() == dict.fromkeys(addresses, 1)
        goes_on_when_told(copy, 12)


def test_a_copy_with_nothing_unsent_is_told_once(local: Mailed, tmp_path: Path) -> None:
    """Both would mail what each of them makes next."""
    with relay(tmp_path / "log") as there:
        local.use(there)
        local.readers(3)
        local.site.publish()
        assert local.deliver().out == "3 sent\n"
        copy = Mailed(site=Site(tmp_path / "copy"), connections=4, database="sqlite")
        shutil.copytree(local.site.folder, copy.site.folder)
        ran = copy.deliver()
        assert (ran.code, "Only one place may mail from it" in ran.err) == (3, True)
        assert [place.deliver().code for place in (copy, local)] == [0, 0]


def test_an_issue_that_both_places_make_is_sent_by_the_one_that_is_told_to(
    local: Mailed, tmp_path: Path
) -> None:
    """It is made in the very run that notices the copy, and the other makes it for that slot."""
    monday = "2026-11-30T08:00:00Z"
    with relay(tmp_path / "log") as there:
        local.use(there)
        local.readers(3)
        local.site.publish()
        assert local.deliver().out == "3 sent\n"
        local.site.article("later.md", "A text about rain.", date="2026-11-24")
        copy = Mailed(site=Site(tmp_path / "copy"), connections=4, database="sqlite")
        shutil.copytree(local.site.folder, copy.site.folder)
        ran = copy.site.run("publish", "--deliver", now=monday)
        assert (ran.code, "issue 2 of weekly" in ran.out) == (3, True)
        assert "unsent, or made just now, may have been sent from elsewhere" in ran.err
        assert "only one place may mail" in ran.err
        assert local.site.run("publish", "--deliver", now=monday).code == 0
        assert set(there.copies().values()) == {2}, "nobody has an issue twice"
        assert "paused: the state folder was copied" in copy.site.run("status", now=monday).out


def test_what_lay_still_for_longer_than_it_may_be_late_waits_for_a_person(
    mailed: Mailed, tmp_path: Path
) -> None:
    with relay(tmp_path / "log") as there:
        begun(mailed, there)
        assert mailed.deliver("--limit", "2", after=11 * 3600).out == "2 sent\n"
        ran = mailed.deliver(after=24 * 3600)
        assert (ran.code, ran.out) == (3, ""), "there is something to send, and it says what"
        assert "warning: issue 1 of weekly: nothing of it was sent for longer than" in ran.err
        resume = "`publisher issue resume weekly 1` sends the rest"
        assert resume in ran.err, "as it can be typed"
        for command in (("status",), ("ledger", "--csv")):
            assert resume in mailed.site.run(*command).out
        goes_on_when_told(mailed, 10, after=24 * 3600)
