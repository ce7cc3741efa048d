"""ENTRY. The commands about the state: into one file, looked through, put back."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher import console
from publisher.cli import HELP
from publisher.cli.options import Common, common_options

if TYPE_CHECKING:
    from publisher.backups import BackupReport

# SQLAlchemy, a third of a second, is imported by the commands that need it.

_FILE = click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))


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
    from publisher.backups import make_backup  # noqa: PLC0415

    config = common.config()
    with closing(common.stores(config)) as stores:
        _say(common, make_backup(config, stores, file, common.clock), f"{file} holds")


@click.command("verify", context_settings=HELP)
@_FILE
@common_options
def verify_command(common: Common, file: Path) -> None:
    """Look through a backup: is it whole, and what is in it?"""
    from publisher.backups import verify_backup  # noqa: PLC0415

    _say(common, verify_backup(file), f"{file} is whole")


@click.command("restore", context_settings=HELP)
@_FILE
@common_options
def restore_command(common: Common, file: Path) -> None:
    """Put a backup in place of a state that is not there; what it left unsent is paused."""
    from publisher.backups import restore_backup  # noqa: PLC0415

    config = common.config()
    with closing(common.stores(config)) as stores:
        report = restore_backup(config, stores, file)
    _say(common, report, "restored")
    if not common.quiet:
        console.say(
            "who subscribed, left or was suppressed since then is as they were; issues that it "
            "had not sent are paused: see `publisher status`, then `publisher issue resume`"
        )
