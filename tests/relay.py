"""A relay that does what it is told: each message taken is logged before it is answered.

It listens on 127.0.0.1. A line of the log for each message taken: recipient, Message-ID, hash of
the text, time, sender. Which fault an address has, of FAULT=SHARE, follows from the address:

    rcpt451 rcpt550 data451 data554    a reply of that code, at RCPT or after the text
    mail550                            that reply to every sender
    accdrop losedrop                   the line goes dead after the text: taken, or not
    acchang losehang                   no answer after the text
    accgarb                            taken, and an answer that is no SMTP
    greet421                           every n-th session is greeted with 421 (a number)
    heal                               after so many faults for one address it is served
    perconn                            421 after so many messages on one connection
    accrst loserst                     the connection is reset after the text: taken, or not
    accpart                            taken, and an answer that breaks off within its first line
    maxconns                           421 to whoever comes while so many are here
    wait                               seconds before each text is taken or not
    plain                              1: no PIPELINING is offered
    only                               a domain: other readers have no fault
    kill=POINT:N:FILE                  SIGKILL to the process group that FILE names, when sessions
                                       have come to a point N times: rcpt data mid-text
                                       text-before-reply text-after-reply
    keep                               a path: the n-th message taken is kept as PATH-n.eml
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import socket
import struct
import threading
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Rules:
    """What goes wrong, and how often it has by address."""

    shares: dict[str, float] = field(default_factory=dict)
    heal: int = 0
    greet421: int = 0
    perconn: int = 0
    maxconns: int = 0
    wait: float = 0
    plain: int = 0
    only: str = ""
    kill: str = ""
    points: int = 0
    sessions_open: set[asyncio.Transport] = field(default_factory=set)
    keep: str = ""
    kept: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    sessions: int = 0

    def kills(self, point: str) -> bool:
        """Kill whom the rule names, if this is the point; says whether it did."""
        wanted, number, file = (*self.kill.split(":", 2), "", "")[:3]
        if wanted != point:
            return False
        self.points += 1
        if self.points < int(number):
            return False
        self.kill = ""
        os.killpg(_number_in(Path(file)), signal.SIGKILL)
        return True

    def fault(self, address: str) -> str:
        """The fault of an address now, "" for none."""
        if self.only and not address.endswith(f"@{self.only}"):
            return ""
        place = zlib.crc32(address.encode()) % 10_000 / 10_000
        for name, share in self.shares.items():
            if place < share and not name.startswith("mail"):
                if self.heal and self.seen[address] >= self.heal:
                    return ""
                return name
            place -= share
        return ""


def _number_in(file: Path) -> int:
    """The number that a file holds, as soon as it was written there."""
    while not file.exists() or not (text := file.read_text()):
        time.sleep(0.001)
    return int(text)


class Relay(asyncio.Protocol):
    """One session, a state machine over the bytes that come."""

    def __init__(self, rules: Rules, log: int) -> None:
        self.rules, self.log = rules, log
        self.buffer = bytearray()
        self.in_text = self.hangs = self.has_begun = False
        self.sender = self.recipient = ""
        self.taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.rules.sessions += 1
        self.rules.sessions_open.add(transport)
        if self.rules.maxconns and len(self.rules.sessions_open) > self.rules.maxconns:
            self.say("421 4.7.0 too many of you")
            transport.close()
        elif self.rules.greet421 and self.rules.sessions % self.rules.greet421 == 0:
            self.say("421 4.3.2 come back later")
            transport.close()
        else:
            self.say("220 relay.example ESMTP")

    def connection_lost(self, exc: Exception | None) -> None:
        self.rules.sessions_open.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self.advance():
            pass

    def advance(self) -> bool:
        if self.hangs:
            return False
        if self.in_text:
            end = 0 if self.buffer.startswith(b".\r\n") else self.buffer.find(b"\r\n.\r\n")
            if self.buffer and not self.has_begun:
                self.has_begun = True
                if self.rules.kills("mid-text"):
                    self.transport.abort()
            if end < 0 or self.transport.is_closing():
                return False
            size = end + (3 if self.buffer.startswith(b".\r\n") else 5)
            text = bytes(self.buffer[: end + 2])
            del self.buffer[:size]
            self.in_text = False
            if self.rules.wait:
                self.hangs = True
                loop = asyncio.get_running_loop()
                loop.call_later(self.rules.wait, self.later, text)
                return False
            self.text(text)
            return not self.transport.is_closing()
        end = self.buffer.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self.buffer[:end]).decode("utf-8", "replace")
        del self.buffer[: end + 2]
        self.command(line)
        return not self.transport.is_closing()

    def later(self, text: bytes) -> None:
        self.hangs = False
        if not self.transport.is_closing():
            self.text(text)
            self.data_received(b"")

    def command(self, line: str) -> None:
        verb = line[:4].upper()
        if verb == "EHLO":
            group = "" if self.rules.plain else "250-PIPELINING\r\n"
            self.say(f"250-relay.example\r\n{group}250-8BITMIME\r\n250 SIZE 10000000")
        elif verb == "HELO":
            self.say("250 relay.example")
        elif verb == "MAIL":
            self.sender = line
            refusal = next((name[4:] for name in self.rules.shares if name.startswith("mail")), "")
            self.say(f"{refusal} not you" if refusal else "250 2.1.0 ok")
        elif verb == "RCPT":
            self.recipient = line.partition("<")[2].partition(">")[0]
            if self.rules.kills("rcpt"):
                return
            fault = self.rules.fault(self.recipient)
            if fault.startswith("rcpt"):
                self.rules.seen[self.recipient] += 1
                self.say(f"{fault[4:]} no to {self.recipient}")
                self.recipient = ""
            else:
                self.say("250 2.1.5 ok")
        elif verb == "DATA":
            if self.rules.kills("data"):
                return
            if self.recipient:
                self.in_text, self.has_begun = True, False
                self.say("354 go on")
            else:
                self.say("503 5.5.1 no recipient")
        elif verb == "RSET":
            self.recipient = ""
            self.say("250 2.0.0 ok")
        elif verb == "QUIT":
            self.say("221 2.0.0 bye")
            self.transport.close()
        else:
            self.say("500 5.5.2 what?")

    def text(self, text: bytes) -> None:
        fault = self.rules.fault(self.recipient)
        if fault:
            self.rules.seen[self.recipient] += 1
        enough = self.rules.perconn and self.taken >= self.rules.perconn
        if not enough and (not fault or fault.startswith("acc")):
            self.take(text)
        if self.rules.kills("text-before-reply"):
            self.hangs = True
        elif fault.endswith("drop"):
            self.transport.abort()
        elif fault.endswith("hang"):
            self.hangs = True
        elif fault.endswith("rst"):
            raw = self.transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()
        elif fault == "accpart":
            self.transport.write(b"250 2.0")
            self.transport.close()
        elif fault == "accgarb":
            self.say("\x00\x01 not SMTP")
        elif fault.startswith("data"):
            self.say(f"{fault[4:]} not this message")
        elif enough:
            self.say("421 4.7.0 enough of you")
            self.transport.close()
        else:
            self.say("250 2.0.0 taken")
            self.rules.kills("text-after-reply")

    def take(self, text: bytes) -> None:
        self.taken += 1
        if self.rules.keep:
            self.rules.kept += 1
            Path(f"{self.rules.keep}-{self.rules.kept}.eml").write_bytes(text)
        head = text.partition(b"\r\n\r\n")[0]
        id_ = head.partition(b"\r\nMessage-ID: ")[2].partition(b"\r\n")[0].decode()
        mark = hashlib.blake2b(text, digest_size=8).hexdigest()
        sender = self.sender.partition("<")[2].partition(">")[0]
        line = f"{self.recipient} {id_} {mark} {time.time():.3f} {sender}\n"
        os.write(self.log, line.encode())

    def say(self, text: str) -> None:
        self.transport.write(text.encode("latin-1") + b"\r\n")


class Running:
    """A relay in a thread of its own; `port` is where it listens."""

    def __init__(self, log: Path, port: int, rules: Rules) -> None:
        self._rules = rules
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._loop = asyncio.new_event_loop()
        make = self._loop.create_server(lambda: Relay(rules, self._log), "127.0.0.1", port)
        self._server = self._loop.run_until_complete(make)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, name="relay", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Break off what goes on, and let go of the port."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        os.close(self._log)

    async def _end(self) -> None:
        self._server.close()
        for transport in list(self._rules.sessions_open):
            transport.abort()
        while self._rules.sessions_open:
            await asyncio.sleep(0.001)


def rules_of(arguments: Sequence[str]) -> Rules:
    """`FAULT=SHARE` and the other names above, as `Rules`."""
    rules = Rules()
    for argument in arguments:
        name, _, value = argument.partition("=")
        if name in ("keep", "only"):
            setattr(rules, name, value)
        elif name in ("heal", "greet421", "perconn", "maxconns", "plain"):
            setattr(rules, name, int(value))
        elif name == "kill":
            rules.kill = value
        elif name == "wait":
            rules.wait = float(value)
        else:
            rules.shares[name] = float(value)
    return rules
