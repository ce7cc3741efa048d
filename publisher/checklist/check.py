"""GROUND. What a check of an issue is: a name that never changes, and the words that explain it."""

from __future__ import annotations

from typing import Literal

from publisher.values import dataclass

Level = Literal["error", "warn", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: what it wants in one sentence, what to do about a finding, who says so.

    `level` is its weight unless the newsletter says otherwise: an error holds the
    issue, a warning is told.
    """

    name: str
    level: Level
    says: str
    mend: str
    source: str


def error(name: str, says: str, mend: str, source: str) -> Check:
    """A check that holds the issue."""
    return Check(name=name, level="error", says=says, mend=mend, source=source)


def warn(name: str, says: str, mend: str, source: str) -> Check:
    """A check that is told."""
    return Check(name=name, level="warn", says=says, mend=mend, source=source)
