"""Servers as processes, and requests to them as bytes: nothing here is kind or clever."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import pytest

from tests.command import start_warm
from tests.sites import Site

S = TypeVar("S", bound="Serving")


@dataclass(frozen=True)
class Reply:
    """What a server answered; names of fields in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(address: str, path: str, method: str = "GET", **fields: str) -> Reply:
    """One request over a connection of its own; `if_none_match=` is the field If-None-Match."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in fields.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, headers, response.read())
    finally:
        connection.close()


def ask_raw(address: str, request: bytes) -> bytes:
    """The bytes that come back for these bytes, up to the end of the connection."""
    parts = urlsplit(address)
    assert parts.hostname
    assert parts.port
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(request)
        answered = b""
        try:
            while more := connection.recv(65536):
                answered += more
        except ConnectionResetError:
            pass  # what was not read of a refused request is thrown away by the other side
        return answered


def get_raw(address: str, target: bytes) -> int:
    """The status of a GET whose target is sent as it is."""
    answered = ask_raw(
        address,
        b"GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
        % (target, urlsplit(address).netloc.encode("ascii")),
    )
    found = re.match(rb"HTTP/1\.1 ([0-9]{3}) ", answered)
    assert found, answered[:200]
    return int(found[1])


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds} s")
        time.sleep(0.05)


def within(seconds: float) -> float:
    """As many seconds, and more in proportion where more want the processors than there are."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


class Serving:
    """A `publisher serve` process on a free port, with its log."""

    command = "serve"
    told = re.compile(r"event=serve\.started .*?address=(\S+)")
    """What it says once it listens, with its address."""

    def __init__(self, site: Site, *options: str) -> None:
        self.log = self.place_of_log(site)
        arguments = (self.command, "--listen", "127.0.0.1:0", *options)
        with self.log.open("wb") as log:
            self.process = start_warm(arguments, site.folder, os.environ, log.fileno())
        wait_until(lambda: self._started() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()
        found = self.told.search(self.said())
        assert found
        self.address = found[1]

    def place_of_log(self, site: Site) -> Path:
        return site.folder / f"{self.command}-{time.monotonic_ns()}.log"

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def ask(self, path: str, method: str = "GET", **fields: str) -> Reply:
        return ask(self.address, path, method, **fields)

    def end(self, number: signal.Signals = signal.SIGTERM) -> float:
        """The seconds that it took to end."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=10)
        return time.monotonic() - began

    def memory(self) -> int:
        """Bytes of memory it occupies now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+([0-9]+) kB", status)
        assert found
        return int(found[1]) * 1024

    def _started(self) -> bool:
        return self.told.search(self.said()) is not None


class Previewing(Serving):
    """A `publisher preview` process on a free port; what it says lies beside the site."""

    command = "preview"
    told = re.compile(r"^preview: (\S+)", re.MULTILINE)

    def place_of_log(self, site: Site) -> Path:
        return site.folder.parent / f"preview-{time.monotonic_ns()}.log"


@contextmanager
def _running(server: S) -> Iterator[S]:
    """A server while the block runs; it is ended by its id, and with no word of a defect."""
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()
    assert "Traceback" not in server.said()


def serving(site: Site, *options: str) -> AbstractContextManager[Serving]:
    """A server of output/ while the block runs."""
    return _running(Serving(site, *options))


def previewing(site: Site, *options: str) -> AbstractContextManager[Previewing]:
    """A preview while the block runs."""
    return _running(Previewing(site, *options))
