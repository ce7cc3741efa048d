"""EDGE. The mailbox that mail comes back to: a Maildir, an mbox file, over IMAP or POP3.

A message is `done` when all that it leads to is on disk; only then is anything changed in the
mailbox. So whoever is killed meanwhile meets it again.
"""

from publisher.mailboxes.inbox import Inbox, Incoming
from publisher.mailboxes.open import mailbox_name, open_inbox

__all__ = ["Inbox", "Incoming", "mailbox_name", "open_inbox"]
