"""USE CASE. What is amiss with a site, and what of it `--strict` refuses: for runs and `check`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from publisher.articles import Survey
from publisher.errors import FeedError, IssueError, PublisherError
from publisher.values import dataclass

if TYPE_CHECKING:  # most runs make no issue, and need not import what checks one
    from publisher.issues.proofing import ProofedIssue


@dataclass(frozen=True, slots=True, kw_only=True)
class Amiss:
    """What is amiss with articles and issues, before anything is drawn.

    `faults` and what holds issues (`held`) are what `--strict` minds; `outages` are none of what
    we write.
    """

    strict: bool
    outages: tuple[PublisherError, ...]
    faults: tuple[PublisherError, ...]
    held: tuple[IssueError, ...]

    def is_refused(self, broken: Sequence[FeedError] = ()) -> bool:
        """Whether `--strict` is on, and writes nothing for it; `broken` are documents of feeds
        that broke a rule when they were drawn."""
        return self.strict and bool(self.faults or self.held or broken)


def find_amiss(
    survey: Survey,
    problems: Iterable[PublisherError],
    proofs: Iterable[ProofedIssue],
    *,
    strict: bool,
) -> Amiss:
    """What a run finds; `problems` are of issues that cannot be made, `proofs` of those that can.

    A date that was read in part is a fault with `strict` alone.
    """
    half_read = survey.in_part if strict else ()
    return Amiss(
        strict=strict,
        outages=survey.outages,
        faults=(*survey.problems, *half_read, *problems),
        held=tuple(problem for proof in proofs for problem in proof.problems()),
    )
