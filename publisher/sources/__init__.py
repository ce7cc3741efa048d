"""EDGE. Where articles come from. A source is a class with `read()`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from publisher.errors import PublisherError
from publisher.readings import Finished, KnownAsset, KnownFile, Reading
from publisher.values import dataclass

GRAIN_NS = 20_000_000
"""Two changes within 20 ms can carry one time stamp (a kernel's tick is 1 to 10 ms)."""

T = TypeVar("T")

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done and how much there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceResult:
    """What one look at a source gave, file by file; `opened` counts the files that were read.

    `problems` and `warnings` are of the source as a whole: it is away, say, and what was read of it
    before is used. `hints` tell what is seen of it as a whole. It is in doubt where something could
    not be read that no file shows when it can be.
    """

    readings: tuple[Reading, ...]
    opened: int
    problems: tuple[PublisherError, ...] = ()
    warnings: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    is_in_doubt: bool = False


class Shelf(Protocol):
    """What a source may remember between runs."""

    def files(self, source: str) -> Mapping[str, KnownFile]:
        """What is known of candidate files."""
        ...

    def file(self, source: str, file: str) -> KnownFile | None:
        """What is known of one of them."""
        ...

    def assets(self, source: str) -> Mapping[str, KnownAsset]:
        """What is known of other files."""
        ...

    def save_files(self, finished: Iterable[Finished]) -> None:
        """Remember readings of one source, as they come."""
        ...

    def save_asset(self, known: KnownAsset) -> None:
        """Remember an asset."""
        ...

    def forget(self, source: str, files: list[str]) -> None:
        """Drop what is gone."""
        ...

    def note(self, what: str, kind: type[T]) -> T | None:
        """A value that was noted of the last look; None where none is, or none of this kind."""
        ...

    def save_note(self, what: str, value: object) -> None:
        """Note a value."""
        ...

    def was_checked(self, what: str, fingerprint: str) -> bool:
        """Whether this very state of a thing was seen before."""
        ...

    def save_checked(self, what: str, fingerprint: str) -> None:
        """Remember the state of a thing."""
        ...


class ArticleSource(Protocol):
    """The seam for sources: a plug-in gets its configuration and gives values."""

    def read(self, shelf: Shelf, progress: Progress, *, full: bool, jobs: int) -> SourceResult:
        """Read what changed since the last look; all of it when `full`. Raises SourceError.

        `jobs` is how many processes may share the work, 0 as many as pay; the result does not
        depend on it.
        """
        ...

    def asset(self, origin: str) -> Path:
        """The file of an asset that a document of this source named."""
        ...
