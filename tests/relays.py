"""A relay beside the tests: told what goes wrong, and read."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.relay import Running, rules_of


@dataclass(frozen=True)
class Taken:
    """A message that the relay took."""

    recipient: str
    message_id: str
    text_hash: str
    sender: str
    at: float


@dataclass(frozen=True)
class Relay:
    """A running relay: its port, and the log of what it took."""

    port: int
    log: Path

    def taken(self) -> list[Taken]:
        """Every message, in the order in which they were taken."""
        if not self.log.exists():
            return []
        whole, _, _ = self.log.read_text("ascii").rpartition("\n")  # it may be writing the last one
        lines = (line.split() for line in whole.splitlines())
        return [Taken(*line[:3], sender=line[4], at=float(line[3])) for line in lines]

    def count(self) -> int:
        """How many messages it took; much quicker than to read them."""
        return self.log.read_bytes().count(b"\n") if self.log.exists() else 0

    def copies(self) -> Counter[str]:
        """How often each recipient's message was taken."""
        return Counter(message.recipient for message in self.taken())


@contextlib.contextmanager
def relay(log: Path, *rules: str, port: int = 0) -> Iterator[Relay]:
    """A relay under the rules of tests/relay.py; it ends with the block, whatever happens in it."""
    running = Running(log, port, rules_of(rules))
    try:
        yield Relay(port=running.port, log=log)
    finally:
        running.end()
