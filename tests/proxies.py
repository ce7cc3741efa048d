"""A line to a server that can go silent: bytes stop, and nobody is told (no FIN, no RST).

Or it is one to a server that is going down: what was connected ends, and who connects anew is
answered by the first word, and never again.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

NO_TLS = b"N"
"""The answer of PostgreSQL to the first word of a client (PostgreSQL 18 documentation, 54.2.10)."""


@dataclass
class Proxy:
    """Where to connect to, and how many did."""

    port: int
    flows: threading.Event = field(default_factory=threading.Event)
    connected: int = 0
    is_going_down: bool = False
    turn: threading.Lock = field(default_factory=threading.Lock)
    lines: list[socket.socket] = field(default_factory=list)
    answering: list[tuple[float, threading.Thread]] = field(default_factory=list)

    def silence(self) -> None:
        """No byte passes from now on."""
        self.flows.clear()

    def speak(self) -> None:
        """They pass again."""
        self.flows.set()

    def go_down(self) -> None:
        """End what is connected, and answer who connects anew as a server that is going down."""
        with self.turn:
            self.is_going_down = True
            for line in self.lines:
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def half_made(self, seconds: float) -> int:
        """How many lines to a server that is going down have been open for longer than that."""
        now = time.monotonic()
        return sum(one.is_alive() for since, one in self.answering if now - since > seconds)

    def answer(self, line: socket.socket) -> None:
        """Say the first word, and wait until the other side lets go."""

        def wait() -> None:
            with line, contextlib.suppress(OSError):
                line.recv(65536)
                line.sendall(NO_TLS)
                while line.recv(65536):
                    pass

        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        self.answering.append((time.monotonic(), thread))


@contextlib.contextmanager
def proxy_to(port: int, host: str = "127.0.0.1") -> Iterator[Proxy]:
    """A proxy at one of this machine's addresses to a port of it, as long as the block lasts."""
    listener = socket.create_server((host, 0))
    proxy = Proxy(port=listener.getsockname()[1])
    proxy.speak()

    def pump(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):  # whoever ends first
            while data := source.recv(65536):
                proxy.flows.wait()
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                ours, _ = listener.accept()
                proxy.connected += 1
                with proxy.turn:
                    if proxy.is_going_down:
                        proxy.answer(ours)
                        continue
                    try:
                        theirs = socket.create_connection(("127.0.0.1", port), timeout=10)
                    except OSError:
                        ours.close()
                        continue
                    theirs.settimeout(None)
                    proxy.lines += (ours, theirs)
                for pair in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield proxy
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        proxy.speak()
        for line in proxy.lines:
            line.close()
