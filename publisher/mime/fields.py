"""PURE. Fields of a message's head: addresses, encoded words, folding (RFC 5322, RFC 2047).

They are put together here, not by `email.generator`: that folds a long List-Unsubscribe into
an encoded word that no mail program reads, and differs from one Python to the next.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from datetime import UTC, datetime

from publisher.errors import PublisherError
from publisher.links.ascii import ascii_domain
from publisher.mailbox import Mailbox
from publisher.patterns import pattern

HARD_LIMIT = 998
"""Bytes of a line, without its end (RFC 5322 section 2.1.1)."""
SOFT_LIMIT = 78

_CONTROLS = pattern(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PLAIN = pattern(r"[ -~]*\Z")
_ATOMS = pattern(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*\Z")
_LOCAL = pattern(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_USUAL = pattern(
    r"(?=[^@]{1,64}@)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?!-)[a-z0-9-]{1,63}(?<!-)"
    r"(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*\Z"
)
"""Most addresses: nothing in them is to be changed or looked into."""
_USUAL_NAME = pattern(r"[A-Za-z0-9-]{1,60}(?: [A-Za-z0-9-]{1,60})*\Z")
"""Most names: they stand as they are."""
_UTF8_ATOM = pattern(r"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|[^\x00-\x7f])+\Z")
_DOMAIN = pattern(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\Z")


def address(mailbox: Mailbox, *, utf8: bool = False) -> str:
    """The addr-spec in ASCII (RFC 5321 sections 4.1.2 and 4.5.3.1), its domain in A-labels.

    With `utf8`, letters of any script may stand before the @ (RFC 6531 section 3.3): a relay takes
    them only where it offers SMTPUTF8. Raises PublisherError for what cannot be mailed.
    """
    if _USUAL.match(mailbox.email) and len(mailbox.email) <= 254:
        return mailbox.email
    local, _, domain = mailbox.email.rpartition("@")
    domain = ascii_domain(domain)
    labels = domain.split(".")
    bad_domain = not _DOMAIN.match(domain) or not all(
        0 < len(label) <= 63 and label[0] != "-" != label[-1] for label in labels
    )
    bad_local = not _LOCAL.match(local) and not (utf8 and _is_utf8_local(local))
    if bad_domain or not local:
        raise _refused("mail address", mailbox.email, "write name@domain")
    if bad_local or _CONTROLS.search(mailbox.email):
        raise _refused(
            "mail address",
            mailbox.email,
            "before the @, plain SMTP carries only unaccented letters, digits and a few signs",
        )
    if len(local.encode()) > 64 or len(domain) > 255:
        raise _refused("mail address", mailbox.email, "no relay takes one that long")
    return f"{local}@{domain}"


def _is_utf8_local(local: str) -> bool:
    """Atoms of letters, marks, digits and signs: nothing that is invisible, or a space."""
    odd = any(unicodedata.category(letter)[0] in "CZ" for letter in local)
    return not odd and all(_UTF8_ATOM.match(atom) for atom in local.split("."))


def full_address(mailbox: Mailbox, *, utf8: bool = False) -> str:
    """The address with the name before it, if there is one (RFC 5322 section 3.4)."""
    spec, name = address(mailbox, utf8=utf8), mailbox.name.strip()
    return f"{phrase(name)} <{spec}>" if name else spec


def phrase(name: str) -> str:
    """A display name: as it is, quoted, or in encoded words (RFC 5322 section 3.2.5)."""
    if _USUAL_NAME.match(name):
        return name
    encoded = unstructured(name, "name")
    if encoded != name or _ATOMS.match(name):
        return encoded
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


def unstructured(text: str, field: str) -> str:
    """Unstructured text: as it is where that is safe, else in encoded words (RFC 2047)."""
    if _CONTROLS.search(text):
        raise _refused(field, text, "take out line breaks and other control characters")
    foldable = all(len(word) <= 60 for word in text.split(" "))
    single_spaced = "  " not in text and text == text.strip()
    if _PLAIN.match(text) and "=?" not in text and foldable and single_spaced:
        return text
    return " ".join(_encoded_words(text))


def _encoded_words(text: str) -> list[str]:
    """Words of at most 68 characters, none of which cuts a character in two."""
    chunks = [b""]
    for character in text:
        encoded = character.encode()
        if len(chunks[-1]) + len(encoded) > 42:
            chunks.append(b"")
        chunks[-1] += encoded
    return [f"=?utf-8?b?{base64.b64encode(chunk).decode('ascii')}?=" for chunk in chunks]


def header(name: str, value: str) -> str:
    """A header folded at its spaces where a line would be over SOFT_LIMIT."""
    if len(name) + 2 + len(value) <= SOFT_LIMIT:
        return f"{name}: {value}"
    lines = [f"{name}:"]
    for word in value.split(" "):
        if len(lines[-1]) + 1 + len(word) > SOFT_LIMIT and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)


def whole_header(name: str, value: str) -> str:
    """A header that must stay on one line and unencoded (RFC 8058 section 2, RFC 2369)."""
    line = f"{name}: {value}"
    if len(line) > HARD_LIMIT:
        raise _refused(name, value, "shorten web.url or site.url")
    return line


def date_header(when: datetime) -> str:
    """The field Date (RFC 5322 section 3.6.1)."""
    from email.utils import format_datetime  # noqa: PLC0415 (it imports sockets)

    return header("Date", format_datetime(when))


def whole_offset(when: datetime) -> datetime:
    """RFC 5322 has no seconds in an offset, which some old zones have."""
    offset = when.utcoffset()
    return when if offset is not None and offset.seconds % 60 == 0 else when.astimezone(UTC)


def _refused(field: str, value: str, mend: str) -> PublisherError:
    return PublisherError(f"{field} {value[:80]!r} cannot be mailed", mend=mend)
