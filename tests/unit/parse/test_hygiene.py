"""Characters that no feed can hold."""

from __future__ import annotations

import pytest

from publisher.parse.clean.hygiene import encodable, is_harmless, without_forbidden


@pytest.mark.parametrize(
    "forbidden", ["\x00", "\x0b", "\r", "\x7f", "\x85", "\ud800", "\ufdd0", "\ufffe", "\U0010ffff"]
)
def test_forbidden_characters_go(forbidden: str) -> None:
    assert without_forbidden(f"a{forbidden}b") == "ab"


def test_everything_else_stays() -> None:
    text = "\t\n é ‍ 👩‍💻 \u202e\ufeff\ufffd\U0010fffd"
    assert without_forbidden(text) == text


def test_no_forbidden_character_passes_for_harmless() -> None:
    planes = (chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    forbidden = [one for one in planes if not without_forbidden(one)]
    assert len(forbidden) == 30 + 33 + 32 + 34, "controls of ASCII, those above, no characters"
    assert not any(is_harmless(f"a{one}b😀".encode()) for one in forbidden)


def test_most_texts_are_harmless() -> None:
    assert is_harmless("Über naïve 20 € — “quoted”\n\tдождь 霧 x~ 😀 𝒳".encode())
    assert not is_harmless("Über".encode("utf-16"))


def test_encodable_drops_only_surrogates() -> None:
    assert encodable("a\udfffb\x01é") == "ab\x01é"
    assert encodable("abc") == "abc"
