"""Whom the preview answers."""

from __future__ import annotations

import pytest

from publisher.preview.hosts import is_loopback, is_welcome


@pytest.mark.parametrize(
    "field",
    [
        "127.0.0.1:8001",
        "127.8.9.1",
        "localhost:8001",
        "LOCALHOST.",
        "paper.localhost",
        "[::1]:8001",
    ],
)
def test_loopback_is_always_welcome(field: str) -> None:
    assert is_welcome(field, "127.0.0.1")


@pytest.mark.parametrize(
    "field",
    [
        "evil.example",
        "evil.example:8001",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "192.168.1.2",
        "",
        "127.0.0.1:8001/x",
        "user@127.0.0.1",
        "[::1",
        "127.0.0.1:",
    ],
)
def test_nobody_else_is(field: str) -> None:
    assert not is_welcome(field, "127.0.0.1")


@pytest.mark.parametrize(
    ("given", "field", "welcome"),
    [
        ("desk.example", "Desk.example:8001", True),
        ("desk.example", "other.example", False),
        ("192.168.1.2", "192.168.1.2:80", True),
        ("192.168.1.2", "192.168.1.3:80", False),
        ("0.0.0.0", "192.168.1.3:80", True),
        ("::", "[2001:db8::1]:80", True),
        ("0.0.0.0", "evil.example", False),
    ],
)
def test_the_host_that_was_asked_for_is_welcome_too(given: str, field: str, welcome: bool) -> None:
    assert is_welcome(field, given) is welcome


def test_loopback_is_known() -> None:
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert not is_loopback("0.0.0.0")
    assert not is_loopback("desk.example")
