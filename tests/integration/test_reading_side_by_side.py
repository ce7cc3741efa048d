"""Processes that read beside the run: every file once, in order, whatever becomes of them."""

from __future__ import annotations

import errno
import os
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from publisher.sources.side_by_side import read_side_by_side
from publisher.system import aside

FILES = [f"{number}.md" for number in range(400)]
LATER = frozenset(FILES[200:])
OWNER = os.getpid()

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="it looks into /proc")


def who(file: str, owner: int, count: int, folder: Path) -> tuple[str, int]:
    """The file and which process reads it, 0 for the owner; there are to be `count` of them.

    Each waits for all others, the owner only a moment: the others wait for it.
    """
    is_owner = os.getpid() == owner
    if not is_owner:
        (folder / str(os.getpid())).touch()
    deadline = time.monotonic() + (0.05 if is_owner else 30)
    while len(list(folder.iterdir())) < count - 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    return file, 0 if is_owner else os.getpid()


def dies(file: str, owner: int, count: int, folder: Path) -> tuple[str, int]:
    """Kills the process that reads one of the later files, unless it is the run's own."""
    if file in LATER and os.getpid() != owner:
        os.kill(os.getpid(), signal.SIGKILL)
    return who(file, owner, count, folder)


def fails(file: str, owner: int) -> tuple[str, int]:
    if file in LATER:
        raise LookupError(f"{file} in {'its owner' if os.getpid() == owner else 'another'}")
    return file, os.getpid()


def unlike_others(file: str, owner: int, count: int, folder: Path) -> object:
    """What cannot be handed over where another process has read it."""
    found = who(file, owner, count, folder)
    return found if os.getpid() == owner else threading.Lock()


def note(file: str, folder: Path) -> str:
    (folder / file).touch()
    return file


def slow(file: str, folder: Path) -> str:
    time.sleep(0.2)
    return note(file, folder)


@pytest.fixture(autouse=True, params=["copied", "spawned"])
def start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Processes are copies, unless there are threads."""
    threads = 1 if request.param == "copied" else 2
    monkeypatch.setattr(aside.threading, "active_count", lambda: threads)
    return str(request.param)


@pytest.fixture(scope="module")
def what_starts_them() -> set[str]:
    """The processes that Python keeps to start others from."""
    resource_tracker.ensure_running()
    return below()


@pytest.fixture(autouse=True)
def _none_is_left(what_starts_them: set[str]) -> Iterator[None]:
    yield
    assert below() <= what_starts_them


def below() -> set[str]:
    """The processes below this one, those that nobody waited for included."""
    found: set[str] = set()
    level = {str(OWNER)}
    while level:
        files = (f for pid in level for f in Path(f"/proc/{pid}/task").glob("*/children"))
        level = {pid for file in files for pid in file.read_text().split()} - found
        found |= level
    return found


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_each_file_is_read_once_and_given_in_order(jobs: int, tmp_path: Path) -> None:
    read = partial(who, owner=OWNER, count=jobs, folder=tmp_path)
    given = list(read_side_by_side(read, FILES, jobs))
    assert [file for file, _ in given] == FILES
    assert len({pid for _, pid in given}) == jobs
    assert given[0] == (FILES[0], 0), "its owner waits for no start"


@pytest.mark.parametrize("jobs", [2, 3])
def test_what_killed_processes_left_is_read_by_their_owner(jobs: int, tmp_path: Path) -> None:
    read = partial(dies, owner=OWNER, count=jobs, folder=tmp_path)
    given = list(read_side_by_side(read, FILES, jobs))
    assert [file for file, _ in given] == FILES
    assert len({pid for _, pid in given[:200]}) == jobs, "each has read before it died"
    assert {pid for _, pid in given[200:]} == {0}


def test_what_fails_there_is_raised_here() -> None:
    with pytest.raises(LookupError, match=r"\.md in its owner"):
        list(read_side_by_side(partial(fails, owner=OWNER), FILES, 2))


def test_what_cannot_be_handed_over_is_read_by_its_owner(tmp_path: Path) -> None:
    read = partial(unlike_others, owner=OWNER, count=3, folder=tmp_path)
    given = list(read_side_by_side(read, FILES, 3))
    assert given == [(file, 0) for file in FILES]
    assert len(list(tmp_path.iterdir())) == 2


def test_little_is_read_ahead_of_what_is_asked_for(tmp_path: Path) -> None:
    files = [f"{number}.md" for number in range(4_000)]
    given = read_side_by_side(partial(note, folder=tmp_path), files, 2)
    assert next(given) == files[0]
    threading.Event().wait(0.3)  # in which all of them could be read
    assert len(list(tmp_path.iterdir())) < len(files) / 4
    assert list(given) == files[1:]


@pytest.mark.parametrize("start", ["copied"], indirect=True)
def test_where_there_can_be_no_copy_the_files_are_read_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> int:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    assert list(read_side_by_side(str.upper, FILES, 3)) == [file.upper() for file in FILES]


@pytest.mark.parametrize("start", ["copied"], indirect=True)
def test_copies_read_no_further_when_their_owner_is_killed(tmp_path: Path) -> None:
    owner = os.fork()
    if not owner:
        list(read_side_by_side(partial(slow, folder=tmp_path), FILES, 3))
        os._exit(0)
    deadline = time.monotonic() + 30
    while len(list(tmp_path.iterdir())) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(owner, signal.SIGKILL)
    os.waitpid(owner, 0)
    time.sleep(1)
    read = len(list(tmp_path.iterdir()))
    time.sleep(1)
    assert len(list(tmp_path.iterdir())) == read
