"""PURE. A body part of a message: its head, its bytes, and how they are encoded (RFC 2045)."""

from __future__ import annotations

import re

_ASCII = bytes(range(0x80))


def lay_out(subtype: str, text: str) -> tuple[bytes, bytes, bool]:
    """The head of a part, its bytes with CRLF, and whether they are to be sent as base64.

    Text that is mostly not ASCII is shorter so; all else is sent as quoted-printable.
    """
    data = re.sub(r"\r\n|\r|\n", "\r\n", text.rstrip("\r\n") + "\n").encode()
    is_base64 = subtype == "plain" and len(data.translate(None, _ASCII)) * 2 > len(data)
    encoding = "base64" if is_base64 else "quoted-printable"
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    ).encode("ascii")
    return head, data, is_base64
