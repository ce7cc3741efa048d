"""`publisher schedule` by a clock that stands still until the file `go` lies in its folder.

From the moment that was written the clock goes on, also for a process that is stopped. Run as a
program, with the arguments of the command.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

GO = "go"


def _standing(start: datetime) -> Callable[[], datetime]:
    go = Path(GO).absolute()

    def clock() -> datetime:
        if not go.exists():
            return start
        return start + timedelta(seconds=int(time.time() - go.stat().st_mtime))

    return clock


def main() -> None:
    """The command, by that clock."""
    from publisher.cli import options
    from publisher.cli.commands import command_line

    options.make_clock = _standing
    command_line()


if __name__ == "__main__":
    main()
