"""EDGE. What a lane needs of whoever takes messages: a relay, or a folder."""

from __future__ import annotations

from typing import Protocol

from publisher.model import Reply
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who a message is from and to, as SMTP has it: its domains in ASCII, and its size.

    A recipient whose name is not in ASCII before the @ needs a relay with SMTPUTF8 (RFC 6531).
    """

    sender: str
    recipient: str
    size: int


class Session(Protocol):
    """A conversation with whoever takes messages; `is_open` is False once it cannot go on."""

    is_open: bool
    pipelining: bool

    def offer(self, envelope: Envelope) -> Reply:
        """Name sender and recipient; gives the reply that decides, of which 2xx means: go on."""

    def send(
        self, text: bytes, following: Envelope | None = None, *, dots: bool = True
    ) -> tuple[Reply, Reply | None]:
        """Send a message whose recipient was accepted, and offer the next one.

        Without `dots` it is known that no line of it begins with one.

        Gives the word on each. A reply with the stage TEXT and no code means that nobody knows
        whether the message arrived.
        """

    def reset(self) -> None:
        """Take back what was offered."""

    def close(self) -> None:
        """Say goodbye if that is possible."""
