"""PURE. XML of any size, element by element, without what XML can be abused for.

Expat reads it: no external entity is ever opened, and a document that declares entities of its own
is refused, for nothing that is exported needs them, and a few bytes of them can mean gigabytes.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import IO
from xml.parsers import expat

from publisher.exports.common import ExportError
from publisher.values import dataclass

_CHUNK = 64 * 1024
_MOST_TEXT = 32 * 1024 * 1024
"""Characters of one element with all that it holds."""

_MOST_ELEMENTS = 50_000
"""In one element."""

_DEEPEST = 100
_MOST_BYTES_OF_A_TAG = 1024 * 1024
"""Or of a comment: expat begins them anew with each piece of the document, until they end."""

_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})
"""Bytes that XML forbids (XML 1.0 section 2.2), and tools write all the same."""

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")

_SEVEN_BITS = (b"\xff\xfe", b"\xfe\xff")
"""Marks of UTF-16, where those bytes are halves of characters."""


@dataclass(slots=True, kw_only=True)
class Element:
    """An element that was read whole. `name` has the prefix that its namespace has with us."""

    name: str
    line: int
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    text: str = ""
    was_cleaned: bool = False

    def first(self, name: str) -> Element | None:
        """The first child of a name."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> Iterator[Element]:
        """The children of a name."""
        return (child for child in self.children if child.name == name)

    def told(self, name: str) -> str:
        """The text of the first child of a name, "" where there is none."""
        child = self.first(name)
        return child.text.strip() if child is not None else ""


def read_elements(
    stream: IO[bytes],
    depth: int,
    *,
    prefix_of: Callable[[str], str],
    skipped: Callable[[str], bool] = lambda _: False,
) -> Iterator[Element]:
    """Each element that lies `depth` levels below the root, whole; those above only by their name.

    `prefix_of` says which prefix we give to a namespace, "" for the one in the document; elements
    for whose name `skipped` says so are read past with all that they hold. Raises ExportError with
    the line where the document stops being XML.
    """
    reader = _Reader(depth, prefix_of, skipped)
    data = stream.read(_CHUNK).removeprefix(b"\xef\xbb\xbf")
    bare = data.lstrip()
    reader.lines_before = data.count(b"\n", 0, len(data) - len(bare))
    is_wide = bare.startswith(_SEVEN_BITS)
    data = bare
    try:
        while data:
            if not is_wide:
                data = reader.without_controls(data)
            reader.feed(data)
            while reader.done:
                yield reader.done.popleft()
            data = stream.read(_CHUNK)
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        yield from reader.done
        raise ExportError(
            f"is not well-formed XML: {expat.errors.messages[error.code]}",
            line=error.lineno + reader.lines_before,
            mend="export it again; a download that broke off ends in the midst",
        ) from error
    except (LookupError, ValueError) as error:  # of Python's codecs, which expat asks
        raise ExportError(
            f"is written in an encoding that is not read: {error}",
            line=1,
            mend='save it as UTF-8, with encoding="UTF-8" in its first line',
        ) from error
    except ExportError:
        yield from reader.done
        raise
    yield from reader.done


class _Reader:
    """What expat calls; builds the elements that are wanted and nothing else."""

    def __init__(
        self, depth: int, prefix_of: Callable[[str], str], skipped: Callable[[str], bool]
    ) -> None:
        self.done: deque[Element] = deque()
        self.lines_before = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self._depth = depth
        self._level = 0
        self._prefix_of = prefix_of
        self._skipped = skipped
        self._prefixes: dict[str, str] = {}
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._skipping = 0
        self._elements = 0
        self._characters = 0
        self._begun = 0
        self._removed: deque[int] = deque()
        self._fed = 0

    def feed(self, data: bytes) -> None:
        """One more piece of the document."""
        self.parser.Parse(data, False)
        self._fed += len(data)
        if self._fed - self.parser.CurrentByteIndex > _MOST_BYTES_OF_A_TAG:
            raise self._too_large()

    def without_controls(self, data: bytes) -> bytes:
        """The bytes without those that XML forbids."""
        kept = data.translate(None, _CONTROLS)
        if len(kept) != len(data):
            places = (found.start() for found in _CONTROL.finditer(data))
            self._removed.extend(self._fed + at - before for before, at in enumerate(places))
        return kept

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._level += 1
        for key, value in attributes.items():
            if key.startswith("xmlns:"):
                self._prefixes[key[6:]] = self._prefix_of(value) or key[6:]
        if self._skipping or self._level <= self._depth:
            self._skipping += bool(self._skipping)
            return
        name = self._named(name)
        if self._skipped(name):
            self._skipping = 1
            return
        self._elements += 1
        if self._elements > _MOST_ELEMENTS or len(self._open) > _DEEPEST:
            raise self._too_large()
        line = self.parser.CurrentLineNumber + self.lines_before
        if not self._open:
            self._begun = self.parser.CurrentByteIndex
        self._open.append(Element(name=name, line=line, attributes=attributes))
        self._texts.append([])

    def _end(self, _: str) -> None:
        self._level -= 1
        if self._skipping:
            self._skipping -= 1
            return
        if not self._open:
            return
        element = self._open.pop()
        element.text = "".join(self._texts.pop())
        if self._open:
            self._open[-1].children.append(element)
            return
        while self._removed and self._removed[0] <= self.parser.CurrentByteIndex:
            element.was_cleaned |= self._removed.popleft() >= self._begun
        self._elements = self._characters = 0
        self.done.append(element)

    def _text(self, text: str) -> None:
        if not self._open or self._skipping:
            return
        self._characters += len(text)
        if self._characters > _MOST_TEXT:
            raise self._too_large()
        self._texts[-1].append(text)

    def _named(self, name: str) -> str:
        prefix, colon, local = name.rpartition(":")
        return f"{self._prefixes.get(prefix, prefix)}:{local}" if colon else name

    def _entity(self, *_: object) -> None:
        raise ExportError(
            "declares entities of its own, which are never followed",
            line=self.parser.CurrentLineNumber + self.lines_before,
            mend="take the DOCTYPE out, or export it again: no tool writes one",
        )

    def _too_large(self) -> ExportError:
        return ExportError(
            "has an entry that is too large to be an article",
            line=self.parser.CurrentLineNumber + self.lines_before,
            mend="look there: it holds over 32 million characters, 50000 elements or 100 levels",
        )
