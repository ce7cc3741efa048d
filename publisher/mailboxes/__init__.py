"""EDGE. The mailbox that mail comes back to: a Maildir, an mbox file, over IMAP or POP3.

A message is `done` when all that it leads to is on disk; only then is anything changed in the
mailbox. So whoever is killed meanwhile meets it again.
"""

from publisher.mailboxes.imap import ImapInbox
from publisher.mailboxes.inbox import Inbox, Incoming
from publisher.mailboxes.maildir import Maildir
from publisher.mailboxes.mbox import Mbox
from publisher.mailboxes.open import mailbox_name, open_inbox

__all__ = ["ImapInbox", "Inbox", "Incoming", "Maildir", "Mbox", "mailbox_name", "open_inbox"]
