"""Text of articles made fit for mail."""

from __future__ import annotations

import pytest

from publisher.render.mail.text import plain, shorten
from publisher.render.wrapping import columns, dotted, wrap

FAMILY = "👩\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" a\tb\r\n\r\nc ", "a b c"),
        ("a\x00b\x9fc\ud800d\ufffe\U0010ffff", "abcd"),
        ("non-breaking\u00a0space, soft\u00adhyphen, joiner\u200d", None),
        ("reader.invalid", "READER.INVALID"),
    ],
)
def test_plain(text: str, expected: str | None) -> None:
    assert plain(text) == (text if expected is None else expected)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short enough", 12, "short enough"),
        ("one two three", 8, "one two…"),
        ("one two three", 7, "one two…"),
        ("one two, three", 9, "one two…"),
        ("unbreakable", 5, "unbre…"),
        ("a unbreakable", 9, "a unbreak…"),
        ("一二三四五六", 3, "一二三…"),
        ("cafe\u0301s", 4, "caf…"),
        (f"a{FAMILY}b", 3, "a…"),
        (FAMILY, 2, "…"),
    ],
)
def test_shorten(text: str, limit: int, expected: str) -> None:
    assert shorten(text, limit) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("one two three four", "one two\nthree four"),
        ("  one   two  ", "one two"),
        ("https://x.example/very/long is kept", "https://x.example/very/long\nis kept"),
        ("日本語の見出し", "日本語の見\n出し"),
        ("一二三四五。六", "一二三四\n五。六"),
        ("一二三四「五」", "一二三四\n「五」"),
        ("abc日本語の見", "abc日本語\nの見"),
        ("e\u0301e\u0301e\u0301e\u0301e\u0301 e\u0301e\u0301e\u0301e\u0301", None),
    ],
)
def test_wrap_at_ten_columns(text: str, expected: str | None) -> None:
    assert wrap(text, 10) == (text if expected is None else expected)


def test_columns() -> None:
    assert [columns(text) for text in ("abc", "日本", "e\u0301", "")] == [3, 4, 1, 0]


def test_dots_stand_between_the_parts_that_there_are() -> None:
    assert dotted(["Mara", "", "Harbour"]) == "Mara · Harbour"
    assert dotted(["", ""]) == ""
