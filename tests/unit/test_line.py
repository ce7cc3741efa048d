"""The bytes of a session: all of them, in time, and what was not taken is known."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest

from publisher.transport.line import Line
from tests.serving import within

TEXT = b"x" * 5_000_000
END = b".\r\nMAIL FROM:<a@x.example>\r\n"


@dataclass
class Ends:
    """Our end, and the other."""

    line: Line
    other: socket.socket


@pytest.fixture
def ends(request: pytest.FixtureRequest) -> Iterator[Ends]:
    """Ours waits for a moment only, or as long as the test says."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 20_000)
    patience: float = getattr(request, "param", 0.3)
    ours = socket.create_connection(listener.getsockname(), timeout=patience)
    other, _ = listener.accept()
    file = ours.makefile("rb")
    yield Ends(Line(ours, file), other)
    for one in (file, ours, other, listener):
        one.close()


def taken_by(other: socket.socket, size: int, *, pause: float = 0.0) -> list[bytes]:
    got: list[bytes] = []

    def take() -> None:
        with suppress(OSError):  # the test is over
            while sum(map(len, got)) < size:
                time.sleep(pause)
                got.append(other.recv(100_000))

    threading.Thread(target=take, daemon=True).start()
    return got


def test_a_short_text_leaves_with_its_end(ends: Ends) -> None:
    assert ends.line.send_both(b"text\r\n", END) == b""
    assert ends.other.recv(100) == b"text\r\n" + END


@pytest.mark.parametrize("ends", [10], indirect=True, ids=["whoever takes it may be held up"])
def test_of_a_long_text_nothing_is_lost_or_doubled(ends: Ends) -> None:
    got = taken_by(ends.other, len(TEXT) + len(END))
    rest = ends.line.send_both(TEXT, END)
    ends.line.send(rest)
    deadline = time.monotonic() + 10
    while sum(map(len, got)) < len(TEXT) + len(END) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert b"".join(got) == TEXT + END


def test_who_takes_nothing_is_not_waited_for(ends: Ends) -> None:
    with pytest.raises(TimeoutError, match="timed out"):
        ends.line.send_both(TEXT, END)
    ends.other.setblocking(False)
    assert END[:3] not in ends.other.recv(10_000_000)


def test_who_takes_little_by_little_is_not_waited_for_without_end(ends: Ends) -> None:
    taken_by(ends.other, len(TEXT), pause=0.1)
    began = time.monotonic()
    with pytest.raises(TimeoutError, match="timed out"):
        ends.line.send_both(TEXT * 10, END)
    assert time.monotonic() - began < within(5)


def test_lines_are_read_one_by_one_and_never_longer_than_asked(ends: Ends) -> None:
    ends.other.sendall(b"250 one\r\n250 t")
    assert ends.line.read(100) == b"250 one\r\n"
    ends.other.sendall(b"wo\r\n" + b"y" * 50 + b"\n")
    assert ends.line.read(100) == b"250 two\r\n"
    assert ends.line.read(20) == b"y" * 20
    assert ends.line.read(100) == b"y" * 30 + b"\n"


def test_a_line_that_does_not_come_is_not_waited_for(ends: Ends) -> None:
    ends.other.sendall(b"250 half")
    with pytest.raises(TimeoutError, match="timed out"):
        ends.line.read(100)


def test_a_line_that_was_cut_off_is_given_as_it_came(ends: Ends) -> None:
    ends.other.sendall(b"250 half")
    ends.other.shutdown(socket.SHUT_WR)
    assert ends.line.read(100) == b"250 half"
    assert ends.line.read(100) == b""


def test_what_was_read_before_is_not_lost() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    ours = socket.create_connection(listener.getsockname(), timeout=0.3)
    other, _ = listener.accept()
    other.sendall(b"220 one\r\n250 two\r\n")
    file = ours.makefile("rb")
    assert file.readline() == b"220 one\r\n"
    assert Line(ours, file).read(100) == b"250 two\r\n"
    for one in (file, ours, other, listener):
        one.close()
