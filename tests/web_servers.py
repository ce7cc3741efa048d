"""Servers on 127.0.0.1 that answer as they are told to, well or badly."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Script = Callable[[socket.socket, bytes], None]
"""Gets a connection and the request's bytes; what it sends is the answer."""


def answer(status: str = "200 OK", body: bytes = b"", **headers: str) -> bytes:
    """An HTTP/1.1 answer; `_` in the name of a header is a hyphen, an empty value leaves it out."""
    fields = {"content_length": str(len(body)), "connection": "close"} | headers
    lines = [f"{k.replace('_', '-')}: {v}\r\n" for k, v in fields.items() if v]
    return f"HTTP/1.1 {status}\r\n{''.join(lines)}\r\n".encode() + body


def saying(*answers: bytes) -> Script:
    """A script that gives one answer after the other, and the last one for ever."""
    left = list(answers)
    lock = threading.Lock()

    def script(connection: socket.socket, _request: bytes) -> None:
        with lock:
            said = left.pop(0) if len(left) > 1 else left[0]
        connection.sendall(said)

    return script


class RawServer:
    """Runs a script for each connection; `requests` are what came, `address` where it listens."""

    def __init__(self, script: Script, *, tls: ssl.SSLContext | None = None) -> None:
        self.script = script
        self.requests: list[bytes] = []
        self.closing = threading.Event()
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        scheme = "https" if tls else "http"
        self.address = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        for one in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the client goes away, as it should
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            with connection:
                request = _read_request(connection)
                self.requests.append(request)
                self.script(connection, request)


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line[15:]) for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:"),
        0,
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def free_port() -> int:
    """A port of 127.0.0.1 at which nobody listens, and that nobody else is given until we end.

    It stays bound: a server that is told to listen there may (as all here do, it sets
    SO_REUSEADDR), but the system gives it neither to who wants any port nor to one that connects.
    """
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    port = int(kept.getsockname()[1])
    kept.detach()  # which keeps it open
    return port
