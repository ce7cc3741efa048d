"""GROUND. Which name of those that there are was meant by one that there is not."""
# ruff: noqa: PLC0415 (1 ms, for mistakes alone)

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """The one that is most like it, None where none is; `likeness` from 0 to 1 is asked for."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, tuple(known), n=1, cutoff=likeness)), None)
