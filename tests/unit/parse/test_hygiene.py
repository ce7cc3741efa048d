"""Characters that no feed can hold."""

from __future__ import annotations

import pytest

from publisher.parse.clean.hygiene import encodable, without_forbidden


@pytest.mark.parametrize(
    "forbidden", ["\x00", "\x0b", "\r", "\x7f", "\x85", "\ud800", "\ufdd0", "\ufffe", "\U0010ffff"]
)
def test_forbidden_characters_go(forbidden: str) -> None:
    assert without_forbidden(f"a{forbidden}b") == "ab"


def test_everything_else_stays() -> None:
    text = "\t\n é ‍ 👩‍💻 \u202e\ufeff\ufffd\U0010fffd"
    assert without_forbidden(text) == text


def test_encodable_drops_only_surrogates() -> None:
    assert encodable("a\udfffb\x01é") == "ab\x01é"
    assert encodable("abc") == "abc"
