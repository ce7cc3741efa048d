"""Places whose names are no text, and streams that take nothing."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from publisher.errors import StoreError
from publisher.store.database import damage_named
from publisher.system.room import trouble
from publisher.system.whole import opened_whole
from tests.rights import run_bound_by_modes
from tests.sites import CONFIG, UNJUDGED, Site


def test_a_site_may_lie_where_bytes_are_no_text(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xffytes"))
    site = Site(folder)
    site.write("publisher.yaml", CONFIG)
    site.article("one.md")
    written = [site.publish_here().written for _ in range(2)]
    assert "feed.json" in written[0]
    assert written[1] == ()


@pytest.mark.parametrize(
    "command", [("subscribers", "export"), ("ledger", "--csv")], ids=lambda command: command[0]
)
def test_a_list_that_cannot_be_written_is_no_defect(
    make_site: Callable[..., Site], command: tuple[str, ...]
) -> None:
    site = make_site(CONFIG + UNJUDGED)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "publisher", *command],
            cwd=site.folder,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (
        1,
        "error: standard output cannot be written: No space left on device\n",
    )


WAYS = pytest.mark.parametrize("unbuffered", ["", pytest.param("1", marks=pytest.mark.long)])
"""How Python writes, which differs in when it is found out that it cannot."""


def run_to(site: Site, unbuffered: str, command: str, *to: str) -> subprocess.CompletedProcess[str]:
    """A command whose streams are what the shell makes of redirections such as `>/dev/full`."""
    line = f"{sys.executable} -m publisher {command} {' '.join(to)}"
    return run_in(site, line, PYTHONUNBUFFERED=unbuffered)


def run_in(site: Site, line: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A line of the shell."""
    return subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=site.folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **settings},
    )


@WAYS
@pytest.mark.parametrize("command", ["--help", "--version", "status --help", "status"])
def test_words_that_cannot_be_written_are_an_error_of_one_line(
    make_site: Callable[..., Site], command: str, unbuffered: str
) -> None:
    site = make_site(CONFIG + UNJUDGED)
    done = run_to(site, unbuffered, command, ">/dev/full")
    said = "error: standard output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, said)
    assert run_to(site, unbuffered, command, ">/dev/full", "2>/dev/full").returncode == 1


def test_what_else_cannot_be_read_is_not_told_as_standard_output(
    make_site: Callable[..., Site],
) -> None:
    """A module of the program that this user may not read: the system's words are told whole."""
    start = (
        "import sys\n"
        "class Barred:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'publisher.cli.delivery':\n"
        "            raise PermissionError(13, 'Permission denied', 'delivery.py')\n"
        "sys.meta_path.insert(0, Barred())\n"
        "sys.argv[1:] = ['status']\n"
        "from publisher.__main__ import publisher_program\n"
        "publisher_program()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", start],
        cwd=make_site(CONFIG + UNJUDGED).folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "PermissionError: [Errno 13] Permission denied: 'delivery.py'" in done.stderr
    assert "standard output" not in done.stderr


@WAYS
def test_who_reads_no_further_is_no_error(make_site: Callable[..., Site], unbuffered: str) -> None:
    site = make_site(CONFIG + UNJUDGED)
    for number in range(9):
        site.article(f"{number}.md")
    for command in ("--help", "articles"):
        done = run_to(site, unbuffered, command, "| head -n 1")
        assert (len(done.stdout.splitlines()), done.stderr) == (1, "")


@WAYS
@pytest.mark.parametrize(
    ("command", "code"),
    [("publihs", 2), ("status --publihs", 2), ("issue show weekly 9", 1), ("deliver", 2)],
)
def test_what_nobody_hears_ends_as_it_would(
    make_site: Callable[..., Site], command: str, code: int, unbuffered: str
) -> None:
    site = make_site(CONFIG + UNJUDGED)
    site.article("one.md")
    site.publish()
    assert run_to(site, unbuffered, command).returncode == code
    for err in ("2>/dev/full", "2>&-"):
        assert run_to(site, unbuffered, command, err).returncode == code


@WAYS
@pytest.mark.parametrize("command", ["subscribers export", "ledger --csv"])
def test_a_list_for_a_closed_stream_is_an_error(
    make_site: Callable[..., Site], command: str, unbuffered: str
) -> None:
    done = run_to(make_site(CONFIG + UNJUDGED), unbuffered, command, ">&-")
    said = "error: standard output cannot be written: it is closed\n"
    assert (done.returncode, done.stderr) == (1, said)


def test_readers_are_exported_for_their_owner_alone(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED)
    assert site.run("subscribers", "export", "readers.csv").code == 0
    assert stat.S_IMODE((site.folder / "readers.csv").stat().st_mode) == 0o600
    ran = site.run("subscribers", "export", "nowhere/readers.csv")
    assert ran.code == 1
    assert "nowhere/readers.csv cannot be written: No such file" in ran.err


def test_an_export_that_does_not_end_well_leaves_the_one_before(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(CONFIG + UNJUDGED)
    site.write("new.csv", "email\n" + "".join(f"reader{n}@example.com\n" for n in range(2000)))
    imported = site.run("subscribers", "import", "new.csv", "--newsletter", "weekly", "--confirmed")
    assert imported.code == 0
    list_ = site.write("readers.csv", "the list of yesterday\n")
    list_.chmod(0o640)
    export = f"{sys.executable} -m publisher subscribers export readers.csv"
    ended = run_in(site, f"ulimit -f 128; {export}")  # of 512 bytes
    assert ended.stderr == "error: readers.csv cannot be written: File too large\n"
    assert list_.read_text() == "the list of yesterday\n"
    assert not [*site.folder.glob(".readers.csv*")]
    assert run_in(site, export).returncode == 0
    assert len(list_.read_text().splitlines()) == 2001
    assert stat.S_IMODE(list_.stat().st_mode) == 0o640


def test_an_export_goes_into_a_file_whose_folder_takes_no_other(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(CONFIG + UNJUDGED)
    list_ = site.write("lists/readers.csv", "the list of yesterday\n" * 99)
    list_.parent.chmod(0o555)
    done = run_bound_by_modes(site, "subscribers", "export", "lists/readers.csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert list_.read_text().startswith("email,")
    assert "yesterday" not in list_.read_text()
    done = run_bound_by_modes(site, "subscribers", "export", "lists/new.csv")
    assert done.stderr == "error: lists/new.csv cannot be written: Permission denied\n"


def test_who_may_read_an_export_may_read_the_next(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED)
    list_ = site.write("readers.csv", "the list of yesterday\n")
    owner, group = (1, 1) if os.geteuid() == 0 else (os.geteuid(), os.getgroups()[-1])
    os.chown(list_, owner, group)
    assert site.run("subscribers", "export", "readers.csv").code == 0
    assert list_.read_text().startswith("email,")
    assert (list_.stat().st_uid, list_.stat().st_gid) == (owner, group)


def test_a_list_goes_into_a_file_that_must_stay_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that is mounted into a container by itself."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    list_ = tmp_path / "readers.csv"
    list_.write_text("the list of yesterday\n" * 99)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refuse)
        with opened_whole(list_, mode=0o600) as file:
            file.write("the list of today\n")
    assert list_.read_text() == "the list of today\n"
    assert [*tmp_path.iterdir()] == [list_]


@pytest.mark.parametrize("files", [12, 14, 16])
def test_where_there_can_be_few_files_all_is_read(
    make_site: Callable[..., Site], files: int
) -> None:
    site = make_site(CONFIG + UNJUDGED)
    for number in range(130):
        site.article(f"{number}.md")
    line = f"ulimit -n {files}; {sys.executable} -m publisher publish --jobs 8"
    done = run_in(site, line)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("articles: 130 listed; 130 read")


@pytest.mark.parametrize("to", ["| cat", ">> all.csv; cat all.csv"])
def test_an_export_to_standard_output_by_its_name(make_site: Callable[..., Site], to: str) -> None:
    site = make_site(CONFIG + UNJUDGED)
    site.write("all.csv", "before\n")
    done = run_in(site, f"{sys.executable} -m publisher subscribers export /dev/stdout -q {to}")
    assert done.stderr == ""
    assert done.stdout.removeprefix("before\n").startswith("email,")
    assert done.stdout.startswith("before\n") == (to != "| cat")


def test_an_export_goes_through_a_pipe_with_a_name(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED)
    pipe = site.folder / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        read = pool.submit(pipe.read_text)
        assert site.run("subscribers", "export", "pipe").code == 0
        assert read.result(timeout=60).startswith("email,")
    assert pipe.is_fifo()


@pytest.mark.parametrize(
    "command",
    [("publish",), ("publish", "--dry-run"), ("status",), ("check",), ("plan",), ("deliver",)],
    ids=" ".join,
)
def test_a_state_that_may_not_be_looked_at_is_no_defect(
    make_site: Callable[..., Site], command: tuple[str, ...]
) -> None:
    """As where the command is run as another user; a name that is too long stands for it."""
    site = make_site(CONFIG + UNJUDGED + f"smtp: {{folder: outbox}}\nstate: {'x' * 300}\n")
    site.article("one.md")
    ran = site.run(*command)
    assert ran.code == 1
    assert ran.err.startswith("error: ")


def test_who_may_not_is_told_who_may() -> None:
    denied = trouble(StoreError, PermissionError(13, "Permission denied"), Path("/nowhere"))
    assert "as the user whose site it is" in (denied.mend or "")


def test_what_cannot_be_removed_is_told(make_site: Callable[..., Site]) -> None:
    """As in a state folder that belongs to somebody else; a folder in its place stands for it."""
    site = make_site(CONFIG)
    site.article("one.md")
    (site.folder / ".publisher/standstill.json").mkdir(parents=True)
    ran = site.publish(code=1)
    assert "standstill.json: cannot be removed: Is a directory" in ran.err
    assert "mend:  a folder lies where a file is to be" in ran.err


def test_a_database_that_may_not_be_written_stays_where_it_is(tmp_path: Path) -> None:
    """Its readers would be lost by who moves it away: nothing is wrong with it."""
    path = tmp_path / "publisher.db"
    path.touch()
    reading = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    with closing(reading), pytest.raises(StoreError) as caught, damage_named(path):
        reading.execute("CREATE TABLE reader (email)")
    assert "as the user whose site it is" in (caught.value.mend or "")


def test_a_disk_that_is_only_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    disk = OSError(errno.EROFS, "Read-only file system")
    told = [trouble(StoreError, disk, tmp_path)]
    read_only = os.statvfs_result((4096, 4096, 9, 9, 9, 9, 9, 9, os.ST_RDONLY, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: read_only)
    # which is all that SQLite says of it
    vague = sqlite3.OperationalError("unable to open database file")
    told.append(trouble(StoreError, vague, tmp_path))
    assert {one.mend for one in told} == {
        "mount that disk so that it can be written to, or name a place on another"
    }
