"""ENTRY. The options that all commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from publisher.cli.common import CONFIG_FILE, Common, make_clock, told

RESEND_UNKNOWN = "Send issues that were frozen elsewhere to all their readers of now."


class _Instant(click.ParamType[datetime]):
    """An instant as RFC 3339 writes it (section 5.6)."""

    name = "RFC3339"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time; write 2026-03-20T07:00:00+07:00", param, ctx)
        if instant.tzinfo is None:
            self.fail(f"{value!r} has no offset; write Z or +07:00 behind it", param, ctx)
        if not 1970 <= instant.year <= 9000:
            self.fail(f"{value!r} is out of range", param, ctx)
        return instant.astimezone(UTC)


class Listen(click.ParamType[tuple[str, int]]):
    """A host and a port."""

    name = "HOST:PORT"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, int]:
        from publisher.config.kinds import split_listen  # noqa: PLC0415 (for servers alone)

        try:
            return split_listen(value)
        except ValueError:
            self.fail(f"{value!r} is no host and port; write 127.0.0.1:8000", param, ctx)


def common_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the common options and our way to end: messages and exit codes."""

    @click.option(
        "--config",
        "config_file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help=f"The configuration (default: {CONFIG_FILE}).",
    )
    @click.option("--now", type=_Instant(), help="Let the clock start at this instant.")
    @click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
    @click.option("-v", "--verbose", is_flag=True, help="Say more.")
    @functools.wraps(command)
    def wrapped(
        *,
        config_file: Path | None,
        now: datetime | None,
        quiet: bool,
        verbose: bool,
        **options: Any,
    ) -> None:
        common = Common(
            config_file=config_file,
            clock=make_clock(now),
            told=now,
            quiet=quiet,
            verbose=verbose,
        )
        with told(common, let=(click.ClickException, click.exceptions.Exit)):
            command(common, **options)

    return wrapped


def log_option(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that runs for long the form of its log."""
    return click.option(
        "--log-format",
        type=click.Choice(["auto", "logfmt", "json"]),
        default="auto",
        show_default=True,
        help="One event a line: as JSON, as key=value; auto: for people on a terminal.",
    )(command)
