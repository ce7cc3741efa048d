"""GROUND. What the authors of plug-ins import: a source or an output, in plain values.

A plug-in names a function or class in the entry point group `publisher.sources` or
`publisher.outputs`. It is called with a `Context` and gives a `Container` or an `Output`.
docs/plugins.md has a whole one. What stands here changes only
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

OUTPUT_GROUP = "publisher.outputs"
"""The group of entry points in which a plug-in names its types of outputs."""

Form = Literal["html", "markdown", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a source or an output is opened with.

    `name` is its own, `options` what stands under `options:` of it: every value as it is
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


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of output/.

    `path` is its place under output/, with `/`. `version` is another whenever its bytes or what
    goes with them could be others, and the same on each machine. `content_type` and
    `cache_control` are what `publisher serve` sends with it. `read` gives its bytes, of which there
    are `size`: of large files one at a time is enough. Files of one `stage` may be put at once.
    """

    path: str
    stage: int
    version: str
    content_type: str
    cache_control: str
    size: int
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """What an update did: paths whose bytes were written, and paths that were removed."""

    written: Sequence[str] = ()
    removed: Sequence[str] = ()


Step = Callable[[int, int], None]
"""Told how many files of how many are done."""


class Output(Protocol):
    """A place that holds what output/ holds."""

    def update(self, files: Sequence[File], *, full: bool, step: Step) -> Updated:
        """Let exactly these files lie there, beside what is not ours.

        They are put there in their order, since what comes later refers to what came before; what
        is ours and not among them goes last. A file is seen as it was or as it is, never half. What
        has not changed is not written again, unless it is not as we left it and `full` asks to
        look. May be killed at any moment, and then be called again, also from another machine.
        Raises OutputProblem, where what was there is whole.
        """
        ...


OutputOpener = Callable[[Context], Output]
"""What an entry point of an output names."""


class OutputProblem(Exception):
    """The output cannot be written, or an option is wrong: what, and what to do."""

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
