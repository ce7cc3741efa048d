"""ENTRY. The command that shows the site before it is published."""

from __future__ import annotations

from pathlib import Path

import click

from publisher.cli import HELP
from publisher.cli.common import CONFIG_FILE, Common
from publisher.cli.options import Listen, common_options


@click.command("preview", context_settings=HELP)
@click.option(
    "--listen",
    metavar="HOST:PORT",
    type=Listen(),
    default="127.0.0.1:8001",
    help="Listen there (default: 127.0.0.1:8001); port 0 is any free one.",
)
@click.option("--open/--no-open", "opens", help="Show it in the browser.")
@common_options
def preview_command(common: Common, *, listen: tuple[str, int], opens: bool) -> None:
    """Show site, feeds and coming issues as the next run would make them, until SIGTERM."""
    from publisher.preview.run import run_preview  # noqa: PLC0415 (only here it is needed)

    config_file = common.config_file or Path(CONFIG_FILE)
    if not config_file.exists():
        common.config()  # a folder with articles/ alone will do; any other is refused
    host, port = listen
    run_preview(
        common.config,
        config_file=config_file,
        clock=common.clock,
        host=host,
        port=port,
        opens=opens,
        quiet=common.quiet,
        verbose=common.verbose,
    )
