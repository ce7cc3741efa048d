"""EDGE. A mailbox whose messages are articles: a Maildir, an mbox file. It is only read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Literal

from publisher.config import MailSpec
from publisher.errors import MailboxError, SourceError
from publisher.fingerprint import fingerprint
from publisher.mailboxes import Incoming, Maildir, Mbox
from publisher.parse.items import Item, ItemFound, Withheld
from publisher.parse.mails import Rules, Wanted, read_letter
from publisher.parse.mails.message import MOST_BYTES, MessageError, head_of, open_message
from publisher.sources.items import cannot_be_read, file_mark
from publisher.values import dataclass

_FIRST_LOOK = 256 * 1024
"""Bytes that are read of every message: whose it is stands at its beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A mailbox of this machine as a container of items."""

    spec: MailSpec
    kind: Literal["maildir", "mbox"]
    path: Path

    def mark(self) -> str:
        """Of a Maildir the names of its messages, which never change; of an mbox its file."""
        if self.kind == "mbox":
            return file_mark(self.path)
        try:
            self.path.stat()
            names = Maildir(self.path).names()
        except OSError as error:
            raise cannot_be_read(self.path, error) from error
        except MailboxError as error:
            raise _as_source(error) from error
        return fingerprint(
            [(name.partition("/")[2].partition(":2,")[0], _is_gone(name)) for name in names]
        )

    def items(self) -> Iterator[ItemFound]:
        """One for each message, in the order of their arrival. Raises SourceError."""
        try:
            yield from once(letters(self._messages(), self.spec))
        except MailboxError as error:
            raise _as_source(error) from error

    def _messages(self) -> Iterator[Incoming]:
        if self.kind == "maildir":
            maildir = Maildir(self.path)
            for message in maildir.all_messages(_FIRST_LOOK):
                is_whole = len(message.raw) < _FIRST_LOOK
                if is_whole or not is_wanted(message.raw, self.spec):
                    yield message
                else:
                    yield from maildir.moved_message(message.place, MOST_BYTES)
            return
        mbox = Mbox(self.path, "")
        with closing(mbox):
            yield from mbox.all_messages(MOST_BYTES)


def letters(messages: Iterator[Incoming], spec: MailSpec) -> Iterator[ItemFound]:
    """What each message is by the rules of its source."""
    rules = rules_of(spec)
    for message in messages:
        place = "" if message.line else message.place
        yield read_letter(message.raw, rules, place=place, line=message.line)


def is_wanted(raw: bytes, spec: MailSpec) -> bool:
    """Whether a source takes a message, of which the beginning is enough."""
    try:
        return not rules_of(spec).wanted.why_not(open_message(head_of(raw)))
    except MessageError:
        return False


def rules_of(spec: MailSpec) -> Rules:
    """How the mails of a source are read."""
    return Rules(
        wanted=Wanted(senders=spec.senders, list_ids=spec.list_id, verified_by=spec.verified_by),
        words=spec.personal,
        addresses=spec.addresses,
    )


def once(found: Iterator[ItemFound]) -> Iterator[ItemFound]:
    """A message that came twice, as it does through two lists, is one article: the first."""
    seen: dict[str, int] = {}
    for item in found:
        times = seen[item.name] = seen.get(item.name, 0) + 1
        if times == 1:
            yield item
        else:
            what = "is a copy of a mail before it" if isinstance(item, Item) else "is there twice"
            yield Withheld(name=f"{item.name}~{times}", why=what, line=item.line)


def _is_gone(name: str) -> bool:
    return "T" in name.partition(":2,")[2]


def _as_source(error: MailboxError) -> SourceError:
    return SourceError(error.message, where=error.where, mend=error.mend)
