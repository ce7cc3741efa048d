"""What is compiled late does what is compiled at once."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest

from publisher.patterns import compile_now, pattern


@pytest.mark.parametrize("text", ["", "b", "aBc", "xbxb"])
def test_it_does_what_the_library_does(text: str) -> None:
    late, now = pattern(r"(?P<it>b)", re.IGNORECASE), re.compile(r"(?P<it>b)", re.IGNORECASE)
    for _ in range(2):
        assert str(late.match(text)) == str(now.match(text))
        assert str(late.search(text)) == str(now.search(text))
        assert late.sub(r"<\1>", text) == now.sub(r"<\1>", text)
        assert late.findall(text) == now.findall(text)
        assert late.split(text) == now.split(text)
    assert (late.pattern, late.flags, late.groupindex) == (now.pattern, now.flags, now.groupindex)


def test_bytes_have_patterns_too() -> None:
    assert pattern(rb"\d+").findall(b"1 22") == [b"1", b"22"]


def test_nothing_is_compiled_before_its_time_and_nothing_twice() -> None:
    with patch("publisher.patterns.re.compile", wraps=re.compile) as compiled:
        late = pattern("a+")
        assert not compiled.called
        assert late.match("aa")
        assert late.match("aaa")
        assert compiled.call_count == 1


def test_what_is_needed_soon_is_compiled_now() -> None:
    first, second = pattern("a+"), pattern(b"b")
    compile_now(first, second)
    with patch("publisher.patterns.re.compile") as compiled:
        assert first.match("aa")
        assert second.match(b"b")
        assert not compiled.called


def test_what_is_wrong_is_told_when_it_is_used() -> None:
    late = pattern("(")
    with pytest.raises(re.error):
        late.match("")


def test_what_a_pattern_has_not_it_has_not() -> None:
    assert not hasattr(pattern("a"), "matches")
