"""PURE. Which words of a table in a mail may be broken, so that it is no wider than a telephone.

A cell that breaks words anywhere has its numbers on two lines as soon as a line is full; one that
breaks none makes all of the mail as wide as the address in it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from publisher.patterns import pattern

_ROOM = 272
"""CSS pixels: the narrowest telephone, 320 wide, less what is left free beside a text."""
_LETTER = 9
"""CSS pixels that a letter of a table takes, if it is none of the widest."""
_BETWEEN = 16
"""CSS pixels between two columns."""

_ENDS = pattern(r"[\s\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffef]+")
"""Where a line may end anyway: between words, and at any letter of Chinese, Japanese and Korean."""


def longest_word(cell: Any) -> int:
    """Letters of the longest word in a cell."""
    return max(map(len, _ENDS.split("".join(cell.itertext()))))


def most_whole(table: Any) -> int:
    """How many letters a word may have to be left whole, so that all of a table has room: each
    column has what it needs, or as much as any other. 0 where there is no room at all."""
    needs: defaultdict[int, int] = defaultdict(int)
    for row in table.iter("tr"):
        place = 0
        for cell in row.iterchildren("td", "th"):
            span = cell.get("colspan", "")
            width = int(span) if span.isdecimal() and len(span) < 4 else 1
            if width == 1:
                needs[place] = max(needs[place], longest_word(cell))
            place += width
    room = (_ROOM - _BETWEEN * (len(needs) - 1)) // _LETTER
    tried = range(min(room, max(needs.values(), default=0)), 0, -1)
    return next((most for most in tried if sum(min(n, most) for n in needs.values()) <= room), 0)
