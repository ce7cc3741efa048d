"""PURE. Links that only their reader has: signed, for one purpose, without a table of them.

A token is the key's number, the reader, the mailing or nothing, and a MAC over those and the
purpose (HMAC-SHA256, 128 bits; RFC 2104). Its length is always TOKEN_LENGTH.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Literal

from publisher.values import dataclass

Purpose = Literal["reader", "confirm", "bounce"]
"""reader: leave, and change what one gets; never ends. confirm: begin a subscription. bounce: say
that a message did not arrive."""

_KEY, _SUBSCRIBER, _MAILING, _MAC = 1, 6, 4, 16
"""Bytes of each part; 27 in all, which is 36 characters of base64 without filling."""

CONFIRM_SECONDS = 48 * 3600
"""How long the token of a confirmation mail is good for."""

TOKEN_LENGTH = 36
"""Characters; all tokens have as many, so that a message is laid out once for all readers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The secrets that tokens are signed with, by number; `current` signs, all of them verify."""

    current: int
    secrets: Mapping[int, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Whom a token speaks for, and of which mailing it is (0: of none)."""

    subscriber: int
    mailing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Whose wish a token confirms: what was asked for up to `issued`, seconds since 1970.

    It signs when it was made, in the place of the mailing, so that it ends by itself; and what
    was asked for later, after somebody has left, is not confirmed by an old one.
    """

    subscriber: int
    issued: int


def sign(token: Token, purpose: Purpose, keys: Keys) -> str:
    """The token as it stands in an address."""
    body = (
        keys.current.to_bytes(_KEY, "big")
        + token.subscriber.to_bytes(_SUBSCRIBER, "big")
        + token.mailing.to_bytes(_MAILING, "big")
    )
    mac = _mac(keys.secrets[keys.current], purpose, body)
    return base64.urlsafe_b64encode(body + mac).decode("ascii")


def verify(text: str, purpose: Purpose, keys: Keys) -> Token | None:
    """Whom a token speaks for; None for one that we never signed for that purpose."""
    if len(text) != TOKEN_LENGTH:
        return None
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    body, mac = raw[:-_MAC], raw[-_MAC:]
    secret = keys.secrets.get(body[0])
    if secret is None or not hmac.compare_digest(_mac(secret, purpose, body), mac):
        return None
    return Token(
        subscriber=int.from_bytes(body[_KEY : _KEY + _SUBSCRIBER], "big"),
        mailing=int.from_bytes(body[_KEY + _SUBSCRIBER :], "big"),
    )


def sign_confirmation(subscriber: int, issued: int, keys: Keys) -> str:
    """The token of a confirmation mail; `issued` is in seconds since 1970, rounded up."""
    return sign(Token(subscriber=subscriber, mailing=issued), "confirm", keys)


def verify_confirmation(text: str, keys: Keys, now: int) -> Confirmation | None:
    """Whom a token of a confirmation mail speaks for; None for one that is forged or too old.

    `now` is in seconds since 1970.
    """
    token = verify(text, "confirm", keys)
    if token is None or not now - CONFIRM_SECONDS <= token.mailing:
        return None
    return Confirmation(subscriber=token.subscriber, issued=token.mailing)


def _mac(secret: bytes, purpose: str, body: bytes) -> bytes:
    return hmac.new(secret, purpose.encode("ascii") + b"\0" + body, hashlib.sha256).digest()[:_MAC]
