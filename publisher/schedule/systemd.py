"""EDGE. What a supervisor is told by the protocol of sd_notify(3): a datagram to a socket."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping

_PATIENCE_SECONDS = 1.0
"""A supervisor that hears nothing any more is waited for so long."""


def notify(*lines: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Tell the supervisor, such as `READY=1`; gives whether there is one that hears it."""
    place = environ.get("NOTIFY_SOCKET", "")
    if not place.startswith(("/", "@")):
        return False
    address = f"\0{place[1:]}" if place[0] == "@" else place
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.settimeout(_PATIENCE_SECONDS)
        try:
            line.sendto("\n".join(lines).encode(), address)
        except OSError:
            return False  # a supervisor that is gone is no reason to end, or to wait
    return True


def reloading() -> tuple[str, ...]:
    """What announces a reload (Type=notify-reload)."""
    return ("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def watchdog_seconds(environ: Mapping[str, str] = os.environ) -> float | None:
    """Within how many seconds the supervisor wants a sign of life, each time; None: never."""
    microseconds, pid = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    if not microseconds.isdecimal() or pid not in ("", str(os.getpid())):
        return None
    return int(microseconds) / 1e6 or None
