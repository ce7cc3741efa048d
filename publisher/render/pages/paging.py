"""PURE. Long lists in pages that stay as they are when the list grows.

Pages are counted from the oldest end, so a new first element changes the first
page only; the others are full for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from publisher.values import dataclass

T = TypeVar("T")

PAGE = 20
"""Elements of a full page."""

LEAST = 12
"""The first page shows at least so many (where there are), and at most PAGE more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf(Generic[T]):
    """One page of a list, newest first. `newer` and `older` are paths under output/, or ""."""

    path: str
    number: int
    items: Sequence[T]
    newer: str = ""
    older: str = ""


def leaves(items: Sequence[T], folder: str, *, least: int = LEAST) -> tuple[Leaf[T], ...]:
    """A list, newest first, as pages: FOLDERindex.html (number 0), then FOLDERpage/N/index.html.

    `folder` is "" or ends in /; the first page has at least `least` elements. Page 1
    holds the oldest; the first page is followed by the one with the highest number.
    """
    filed = max(0, (len(items) - least) // PAGE)
    newest = len(items) - filed * PAGE
    numbers = [0, *range(filed, 0, -1)]
    paths = [f"{folder}page/{n}/index.html" if n else f"{folder}index.html" for n in numbers]
    bounds = [0, *(newest + i * PAGE for i in range(filed + 1))]
    return tuple(
        Leaf(
            path=paths[i],
            number=number,
            items=items[bounds[i] : bounds[i + 1]],
            newer=paths[i - 1] if i else "",
            older=paths[i + 1] if i < filed else "",
        )
        for i, number in enumerate(numbers)
    )
