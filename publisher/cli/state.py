"""ENTRY. The commands about the state: into one file, looked through, put back, moved."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher import console
from publisher.cli import HELP
from publisher.cli.common import Common
from publisher.cli.options import common_options
from publisher.progress import progress_display

if TYPE_CHECKING:
    from publisher.upkeep.backups import BackupReport
    from publisher.upkeep.moves import MoveReport

# SQLAlchemy, a third of a second, is imported by the commands that need it.

_FILE = click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))

_REPLACED = {
    "secret": "keys of links",
    "state_mark": "mark of its place",
    "alert": "alerts",
    "mailbox_mark": "marks of mailboxes",
}


def _say(common: Common, report: BackupReport, what: str) -> None:
    if not common.quiet:
        console.say(
            console.plain_line(
                f"{what}: {report.site} as of {report.made.isoformat()}, {report.issues} issues, "
                f"{report.readers} readers; deliveries: {console.delivery_line(report.deliveries)}"
            )
        )


@click.command("backup", context_settings=HELP)
@_FILE
@common_options
def backup_command(common: Common, file: Path) -> None:
    """Write the state to FILE: issues, readers, deliveries, what was read, the record."""
    from publisher.upkeep.backups import make_backup  # noqa: PLC0415

    config = common.config()
    with closing(common.stores(config)) as stores:
        _say(common, make_backup(config, stores, file, common.clock), f"{file} holds")


@click.command("verify", context_settings=HELP)
@_FILE
@common_options
def verify_command(common: Common, file: Path) -> None:
    """Look through a backup: is it whole, and what is in it?"""
    from publisher.upkeep.backups import verify_backup  # noqa: PLC0415

    _say(common, verify_backup(file), f"{file} is whole")


@click.command("restore", context_settings=HELP)
@_FILE
@common_options
def restore_command(common: Common, file: Path) -> None:
    """Put a backup in place of a state that is not there; what it left unsent is paused."""
    from publisher.upkeep.backups import restore_backup  # noqa: PLC0415

    config = common.config()
    with closing(common.stores(config)) as stores:
        report = restore_backup(config, stores, file, common.clock)
    _say(common, report, "restored")
    if not common.quiet:
        if report.replaced:
            parts = (f"{n} {_REPLACED[name]}" for name, n in report.replaced.items())
            console.say(
                "replaced: a state without readers, issues and deliveries, in which commands had "
                f"put {', '.join(parts)}; no mail depends on it"
            )
        console.say(
            "who subscribed, left or was suppressed since then is as they were; issues that it "
            "had not sent are paused: see `publisher status`, then `publisher issue resume`"
        )


@click.command("migrate-store", context_settings=HELP)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--give-up", is_flag=True, help="Go back to the old one, if the new one was not used yet."
)
@click.option("--json", "as_json", is_flag=True, help="Say as one JSON object what was moved.")
@common_options
def migrate_store_command(
    common: Common, old: str, new: str, *, give_up: bool, as_json: bool
) -> None:
    """Move the database from OLD to NEW, an empty one: `sqlite`, `sqlite:PATH`, `postgresql://…`.

    Killed, or run again, it goes on where it was. The old one is kept, and cannot be used any more.
    """
    from publisher.store.address import read_place  # noqa: PLC0415
    from publisher.upkeep import moves  # noqa: PLC0415

    config = common.config()
    state = config.path(config.state)
    source, target = read_place(old, state), read_place(new, state)
    act = moves.give_up_move if give_up else moves.move_store
    with progress_display(quiet=common.quiet) as progress:
        report = act(
            source,
            target,
            now=lambda: int(common.clock().timestamp() * 1000),
            time_is_told=common.time_is_told,
            progress=progress,
        )
    console.say_warnings(report.warnings, verbose=common.verbose)
    if as_json:
        tables = {
            name: {"rows": one.rows, "checksum": one.checksum, "highest_id": one.used}
            for name, one in report.tables.items()
        }
        told = {
            "old": source.text,
            "new": target.text,
            "was_done": not give_up and not tables,
            "rows": report.rows,
            "tables": tables,
        }
        console.say(json.dumps(told, indent=2))
    elif not common.quiet:
        console.say(console.plain_line(_moved(report, given_up=give_up)))


def _moved(report: MoveReport, *, given_up: bool) -> str:
    if given_up:
        return f"{report.source} is used as before; {report.target} has nothing of it"
    mend = f"set `database: {report.configured}` in publisher.yaml"
    if not report.tables:
        return f"{report.source} was moved to {report.target} already: {mend}"
    filled = sum(1 for one in report.tables.values() if one.rows)
    return (
        f"{report.target} holds all of {report.source}: {report.rows:,} rows in {filled} tables, "
        f"read back and compared; {mend}"
    )
