"""GROUND. What the authors of plug-ins import: a source of articles, in plain values.

A plug-in names a function or class in the entry point group `publisher.sources`. It is called with
a `Context` and gives a `Container`. docs/plugins.md has a whole one. What stands here changes only
with the first number of the version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, Literal, Protocol

from publisher.values import dataclass

GROUP = "publisher.sources"
"""The group of entry points in which a plug-in names its types of sources."""

Form = Literal["html", "markdown", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a source is opened with.

    `name` is the source's, `options` what stands under `options:` of it: every value as it is
    written, a text, a list or a mapping of these. `root` is the folder of publisher.yaml, under
    which relative paths lie; `site_url` the address of the site, which ends in `/`.
    """

    name: str
    options: Mapping[str, Any]
    root: Path
    site_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One article.

    `name` is part of its id: unlike any other's, the same at each look, never changed. `fields` are
    as in the header of a file, by any of their names: title, date, authors, tags, url, summary …;
    values are texts, numbers, truth values, dates, lists and mappings. `text` is written in `form`.
    `base_url` is what relative links stand under; `line` where it begins in its file.
    """

    name: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    form: Form = "html"
    base_url: str = ""
    line: int = 0
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What lies there and is no article for everybody, and why. It is counted as skipped."""

    name: str
    why: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What lies there and cannot be read; `mend` is what a person has to do. The others go on."""

    name: str
    message: str
    mend: str
    line: int = 0


Found = Item | Withheld | Refused


class Container(Protocol):
    """Where articles lie."""

    def mark(self) -> str:
        """A text that is another whenever `items` would give something else; "" where only reading
        tells. Raises SourceProblem where the source is not there.
        """
        ...

    def items(self) -> Iterator[Found]:
        """All that lies there, in an order that does not change. Raises SourceProblem."""
        ...


Opener = Callable[[Context], Container]
"""What an entry point names."""


class SourceProblem(Exception):
    """The source as a whole cannot be read, or an option is wrong: what, and what to do."""

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
