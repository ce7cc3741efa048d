"""GROUND. Who a message is from or to, as a person writes it (RFC 5322 section 3.4)."""

from __future__ import annotations

import re

from publisher.errors import PublisherError
from publisher.patterns import pattern
from publisher.values import dataclass

_MAILBOX = pattern(r"(?:(?P<name>[^<>]*)<(?P<bracketed>[^<>\s]+)>|(?P<bare>[^<>\s]+))\Z")

_WITHIN = pattern(
    r"(?<![^\s<>\"'(),;:=])"  # a run of letters is looked at once, however long it is
    r"[^\s<>\"'(),;:=]+(?:@|%40)[^\s<>\"'(),;]+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Who a message is from or to. `name` may be empty."""

    name: str = ""
    email: str


def read_mailbox(text: str) -> Mailbox:
    """Read `address` or `Name <address>`, the name quoted or not. Raises PublisherError."""
    found = _MAILBOX.match(text)
    if not found:
        raise PublisherError(
            f"mail address {text[:80]!r} cannot be read",
            mend="write news@courier.example or Name <address>",
        )
    name = (found["name"] or "").strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return Mailbox(name=name, email=found["bracketed"] or found["bare"])


def without_addresses(text: str) -> str:
    """A text for logs and strangers: a mail address in it is `…`, also as it stands in a link."""
    return _WITHIN.sub("…", text)
