"""`publisher worker` with leases and patience as short as no user wants them.

Run as a program: the seconds of a lease, those after which its watchdog ends it, those that a
connection to the database may take to make, and the arguments of the command.
"""

from __future__ import annotations

import sys


def main() -> None:
    """The command, with times of our own."""
    from publisher.cli.commands import command_line
    from publisher.cluster import wakeups, worker
    from publisher.store import engine

    lease, stuck = float(sys.argv[1]), float(sys.argv[2])
    engine.CONNECTING = {**engine.CONNECTING, "connect_timeout": int(sys.argv[3])}
    wakeups.CONNECTING = engine.CONNECTING
    worker.Worker.__init__.__kwdefaults__["times"] = worker.Times(lease=lease, stuck=stuck)
    del sys.argv[1:4]
    command_line()


if __name__ == "__main__":
    main()
