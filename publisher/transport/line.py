"""EDGE. The bytes of a session, with as few calls into the system as it takes.

Each call costs a turn of the interpreter, for which all lanes queue. Python's own timeouts wait by
a call of their own before each; where there is no TLS, which needs them, the system keeps the time.
"""

from __future__ import annotations

import io
import math
import socket
import ssl
import struct
import time

_READ = 8_192


class Line:
    """An open connection. Methods raise OSError.

    Its timeout is the socket's: so long a read may wait for anything at all. What is sent may take
    twice as long as a whole, however slowly the other end takes it.
    """

    def __init__(self, connection: socket.socket, file: io.BufferedReader) -> None:
        """`file` is what was read from so far: it may hold more already."""
        self._socket = connection
        self._file = file
        self._is_tls = isinstance(connection, ssl.SSLSocket)
        self._unread = b""
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        seconds = connection.gettimeout()
        self._seconds = seconds or math.inf
        if self._is_tls or not seconds:
            return
        connection.settimeout(0)
        self._unread = file.peek()
        connection.settimeout(None)
        wait = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, wait)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, wait)

    @property
    def peer(self) -> str:
        """The address of the machine at the other end."""
        return str(self._socket.getpeername()[0])

    def send(self, data: bytes) -> None:
        """Hand all of it to the system."""
        if self._is_tls:
            self._socket.sendall(data)
            return
        self._send([memoryview(data)])

    def send_both(self, text: bytes, end: bytes) -> bytes:
        """Hand the text to the system, and what follows with it where it takes all at once.

        Gives what it has not taken of the end: all of it, if it did not take the text at once. An
        error means that the end has not left.
        """
        if self._is_tls:
            self._socket.sendall(text)
            return end
        over = self._send([memoryview(text), memoryview(end)], at_least=len(text))
        return end[over:]

    def _send(self, parts: list[memoryview], *, at_least: int | None = None) -> int:
        """Send until so much has left, or all; gives how much more than that has.

        The second call begins with what the first left of the first part.
        """
        wanted = sum(map(len, parts)) if at_least is None else at_least
        latest = time.monotonic() + self._seconds
        done = 0
        while done < wanted:
            if done and time.monotonic() > latest:
                raise TimeoutError("timed out")
            try:
                done += self._socket.sendmsg([parts[0][done:], *parts[1:]])
            except BlockingIOError:
                raise TimeoutError("timed out") from None
        return done - wanted

    def read(self, limit: int) -> bytes:
        """A line with its end, or `limit` bytes of it; less where the other end closed."""
        if self._is_tls:
            return self._file.readline(limit)
        while b"\n" not in self._unread and len(self._unread) < limit:
            try:
                more = self._socket.recv(_READ)
            except BlockingIOError:
                raise TimeoutError("timed out") from None
            if not more:
                break
            self._unread += more
        end = min(self._unread.find(b"\n") + 1 or limit, limit)
        line, self._unread = self._unread[:end], self._unread[end:]
        return line
