"""ENTRY. What all commands share: the common options, the clock, how a command ends.

The configuration and the database are imported when they are asked for: a run that would do
nothing needs neither.
"""
# ruff: noqa: PLC0415 (see above)

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publisher import console
from publisher.errors import PublisherError
from publisher.values import dataclass

if TYPE_CHECKING:
    from publisher.config import Config
    from publisher.wiring.app import Clock
    from publisher.wiring.stores import Stores

CONFIG_FILE = "publisher.yaml"
DEFECT = 70
RESEND_UNKNOWN = "Send issues that were frozen elsewhere to all their readers of now."


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """The options that every command takes; `told` is the instant at which the clock starts."""

    config_file: Path | None
    clock: Clock
    told: datetime | None
    quiet: bool
    verbose: bool

    def config(self) -> Config:
        """The configuration, or the default one where a folder has only `articles/`."""
        from publisher.config.load import default_config, load_config

        if self.config_file is not None:
            return load_config(self.config_file)
        if self.has_config or not Path("articles").is_dir():
            return load_config(Path(CONFIG_FILE))
        return default_config(Path())

    @property
    def has_config(self) -> bool:
        """Whether a configuration is named or there, also by a link that leads nowhere: the site
        is no other one by that."""
        return self.config_file is not None or os.path.lexists(CONFIG_FILE)

    @property
    def time_is_told(self) -> bool:
        """Whether the clock is another than the machine's."""
        return self.told is not None

    def instant(self) -> datetime:
        """What the clock would say now; it does not start by that."""
        return make_clock(self.told)()

    @property
    def config_place(self) -> Path:
        """Where the configuration is, or would be."""
        return self.config_file or Path(CONFIG_FILE)

    def loader(self) -> Callable[[], Config]:
        """What reads the configuration again and again: a file that was there and is gone is an
        error then, and not a site without one."""
        from publisher.config.load import load_config

        was_there = self.has_config
        return lambda: load_config(self.config_place) if was_there else self.config()

    def stores(self, config: Config | None = None, *, reads: bool = False) -> Stores:
        """The database of issues, readers and deliveries; opened when first asked for."""
        from publisher.wiring.stores import Stores

        return Stores(
            config or self.config(), self.clock, reads=reads, time_is_told=self.time_is_told
        )


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
        from publisher.config.kinds import split_listen

        try:
            return split_listen(value)
        except ValueError:
            self.fail(f"{value!r} is no host and port; write 127.0.0.1:8000", param, ctx)


def make_clock(start: datetime | None) -> Clock:
    """The clock of a run: the machine's, or one that starts at an instant and ticks.

    It starts when it is first looked at: what a machine takes to come so far must not
    show in what is made at that instant.
    """
    if start is None:
        return lambda: datetime.now(UTC).replace(microsecond=0)
    began: float | None = None

    def ticking() -> datetime:
        nonlocal began
        if began is None:
            began = time.monotonic()
        elapsed = timedelta(seconds=int(time.monotonic() - began))
        return start.replace(microsecond=0) + elapsed

    return ticking


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
        try:
            command(common, **options)
        except PublisherError as error:
            console.say_error(error)
            sys.exit(error.exit_code if error.exit_code != 3 else 1)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception:  # noqa: BLE001 (whatever is none of ours is a defect, and is shown whole)
            import traceback

            console.aside(traceback.format_exc().rstrip("\n"))
            console.aside("this is a defect of publisher: please report it with the lines above")
            sys.exit(DEFECT)

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
