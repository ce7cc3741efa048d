"""A relay in a thread of the tests, with TLS, AUTH and whatever it offers; it keeps what it hears.

`tests/relay.py` is for what goes wrong between many messages; this one for what one session says.
"""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO


@dataclass
class SmtpServer:
    """What it offers, and what it heard: lines as they came, texts as they stood on the wire."""

    offers: tuple[str, ...] = ("PIPELINING", "8BITMIME")
    tls: ssl.SSLContext | None = None
    implicit: bool = False
    password: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    lines: list[str] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    under_tls: list[bool] = field(default_factory=list)

    def heard(self, verb: str) -> list[str]:
        """The lines that begin with a verb."""
        return [line for line in self.lines if line.upper().startswith(verb)]

    def converse(self, connection: socket.socket) -> None:
        if self.implicit:
            assert self.tls is not None
            connection = self.tls.wrap_socket(connection, server_side=True)
        with connection, connection.makefile("rb") as file:
            connection.sendall(b"220 relay.example ESMTP\r\n")
            if self.commands(connection, file):
                assert self.tls is not None
                secured = self.tls.wrap_socket(connection, server_side=True)
                with secured, secured.makefile("rb") as inner:
                    self.commands(secured, inner)

    def commands(self, connection: socket.socket, file: BinaryIO) -> bool:
        """Answer until the session ends; True where it goes on under TLS."""
        secure = isinstance(connection, ssl.SSLSocket)

        def say(text: str) -> None:
            connection.sendall(text.encode() + b"\r\n")

        while raw := file.readline():
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            self.lines.append(line)
            verb = line[:4].upper()
            if verb in self.answers:
                say(self.answers[verb])
            elif verb == "EHLO":
                offers = [one for one in self.offers if not (secure and one == "STARTTLS")]
                say(
                    "\r\n".join(f"250-{one}" for one in ("relay.example", *offers)) + "\r\n250 HELP"
                )
            elif verb == "STAR":
                say("220 go on")
                return True
            elif verb == "AUTH":
                said = self.auth(line, say, file)
                if said == self.password:
                    say("235 2.7.0 welcome")
                else:  # as unkind as can be: it says again what it heard
                    secret = base64.b64encode(said.encode()).decode()
                    say(f"535 5.7.8 no: {line.split()[-1]} {secret} {said}")
            elif verb == "DATA":
                say("354 go on")
                text = self.text(file)
                if text is None:
                    return False
                self.under_tls.append(secure)
                self.texts.append(text)
                say("250 2.0.0 taken")
            elif verb == "QUIT":
                say("221 2.0.0 bye")
                return False
            else:
                say("250 2.0.0 ok")
        return False

    def auth(self, line: str, say: Callable[[str], None], file: BinaryIO) -> str:
        """The password that was said, by PLAIN or LOGIN."""
        words = line.split()
        if words[1].upper() == "PLAIN":
            if len(words) == 2:
                say("334 ")
                words.append(file.readline().decode().strip())
            return base64.b64decode(words[2]).decode().split("\0")[2]
        if len(words) == 2:
            say("334 " + base64.b64encode(b"Username:").decode())
            file.readline()
        say("334 " + base64.b64encode(b"Password:").decode())
        return base64.b64decode(file.readline().strip()).decode()

    @staticmethod
    def text(file: BinaryIO) -> bytes | None:
        """A text, if it comes to its end."""
        lines = []
        while (line := file.readline()) != b".\r\n":
            if not line:
                return None
            lines.append(line)
        return b"".join(lines)


@contextlib.contextmanager
def serving_smtp(server: SmtpServer) -> Iterator[SmtpServer]:
    """Listen on a port of its own for as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]
        ending = threading.Event()

        def converse(connection: socket.socket) -> None:
            with connection, contextlib.suppress(OSError):  # whoever hangs up early may
                server.converse(connection)

        def accept() -> None:
            while True:
                connection, _ = listener.accept()
                if ending.is_set():
                    connection.close()
                    return
                threading.Thread(target=converse, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            ending.set()
            socket.create_connection(("127.0.0.1", server.port)).close()
            thread.join(timeout=5)
