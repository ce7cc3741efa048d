"""EDGE. The mailbox that `bounces` in publisher.yaml names, opened."""

from __future__ import annotations

from publisher.config import BouncesSpec, Config
from publisher.errors import ConfigError
from publisher.mailboxes.imap import ImapInbox
from publisher.mailboxes.inbox import Inbox
from publisher.mailboxes.maildir import Maildir
from publisher.mailboxes.mbox import Mbox
from publisher.mailboxes.pop3 import Pop3Inbox


def mailbox_name(bounces: BouncesSpec) -> str:
    """What a mark is kept under: the same for one mailbox, another for another."""
    server = bounces.imap or bounces.pop3
    kind = next(iter(bounces.mailboxes), "")
    place = f"{server.username}@{server.host}:{server.port}" if server else ""
    return f"{kind}:{place or bounces.maildir or bounces.mbox}"


def open_inbox(config: Config, bounces: BouncesSpec, password: str | None, mark: str) -> Inbox:
    """Open it where the mark says. Raises MailboxError, and ConfigError where none is named."""
    if bounces.maildir is not None:
        return Maildir(config.path(bounces.maildir))
    if bounces.mbox is not None:
        return Mbox(config.path(bounces.mbox), mark)
    if bounces.imap is not None:
        return ImapInbox(bounces.imap, password or "")
    if bounces.pop3 is not None:
        return Pop3Inbox(bounces.pop3, password or "", mark)
    raise ConfigError(
        "bounces: no mailbox is named",
        mend="add one: maildir: PATH, mbox: PATH, imap: {host: …}, or pop3: {host: …}",
    )
