"""Mailboxes over IMAP and POP3 on 127.0.0.1: as much of both as a reader of bounces asks for."""

from __future__ import annotations

import re
import socketserver
import ssl
import sys
import threading
from dataclasses import dataclass, field
from typing import Self

USER, PASSWORD = "bounces", "s3cret word"


@dataclass
class Stored:
    """A message on a server."""

    raw: bytes
    flags: set[str] = field(default_factory=set)


class MailServer:
    """One mailbox by `protocol` (imap, pop3), with TLS from the first byte, later, or never.

    `drop_at` closes the line at that command, once.
    """

    def __init__(
        self, protocol: str, messages: list[bytes], *, tls: ssl.SSLContext | None = None,
        security: str = "none", drop_at: str = "",
    ) -> None:  # fmt: skip
        self.stored = [Stored(raw) for raw in messages]
        self.tls, self.security, self.drop_at = tls, security, drop_at
        self.commands: list[str] = []
        handler = type("Handler", (_HANDLERS[protocol],), {"owner": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that trusts us not, or is gone, is no trouble; all else is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(socketserver.StreamRequestHandler):
    owner: MailServer

    def setup(self) -> None:
        if self.owner.security == "tls":
            self._encrypt()
        super().setup()

    def _encrypt(self) -> None:
        assert self.owner.tls is not None
        self.request = self.owner.tls.wrap_socket(self.request, server_side=True)

    def start_tls(self) -> None:
        self._encrypt()
        super().setup()

    def say(self, *lines: str | bytes) -> None:
        for line in lines:
            self.wfile.write((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def handle(self) -> None:
        self.greet()
        while line := self.rfile.readline().decode("ascii", "replace").strip():
            self.owner.commands.append(line)
            if self.owner.drop_at and self.owner.drop_at in line:
                self.owner.drop_at = ""
                return
            if not self.command(line):
                return

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            return  # the other side was quicker
        finally:
            self.request.close()  # which may be another than the one that socketserver knows

    def greet(self) -> None:
        raise NotImplementedError

    def command(self, line: str) -> bool:
        raise NotImplementedError


class _Imap(_Handler):
    def greet(self) -> None:
        self.say("* OK ready")

    def command(self, line: str) -> bool:
        tag, _, rest = line.partition(" ")
        verb = rest.upper()
        stored = self.owner.stored
        if verb == "CAPABILITY":
            more = " STARTTLS" if self.owner.security == "starttls" else ""
            self.say(f"* CAPABILITY IMAP4rev1{more}", f"{tag} OK done")
        elif verb == "STARTTLS":
            self.say(f"{tag} OK done")
            self.start_tls()
        elif verb.startswith("LOGIN"):
            if f'"{PASSWORD}"' in rest and USER in rest:
                self.say(f"{tag} OK done")
            else:
                self.say(f"{tag} NO wrong name or password")
        elif verb.startswith("SELECT"):
            if '"INBOX"' in verb:
                self.say(f"* {len(stored)} EXISTS", f"{tag} OK [READ-WRITE]")
            else:
                self.say(f"{tag} NO there is no such folder")
        elif verb == "UID SEARCH UNSEEN":
            unseen = [str(100 + n) for n, one in enumerate(stored) if r"\Seen" not in one.flags]
            self.say(f"* SEARCH {' '.join(unseen)}".strip(), f"{tag} OK done")
        elif found := re.match(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", verb):
            raw = stored[int(found[1]) - 100].raw[: int(found[2])]
            self.say(f"* 1 FETCH (UID {found[1]} BODY[]<0> {{{len(raw)}}}")
            self.wfile.write(raw)
            self.say(")", f"{tag} OK done")
        elif found := re.match(r"UID STORE (\d+) \+FLAGS\.SILENT \((.*)\)", rest):
            stored[int(found[1]) - 100].flags.add(found[2])
            self.say(f"{tag} OK done")
        elif verb == "LOGOUT":
            self.say("* BYE bye", f"{tag} OK done")
            return False
        else:
            self.say(f"{tag} BAD {rest}")
        return True


class _Pop3(_Handler):
    def greet(self) -> None:
        self.deleted: set[int] = set()
        self.say("+OK ready")

    def command(self, line: str) -> bool:
        verb, _, rest = line.partition(" ")
        stored = dict(enumerate(self.owner.stored, start=1))
        if verb == "STLS":
            self.say("+OK")
            self.start_tls()
        elif verb == "CAPA":
            self.say("+OK", "UIDL", "STLS", ".")
        elif verb == "USER":
            self.say("+OK")
        elif verb == "PASS":
            self.say("+OK" if rest == PASSWORD else "-ERR wrong name or password")
        elif verb == "UIDL":
            self.say("+OK", *(f"{n} id-{_mark(one.raw)}" for n, one in stored.items()), ".")
        elif verb == "LIST":
            self.say("+OK", *(f"{n} {len(one.raw)}" for n, one in stored.items()), ".")
        elif verb == "RETR":
            lines = stored[int(rest)].raw.removesuffix(b"\r\n").split(b"\r\n")
            dots = [b"." + line if line.startswith(b".") else line for line in lines]
            self.say("+OK", *dots, ".")
        elif verb == "DELE":
            self.deleted.add(int(rest))
            self.say("+OK")
        elif verb == "QUIT":
            self.owner.stored = [one for n, one in stored.items() if n not in self.deleted]
            self.say("+OK")
            return False
        else:
            self.say("-ERR what?")
        return True


def _mark(raw: bytes) -> str:
    return f"{hash(raw) & 0xFFFFFFFF:08x}"


_HANDLERS = {"imap": _Imap, "pop3": _Pop3}
