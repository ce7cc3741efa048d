"""ENTRY. The commands about the issues of a newsletter."""

from __future__ import annotations

import sys
from contextlib import closing

import click

from publisher import console
from publisher.cli.common import Common
from publisher.cli.explanations import issue_json, issue_lines
from publisher.cli.options import common_options
from publisher.issues.command import compose_issue, list_issues, preview_issue, show_issue
from publisher.issues.drafts import approve_issue, cancel_issue, drop_item, list_items, move_item


@click.group("issue")
def issue_group() -> None:
    """The issues of a newsletter."""


@issue_group.command("list")
@click.argument("newsletter")
@common_options
def issue_list_command(common: Common, newsletter: str) -> None:
    """The issues that were made."""
    lines = list_issues(common.config(), newsletter, clock=common.clock)
    _say(lines or [f"no issue of {newsletter} was made yet"])


@issue_group.command("show")
@click.argument("newsletter")
@click.argument("number", type=click.IntRange(1, 10**9))
@click.option("--text", is_flag=True, help="Only its text.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@common_options
def issue_show_command(
    common: Common, *, newsletter: str, number: int, text: bool, as_json: bool
) -> None:
    """One issue as text, and why each article is in it or not."""
    shown = show_issue(common.config(), newsletter, number, clock=common.clock)
    if as_json:
        console.say(issue_json(shown))
        return
    console.say(shown.text, end="")
    if not text:
        _say(["", *issue_lines(shown, verbose=common.verbose)])


@issue_group.command("preview")
@click.argument("newsletter")
@common_options
def issue_preview_command(common: Common, newsletter: str) -> None:
    """The next issue as text: the one that is due, or else as it would be made now."""
    console.say(preview_issue(common.config(), newsletter, clock=common.clock), end="")


@issue_group.command("compose")
@click.argument("newsletter")
@common_options
def issue_compose_command(common: Common, newsletter: str) -> None:
    """Make the next issue now, unless a check holds it; the next publish writes its files."""
    composed = compose_issue(common.config(), newsletter, clock=common.clock)
    for proof in composed.proofs:
        console.say_findings(proof, quiet=common.quiet)
    if not common.quiet:
        console.say(composed.said)
    sys.exit(3 if composed.held else 0)


@issue_group.command("items")
@click.argument("newsletter")
@click.option("--explain", is_flag=True, help="Say too why the others are not in the mail.")
@common_options
def issue_items_command(common: Common, *, newsletter: str, explain: bool) -> None:
    """The articles of the next issue, numbered for drop, move and pin."""
    lines = list_items(common.config(), newsletter, explain=explain, clock=common.clock)
    _say(lines or [f"nothing is new for the next issue of {newsletter}"])


@issue_group.command("drop")
@click.argument("newsletter")
@click.argument("item")
@click.option("--for-good", is_flag=True, help="No later issue takes it either.")
@common_options
def issue_drop_command(common: Common, *, newsletter: str, item: str, for_good: bool) -> None:
    """Take an article out of the next issue; it waits for the one after."""
    left = drop_item(common.config(), newsletter, item, for_good=for_good, clock=common.clock)
    _say_done(common, left)


@issue_group.command("move")
@click.argument("newsletter")
@click.argument("item")
@click.argument("place", type=click.IntRange(1, 10**6))
@common_options
def issue_move_command(common: Common, *, newsletter: str, item: str, place: int) -> None:
    """Give an article of the next issue another place."""
    _say_done(common, move_item(common.config(), newsletter, item, place, clock=common.clock))


@issue_group.command("pin")
@click.argument("newsletter")
@click.argument("item")
@common_options
def issue_pin_command(common: Common, newsletter: str, item: str) -> None:
    """Let an article lead the next issue."""
    _say_done(common, move_item(common.config(), newsletter, item, 1, clock=common.clock))


@issue_group.command("approve")
@click.argument("newsletter")
@click.argument("number", type=click.IntRange(1, 10**9), required=False)
@common_options
def issue_approve_command(common: Common, newsletter: str, number: int | None) -> None:
    """Make the issue that waits, or approve the coming one as it stands."""
    said = approve_issue(common.config(), newsletter, clock=common.clock, number=number)
    _say_done(common, [said])


@issue_group.command("cancel")
@click.argument("newsletter")
@click.argument("number", type=click.IntRange(1, 10**9), required=False)
@common_options
def issue_cancel_command(common: Common, newsletter: str, number: int | None) -> None:
    """Let the issue that waits pass; its articles go to the next one."""
    said = cancel_issue(common.config(), newsletter, clock=common.clock, number=number)
    _say_done(common, [said])


@issue_group.command("resume")
@click.argument("newsletter")
@click.argument("number", type=click.IntRange(1, 10**9))
@click.option("--held", is_flag=True, help="Send again what was in doubt and waits for you.")
@common_options
def issue_resume_command(common: Common, *, newsletter: str, number: int, held: bool) -> None:
    """Let the mailing of an issue go on that was paused."""
    from publisher.mailing.ledger import resume_issue  # noqa: PLC0415 (SQLAlchemy takes long to import)

    config = common.config()
    with closing(common.stores(config)) as stores:
        said = resume_issue(config, stores.database, newsletter, number, held=held)
    _say_done(common, [said])


def _say_done(common: Common, lines: list[str]) -> None:
    if not common.quiet:
        _say(lines)


def _say(lines: list[str]) -> None:
    for line in lines:
        console.say(console.plain_line(line))
