"""PURE. The marks of items in lists: a dash, or the number or letter that HTML gives them."""

from __future__ import annotations

from typing import Any

from publisher.patterns import pattern

NUMBER = pattern(r"-?[0-9]{1,9}")
KINDS = frozenset("1aAiI")
"""What items may be counted by (`type` of `ol`)."""

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_LARGEST_ROMAN = 3999


class Numbering:
    """The lists that are open, one in the other."""

    def __init__(self) -> None:
        self._lists: list[tuple[int, int, str] | None] = []

    def begin(self, element: Any) -> None:
        """A list begins: `ol` with a number and a step, `ul` without."""
        if element.tag == "ul":
            self._lists.append(None)
            return
        is_reversed = element.get("reversed") is not None
        first = len(element.findall("li")) if is_reversed else 1
        start, step = _number(element.get("start"), first), -1 if is_reversed else 1
        self._lists.append((start, step, element.get("type", "")))

    def end(self) -> None:
        """The innermost one ends."""
        self._lists.pop()

    def mark(self, item: Any) -> str:
        """What stands before the next item."""
        numbered = self._lists[-1] if self._lists else None
        if numbered is None:
            return "- "
        number, step, kind = numbered
        number = _number(item.get("value"), number)
        self._lists[-1] = (number + step, step, kind)
        return f"{_counted(number, kind)}. "


def _number(written: str | None, otherwise: int) -> int:
    return int(written) if written and NUMBER.fullmatch(written) else otherwise


def _counted(number: int, kind: str) -> str:
    """As CSS counts; what a kind has no sign for is a decimal number (Counter Styles 3, 6)."""
    match kind:
        case "a" | "A" if number > 0:
            counted = _letters(number)
        case "i" | "I" if 0 < number <= _LARGEST_ROMAN:
            counted = _roman(number)
        case _:
            return str(number)
    return counted.upper() if kind.isupper() else counted


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("a") + place) + letters
    return letters


def _roman(number: int) -> str:
    numeral = ""
    for value, sign in _ROMAN:
        times, number = divmod(number, value)
        numeral += sign * times
    return numeral
