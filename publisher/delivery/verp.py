"""PURE. The address that a message comes back to: one for each delivery, signed.

`bounces@courier.example` becomes `bounces+TOKEN@courier.example`. Relays may change the case of a
local part, and shorten what is longer than 64 letters (RFC 5321 sections 2.4 and 4.5.3.1.1), so
the token stands there in base32, whose letters mean the same in either case.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from publisher.config import Config
from publisher.delivery.tokens import TOKEN_LENGTH, Keys, Token, sign, verify
from publisher.mailbox import Mailbox
from publisher.mime.fields import address as ascii_address

_RAW_LENGTH = TOKEN_LENGTH * 3 // 4
_FOLDED_LENGTH = -(-_RAW_LENGTH * 8 // 5)
_FILLING = "=" * (-_FOLDED_LENGTH % 8)


def bounces_address(config: Config) -> str:
    """Where mail comes back to, as SMTP has it; "" where it comes back to its newsletter's own."""
    return ascii_address(Mailbox(email=config.bounces.address)) if config.bounces else ""


def return_address(address: str, token: Token, keys: Keys) -> str:
    """Where the message of a delivery comes back to when it cannot arrive."""
    local, _, domain = address.rpartition("@")
    raw = base64.urlsafe_b64decode(sign(token, "bounce", keys))
    folded = base64.b32encode(raw).decode("ascii").rstrip("=").lower()
    return f"{local}+{folded}@{domain}"


def returned_to(text: str, address: str, keys: Keys) -> Token | None:
    """The delivery that a text names by an address which we signed; the first, if several."""
    return next(_tokens(text, address, keys), None)


def _tokens(text: str, address: str, keys: Keys) -> Iterator[Token]:
    local, _, domain = address.lower().rpartition("@")
    pattern = (
        rf"(?<![\w.+-]){re.escape(local)}\+([a-z2-7]{{{_FOLDED_LENGTH}}})@{re.escape(domain)}"
        r"(?![\w-]|\.\w)"
    )
    for folded in re.findall(pattern, text.lower(), re.ASCII):
        try:
            raw = base64.b32decode(folded.upper() + _FILLING)
        except binascii.Error:
            continue
        token = verify(base64.urlsafe_b64encode(raw).decode("ascii"), "bounce", keys)
        if token is not None:
            yield token
