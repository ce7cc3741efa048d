"""Newsletters as they lie in mailboxes, by our own writing after what senders do."""

from __future__ import annotations

# ruff: noqa: E501 (lines as long as senders write them)
import base64
from email.message import EmailMessage
from pathlib import Path

from tests.picture_samples import png

READER = "jane.doe@reader.example"

LAYOUT = """\
<html lang="en"><head><title>x</title><style>p {{ color: red }}</style></head>
<body style="margin:0"><div style="display:none;max-height:0">Preview text&#847;&zwnj;&nbsp;</div>
<table role="presentation" width="100%"><tr><td align="center">
<table width="600"><tr><td><a href="https://news.example/view?e={mark}">View in browser</a></td></tr>
<tr><td><img src="https://cdn.news.example/logo.png" width="120" height="40" alt="The News"></td></tr>
<tr><td><h1>Boats are back</h1><p>Dear {reader}, the harbour is <b>open</b>.</p>
<p><a href="https://news.example/boats?utm_source=mail&amp;utm_medium=email&amp;id=7&amp;email={quoted}">\
Read on</a> or <a href="https://click.news.example/ls/click?upn=abcdefghijklmnopqrstuvwxyz">count</a></p>
<img src="cid:boat@news.example" alt="A boat"></td></tr>
<tr><td><table><tr><td>Eel</td><td>3</td></tr><tr><td>Cod</td><td>4</td></tr></table></td></tr>
<tr><td><p>Sent to {reader}. <a href="https://news.example/u/{mark}">Unsubscribe</a> |
<a href="https://news.example/preferences">Manage preferences</a></p></td></tr>
</table></td></tr></table>
<img src="https://news.example/wf/open?upn=xyz" alt=""><img src="https://t.example/p.gif" width="1" height="1">
</body></html>
"""


def newsletter(
    *,
    message_id: str = "<one@news.example>",
    subject: str = "Boats are back",
    date: str = "Sun, 01 Nov 2026 09:30:00 +0700",
    sender: str = "The News <news@news.example>",
    to: str = f"Jane Doe <{READER}>",
    html: str | None = None,
    text: str = "Boats are back.\n",
    **headers: str,
) -> bytes:
    """A message with both forms, a picture within it, and the usual fields."""
    message = EmailMessage()
    told = {
        "Message-ID": message_id,
        "Subject": subject,
        "Date": date,
        "From": sender,
        "To": to,
        "List-Id": "The News <news.news.example>",
        "List-Unsubscribe": "<https://news.example/u/abc>, <mailto:leave@news.example>",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in told.items():
        if value and not name.startswith("Content-"):
            message[name] = value
    message.set_content(text)
    if html is None:
        mark = base64.urlsafe_b64encode(READER.encode()).decode()
        html = LAYOUT.format(reader=READER, quoted=READER.replace("@", "%40"), mark=mark)
    if html:
        message.add_alternative(html, subtype="html")
        part = message.get_payload()[1]  # type: ignore[index]
        part.add_related(png(40, 30), "image", "png", cid="<boat@news.example>")
    above = [f"{name}: {value}\n" for name, value in told.items() if name.startswith("Content-")]
    return "".join(above).encode() + bytes(message)


def mbox_of(*messages: bytes) -> bytes:
    """Messages in mbox form."""
    return b"".join(
        b"From news@news.example Sun Nov  1 09:30:00 2026\n"
        + message.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ")
        + b"\n"
        for message in messages
    )


def put(maildir: Path, name: str, raw: bytes, inner: str = "cur") -> Path:
    """A message in a Maildir, which is made where there is none."""
    for folder in ("new", "cur", "tmp"):
        (maildir / folder).mkdir(parents=True, exist_ok=True)
    path = maildir / inner / (f"{name}:2,S" if inner == "cur" else name)
    path.write_bytes(raw)
    return path
