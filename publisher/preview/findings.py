"""USE CASE. What the checks before sending have to say of a coming issue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from publisher.config import Config, NewsletterSpec
from publisher.model import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding: the check's name, how grave it is, what is wrong and what to do."""

    check: str
    level: Literal["error", "warn"]
    message: str
    mend: str = ""


def findings_of(
    config: Config,  # noqa: ARG001 (the seam: what the checks before sending take)
    newsletter: NewsletterSpec,  # noqa: ARG001
    issue: Issue,  # noqa: ARG001
) -> tuple[Finding, ...]:
    """The findings of an issue that was not made yet. None is known where no check is built in."""
    return ()
