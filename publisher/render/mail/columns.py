"""PURE. Which words of a table in a mail may be broken, so that it is no wider than a telephone.

A cell that breaks words anywhere has its numbers on two lines as soon as a line is full; one that
breaks none makes all of the mail as wide as the address in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from lxml import etree

from publisher.patterns import pattern
from publisher.render.mail.elements import APART, CELLS

_ROOM = 272
"""CSS pixels: the narrowest telephone, 320 wide, less what is left free beside a text."""
_LETTER = 9
"""CSS pixels that a letter of a table takes, if it is none of the widest."""
_BETWEEN = 16
"""CSS pixels between two columns."""
_MOST_COLUMNS = (_ROOM + _BETWEEN) // (_LETTER + _BETWEEN)
"""More have no room for a letter each."""

_ENDS = pattern(r"(?:[^\S\u00a0\u2007\u202f]|[\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffef])+")
"""Where a line may end anyway: at spaces but those that forbid it, and at any letter of Chinese,
Japanese and Korean."""


def longest_word(cell: Any) -> int:
    """Letters of the longest word in a cell."""
    return max(map(len, _ENDS.split("".join(_texts(cell)))))


def _texts(cell: Any) -> Iterator[str]:
    """What a cell says, with a space where an element stands on a line of its own."""
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        if element.tag in APART:
            yield " "
        if event == "start":
            yield element.text or ""
        elif element is not cell:
            yield element.tail or ""


def most_whole(table: Any) -> int:
    """How many letters a word may have to be left whole, so that all of a table has room: each
    column has what it needs, or as much as any other. 0 where there is no room at all."""
    needs: defaultdict[int, int] = defaultdict(int)
    covered: dict[int, int] = {}  # rows that a cell above reaches into, by column
    for row in table.iter("tr"):
        covered = {place: rows - 1 for place, rows in covered.items() if rows > 1}
        place = 0
        for cell in row.iterchildren(*CELLS):
            while place in covered:
                place += 1
            width = _span(cell, "colspan")
            if width == 1:
                needs[place] = max(needs[place], longest_word(cell))
            end = place + width
            if end > _MOST_COLUMNS:
                return 0
            covered |= dict.fromkeys(range(place, end), _span(cell, "rowspan"))
            place = end
    room = (_ROOM - _BETWEEN * (len(needs) - 1)) // _LETTER
    tried = range(min(room, max(needs.values(), default=0)), 0, -1)
    return next((most for most in tried if sum(min(n, most) for n in needs.values()) <= room), 0)


def _span(cell: Any, name: str) -> int:
    """How many columns or rows a cell has."""
    told = cell.get(name, "")
    return max(1, int(told)) if told.isdecimal() and len(told) < 4 else 1
