"""Tokens: only what was signed for a purpose is valid for it."""

from __future__ import annotations

import base64
import re

from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.tokens import TOKEN_LENGTH, Keys, Token, sign, verify

OLD, NEW = b"o" * 32, b"n" * 32
KEYS = Keys(current=1, secrets={1: OLD})
ROTATED = Keys(current=2, secrets={1: OLD, 2: NEW})
TOKEN = Token(subscriber=123_456, mailing=42)


@given(subscriber=st.integers(1, 2**48 - 1), mailing=st.integers(0, 2**32 - 1))
def test_what_was_signed_is_read_back(subscriber: int, mailing: int) -> None:
    token = Token(subscriber=subscriber, mailing=mailing)
    text = sign(token, "reader", KEYS)
    assert re.fullmatch(rf"[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}", text)
    assert verify(text, "reader", KEYS) == token


def test_no_flipped_bit_passes() -> None:
    raw = base64.urlsafe_b64decode(sign(TOKEN, "reader", KEYS))
    for place in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[place // 8] ^= 1 << place % 8
        assert verify(base64.urlsafe_b64encode(flipped).decode(), "reader", KEYS) is None


def test_a_token_of_one_purpose_is_none_of_another() -> None:
    assert verify(sign(TOKEN, "confirm", KEYS), "reader", KEYS) is None
    assert verify(sign(TOKEN, "reader", KEYS), "confirm", KEYS) is None


def test_old_tokens_outlive_a_new_key_and_others_are_strange() -> None:
    old, new = sign(TOKEN, "reader", KEYS), sign(TOKEN, "reader", ROTATED)
    assert old != new
    assert verify(old, "reader", ROTATED) == verify(new, "reader", ROTATED) == TOKEN
    assert verify(new, "reader", KEYS) is None


@given(st.text(max_size=60))
def test_any_other_text_is_none(text: str) -> None:
    assert verify(text, "reader", KEYS) is None


def test_the_sample_is_none() -> None:
    assert verify("sample", "reader", KEYS) is None
