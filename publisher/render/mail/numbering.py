"""PURE. The marks of items in lists: a dash, or the number that HTML gives them."""

from __future__ import annotations

from typing import Any

from publisher.patterns import pattern

_NUMBER = pattern(r"-?[0-9]{1,9}")


class Numbering:
    """The lists that are open, one in the other."""

    def __init__(self) -> None:
        self._lists: list[tuple[int, int] | None] = []

    def begin(self, element: Any) -> None:
        """A list begins: `ol` with a number and a step, `ul` without."""
        if element.tag == "ul":
            self._lists.append(None)
            return
        is_reversed = element.get("reversed") is not None
        first = len(element.findall("li")) if is_reversed else 1
        self._lists.append((_number(element.get("start"), first), -1 if is_reversed else 1))

    def end(self) -> None:
        """The innermost one ends."""
        self._lists.pop()

    def mark(self, item: Any) -> str:
        """What stands before the next item."""
        numbered = self._lists[-1] if self._lists else None
        if numbered is None:
            return "- "
        number, step = numbered
        number = _number(item.get("value"), number)
        self._lists[-1] = (number + step, step)
        return f"{number}. "


def _number(written: str | None, otherwise: int) -> int:
    return int(written) if written and _NUMBER.fullmatch(written) else otherwise
