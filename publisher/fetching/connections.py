"""EDGE. Connections whose every wait ends in time, to addresses that the guard lets pass."""

from __future__ import annotations

import queue
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from http.client import HTTPResponse
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Url

Guard = Callable[[str], str | None]
"""Is given each IP address that is about to be connected to; says why it must not be, or None."""

_LEAST_FOR_AN_ADDRESS = 2.0
"""Seconds that each of several addresses of a host gets before the next is tried."""


class Guarded(OSError):
    """The guard has a reason against an address."""


class Watch:
    """The time that is left for a request with its redirects, and who guards its addresses."""

    def __init__(self, seconds: float, connect_seconds: float, guard: Guard | None) -> None:
        self.seconds = seconds
        self.connect_seconds = connect_seconds
        self.guard = guard
        self._end = time.monotonic() + seconds
        self._answers: list[HTTPResponse] = []

    def left(self) -> float:
        """Seconds until the deadline. Raises TimeoutError when it is over."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def is_over(self) -> bool:
        """Whether the deadline has come (a wait may end a moment before it)."""
        return time.monotonic() >= self._end - 0.05

    def keep(self, answer: HTTPResponse) -> None:
        """Remember what is read from; a library that gives up may leave it open."""
        self._answers.append(answer)

    def close_answers(self) -> None:
        """Close what is read from, and with it the socket below."""
        while self._answers:
            self._answers.pop().close()


class _PlainSocket(socket.socket):
    """A socket whose every wait ends at the deadline: a timeout alone begins anew at each byte."""

    watch: Watch

    def recv_into(self, *args: Any) -> int:
        self.settimeout(self.watch.left())
        return super().recv_into(*args)

    def sendall(self, *args: Any) -> None:
        self.settimeout(self.watch.left())
        super().sendall(*args)


class _TlsSocket(ssl.SSLSocket):
    """The same under TLS. It is made by its context, and gets its watch after the handshake."""

    watch: Watch

    def recv_into(self, *args: Any) -> int:
        self.settimeout(self.watch.left())
        return super().recv_into(*args)

    def sendall(self, *args: Any) -> None:
        self.settimeout(self.watch.left())
        super().sendall(*args)


class _Answer(HTTPResponse):
    """An answer that its watch closes."""

    def __init__(self, sock: _PlainSocket | _TlsSocket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        sock.watch.keep(self)


class _Connection(HTTPConnection):
    """A connection to the first address of the host that takes one."""

    watch: Watch
    response_class = _Answer

    def _new_conn(self) -> socket.socket:
        return _connect(self.host, self.port, self.watch)


class _TlsConnection(HTTPSConnection):
    """The same, and the handshake with it is done within the time for connecting."""

    watch: Watch
    response_class = _Answer

    def _new_conn(self) -> socket.socket:
        return _connect(self.host, self.port, self.watch)

    def connect(self) -> None:
        super().connect()
        assert isinstance(self.sock, _TlsSocket), "the context makes no other"
        self.sock.watch = self.watch


def make_connection(address: Url, watch: Watch) -> HTTPConnection:
    """A connection, not made yet. Using it raises OSError or what http.client and urllib3 raise."""
    assert address.host is not None, "places.parse_address refuses it"
    connection: _Connection | _TlsConnection
    host = address.host.strip("[]")  # of an IPv6 address; http.client writes them itself
    if address.scheme == "https":
        context = ssl.create_default_context()
        context.sslsocket_class = _TlsSocket
        connection = _TlsConnection(host, address.port, ssl_context=context)
    else:
        connection = _Connection(host, address.port)
    connection.watch = watch
    return connection


def _connect(host: str, port: int, watch: Watch) -> socket.socket:
    """A TCP connection; each address of the host gets its share of the time that is left."""
    end = time.monotonic() + min(watch.connect_seconds, watch.left())
    found = _look_up(host, port, end - time.monotonic())
    if watch.guard is not None:
        for *_, peer in found:
            reason = watch.guard(str(peer[0]))
            if reason:
                raise Guarded(reason)
    sys.audit("http.client.connect", None, host, port)
    failure: OSError = TimeoutError()
    for number, (family, kind, protocol, _, peer) in enumerate(found):
        left = end - time.monotonic()
        if left <= 0:
            break
        plain = _PlainSocket(family, kind, protocol)
        plain.watch = watch
        try:
            plain.settimeout(min(left, max(left / (len(found) - number), _LEAST_FOR_AN_ADDRESS)))
            plain.connect(peer)
            # The form goes out behind the headers at once, not after they are acknowledged.
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.settimeout(max(end - time.monotonic(), 0.001))  # what the handshake may take
        except OSError as error:
            plain.close()
            failure = error
        else:
            return plain
    raise failure


def _look_up(host: str, port: int, seconds: float) -> list[tuple[Any, ...]]:
    """The addresses of a host. The system's look-up cannot be stopped, so it is not waited for."""
    answers: queue.SimpleQueue[list[tuple[Any, ...]] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=look_up, daemon=True, name=f"look-up of {host}").start()
    try:
        answer = answers.get(timeout=max(seconds, 0))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, UnicodeError):
        raise socket.gaierror(socket.EAI_NONAME, "no name") from answer
    if isinstance(answer, Exception):
        raise answer
    return answer
