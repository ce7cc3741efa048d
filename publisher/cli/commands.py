"""ENTRY. The commands: they read options, call a use case and say what it did; no decisions.

Each is imported when it is asked for: most of a short command's time is that of its imports.
"""

from __future__ import annotations

import gc
import importlib
import sys
from typing import Any

import click

from publisher import __version__
from publisher.cli import HELP
from publisher.cli.process import begin

__all__ = ["COMMANDS", "command_line", "main", "publish_main"]

COMMANDS = {
    "articles": "articles:articles_command",
    "backup": "state:backup_command",
    "bounces": "delivery:bounces_command",
    "check": "publishing:check_command",
    "check-feed": "feeds:check_feed_command",
    "deliver": "delivery:deliver_command",
    "doctor": "doctor:doctor_command",
    "import": "moving:import_command",
    "import-ids": "feeds:import_ids_command",
    "init": "beginning:init_command",
    "issue": "issues:issue_group",
    "ledger": "delivery:ledger_command",
    "migrate-store": "state:migrate_store_command",
    "plan": "planning:plan_command",
    "preview": "preview:preview_command",
    "publish": "publishing:publish_command",
    "restore": "state:restore_command",
    "retract": "feeds:retract_command",
    "schedule": "server:schedule_command",
    "serve": "server:serve_command",
    "status": "delivery:status_command",
    "subscribers": "readers:subscribers_group",
    "test-send": "delivery:test_send_command",
    "verify": "state:verify_command",
    "worker": "server:worker_command",
}
"""Where each command stands: its module in here, and its name there."""


class _Commands(click.Group):
    """Those of COMMANDS."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, sorted."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, None where there is none."""
        del ctx
        return _command(cmd_name) if cmd_name in COMMANDS else None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What stands before the command; an option of a command there is told where it belongs."""
        told = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if error.possibilities:
                raise
            command = next((word for word in told if word in COMMANDS), "COMMAND")
            where = f"Those of a command stand behind it: {command} {error.option_name}"
            raise click.NoSuchOption(
                error.option_name, f"{error.message} {where}", ctx=ctx
            ) from error

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is asked for; one that there is not is told with the nearest."""
        name = args[0]
        if name not in COMMANDS:
            from publisher.nearest import nearest  # noqa: PLC0415 (for mistakes alone)

            if near := nearest(name, COMMANDS):
                ctx.fail(f"No such command {name!r}. Did you mean {near!r}?")
        return super().resolve_command(ctx, args)


def _command(name: str) -> click.Command:
    module, _, attribute = COMMANDS[name].partition(":")
    command = getattr(importlib.import_module(f"publisher.cli.{module}"), attribute)
    assert isinstance(command, click.Command), name
    gc.enable()
    return command


@click.group(cls=_Commands, context_settings=HELP)
@click.version_option(__version__, prog_name="publisher")
def main() -> None:
    """A folder of articles becomes feeds, pages and an email-ready digest."""


def command_line() -> None:
    """The command `publisher`."""
    begin(sys.argv[1:])
    _run(main)


def publish_main() -> None:
    """The command `publish`: the same as `publisher publish`."""
    begin(["publish", *sys.argv[1:]])
    _run(_command("publish"), "publish")


def _run(command: click.Command, name: str | None = None) -> None:
    """Do it, and end by the code that says how it went, also where click cannot write its own
    words: of help and the version that is told, of what is wrong with options nobody hears."""
    try:
        code = command.main(prog_name=name, standalone_mode=False)
    except click.ClickException as error:
        _show(error)
        sys.exit(error.exit_code)
    except click.Abort:
        _show(click.ClickException("interrupted"))
        sys.exit(1)
    except OSError as error:
        if not _is_of_words(error):
            raise
        sys.exit(_console().say_unwritten(error))
    sys.exit(code or 0)


def _is_of_words(error: OSError) -> bool:
    """Whether click could not write its words. By what was raised nobody can tell that from a file
    of the program that cannot be read; only by who raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__") == "click.utils"


def _show(error: click.ClickException) -> None:
    try:
        error.show()
    except OSError:
        _console().give_up(sys.stderr)


def _console() -> Any:
    """How commands speak, which is imported for mistakes alone."""
    return importlib.import_module("publisher.console")
