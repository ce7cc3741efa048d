"""What is told of a file that cannot be written: the system's words, or the disk and its room."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest

from publisher.errors import OutputError, StoreError
from publisher.system import room
from publisher.system.room import trouble


def os_error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


def with_room(monkeypatch: pytest.MonkeyPatch, free: int, files: int = 5) -> None:
    usage = SimpleNamespace(free=free, total=20_000_000)
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: usage)
    monkeypatch.setattr(
        room.os, "statvfs", lambda _: SimpleNamespace(f_files=10, f_favail=files, f_flag=0)
    )


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EEXIST, "a file lies where a folder is to be"),
        (errno.ENOTDIR, "a file lies where a folder is to be"),
        (errno.EISDIR, "a folder lies where a file is to be"),
    ],
)
def test_what_lies_in_the_place_of_another_is_told(number: int, said: str, tmp_path: Path) -> None:
    error = trouble(OutputError, os_error(number), tmp_path / "output")
    assert error.mend == f"{said}: move it away, or name another place"


def test_other_troubles_keep_their_words(tmp_path: Path) -> None:
    error = trouble(OutputError, os_error(errno.EACCES), tmp_path / "a", mend="ask")
    assert str(error) == f"{tmp_path}/a: cannot be written: Permission denied"
    assert error.mend == "ask"


@pytest.mark.parametrize(
    ("free", "told"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (4096, "4.1 kB"),
        (1_500_000, "1.5 MB"),
        (3_000_000_000, "3.0 GB"),
    ],
)
def test_a_full_disk_is_told_with_its_room(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, told: str
) -> None:
    with_room(monkeypatch, free)
    place = tmp_path / "not/there/yet"
    error = trouble(OutputError, os_error(errno.ENOSPC), place, meanwhile="all is well")
    assert error.message.endswith(f" has too little room: {told} of 20.0 MB are free")
    assert error.message.startswith("cannot be written: the disk at /")
    assert error.mend == "make room there, then do it again: all is well"


def test_a_disk_that_takes_no_more_files_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_room(monkeypatch, 10_000_000, files=0)
    error = trouble(OutputError, os_error(errno.ENOSPC), tmp_path)
    assert "takes no more files, though there is room" in error.message


def test_a_quota_is_told(tmp_path: Path) -> None:
    assert "quota" in trouble(OutputError, os_error(errno.EDQUOT), tmp_path).message


@pytest.mark.parametrize(
    ("code", "free", "is_room"),
    [
        (sqlite3.SQLITE_FULL, 10_000_000, True),
        (sqlite3.SQLITE_IOERR, 4096, True),
        (sqlite3.SQLITE_IOERR_SHMSIZE, 4096, True),
        (sqlite3.SQLITE_CANTOPEN, 0, True),
        (sqlite3.SQLITE_IOERR, 10_000_000, False),
        (sqlite3.SQLITE_BUSY, 0, False),
    ],
)
def test_sqlite_is_understood(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int, free: int, is_room: bool
) -> None:
    with_room(monkeypatch, free)
    error = trouble(StoreError, sqlite_error(code), tmp_path, what="cannot be used", mend="look")
    assert ("too little room" in error.message) is is_room
    assert error.mend == (
        "make room there, then do it again: nothing is lost" if is_room else "look"
    )


def test_where_we_may_not_look_the_folder_above_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refused(self: Path, **_: object) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "exists", refused)
    with_room(monkeypatch, 5)
    assert "5 bytes" in trouble(OutputError, os_error(errno.ENOSPC), tmp_path / "x/y").message
