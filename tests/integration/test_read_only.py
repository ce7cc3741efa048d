"""A site that may only be looked at, state and all: what writes nothing does its work there."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.disks import read_only_place
from tests.publishing import MakeSite
from tests.rights import held_to_modes, run_bound_by_modes
from tests.sites import CONFIG, NOW, UNJUDGED, Site

Closed = Callable[[Site], AbstractContextManager[None]]

ROOT = Path(__file__).resolve().parents[2]

LOOKS = (
    ("check",),
    ("articles",),
    ("articles", "--explain", "one.md"),
    ("plan",),
    ("publish", "--dry-run"),
    ("issue", "list", "weekly"),
    ("issue", "show", "weekly", "1"),
    ("issue", "items", "weekly"),
    ("status",),
    ("ledger",),
    ("subscribers", "show", "ann@x.example"),
    ("subscribers", "export"),
)


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """One that was published, with an issue for a reader, and an article that is new since."""
    site = make_site(CONFIG + UNJUDGED)
    site.article("one.md")
    add(site, "ann@x.example")
    site.publish()
    site.article("two.md", date="2026-11-21")
    return site


def add(site: Site, address: str) -> None:
    ran = site.run("subscribers", "add", address, "--newsletter", "weekly", "--confirmed")
    assert ran.code == 0, ran


@contextmanager
def by_modes(site: Site) -> Iterator[None]:
    """Nobody has the right to write there."""
    places = (site.folder, *site.folder.rglob("*"))
    for place in places:
        place.chmod(place.stat().st_mode & ~0o222)
    try:
        yield
    finally:
        for place in places:
            with suppress(FileNotFoundError):
                place.chmod(place.stat().st_mode | 0o200)


@contextmanager
def by_mount(site: Site) -> Iterator[None]:
    """The disk is only read."""
    with read_only_place(site.folder):
        yield


def without_count(out: str) -> str:
    """What is said but for how many files were read: those whose modes have changed."""
    return re.sub(r"; [0-9]+ read", "", out)


@pytest.mark.parametrize(
    ("closed", "looks"),
    [(by_modes, LOOKS), (by_mount, (("check",), ("publish", "--dry-run"), ("status",)))],
)
def test_who_only_looks_needs_no_place_to_write(
    closed: Closed, looks: Sequence[tuple[str, ...]], site: Site
) -> None:
    usual = {command: site.run(*command) for command in looks}
    before = site.tree(".")
    with closed(site):
        for command in looks:
            ran = run_bound_by_modes(site, *command)
            assert (ran.returncode, ran.stderr) == (0, ""), (command, ran)
            assert without_count(ran.stdout) == without_count(usual[command].out)
        assert site.tree(".") == before
        ran = run_bound_by_modes(site, "publish")
    assert ran.returncode == 1
    assert re.match("error: .*/lock: cannot be opened: .*\nmend:  ", ran.stderr)


@pytest.mark.parametrize("closed", [by_modes, by_mount])
def test_a_preview_needs_none_either(closed: Closed, site: Site) -> None:
    before = site.tree(".")
    command = held_to_modes([sys.executable, "-m", "publisher", "preview", "--no-open"])
    with closed(site):
        process = subprocess.Popen(
            [*command, "--listen", "127.0.0.1:0", "--now", NOW],
            cwd=site.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            address = re.search(r"http://\S+", process.stdout.readline())[0]
            with urllib.request.urlopen(f"{address}mail/light/weekly", timeout=60) as answer:
                assert b"Two" in answer.read()
        finally:
            process.terminate()
            rest = process.communicate(timeout=30)[0]
    assert "error" not in rest
    assert site.tree(".") == before


def test_what_others_write_meanwhile_is_seen(site: Site) -> None:
    """What was written waits in a log, whose owner is still there: a service of this machine."""
    with closing(sqlite3.connect(site.folder / ".publisher/publisher.db")) as owner:
        owner.execute("SELECT * FROM sqlite_master").fetchall()
        add(site, "bob@x.example")
        assert (site.folder / ".publisher/publisher.db-wal").stat().st_size
        with by_modes(site):
            for command in (("plan",), ("subscribers", "export")):
                ran = run_bound_by_modes(site, *command)
                assert ran.returncode == 0, ran
                assert "2 readers" in ran.stdout or "bob@x.example" in ran.stdout


@pytest.mark.parametrize("shared", [True, False])
def test_what_a_killed_process_left_in_the_log_is_seen_or_asked_for(
    shared: bool, site: Site, tmp_path: Path
) -> None:
    """Without the memory that all share nobody can say what of the log counts."""
    with closing(sqlite3.connect(site.folder / ".publisher/publisher.db")) as owner:
        owner.execute("SELECT * FROM sqlite_master").fetchall()
        add(site, "bob@x.example")
        copy = Site(tmp_path / "copy")
        shutil.copytree(site.folder, copy.folder)
    if not shared:
        (copy.folder / ".publisher/publisher.db-shm").unlink()
    with by_modes(copy):
        for command in ("plan", "status"):
            ran = run_bound_by_modes(copy, command)
            if shared:
                assert (ran.returncode, ran.stderr) == (0, "")
                assert "2 readers" in ran.stdout or command == "status"
            else:
                assert ran.returncode == 1
                assert "publisher.db: cannot be used: " in ran.stderr
                assert "mend:  do it as the user whose site it is" in ran.stderr


WRITING = """
import sqlite3, sys
while True:
    there = sqlite3.connect(sys.argv[1], isolation_level=None)
    there.execute("PRAGMA journal_mode = WAL")
    there.execute("PRAGMA wal_autocheckpoint = 3")
    for _ in range(20):
        there.execute("BEGIN IMMEDIATE")
        number = there.execute("SELECT max(number) FROM line").fetchone()[0] + 1
        there.executemany(
            "INSERT INTO line VALUES (?, ?)", [(number, "x" * 500) for _ in range(10)]
        )
        there.execute("COMMIT")
    there.close()
"""
READING = """
import sys, time
from contextlib import AbstractContextManager, closing
from pathlib import Path
from publisher.store.database import open_copy
last, copies, end = 0, 0, time.monotonic() + 4
while time.monotonic() < end:
    with closing(open_copy(Path(sys.argv[1]), ())) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        (number, count) = copy.execute("SELECT max(number), count(*) FROM line").fetchone()
    assert count == 10 * number, (number, count)
    assert number >= last, (number, last)
    last, copies = number, copies + 1
print(copies, last)
"""


def test_a_copy_beside_a_writer_is_of_one_instant(tmp_path: Path) -> None:
    """Its log comes and goes, and it writes into the file whenever it likes."""
    folder = tmp_path / "state"
    folder.mkdir()
    path = folder / "some.db"
    with closing(sqlite3.connect(path)) as there:
        there.execute("PRAGMA journal_mode = WAL")
        there.execute("CREATE TABLE line (number INTEGER, text TEXT)")
        there.executemany("INSERT INTO line VALUES (1, ?)", [("x" * 500,)] * 10)
        there.commit()
    folder.chmod(0o555)
    path.chmod(0o444)
    writer = subprocess.Popen([sys.executable, "-c", WRITING, str(path)])
    try:
        done = subprocess.run(
            held_to_modes([sys.executable, "-c", READING, str(path)]),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        writer.kill()
        writer.wait()
        folder.chmod(0o755)
    assert done.returncode == 0, done.stderr
    copies, last = map(int, done.stdout.split())
    assert copies > 2
    assert last > 1
