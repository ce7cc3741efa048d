"""ENTRY. The commands that run for long: the timer, and the server of output/."""

from __future__ import annotations

import signal

import click

from publisher.cli import HELP
from publisher.cli.common import Common
from publisher.cli.options import Listen, common_options, log_option
from publisher.config.kinds import split_listen
from publisher.errors import ConfigError, install
from publisher.system.log import LogFormat, set_up_log

# Starlette, uvicorn and APScheduler are imported only where they are needed.


@click.command("serve", context_settings=HELP)
@click.option(
    "--listen",
    metavar="HOST:PORT",
    type=Listen(),
    help="Listen there instead of at web.listen; port 0 is any free one.",
)
@click.option("--with-schedule", is_flag=True, help="Run the timer too, in the same process.")
@log_option
@common_options
def serve_command(
    common: Common, *, listen: tuple[str, int] | None, with_schedule: bool, log_format: LogFormat
) -> None:
    """Serve output/ over HTTP, until SIGTERM."""
    from publisher.serving import Server, run_serve  # noqa: PLC0415

    _begin(common, log_format)
    timer = None
    load = common.loader()
    if with_schedule:
        from publisher.schedule.run import make_timer  # noqa: PLC0415

        timer = make_timer(load, common.clock, common.stores, common.config_place)
    config = timer.rounds.config if timer else load()
    host, port = listen or split_listen(config.web.listen)
    server = Server(config, common.clock, common.stores, timer)
    run_serve(server, load, host=host, port=port, timer=timer)


@click.command("schedule", context_settings=HELP)
@log_option
@common_options
def schedule_command(common: Common, *, log_format: LogFormat) -> None:
    """Rebuild on a timer, make issues at their times and send them, until SIGTERM."""
    from publisher.schedule.run import make_timer, run_schedule  # noqa: PLC0415

    _begin(common, log_format)
    load = common.loader()
    timer = make_timer(load, common.clock, common.stores, common.config_place)
    run_schedule(timer)


@click.command("worker", context_settings=HELP)
@click.option(
    "--concurrency",
    metavar="N",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    help="Work on so many shards at a time.",
)
@click.option("--send-only", is_flag=True, help="Publish nothing here; other workers do.")
@log_option
@common_options
def worker_command(
    common: Common, *, concurrency: int, send_only: bool, log_format: LogFormat
) -> None:
    """Send, and publish, together with other workers on one PostgreSQL database, until SIGTERM."""
    try:
        from publisher.cluster.worker import Worker, run_worker  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"a worker needs the library {error.name}", mend=install("cluster")
        ) from error
    _begin(common, log_format)
    worker = Worker(
        common.loader(),
        common.stores,
        common.clock,
        common.config_place,
        concurrency=concurrency,
        publishes=not send_only,
    )
    run_worker(worker)


def _begin(common: Common, form: LogFormat) -> None:
    # Until there is something that can be told to read anew, that is no reason to end.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    level = "debug" if common.verbose else "error" if common.quiet else "info"
    set_up_log(level, form)
