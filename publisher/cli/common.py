"""ENTRY. What all commands share, but for how they are read: site, clock, how a command ends.

The configuration and the database are imported when they are asked for: a run that would do
nothing needs neither.
"""
# ruff: noqa: PLC0415 (see above)

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from publisher import console
from publisher.errors import ConfigError, PublisherError
from publisher.values import dataclass

if TYPE_CHECKING:
    from publisher.config import Config
    from publisher.wiring.app import Clock
    from publisher.wiring.stores import Stores

CONFIG_FILE = "publisher.yaml"
DEFECT = 70


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


@contextmanager
def told(common: Common, *, let: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """What ends the block is told as all commands tell it, and with an exit code of ours; what is
    `let` goes on, as does that whoever read has gone."""
    try:
        yield
    except PublisherError as error:
        lost, file = _lost_folder(), common.config_file
        if lost is None or (file is not None and file.is_absolute()):
            console.say_error(error)  # what is lost may have no part in it
        if lost is not None:
            console.say_error(lost)
        sys.exit(error.exit_code if error.exit_code != 3 else 1)
    except Exception as error:  # whatever is none of ours is a defect, and is shown whole
        if isinstance(error, (BrokenPipeError, *let)):
            raise
        if lost := _lost_folder():
            console.say_error(lost)
            sys.exit(lost.exit_code)
        import traceback

        console.aside(traceback.format_exc().rstrip("\n"))
        console.aside("this is a defect of publisher: please report it with the lines above")
        sys.exit(DEFECT)


def _lost_folder() -> ConfigError | None:
    """That the folder in which this process stands was removed: then no relative path leads
    anywhere, and an error about one says something else."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return ConfigError(
            "the folder that this was started in is not there any more",
            mend="go to the folder of the site again (`cd`), also where one of its name is there, "
            "and do it once more",
        )
    return None
