"""PURE. Which lines of a news text are what, be it inferred or told."""

from __future__ import annotations

from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Lines of a file that are not simply its body, and the text of its dateline."""

    left_out: frozenset[int] = frozenset()
    captions: frozenset[int] = frozenset()
    dateline: str = ""
