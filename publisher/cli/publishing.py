"""ENTRY. `publish`, and `check`, which tells beforehand what it would refuse."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from publisher import console
from publisher.cli import HELP
from publisher.cli.common import Common
from publisher.cli.once import Request, publish_once
from publisher.cli.options import RESEND_UNKNOWN, common_options
from publisher.progress import progress_display


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
    request = Request(
        output=output,
        dry_run=dry_run,
        as_json=as_json,
        strict=strict,
        full=full,
        jobs=jobs,
        deliver=deliver,
        resend_unknown=resend_unknown,
        wait_seconds=wait_seconds,
    )
    publish_once(common, request)


@click.command("check")
@click.option(
    "--strict",
    is_flag=True,
    help="Exit 1 instead of 3, but for sources that are away.",
)
@common_options
def check_command(common: Common, strict: bool) -> None:
    """Check configuration, articles, templates, state and the next issues; change nothing."""
    from publisher.publishing.sitecheck import check_site  # noqa: PLC0415 (`publish` needs none)

    with progress_display(quiet=common.quiet) as progress:
        report = check_site(
            common.config(),
            clock=common.clock,
            progress=progress,
            strict=strict,
            any_time=common.time_is_told,
        )
    survey = report.survey
    console.say_problems(report.problems)
    for proof in report.proofs:
        console.say_findings(proof, quiet=common.quiet)
    if not common.quiet:
        console.say_warnings(report.warnings, verbose=common.verbose)
        states = ", ".join(f"{n} {state}" for state, n in survey.counts.items() if n)
        console.say(f"configuration, templates and state are good; articles: {states or 'none'}")
    sys.exit(report.exit_code)
