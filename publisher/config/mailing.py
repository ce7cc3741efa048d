"""GROUND. The keys about handing mail over: the relay, its waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from publisher.config import kinds
from publisher.config.keys import key
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrySpec:
    """When a message that the relay put off is tried again."""

    first: timedelta = key("the first wait", kinds.duration, default=timedelta(minutes=5))
    factor: int = key("how many times longer each further wait is", default=2)
    give_up: timedelta = key(
        "when a message counts as failed", kinds.duration, default=timedelta(hours=48)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSpec:
    """The relay that mail is handed to; or a folder, for who has none: all else, the ledger and
    the waits, stays what it is."""

    folder: str | None = key(
        "instead of a relay, the folder that messages are written to, each as .eml",
        kinds.line,
        default=None,
    )
    host: str = key("its name or address", kinds.host, default="127.0.0.1")
    port: int = key("its port", default=587)
    security: Literal["starttls", "tls", "none"] = key(
        "starttls: mail leaves only under TLS; tls: from the first byte; none: in the clear",
        default="starttls",
    )
    username: str | None = key("who we are to it", kinds.line, default=None)
    password_env: str | None = key(
        "the variable of the environment that holds the password", kinds.line, default=None
    )
    password_file: str | None = key("the file that holds it", kinds.line, default=None)
    connections: int = key("how many at once", default=10)
    per_domain: int = key(
        "of these, how many at most send to readers of one domain at a time; 0: as many as "
        "there are",
        default=0,
    )
    per_minute: int = key("messages a minute at most; 0: as many as it takes", default=0)
    timeout: timedelta = key(
        "how long to wait for an answer", kinds.duration, default=timedelta(seconds=60)
    )
    retry: RetrySpec = key("when what was put off is tried again", default=RetrySpec)


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimKeySpec:
    """A further key, so that messages carry two signatures."""

    selector: str = key("where its public half is published", kinds.name)
    key_file: str = key("the private key, in PEM", kinds.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimSpec:
    """The signature of messages; without it the relay signs, or nobody does."""

    domain: str = key("the domain that signs: that of the sender's address", kinds.domain)
    selector: str = key("SELECTOR._domainkey.DOMAIN has the public half", kinds.name)
    key_file: str = key("the private key, RSA or Ed25519, in PEM; mode 600", kinds.line)
    also: tuple[DkimKeySpec, ...] = key("further keys, such as Ed25519 beside RSA", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pop3Spec:
    """A mailbox that is read over POP3."""

    host: str = key("the server's name or address", kinds.host)
    port: int = key("its port; 0: the usual one", default=0)
    security: Literal["tls", "starttls", "none"] = key(
        "tls: from the first byte; starttls: before the password; none: in the clear",
        default="tls",
    )
    username: str = key("whose mailbox it is", kinds.line)
    password_env: str | None = key(
        "the variable of the environment that holds the password", kinds.line, default=None
    )
    password_file: str | None = key("the file that holds it", kinds.line, default=None)
    timeout: timedelta = key(
        "how long to wait for an answer", kinds.duration, default=timedelta(seconds=60)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSpec(Pop3Spec):
    """A mailbox that is read over IMAP."""

    folder: str = key("the folder that is read", kinds.line, default="INBOX")


@dataclass(frozen=True, slots=True, kw_only=True)
class BouncesSpec:
    """Where messages come back to that cannot arrive, and complaints go."""

    address: str = key(
        "the address; each message has its own, bounces+TOKEN@…, which must arrive there too",
        kinds.mail_address,
    )
    maildir: str | None = key("the mailbox: a Maildir", kinds.line, default=None)
    mbox: str | None = key("or a file in mbox form", kinds.line, default=None)
    imap: ImapSpec | None = key("or one that is read over IMAP", default=None)
    pop3: Pop3Spec | None = key("or over POP3", default=None)
    soft_limit: int = key(
        "issues in a row that may come back for a passing reason; then the reader is suppressed",
        default=3,
    )

    @property
    def mailboxes(self) -> tuple[str, ...]:
        """The keys by which a mailbox is named."""
        return tuple(
            name for name in ("maildir", "mbox", "imap", "pop3") if getattr(self, name) is not None
        )
