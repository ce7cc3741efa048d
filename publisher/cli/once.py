"""ENTRY. One run of `publish`, and what is said of it.

A run that would do nothing is found out first, without importing what does something.
"""
# ruff: noqa: PLC0415 (see above)

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from publisher import console
from publisher.cli.common import Common, told
from publisher.errors import MigrationNeeded, PublisherError, StoreUnreachable
from publisher.progress import progress_display
from publisher.publishing.ahead import look_ahead
from publisher.publishing.still import Still
from publisher.values import dataclass

if TYPE_CHECKING:
    from publisher.config import Config
    from publisher.publishing.publish import PublishReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What `publish` was asked for, as its options have it."""

    output: Path | None = None
    dry_run: bool = False
    as_json: bool = False
    strict: bool = False
    full: bool = False
    jobs: int = 0
    deliver: bool = False
    resend_unknown: bool = False
    wait_seconds: float = 0.0

    @property
    def is_usual(self) -> bool:
        """Whether the last run may say what this one has to do."""
        return not (self.output or self.dry_run or self.strict or self.full or self.deliver)


def publish_once(common: Common, request: Request) -> None:
    """Read all sources; write feeds, pages and due issues. Ends the process by its exit code."""
    # A run makes values by the hundred thousand that stay until its end; to look through them for
    # circles every few hundred, as Python does unasked, is a third of what it takes.
    gc.set_threshold(100_000, 20, 100)
    gc.enable()
    with ExitStack() as meanwhile:
        sys.exit(_publish(common, request, meanwhile))


def _publish(common: Common, request: Request, meanwhile: ExitStack) -> int:
    """Gives the exit code; what is looked into aside ends with `meanwhile`."""
    revised = read = None
    if request.is_usual:
        found, read = look_ahead(
            common.config_place, common.instant(), meanwhile, wait_seconds=request.wait_seconds
        )
        if isinstance(found, Still):
            _say_outcome(common, found.problems, found.warnings)
            if not common.quiet:
                console.say_still(found)
            return found.exit_code
        revised = found
    from publisher.publishing.publish import PublishOptions, publish

    options = PublishOptions(
        output=request.output,
        dry_run=request.dry_run,
        strict=request.strict,
        full=request.full,
        jobs=request.jobs,
        wait_seconds=request.wait_seconds,
        any_time=common.time_is_told,
        is_new=request.is_usual,
        revised=revised,
        read=read,
        mails=request.deliver,
    )
    config = read.config if read else common.config()

    def run() -> PublishReport:
        with progress_display(quiet=common.quiet) as progress:
            return publish(config, options, clock=common.clock, progress=progress)

    mails = request.deliver and not request.dry_run
    report = _run_before_mail(common, config, request, run) if mails else run()
    _say_outcome(common, report.problems, report.warnings)
    if request.dry_run:
        _say_rehearsal(common, report, as_json=request.as_json)
    elif not common.quiet:
        console.say_report(report, verbose=common.verbose)
    resend = request.resend_unknown and not report.refused  # that counts on its pages
    sent = _sent(common, config, replace(request, resend_unknown=resend)) if mails else 0
    return report.exit_code or sent


def _run_before_mail(
    common: Common, config: Config, request: Request, run: Callable[[], PublishReport]
) -> PublishReport:
    """A run, and where it fails the mail that is due all the same: who subscribed waits for a
    confirmation, whatever is wrong with a template. The run's failure is told first, and ends the
    process."""
    try:
        with told(common):
            return run()
    except SystemExit as end:
        failure = end.__context__
        # For a database that is away a delivery would long wait; a newer state is not ours.
        if not isinstance(failure, (StoreUnreachable, MigrationNeeded)):
            with suppress(SystemExit), told(common):
                try:
                    # what is unknown would be sent by a person's word, who counts on its pages
                    _sent(common, config, replace(request, resend_unknown=False))
                except PublisherError as error:
                    if str(error) != str(failure):
                        raise
        sys.exit(end.code)


def _sent(common: Common, config: Config, request: Request) -> int:
    """Send what is due; gives the exit code of that."""
    from publisher.cli.delivery import send_due

    return send_due(common, config, resend_unknown=request.resend_unknown)


def _say_outcome(
    common: Common, problems: Sequence[PublisherError], warnings: Sequence[str]
) -> None:
    """What was left out, and what somebody should know."""
    console.say_problems(problems)
    if not common.quiet:
        console.say_warnings(warnings, verbose=common.verbose)


def _say_rehearsal(common: Common, report: PublishReport, *, as_json: bool) -> None:
    """What a dry run would do: as one object, or for a person who wants to know."""
    from publisher.cli.rehearsal import rehearsal_json, rehearsal_lines

    if as_json:
        console.say(rehearsal_json(report))
    elif not common.quiet:
        for line in rehearsal_lines(report, verbose=common.verbose):
            console.say(console.plain_line(line))
