"""PURE. What a check of an issue gives: findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from publisher.checklist import CHECKS
from publisher.values import dataclass

Weight = Literal["error", "warn", "note"]
"""An error holds the issue, a warning is told, a note says that a check did not run."""

Fault = tuple[str, str]
"""Where in the issue, and what is wrong there."""

Faults = Iterator[Fault]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A check that an issue does not pass: which, how heavy, where in the issue, what is there."""

    check: str
    level: Weight
    where: str
    detail: str

    @property
    def mend(self) -> str | None:
        """What to do about it; None for a note."""
        return None if self.level == "note" else CHECKS[self.check].mend

    def __str__(self) -> str:
        return f"{self.check}: {self.where}: {self.detail}"
