"""ENTRY. The commands about feeds: check one, take over the ids of one, take an article back."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from publisher import console
from publisher.cli import HELP
from publisher.cli.common import Common
from publisher.cli.options import common_options
from publisher.errors import PublisherError
from publisher.progress import progress_display
from publisher.publishing.retractions import retract

# What reads feeds (lxml, and a client for addresses) is imported by the commands that do: a plain
# `publish` over unchanged sources must not pay for it.


@click.command("check-feed", context_settings=HELP)
@click.argument("feeds", metavar="FILE-OR-URL...", nargs=-1, required=True)
@click.option("--url", help="The address that a FILE is served at, to hold its own links against.")
@click.option("--json", "as_objects", is_flag=True, help="One JSON object for each finding.")
@common_options
def check_feed_command(
    common: Common, *, feeds: tuple[str, ...], url: str | None, as_objects: bool
) -> None:
    """Hold feeds against the rules of the field: RSS, Atom or JSON, ours or another's."""
    from publisher.cli.findings import CheckedFeed, as_json, report  # noqa: PLC0415
    from publisher.feedcheck import check_feed  # noqa: PLC0415
    from publisher.sources.documents import load_document  # noqa: PLC0415

    found, folder = False, _output_of(common)
    for place in feeds:
        document = load_document(place)
        findings = check_feed(
            document.data,
            url=document.url or url,
            now=common.clock(),
            own=folder is not None and Path(place).resolve().is_relative_to(folder),
        )
        found = found or bool(findings)
        checked = CheckedFeed(place=place, findings=findings)
        if common.quiet and not findings:
            continue
        lines = as_json(checked) if as_objects else report(checked, verbose=common.verbose)
        for line in lines:
            console.say(console.plain_line(line))
    sys.exit(3 if found else 0)


def _output_of(common: Common) -> Path | None:
    """Where the feeds of the site lie that we wrote; None where there is no site to tell."""
    try:
        config = common.config()
    except PublisherError:  # feeds of others are checked anywhere
        return None
    return config.path(config.output).resolve()


@click.command("import-ids", context_settings=HELP)
@click.argument("feeds", metavar="FILE-OR-URL...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Say what would be taken over; change nothing.")
@common_options
def import_ids_command(common: Common, *, feeds: tuple[str, ...], dry_run: bool) -> None:
    """Take over the ids of an existing feed, so that feed readers show no old article as new."""
    from publisher.publishing.idimport import import_ids  # noqa: PLC0415

    with progress_display(quiet=common.quiet) as progress:
        result = import_ids(
            common.config(), feeds, clock=common.clock, progress=progress, dry_run=dry_run
        )
    console.say_warnings(result.warnings, verbose=common.verbose)
    if not common.quiet:
        for file, id_ in result.taken:
            console.say(console.plain_line(f"{file}  {id_}"))
        verb = "would be taken over" if dry_run else "taken over"
        console.say(f"{len(result.taken)} ids {verb}, {len(result.same)} were the same")
    for entry in result.unmatched:
        console.say(console.plain_line(f"no article for {entry.title or entry.id}  {entry.url}"))
    sys.exit(result.exit_code)


@click.command("retract", context_settings=HELP)
@click.argument("name", metavar="ID")
@click.option("--undo", is_flag=True, help="Let a retracted article be shown again.")
@common_options
def retract_command(common: Common, *, name: str, undo: bool) -> None:
    """Take a published article back, by its id or the path of its file."""
    line = retract(common.config(), name, clock=common.clock, undo=undo)
    if not common.quiet:
        console.say(console.plain_line(line))
