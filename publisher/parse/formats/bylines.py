"""PURE. Who wrote a news text, where its last lines say so: `Penulis: …`, `Pewarta: …`.

Only the words of Indonesian newsrooms: elsewhere such lines are told in too many ways.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from publisher.parse.formats.newsblocks import Block

_SAYS = re.compile(
    r"(?:(?P<author>penulis|pewarta|wartawan|reporter|oleh)"
    r"|editor|redaktur|penyunting|penyelia|uploader|fotografer)\s*:\s*"
    r"(?P<name>[^\W\d_][\w.,'’ -]{1,58}[\w.])",
    re.IGNORECASE,
)
_PARTED = re.compile(r"\s*[|/]\s*")
_RIGHTS = re.compile(r"(?:copyright|hak cipta|©)\W.{0,100}", re.IGNORECASE)
"""Stands below bylines and is no reason not to read them."""


class Byline(NamedTuple):
    """The authors with their lines, and the lines that say nothing else."""

    authors: tuple[tuple[str, int], ...] = ()
    lines: frozenset[int] = frozenset()


def find_byline(blocks: Sequence[Block]) -> Byline:
    """The authors that the end of a text names; none where all of it would be bylines."""
    lines = [one for block in blocks for one in block.numbered()]
    while lines and _RIGHTS.fullmatch(lines[-1][1]):
        lines.pop()
    authors: list[tuple[str, int]] = []
    alone: set[int] = set()
    while lines and (told := _told(lines[-1][1])):
        number, _ = lines.pop()
        names = [found["name"] for found in told if found["author"]]
        authors[:0] = [(name, number) for name in names]
        if len(names) == len(told):
            alone.add(number)
    return Byline(tuple(authors), frozenset(alone)) if lines else Byline()


def _told(line: str) -> list[re.Match[str]]:
    """What a line says of who made the article; empty where it says anything else."""
    found = [_SAYS.fullmatch(part) for part in _PARTED.split(line)]
    told = [one for one in found if one is not None and one["name"][0].isupper()]
    return told if len(told) == len(found) else []
