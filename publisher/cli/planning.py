"""ENTRY. `plan`: what the timer will do."""

from __future__ import annotations

import click

from publisher import console
from publisher.cli.common import Common
from publisher.cli.options import common_options
from publisher.issues.forecast import coming
from publisher.progress import progress_display


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
