"""USE CASE. The coming issue out of what was settled, and what the checks say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from publisher.model import Issue
from publisher.recall import Issues


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding: the check's name, how grave it is, where and what is wrong, what to do.

    An error holds the issue, a note says that a check did not run.
    """

    check: str
    level: Literal["error", "warn", "note"]
    where: str
    detail: str
    mend: str | None = None


def issue_of(issues: Issues) -> Issue | None:
    """The issue that would be made; None where too little is new."""
    return issues.new[0] if issues.new else None


def findings_of(_issues: Issues) -> tuple[Finding, ...]:
    """What the checks found in it. Nothing, where no check is built in."""
    return ()
