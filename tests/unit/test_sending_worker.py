"""Who is sending: a worker is alive from the moment on that it has a name, until it ends."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from publisher.sending import worker
from publisher.sending.worker import worker_alive, working


def test_a_worker_is_alive_until_it_ends(tmp_path: Path) -> None:
    with working(tmp_path) as name:
        assert worker_alive(tmp_path, name, alone=True)
    assert not worker_alive(tmp_path, name, alone=True)
    assert list(tmp_path.iterdir()) == []


def test_two_that_begin_at_once_are_both_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who begins removes files of the dead: one that is not locked yet looks like that."""
    lock, others = fcntl.flock, []

    def late(descriptor: int, how: int) -> None:
        if how == fcntl.LOCK_EX and not others:
            others.append("")
            with working(tmp_path) as others[0]:
                pass
        lock(descriptor, how)

    monkeypatch.setattr(worker.fcntl, "flock", late)
    with working(tmp_path) as name:
        assert others
        assert others != [name]
        assert worker_alive(tmp_path, name, alone=True)
    assert list(tmp_path.iterdir()) == []
