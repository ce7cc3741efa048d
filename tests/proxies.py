"""A line to a server that can go silent: bytes stop, and nobody is told (no FIN, no RST)."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Proxy:
    """Where to connect to, and how many did."""

    port: int
    flows: threading.Event = field(default_factory=threading.Event)
    connected: int = 0

    def silence(self) -> None:
        """No byte passes from now on."""
        self.flows.clear()

    def speak(self) -> None:
        """They pass again."""
        self.flows.set()


@contextlib.contextmanager
def proxy_to(port: int, host: str = "127.0.0.1") -> Iterator[Proxy]:
    """A proxy at one of this machine's addresses to a port of it, as long as the block lasts."""
    listener = socket.create_server((host, 0))
    proxy = Proxy(port=listener.getsockname()[1])
    proxy.speak()
    lines: list[socket.socket] = []

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
                lines.append(ours)
                try:
                    theirs = socket.create_connection(("127.0.0.1", port), timeout=10)
                except OSError:
                    ours.close()
                    continue
                theirs.settimeout(None)
                lines.append(theirs)
                for pair in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield proxy
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        proxy.speak()
        for line in lines:
            line.close()
