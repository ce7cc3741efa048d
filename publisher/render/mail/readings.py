"""PURE. Readings beside letters (ruby) where they can only stand behind them, in brackets."""

from __future__ import annotations

from typing import Any


def has_own_brackets(reading: Any) -> bool:
    """Whether the author gives brackets for that (`rp`)."""
    before = reading.getprevious()
    return before is not None and before.tag == "rp"
