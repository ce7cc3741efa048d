"""PURE. A rendered issue and a reader -> the bytes of one message (RFC 5322, RFC 2046, RFC 2387).

The message is put together here, not by `email.generator`: that picks transfer encodings
and boundaries by itself, and differs from one Python to the next.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator, Mapping
from datetime import datetime

from publisher.config import NewsletterSpec
from publisher.fingerprint import fingerprint
from publisher.links.readers import fill, reader_link
from publisher.mailbox import Mailbox, read_mailbox
from publisher.mime.embedding import mailed_html, picture_parts, related_head
from publisher.mime.fields import (
    address,
    date_header,
    full_address,
    header,
    phrase,
    unstructured,
    whole_header,
    whole_offset,
)
from publisher.mime.parts import lay_out
from publisher.mime.template import (
    MessageTemplate,
    Piece,
    cut,
    cut_base64,
    make_message_template,
    stand_in,
)
from publisher.model import RenderedIssue

SAMPLE_FILES = {
    "email.html": "text/html",
    "email.txt": "text/plain",
    "email.eml": "message/rfc822",
}
"""The files of an issue's archive and their media types."""

SAMPLE_TOKEN = "sample"  # noqa: S105  not a secret: the one token that is never valid

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

    Only the To of an address with UTF-8 before the @ is not 7-bit (RFC 6532). The same arguments
    give the same bytes. Raises PublisherError for an address that no relay carries and
    for a control character in any field (header injection).
    """
    template = make_template(
        rendered,
        number=number,
        slot=slot,
        newsletter=newsletter,
        mail_url=mail_url,
        token_length=len(token),
    )
    identity = fingerprint(newsletter.name, number, token)
    return template.fill(to=to, token=token, identity=identity)


def make_template(
    rendered: RenderedIssue,
    *,
    number: int,
    slot: datetime,
    newsletter: NewsletterSpec,
    mail_url: str,
    token_length: int,
) -> MessageTemplate:
    """The message of an issue without its reader. Raises PublisherError as `message` does."""
    html = mailed_html(rendered, newsletter)
    token = stand_in(token_length, html, rendered.text, mail_url)
    sender = read_mailbox(newsletter.from_)
    domain = address(sender).rpartition("@")[2]
    name = newsletter.name.replace("/", ".")
    unsubscribe = reader_link(mail_url, "unsubscribe", token)
    reply_to = [read_mailbox(newsletter.reply_to)] if newsletter.reply_to else []
    before_to = [
        header("From", full_address(sender)),
        *(header("Reply-To", full_address(mailbox)) for mailbox in reply_to),
    ]
    before_identity = [
        header("Subject", unstructured(rendered.subject, "subject")),
        date_header(whole_offset(slot)),
        f"Message-ID: <{name}.{number}.",
    ]
    boundary = f"=_{fingerprint(newsletter.name, number)}"
    after_identity = [
        f"@{domain}>",
        header("List-Id", f"{phrase(newsletter.title)} <{name}.{domain}>"),
        header("Feedback-ID", f"{number}:{name}:issue:{fingerprint(domain)[:12]}"),
        whole_header("List-Unsubscribe", f"<{unsubscribe}>"),
        whole_header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        header("Auto-Submitted", "auto-generated"),
        header("Precedence", "bulk"),
        "MIME-Version: 1.0",
        header("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
        "",
        f"--{boundary}",
        "",
    ]
    return make_message_template(
        before_to="".join(f"{line}\r\n" for line in before_to).encode("ascii"),
        before_identity=("\r\n" + "\r\n".join(before_identity)).encode("ascii"),
        rest=(
            *cut("\r\n".join(after_identity).encode("ascii"), token),
            *_part("plain", fill(rendered.text, token=token, mail_url=mail_url), token),
            f"--{boundary}\r\n".encode("ascii"),
            *_html_part(rendered, newsletter, fill(html, token=token, mail_url=mail_url), token),
            f"--{boundary}--\r\n".encode("ascii"),
        ),
        token_length=token_length,
    )


def message_id(newsletter: NewsletterSpec, number: int, identity: str) -> str:
    """The Message-ID of an issue's message whose reader's part is `identity`."""
    domain = address(read_mailbox(newsletter.from_)).rpartition("@")[2]
    return f"<{newsletter.name.replace('/', '.')}.{number}.{identity}@{domain}>"


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


def _html_part(
    rendered: RenderedIssue, newsletter: NewsletterSpec, html: str, token: str
) -> Iterator[Piece]:
    """The HTML, alone or together with the pictures that it shows."""
    if not rendered.embedded:
        yield from _part("html", html, token)
        return
    boundary = f"=_{fingerprint('related', *(picture.hash for picture in rendered.embedded))}"
    yield related_head(boundary)
    yield from _part("html", html, token)
    yield picture_parts(rendered, newsletter, boundary)


def _part(subtype: str, text: str, token: str) -> Iterator[Piece]:
    """A body part: quoted-printable, or base64 for plain text that is mostly not ASCII."""
    head, data, is_base64 = lay_out(subtype, text)
    yield head
    if is_base64:
        yield from cut_base64(data, token)
    else:
        yield from cut(binascii.b2a_qp(data) + b"\r\n", token)
