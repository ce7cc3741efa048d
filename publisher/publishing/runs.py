"""USE CASE. What a run is asked for, and what it came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from publisher.config import Config
from publisher.errors import FeedError, Location, PublisherError
from publisher.model import BuildPlan, Record, RecordedArticle, RecordedIssue
from publisher.outputs import Output
from publisher.plugin import Updated
from publisher.publishing.pings import PingReport
from publisher.publishing.still import Revised, Still
from publisher.store.standstill import Found
from publisher.values import dataclass

if TYPE_CHECKING:
    from publisher.issues.recall import Issues
    from publisher.publishing.edits import ReadAhead
    from publisher.publishing.rehearsal import Rehearsal
    from publisher.store.mailings import Wake


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOptions:
    """How one run differs from the ordinary one.

    `output` is a folder instead of the configured one; `any_time` takes the clock's
    word, which was told, even when it is behind what was published already. Without `tell_hubs`
    pings are queued, but not sent. With `fetch` feeds of others that are due are asked first (all
    of them when `full`), unless it is a dry run. `jobs` is how many processes read and draw, 0
    as many as pay (which asks for a main module that can be imported).
    `every` is the time until the next run, where a timer makes them. `wake` has the shards of an
    issue sent that is let go. With `is_new` it is
    known already that the run has something to do (`still.find_still`), and it may be known that
    files were `revised`, no more than that, and what was `read` of them ahead. With `mails` what
    is made is sent from here.
    """

    output: Path | None = None
    dry_run: bool = False
    strict: bool = False
    full: bool = False
    wait_seconds: float = 0.0
    any_time: bool = False
    tell_hubs: bool = True
    jobs: int = 1
    is_new: bool = False
    revised: Revised | None = None
    read: ReadAhead | None = None
    fetch: bool = True
    every: timedelta = timedelta()
    wake: Wake | None = None
    mails: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether a run is one as the next will be, as far as is known."""
        return not (self.output or self.dry_run or self.strict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishReport:
    """What a run did, or would do.

    `opened` counts the article files that had to be read. `refused` means that
    `--strict` stopped it before anything was written. Of the warnings `news` are those that no
    later run repeats, `lost_state` the one that the state was lost. `next_slots` says when each
    newsletter is looked at next, `held` which due issues wait for a person and why, `pings` what
    came of telling the hubs, `rehearsal` what a dry run would do, `mirrored` what was done to
    further outputs, by their names. `let_go` counts the issues that may be mailed since its pages
    are in place.
    """

    counts: Mapping[str, int]
    opened: int
    problems: tuple[PublisherError, ...]
    warnings: tuple[str, ...]
    written: tuple[str, ...]
    removed: tuple[str, ...]
    kept: int
    issues: tuple[RecordedIssue, ...]
    next_slots: Mapping[str, datetime]
    output: Path
    refused: bool
    held: Mapping[str, str]
    now: datetime
    pings: PingReport = field(default_factory=PingReport)
    rehearsal: Rehearsal | None = None
    mirrored: Mapping[str, Updated] = field(default_factory=dict)
    news: tuple[str, ...] = ()
    lost_state: str = ""
    let_go: int = 0

    @property
    def exit_code(self) -> int:
        """0 done; 3 done, but something named was left out; 1 when `--strict` refused."""
        if self.refused:
            return 1
        return 3 if self.problems else 0


class Work(NamedTuple):
    """What a run is to do, and what it can say of it before it does it.

    `record` are lines to be replaced where no others are otherwise, and then `issues` is None: none
    comes, and none is another. `record_read` is how it lay there when it was read.
    It holds no article: what is drawn needs entries alone, and while it is a run holds the most.
    `pieces` are the files that articles name, None where no others do than before; `until` is
    when time alone changes something; `newest` are the files of the newest articles, by absolute
    paths. `before` is what the last run left behind, where no file comes or
    goes. It is in doubt where something could not be read that no file shows when it can be.
    """

    report: PublishReport
    plan: BuildPlan
    output: Output
    issues: Issues | None
    record: Record | Mapping[bytes, RecordedArticle]
    record_read: Sequence[int]
    pieces: set[str] | None
    until: datetime | None
    newest: Sequence[str]
    before: Found | None
    is_in_doubt: bool = False

    def came(
        self, *, refused: bool, broken: Sequence[FeedError], written: tuple[str, ...]
    ) -> PublishReport:
        """The report once it is known what is left out, and which paths have other bytes."""
        plan = self.plan
        return replace(
            self.report,
            problems=(*self.report.problems, *broken),
            written=() if refused else written,
            removed=() if refused else plan.remove,
            kept=len(plan.keep) + len(plan.write) - len(written),
            issues=() if refused or self.issues is None else self.issues.made(),
            refused=refused,
        )


def as_output(error: FeedError, config: Config) -> FeedError:
    """The same error with the path as seen from the configuration's folder."""
    where = error.where or Location(file="")
    place = Location(file=f"{config.output.rstrip('/')}/{where.file}", line=where.line)
    return FeedError(error.message, where=place, mend=error.mend)


def as_still(report: PublishReport) -> Still:
    """What the next run would say of this one, if nothing changed."""
    return Still(
        now=report.now,
        counts=report.counts,
        problems=report.problems,
        warnings=report.warnings,
        kept=report.kept + len(report.written),
        output=report.output,
        next_slots=report.next_slots,
    )


def as_report(still: Still) -> PublishReport:
    """The report of a run that did nothing."""
    return PublishReport(
        counts=still.counts,
        opened=0,
        problems=still.problems,
        warnings=still.warnings,
        written=(),
        removed=(),
        kept=still.kept,
        issues=(),
        next_slots=still.next_slots,
        output=still.output,
        refused=False,
        held={},
        now=still.now,
    )
