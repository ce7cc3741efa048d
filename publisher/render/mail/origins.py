"""PURE. From which line of which template each piece of a rendered document came.

Only what is wrong is asked for: the document is then rendered once more, by templates
whose own text holds a mark at the beginning of every line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

import jinja2
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from publisher.errors import Location
from publisher.values import dataclass

_MARK = re.compile("\ue000([^\ue001]*):([0-9]+)\ue001")


class _Marking(Extension):
    """Puts the marks in, as templates are compiled."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        for token in stream:
            text = token.value
            if token.type == "data":
                text = "".join(_marked(str(stream.name), token.lineno, token.value))
            yield Token(token.lineno, token.type, text)


def _marked(name: str, first: int, text: str) -> Iterator[str]:
    for line, piece in enumerate(text.splitlines(keepends=True), first):
        yield f"\ue000{name}:{line}\ue001{piece}"


def marking(environment: jinja2.Environment) -> jinja2.Environment:
    """The same templates, whose documents `read_origins` reads."""
    return environment.overlay(extensions=[_Marking], cache_size=-1, bytecode_cache=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """A rendered document without its marks. `places` begin at `offsets`, in characters."""

    text: str
    offsets: tuple[int, ...]
    places: tuple[Location, ...]

    def at(self, offset: int) -> Location | None:
        """The file and line of a character, None for one before all marks."""
        place = bisect_right(self.offsets, offset) - 1
        return self.places[place] if place >= 0 else None


def read_origins(marked: str) -> Origins:
    """Take the marks out of a document that `marking` templates gave."""
    pieces: list[str] = []
    offsets: list[int] = []
    places: list[Location] = []
    size = end = 0
    for mark in _MARK.finditer(marked):
        pieces.append(marked[end : mark.start()])
        size += len(pieces[-1])
        end = mark.end()
        offsets.append(size)
        places.append(Location(file=f"templates/{mark[1]}", line=int(mark[2])))
    text = "".join([*pieces, marked[end:]])
    return Origins(text=text, offsets=tuple(offsets), places=tuple(places))
