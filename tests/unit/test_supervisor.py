"""A supervisor that does not listen holds up nothing."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from publisher.schedule import systemd
from tests.serving import within


@pytest.mark.parametrize("form", ["path", "abstract"])
def test_one_that_hears_nothing_any_more_is_not_waited_for(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(systemd, "_PATIENCE_SECONDS", 0.05)
    place = str(tmp_path / "notify") if form == "path" else f"@{tmp_path}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(place if form == "path" else f"\0{place[1:]}")
        heard = 0
        while systemd.notify("WATCHDOG=1", environ={"NOTIFY_SOCKET": place}):
            heard += 1
            assert heard < 10_000
        assert heard > 0


@pytest.mark.parametrize("place", ["", "nowhere", "/nowhere/at/all", "/" + "x" * 300, "@", "@no"])
def test_one_that_is_not_there_is_nothing(place: str) -> None:
    began = time.monotonic()
    assert not systemd.notify("READY=1", environ={"NOTIFY_SOCKET": place})
    assert time.monotonic() - began < within(0.5)
