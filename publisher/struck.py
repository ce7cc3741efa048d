"""GROUND. The marks between which plain text has what is struck out, also where it is cut."""

from __future__ import annotations

from collections.abc import Callable

MARK = "~~"
"""As people write it in mail and chat."""


def beginning(text: str, limit: int, cut: Callable[[str, int], str]) -> str:
    """What `cut(text, limit)` leaves of a text, which is a beginning of it; within words that are
    struck out it ends with their mark, for which it is cut shorter."""
    kept = cut(text, limit)
    if MARK not in kept or text.count(MARK) % 2:  # a mark that has no other is none of ours
        return kept
    if _is_open(kept):
        kept = cut(text, limit - len(MARK))
    if kept.endswith("~") and not kept.endswith(MARK) and text.startswith(MARK, len(kept) - 1):
        kept = kept[:-1].rstrip()  # half of a mark
    if not _is_open(kept):
        return kept
    return kept.removesuffix(MARK).rstrip() if kept.endswith(MARK) else kept + MARK


def _is_open(kept: str) -> bool:
    return kept.count(MARK) % 2 == 1
