"""ENTRY. The command that serves output/."""

from __future__ import annotations

from contextlib import closing

import click

from publisher.cli.options import HELP, Common, Listen, common_options
from publisher.config.kinds import split_listen


@click.command("serve", context_settings=HELP)
@click.option(
    "--listen",
    metavar="HOST:PORT",
    type=Listen(),
    help="Listen there instead of at web.listen; port 0 is any free one.",
)
@common_options
def serve_command(common: Common, listen: tuple[str, int] | None) -> None:
    """Serve output/ over HTTP, until SIGTERM."""
    from publisher.asgi import run_serve  # noqa: PLC0415 (only here are Starlette and uvicorn needed)

    config = common.config()
    host, port = listen or split_listen(config.web.listen)
    level = "debug" if common.verbose else "error" if common.quiet else "info"
    with closing(common.stores(config)) as stores:
        run_serve(config, stores, host=host, port=port, level=level)
