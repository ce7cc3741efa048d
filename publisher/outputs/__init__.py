"""EDGE. Where artifacts go. An output is a class with these methods."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from publisher.errors import FeedError
from publisher.model import BuildPlan, Manifest, ManifestEntry
from publisher.values import dataclass


class Ledger(Protocol):
    """What an output may remember between runs: what it wrote."""

    def manifest(self, output: str) -> Manifest:
        """What was written last time, by path."""
        ...

    def entries(self, output: str, paths: Collection[str]) -> Manifest:
        """The same of these paths alone."""
        ...

    def knows(self, output: str) -> bool:
        """Whether anything was written there."""
        ...

    def save_written(self, output: str, entries: Iterable[tuple[str, ManifestEntry]]) -> None:
        """Remember what lies at these paths; each is asked for when the one before is kept."""
        ...

    def forget_written(self, output: str, paths: Collection[str]) -> None:
        """These paths are no longer ours."""
        ...

    def commit_with_room(self) -> None:
        """Make it durable, and see that the same paths can be noted once more on a full disk."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """How drawing may be shared between processes: `jobs` of them, 0 as many as pay.

    `begin` is called before the first other one is there, and says whether there may be any;
    each of them calls `go_on` before it draws.
    """

    jobs: int
    begin: Callable[[], bool]
    go_on: Callable[[], None]


ALONE = Sharing(jobs=1, begin=lambda: False, go_on=lambda: None)


class Output(Protocol):
    """The seam for outputs: `stage` draws and keeps everything aside, `apply` puts it in place."""

    def manifest(self) -> Manifest:
        """What we wrote last time, by path."""
        ...

    def noted(self) -> Manifest:
        """What lies there of ours after `apply`, by path."""
        ...

    def noted_at(self, paths: Collection[str]) -> Manifest:
        """The same of these paths alone."""
        ...

    def intact(self) -> Collection[str]:
        """The paths of it that still lie there as we left them."""
        ...

    def kept(self, path: str) -> bytes:
        """What lies at one of the intact paths. Raises OutputError."""
        ...

    def lying(self, path: str) -> bytes | None:
        """What lies at a path that we want, whoever put it there; None where no file does.

        Raises OutputError.
        """
        ...

    def refuse_unwritable(self, plan: BuildPlan) -> None:
        """Raises OutputError for what the plan would write over, and which is not ours, and for
        names that are too long here."""
        ...

    def stage(
        self, plan: BuildPlan, sharing: Sharing = ALONE
    ) -> AbstractContextManager[Sequence[FeedError]]:
        """Draw what the plan writes, without touching what is published; the block may apply it.

        Gives the documents that are left out: what lies at their paths stays. Raises OutputError.
        """
        ...

    def apply(self, plan: BuildPlan) -> tuple[str, ...]:
        """Put the staged files in place, remove what is no longer wanted; gives what changed.

        Raises OutputError.
        """
        ...
