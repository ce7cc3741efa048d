"""EDGE. What every kind of mailbox can do, and how its trouble is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from publisher.errors import Location, MailboxError
from publisher.values import dataclass

LARGEST = 1024 * 1024
"""Bytes of a message that are read; no report needs as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message that is there: its place in the mailbox, and its bytes up to LARGEST.

    `line` is where it begins in its file, 0 where it has one of its own.
    """

    place: str
    raw: bytes
    line: int = 0


class Inbox(Protocol):
    """A mailbox that is being read. What fails raises MailboxError."""

    def messages(self) -> Iterator[Incoming]:
        """What was not read before, oldest first."""

    def done(self, message: Incoming, *, ours: bool) -> None:
        """A message is dealt with; it was `ours` if it told of a delivery."""

    def close(self) -> str:
        """Let go of the mailbox; gives the mark that says how far it is read."""


def trouble(place: str, said: object, mend: str) -> MailboxError:
    """What a system or a server said, as an error that names the mailbox."""
    return MailboxError(
        f"cannot be read: {said or type(said).__name__}", where=Location(file=place), mend=mend
    )
