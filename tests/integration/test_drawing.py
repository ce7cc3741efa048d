"""Copies of a process draw some of its artifacts: nothing is lost by what goes wrong in one."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from publisher.errors import FeedError, TemplateError
from publisher.model import Artifact
from publisher.outputs import Sharing
from publisher.outputs.drawing import draw_side_by_side
from publisher.system import aside
from tests.serving import wait_until

COUNT = 400

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="processes are copied on Linux alone"
)


@pytest.fixture(autouse=True)
def _no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads of other tests' servers, which end by themselves, are not what is tested here."""
    monkeypatch.setattr(aside.threading, "active_count", lambda: 1)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    before = children()
    yield tmp_path
    assert children() == before, "no copy is left, alive or dead"


def children() -> set[str]:
    """The processes that this one has started, those that nobody waited for included."""
    files = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {pid for file in files for pid in file.read_text().split()}


def artifacts(
    render: Callable[[int], bytes], *, apart: bool = True, count: int = COUNT
) -> list[Artifact]:
    return [
        Artifact(
            path=str(number),
            media_type="text/plain",
            fingerprint="",
            render=lambda number=number: render(number),  # type: ignore[misc]
            apart=apart,
        )
        for number in range(count)
    ]


def draw(
    some: list[Artifact], folder: Path, *, jobs: int = 3, may_begin: bool = True
) -> tuple[list[FeedError], dict[str, str], list[int]]:
    """What was left out, what was drawn, and the steps that were told."""
    steps: list[int] = []
    broken = draw_side_by_side(
        some,
        lambda artifact: (folder / artifact.path).write_bytes(artifact.render()) and None,
        is_drawn=lambda artifact: (folder / artifact.path).exists(),
        step=steps.append,
        sharing=Sharing(jobs=jobs, begin=lambda: may_begin, go_on=lambda: None),
    )
    return broken, {p.name: p.read_text() for p in folder.iterdir()}, steps


def who() -> bytes:
    return str(os.getpid()).encode()


def in_a_copy(owner: int = os.getpid()) -> bool:
    return os.getpid() != owner


def all_of_them() -> set[str]:
    return {str(number) for number in range(COUNT)}


def test_all_is_drawn_once_by_several(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Who is quick waits until all have begun."""
    begun = tmp_path_factory.mktemp("begun")

    def render(_number: int) -> bytes:
        (begun / str(os.getpid())).touch()
        wait_until(lambda: len(list(begun.iterdir())) == 3)
        return who()

    broken, drawn, steps = draw(artifacts(render), folder)
    assert broken == []
    assert drawn.keys() == all_of_them()
    assert len(set(drawn.values())) == 3, "two copies and this process"
    assert steps == sorted(steps)
    assert steps[-1] <= COUNT


def slowly(data: bytes) -> bytes:
    """Long enough that nobody is done before the others have begun."""
    threading.Event().wait(0.001)
    return data


def test_a_copy_that_has_drawn_much_is_followed_by_another(folder: Path) -> None:
    """What it touched is there twice until it ends."""

    def render(_number: int) -> bytes:
        return who() if in_a_copy() else slowly(who())

    _, drawn, steps = draw(artifacts(render, count=6000), folder, jobs=2)
    assert drawn.keys() == {str(number) for number in range(6000)}
    by_copies = Counter(drawn.values())
    del by_copies[str(os.getpid())]
    assert len(by_copies) >= 2, "one after the other"
    assert max(by_copies.values()) < 4000
    assert steps == sorted(steps)


def test_what_cannot_be_drawn_apart_is_drawn_here(folder: Path) -> None:
    some = artifacts(lambda _: who())
    here = artifacts(lambda _: who(), apart=False)[:50]
    _, drawn, _ = draw([*here, *some[50:]], folder)
    assert {drawn[artifact.path] for artifact in here} == {str(os.getpid())}
    assert drawn.keys() == all_of_them()


def test_documents_that_break_a_rule_are_told_in_their_order(folder: Path) -> None:
    def render(number: int) -> bytes:
        if number % 40 == 7:
            raise FeedError(str(number))
        return slowly(who())

    broken, drawn, _ = draw(artifacts(render), folder)
    assert [error.message for error in broken] == [str(n) for n in range(7, COUNT, 40)]
    assert drawn.keys() == all_of_them() - {str(n) for n in range(7, COUNT, 40)}


def test_what_fails_in_a_copy_is_raised_here(folder: Path) -> None:
    def render(number: int) -> bytes:
        if number == 399:
            raise TemplateError("no such name")
        return slowly(who())

    with pytest.raises(TemplateError, match="no such name"):
        draw(artifacts(render), folder)


def test_what_a_copy_could_not_draw_is_drawn_here(folder: Path) -> None:
    def render(_number: int) -> bytes:
        if in_a_copy():
            raise MemoryError
        return slowly(who())

    _, drawn, _ = draw(artifacts(render), folder)
    assert drawn == dict.fromkeys(all_of_them(), str(os.getpid()))


def test_what_a_killed_copy_left_half_written_is_drawn_again(folder: Path) -> None:
    def render(number: int) -> bytes:
        if in_a_copy():
            (folder / str(number)).write_bytes(b"hal")
            os.kill(os.getpid(), signal.SIGKILL)
        return slowly(who())

    _, drawn, _ = draw(artifacts(render), folder)
    assert drawn == dict.fromkeys(all_of_them(), str(os.getpid()))


def test_no_copy_is_left_when_the_run_is_ended(folder: Path) -> None:
    def end(done: int) -> None:
        if done > COUNT // 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw_side_by_side(
            artifacts(lambda _: slowly(who())),
            lambda artifact: (folder / artifact.path).write_bytes(artifact.render()) and None,
            is_drawn=lambda artifact: (folder / artifact.path).exists(),
            step=end,
            sharing=Sharing(jobs=3, begin=lambda: True, go_on=lambda: None),
        )
    before = set(folder.iterdir())
    threading.Event().wait(0.05)
    assert set(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("jobs", "may_begin", "threads"), [(1, True, 1), (3, False, 1), (3, True, 2)]
)
def test_a_process_draws_alone_where_it_is_to_or_must(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    jobs: int,
    may_begin: bool,
    threads: int,
) -> None:
    monkeypatch.setattr(aside.threading, "active_count", lambda: threads)
    _, drawn, steps = draw(artifacts(lambda _: who()), folder, jobs=jobs, may_begin=may_begin)
    assert drawn == dict.fromkeys(all_of_them(), str(os.getpid()))
    assert steps == list(range(1, COUNT + 1))


def test_where_there_can_be_no_copy_all_is_drawn_here(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> int:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    _, drawn, _ = draw(artifacts(lambda _: who()), folder)
    assert drawn == dict.fromkeys(all_of_them(), str(os.getpid()))
