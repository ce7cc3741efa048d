"""ENTRY. The commands about the issues of a newsletter."""

from __future__ import annotations

import sys

import click

from publisher import console
from publisher.cli.options import Common, common_options
from publisher.issues import compose_issue, list_issues, preview_issue, show_issue


@click.group("issue")
def issue_group() -> None:
    """The issues of a newsletter."""


@issue_group.command("list")
@click.argument("newsletter")
@common_options
def issue_list_command(common: Common, newsletter: str) -> None:
    """The issues that were made."""
    for line in list_issues(common.config(), newsletter, clock=common.clock):
        console.say(line)


@issue_group.command("show")
@click.argument("newsletter")
@click.argument("number", type=click.IntRange(1, 10**9))
@common_options
def issue_show_command(common: Common, newsletter: str, number: int) -> None:
    """One issue as text."""
    console.say(show_issue(common.config(), newsletter, number, clock=common.clock), end="")


@issue_group.command("preview")
@click.argument("newsletter")
@common_options
def issue_preview_command(common: Common, newsletter: str) -> None:
    """The next issue as text, as it would be made now."""
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
