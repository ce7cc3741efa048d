"""ENTRY. `init`: a site to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from publisher import console
from publisher.cli.common import CONFIG_FILE, Common
from publisher.cli.options import common_options
from publisher.starter import create_site


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@common_options
def init_command(common: Common, folder: Path) -> None:
    """Make a new site: a configuration, two articles and a newsletter."""
    create_site(folder, common.clock())
    if not common.quiet:
        console.say(f"{folder} is ready: edit {folder / CONFIG_FILE}, then run there: publish")
