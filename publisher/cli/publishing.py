"""ENTRY. `publish`, and what tells beforehand what it would do: `check`, `plan`, `init`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from publisher import console
from publisher.cli import HELP
from publisher.cli.delivery import RESEND_UNKNOWN, send_due
from publisher.cli.options import CONFIG_FILE, Common, common_options
from publisher.cli.rehearsal import rehearsal_json, rehearsal_lines
from publisher.forecast import coming
from publisher.progress import progress_display
from publisher.publish import PublishOptions, check_site, publish
from publisher.starter import create_site


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
    options = PublishOptions(
        output=output,
        dry_run=dry_run,
        strict=strict,
        full=full,
        jobs=jobs,
        wait_seconds=wait_seconds,
        any_time=common.time_is_told,
    )
    config = common.config()
    with progress_display(quiet=common.quiet) as progress:
        report = publish(config, options, clock=common.clock, progress=progress)
    console.say_problems(report.problems)
    if not common.quiet:
        console.say_warnings(report.warnings, verbose=common.verbose)
    if as_json:
        console.say(rehearsal_json(report))
    elif dry_run and not common.quiet:
        for line in rehearsal_lines(report, verbose=common.verbose):
            console.say(console.plain_line(line))
    elif not common.quiet:
        console.say_report(report, verbose=common.verbose)
    sent = 0
    if deliver and not dry_run and not report.refused:
        sent = send_due(common, config, resend_unknown=resend_unknown)
    sys.exit(report.exit_code or sent)


@click.command("check")
@click.option(
    "--strict",
    is_flag=True,
    help="Exit 1 instead of 3 when an article is refused or an issue held.",
)
@common_options
def check_command(common: Common, strict: bool) -> None:
    """Check configuration, articles, templates, state and the next issues; change nothing."""
    with progress_display(quiet=common.quiet) as progress:
        report = check_site(common.config(), clock=common.clock, progress=progress)
    survey = report.survey
    console.say_problems(report.problems)
    for proof in report.proofs:
        console.say_findings(proof, quiet=common.quiet)
    if not common.quiet:
        console.say_warnings(survey.warnings, verbose=common.verbose)
        states = ", ".join(f"{n} {state}" for state, n in survey.counts.items() if n)
        console.say(f"configuration, templates and state are good; articles: {states or 'none'}")
    if report.exit_code:
        sys.exit(1 if strict else report.exit_code)


@click.command("plan")
@click.option(
    "--days",
    metavar="N",
    type=click.IntRange(1, 366),
    default=14,
    show_default=True,
    help="How far to look ahead.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@common_options
def plan_command(common: Common, *, days: int, as_json: bool) -> None:
    """What the timer will do in the days to come, if nothing is changed before."""
    config = common.config()
    with progress_display(quiet=common.quiet) as progress:
        events = coming(config, days, clock=common.clock, progress=progress)
    for event in events:
        console.say(console.event_json(event) if as_json else console.event_line(event))
    if not events and not as_json:
        console.say(f"nothing in the next {days} days")


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@common_options
def init_command(common: Common, folder: Path) -> None:
    """Make a new site: a configuration, two articles and a newsletter."""
    create_site(folder, common.clock())
    if not common.quiet:
        console.say(f"{folder} is ready: edit {folder / CONFIG_FILE}, then run there: publish")
