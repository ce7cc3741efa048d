"""PURE. A rendered issue and a reader -> the bytes of one message (RFC 5322, RFC 2046).

The message is put together here, not by `email.generator`: that folds a long
List-Unsubscribe into an encoded word that no mail program reads, picks transfer
encodings and boundaries by itself, and differs from one Python to the next.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from publisher.config import NewsletterSpec
from publisher.errors import PublisherError
from publisher.fingerprint import fingerprint
from publisher.links import ascii_domain, fill, reader_link
from publisher.mailbox import Mailbox, read_mailbox
from publisher.model import RenderedIssue

__all__ = [
    "SAMPLE_FILES",
    "SAMPLE_TOKEN",
    "Mailbox",
    "fill",
    "message",
    "read_mailbox",
    "sample_files",
]

SAMPLE_FILES = {
    "email.html": "text/html",
    "email.txt": "text/plain",
    "email.eml": "message/rfc822",
}
"""The files of an issue's archive and their media types."""

SAMPLE_TOKEN = "sample"  # noqa: S105  not a secret: the one token that is never valid
HARD_LIMIT = 998
"""Bytes of a line, without its end (RFC 5322 section 2.1.1)."""
SOFT_LIMIT = 78

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PLAIN = re.compile(r"[ -~]*\Z")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*\Z")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\Z")


SAMPLE_READER = Mailbox(name="Sample Reader", email="reader@example.org")


def message(
    rendered: RenderedIssue,
    *,
    number: int,
    slot: datetime,
    newsletter: NewsletterSpec,
    mail_url: str,
    to: Mailbox,
    token: str,
) -> bytes:
    """One reader's message, ready to be handed to a relay: CRLF, 7-bit, no line too long.

    The same arguments give the same bytes. Raises PublisherError for an address that
    plain SMTP cannot carry and for a control character in any field (header injection).
    """
    sender = read_mailbox(newsletter.from_)
    domain = _address(sender).rpartition("@")[2]
    name = newsletter.name.replace("/", ".")
    identity = fingerprint(newsletter.name, number, token)
    unsubscribe = reader_link(mail_url, "unsubscribe", token)
    reply_to = [read_mailbox(newsletter.reply_to)] if newsletter.reply_to else []
    headers = [
        _header("From", _mailbox(sender)),
        *(_header("Reply-To", _mailbox(mailbox)) for mailbox in reply_to),
        _header("To", _mailbox(to)),
        _header("Subject", _text(rendered.subject, "subject")),
        _header("Date", format_datetime(_whole_offset(slot))),
        _header("Message-ID", f"<{name}.{number}.{identity}@{domain}>"),
        _header("List-Id", f"{_phrase(newsletter.title)} <{name}.{domain}>"),
        _header("Feedback-ID", f"{number}:{name}:issue:{fingerprint(domain)[:12]}"),
        _whole("List-Unsubscribe", f"<{unsubscribe}>"),
        _whole("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        _header("Auto-Submitted", "auto-generated"),
        _header("Precedence", "bulk"),
        "MIME-Version: 1.0",
    ]
    boundary = f"=_{fingerprint(newsletter.name, number)}"
    lines = [
        *headers,
        _header("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
        "",
        f"--{boundary}",
        *_part("plain", fill(rendered.text, token=token, mail_url=mail_url)),
        f"--{boundary}",
        *_part("html", fill(rendered.html, token=token, mail_url=mail_url)),
        f"--{boundary}--",
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def sample_files(
    rendered: RenderedIssue,
    *,
    number: int,
    slot: datetime,
    newsletter: NewsletterSpec,
    mail_url: str,
) -> Mapping[str, bytes]:
    """The files of an issue's archive: email.html, email.txt and email.eml, to a sample reader."""
    return {
        "email.html": fill(rendered.html, token=SAMPLE_TOKEN, mail_url=mail_url).encode(),
        "email.txt": fill(rendered.text, token=SAMPLE_TOKEN, mail_url=mail_url).encode(),
        "email.eml": message(
            rendered,
            number=number,
            slot=slot,
            newsletter=newsletter,
            mail_url=mail_url,
            to=SAMPLE_READER,
            token=SAMPLE_TOKEN,
        ),
    }


def _address(mailbox: Mailbox) -> str:
    """The addr-spec in ASCII (RFC 5321 sections 4.1.2 and 4.5.3.1), its domain in A-labels."""
    local, _, domain = mailbox.email.rpartition("@")
    domain = ascii_domain(domain)
    labels = domain.split(".")
    bad_domain = not _DOMAIN.match(domain) or not all(0 < len(label) <= 63 for label in labels)
    if bad_domain or not _LOCAL.match(local) or _CONTROLS.search(mailbox.email):
        raise _refused(
            "mail address",
            mailbox.email,
            "before the @, plain SMTP carries only unaccented letters, digits and a few signs",
        )
    if len(local) > 64 or len(domain) > 255:
        raise _refused("mail address", mailbox.email, "no relay takes one that long")
    return f"{local}@{domain}"


def _mailbox(mailbox: Mailbox) -> str:
    address = _address(mailbox)
    name = mailbox.name.strip()
    return f"{_phrase(name)} <{address}>" if name else address


def _phrase(name: str) -> str:
    """A display name: as it is, quoted, or in encoded words (RFC 5322 section 3.2.5)."""
    encoded = _text(name, "name")
    if encoded != name or _ATOMS.match(name):
        return encoded
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


def _text(text: str, field: str) -> str:
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


def _header(name: str, value: str) -> str:
    """A header folded at its spaces where a line would be over SOFT_LIMIT."""
    lines = [f"{name}:"]
    for word in value.split(" "):
        if len(lines[-1]) + 1 + len(word) > SOFT_LIMIT and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)


def _whole(name: str, value: str) -> str:
    """A header that must stay on one line and unencoded (RFC 8058 section 2, RFC 2369)."""
    line = f"{name}: {value}"
    if len(line) > HARD_LIMIT:
        raise _refused(name, value, "shorten web.url or site.url")
    return line


def _part(subtype: str, text: str) -> list[str]:
    """A body part: quoted-printable, or base64 for plain text that is mostly not ASCII."""
    data = re.sub(r"\r\n|\r|\n", "\r\n", text.rstrip("\r\n") + "\n").encode()
    mostly_foreign = sum(byte > 0x7F for byte in data) * 2 > len(data)
    if subtype == "plain" and mostly_foreign:
        encoding = "base64"
        body = re.sub("(.{76})(?=.)", "\\1\r\n", base64.b64encode(data).decode("ascii"))
    else:
        encoding = "quoted-printable"
        body = binascii.b2a_qp(data).decode("ascii")
    return [
        f"Content-Type: text/{subtype}; charset=utf-8",
        f"Content-Transfer-Encoding: {encoding}",
        "",
        body,
    ]


def _whole_offset(when: datetime) -> datetime:
    """RFC 5322 has no seconds in an offset, which some old zones have."""
    offset = when.utcoffset()
    return when if offset is not None and offset.seconds % 60 == 0 else when.astimezone(UTC)


def _refused(field: str, value: str, mend: str) -> PublisherError:
    return PublisherError(f"{field} {value[:80]!r} cannot be mailed", mend=mend)
