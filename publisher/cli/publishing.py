"""ENTRY. `publish`, and `check`, which tells beforehand what it would refuse.

A run that would do nothing is found out first, without importing what does something.
"""
# ruff: noqa: PLC0415 (see above)

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher import console
from publisher.cli import HELP
from publisher.cli.options import RESEND_UNKNOWN, Common, common_options
from publisher.errors import PublisherError
from publisher.progress import progress_display
from publisher.publishing.ahead import look_ahead
from publisher.publishing.still import Still

if TYPE_CHECKING:
    from publisher.publishing.publish import PublishReport


@click.command("publish", context_settings=HELP)
@click.option(
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write there instead of the configured folder.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --dry-run: one JSON object.")
@click.option(
    "--strict", is_flag=True, help="Write nothing when an article is refused or an issue held."
)
@click.option("--full", is_flag=True, help="Read every article again.")
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(0, 256),
    default=0,
    help="Let N processes read and draw; else as many as pay, by processors and articles.",
)
@click.option("--deliver", is_flag=True, help="Then send the mail that is due.")
@click.option("--resend-unknown", is_flag=True, help=RESEND_UNKNOWN)
@click.option(
    "--wait",
    "wait_seconds",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=0.0,
    help="Wait so long for another run to end.",
)
@common_options
def publish_command(
    common: Common,
    *,
    output: Path | None,
    dry_run: bool,
    as_json: bool,
    strict: bool,
    full: bool,
    jobs: int,
    deliver: bool,
    resend_unknown: bool,
    wait_seconds: float,
) -> None:
    """Read all sources; write feeds, pages and due issues."""
    if resend_unknown and not deliver:
        raise click.UsageError("--resend-unknown says how to --deliver; name both")
    if as_json and not dry_run:
        raise click.UsageError("--json says how to show a --dry-run; name both")
    is_usual = not (output or dry_run or strict or full or deliver)
    revised = read = None
    # A run makes values by the hundred thousand that stay until its end; to look through them for
    # circles every few hundred, as Python does unasked, is a third of what it takes.
    gc.set_threshold(100_000, 20, 100)
    if is_usual:
        found, read = look_ahead(common.config_place, common.instant(), wait_seconds=wait_seconds)
        if isinstance(found, Still):
            _say_outcome(common, found.problems, found.warnings)
            if not common.quiet:
                console.say_still(found)
            sys.exit(found.exit_code)
        revised = found
    from publisher.publishing.publish import PublishOptions, publish

    options = PublishOptions(
        output=output,
        dry_run=dry_run,
        strict=strict,
        full=full,
        jobs=jobs,
        wait_seconds=wait_seconds,
        any_time=common.time_is_told,
        is_new=is_usual,
        revised=revised,
        edits=read.edits if read else None,
        mails=deliver,
    )
    config = read.config if read else common.config()
    with progress_display(quiet=common.quiet) as progress:
        report = publish(config, options, clock=common.clock, progress=progress)
    _say_outcome(common, report.problems, report.warnings)
    if dry_run:
        _say_rehearsal(common, report, as_json=as_json)
    elif not common.quiet:
        console.say_report(report, verbose=common.verbose)
    sent = 0
    if deliver and not dry_run and not report.refused:
        from publisher.cli.delivery import send_due

        sent = send_due(common, config, resend_unknown=resend_unknown)
    sys.exit(report.exit_code or sent)


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


@click.command("check")
@click.option(
    "--strict",
    is_flag=True,
    help="Exit 1 instead of 3 when an article is refused or an issue held.",
)
@common_options
def check_command(common: Common, strict: bool) -> None:
    """Check configuration, articles, templates, state and the next issues; change nothing."""
    from publisher.publishing.sitecheck import check_site

    with progress_display(quiet=common.quiet) as progress:
        report = check_site(common.config(), clock=common.clock, progress=progress)
    survey = report.survey
    console.say_problems(report.problems)
    for proof in report.proofs:
        console.say_findings(proof, quiet=common.quiet)
    if not common.quiet:
        console.say_warnings(report.warnings, verbose=common.verbose)
        states = ", ".join(f"{n} {state}" for state, n in survey.counts.items() if n)
        console.say(f"configuration, templates and state are good; articles: {states or 'none'}")
    if report.exit_code:
        sys.exit(1 if strict else report.exit_code)
