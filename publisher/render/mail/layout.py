"""PURE. Blocks within blocks as lines of text: marks before them, empty lines between."""

from __future__ import annotations

from collections.abc import Sequence

from publisher.render.wrapping import SetLines, columns, wrap

WIDTH = 72
"""Columns of a line, its marks included."""

NARROWEST = 24
_DEEPEST = 20
"""Columns of marks after which no more come: what is nested deeper stands as far in."""


class Layout:
    """Lines as they come, each behind the marks of all that it stands in.

    Whatever is asked for between two blocks counts once: the larger wish wins.
    """

    def __init__(self) -> None:
        self.blocks = 0
        self._pieces: list[list[str]] = []
        self._frames: list[tuple[str, str | None, int]] = [("", None, 0)]
        self._lead: str | None = None
        self._is_apart = False
        self._lowest = 0

    def set_apart(self) -> None:
        """Ask for an empty line before the next block."""
        self._is_apart = True

    def enter(self, mark: str, others: str) -> None:
        """Begin something whose first line has a mark, and all others another of its width."""
        marks, count = self._frames[-1][0], self.blocks
        if columns(marks) > _DEEPEST:
            mark = others = ""
        self._frames.append((marks + others, self._lead, count))
        self._lead = (marks if self._lead is None else self._lead) + mark

    def leave(self) -> None:
        """End it. The mark of what had no line is not shown."""
        _, lead, count = self._frames.pop()
        self._lead = lead if count == self.blocks else None
        self._lowest = min(self._lowest, len(self._frames) - 1)

    def put(self, lines: Sequence[str]) -> None:
        """Add a block of lines as they are."""
        marks = self._frames[-1][0]
        between = self._frames[self._lowest][0].rstrip()
        if not self.blocks or (self._is_apart and not between):
            self._pieces.append([])
        elif self._is_apart:
            self._pieces[-1].append(between)
        first = marks if self._lead is None else self._lead
        piece = self._pieces[-1]
        for line in lines:
            piece.append(first + line if line else first.rstrip())
            first = marks
        self.blocks += 1
        self._lead, self._is_apart, self._lowest = None, False, len(self._frames) - 1

    def wrapped(self, text: str, indent: str = "") -> list[str]:
        """The lines of a text in the room that is left here, all but the first with an indent."""
        marks = self._frames[-1][0] if self._lead is None else self._lead
        room = max(WIDTH - columns(marks) - columns(indent), NARROWEST)
        first, *others = wrap(text.strip(), room).split("\n")
        return [first, *(indent + line for line in others)]

    def finish(self) -> list[str]:
        """All that was put, one text for each piece between empty lines that have no mark."""
        return [SetLines("\n".join(piece)) for piece in self._pieces]
