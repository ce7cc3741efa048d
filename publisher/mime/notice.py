"""PURE. A mail about a subscription, to one reader, as the bytes of a message."""

from __future__ import annotations

import binascii
from datetime import datetime

from publisher.config import NewsletterSpec
from publisher.fingerprint import fingerprint
from publisher.mailbox import Mailbox, read_mailbox
from publisher.mime.fields import address, date_header, full_address, header, unstructured
from publisher.mime.parts import lay_out
from publisher.mime.template import encoded_lines
from publisher.model import RenderedIssue


def notice_message(
    rendered: RenderedIssue,
    *,
    newsletter: NewsletterSpec,
    to: Mailbox,
    when: datetime,
    identity: str,
) -> bytes:
    """The message from the newsletter's sender; the same arguments give the same bytes.

    Letters of any script may stand before the @ of `to` (RFC 6532), as in issues. Raises
    PublisherError for an address that cannot be mailed.
    """
    sender = read_mailbox(newsletter.from_)
    domain = address(sender).rpartition("@")[2]
    boundary = f"=_{fingerprint(identity)}"
    lines = [
        header("From", full_address(sender)),
        header("To", full_address(to, utf8=True)),
        header("Subject", unstructured(rendered.subject, "subject")),
        date_header(when),
        f"Message-ID: <notice.{identity}@{domain}>",
        header("Auto-Submitted", "auto-generated"),
        "MIME-Version: 1.0",
        header("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
        "",
        "",
    ]
    mark = f"--{boundary}\r\n".encode("ascii")
    return b"".join(
        (
            "\r\n".join(lines).encode(),
            mark,
            _part("plain", rendered.text),
            mark,
            _part("html", rendered.html),
            f"--{boundary}--\r\n".encode("ascii"),
        )
    )


def plain_message(
    subject: str, text: str, *, sender: Mailbox, to: Mailbox, when: datetime, identity: str
) -> bytes:
    """A message of text alone; the same arguments give the same bytes.

    Raises PublisherError for an address that plain SMTP cannot carry.
    """
    line = "".join(one if one.isprintable() else " " for one in subject)
    lines = [
        header("From", full_address(sender)),
        header("To", full_address(to)),
        header("Subject", unstructured(" ".join(line.split()), "subject")),
        date_header(when),
        f"Message-ID: <alert.{identity}@{address(sender).rpartition('@')[2]}>",
        header("Auto-Submitted", "auto-generated"),  # RFC 3834: no out-of-office reply to this
        "MIME-Version: 1.0",
        "",
    ]
    return "\r\n".join(lines).encode("ascii") + _part("plain", text)


def _part(subtype: str, text: str) -> bytes:
    head, data, is_base64 = lay_out(subtype, text)
    return head + (encoded_lines(data) if is_base64 else binascii.b2a_qp(data) + b"\r\n")
