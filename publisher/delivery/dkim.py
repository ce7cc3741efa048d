"""PURE. DomainKeys Identified Mail: the signature of a message (RFC 6376, RFC 8301, RFC 8463).

Headers are canonicalised relaxed, for relays fold them anew; the body simple, for ours is
quoted-printable in short lines that nobody has a reason to touch, and the relaxed way would take
longer than all the rest. There is no `l=`: whoever appends to a message breaks its signature.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Literal

from publisher.values import dataclass

Algorithm = Literal["rsa-sha256", "ed25519-sha256"]

_SIGNED = (
    *("From", "Reply-To", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe"),
    *("List-Unsubscribe-Post", "Feedback-ID", "Auto-Submitted", "MIME-Version", "Content-Type"),
)
"""What a signature covers where it is there; RFC 8058 section 4 wants both List-Unsubscribe."""

_ONCE_MORE = ("From", "Reply-To", "To", "Subject", "Date")
"""Named once more than they are there, so that nobody can add another (RFC 6376 section 8.15)."""

_SPACE = re.compile(rb"[ \t\r\n]+")
_ODD_SPACE = re.compile(rb"[\t\r\n]|  ")
_FIELD = re.compile(rb"([!-9;-~]+):([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)\r\n")
_LINE = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A key that is published under SELECTOR._domainkey.DOMAIN; `sign` gives a raw signature.

    Of an Ed25519 key `sign` gets the hash of what is signed (RFC 8463 section 3), of an RSA key
    the text itself.
    """

    domain: str
    selector: str
    algorithm: Algorithm
    sign: Callable[[bytes], bytes]


def signed(message: bytes, keys: Sequence[SigningKey], when: int) -> bytes:
    """The message with a signature of each key before it. `when` is seconds since 1970.

    The same arguments give the same bytes, for both algorithms are deterministic.
    """
    head, _, body = message.partition(b"\r\n\r\n")
    fields = _fields(head + b"\r\n")
    there = [name for name in _SIGNED if name.lower() in fields]
    covered = b"".join(_relaxed(name, fields[name.lower()]) for name in there)
    names = (*there, *_ONCE_MORE)  # a name with nothing behind it adds nothing to the text
    body_hash = _base64(hashlib.sha256(body.rstrip(b"\r\n") + b"\r\n").digest())
    signatures = (_signature(key, names, covered, body_hash, when) for key in keys)
    return b"".join(signatures) + message


def _signature(
    key: SigningKey, names: Sequence[str], covered: bytes, body_hash: str, when: int
) -> bytes:
    tags = [
        "v=1",
        f"a={key.algorithm}",
        "c=relaxed/simple",
        f"d={key.domain}",
        f"s={key.selector}",
        f"t={when}",
        f"h={':'.join(names)}",
        f"bh={body_hash}",
        "b=",
    ]
    unsigned = "; ".join(tags)
    text = covered + b"dkim-signature:" + _SPACE.sub(b" ", unsigned.encode("ascii"))
    to_sign = hashlib.sha256(text).digest() if key.algorithm == "ed25519-sha256" else text
    return _folded("DKIM-Signature: " + unsigned, _base64(key.sign(to_sign)))


def _folded(field: str, signature: str) -> bytes:
    """Folded only where relaxed canonicalisation reads it as one line with single spaces."""
    lines = [""]
    for word in field.split(" "):
        if len(lines[-1]) + len(word) > _LINE and lines[-1]:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    room = _LINE - len(lines[-1])
    pieces = [
        signature[:room],
        *(signature[at : at + _LINE] for at in range(room, len(signature), _LINE)),
    ]
    text = "\r\n ".join(lines) + "\r\n ".join(pieces)
    return text.encode("ascii") + b"\r\n"


def _fields(head: bytes) -> dict[str, bytes]:
    """The value of each field of the head, which has none twice."""
    return {found[1].decode("ascii").lower(): found[2] for found in _FIELD.finditer(head)}


def _relaxed(name: str, value: bytes) -> bytes:
    """RFC 6376 section 3.4.2."""
    if _ODD_SPACE.search(value):
        value = _SPACE.sub(b" ", value)
    return b"%b:%b\r\n" % (name.lower().encode("ascii"), value.strip(b" "))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
