"""PURE. What is no feed, and why."""

from __future__ import annotations


class NoFeedError(ValueError):
    """The bytes are no feed; the text says why, in words that fit after an address."""
