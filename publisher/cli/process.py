"""ENTRY. What a process is that does one command."""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import signal
import sys
from io import TextIOWrapper


def begin(arguments: list[str]) -> None:
    """Make ready for a command."""
    require_utf8(arguments)
    _spell_all()
    _heed_zones_alone()
    if signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:
        # Whoever started us may ignore it; then nobody is told how a process of ours ended.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    atexit.register(_freeze)
    # There is nothing for it in what a command is made of, which it would look through as often.
    gc.disable()


def _freeze() -> None:
    """At its end Python looks through all there is for circles: 30 ms, for memory that goes anyway.

    Not where a plug-in may have a part in it, for which the library is asked that finds them: by
    that a file is written that it left open.
    """
    if "importlib.metadata" not in sys.modules:
        gc.freeze()


def require_utf8(arguments: list[str]) -> None:
    """File names are UTF-8, whatever the locale says: start again in Python's UTF-8 mode.

    In another encoding one file would have another path, and so another id, on each machine.
    """
    if sys.getfilesystemencoding().lower().replace("-", "") != "utf8":
        command = [sys.executable, "-X", "utf8", "-m", "publisher", *arguments]
        os.execv(sys.executable, command)  # noqa: S606 (ourselves, with our own arguments)


def _spell_all() -> None:
    """Standard output takes every text, also the name of a file that is none, and also where it was
    given an encoding that has not every letter."""
    stream: object = sys.stdout
    if not isinstance(stream, TextIOWrapper) or stream.errors != "strict":
        return
    if stream.encoding.lower().replace("-", "") == "utf8":
        stream.reconfigure(errors="surrogateescape")
    else:
        importlib.import_module("publisher.console").spell_by_numbers(stream)


def _heed_zones_alone() -> None:
    """TZ may name a file. Where that is no zone the system takes UTC, and so do we: a library that
    we need ends the process for it, though no time of ours is of the machine's zone."""
    told = os.environ.get("TZ", "").removeprefix(":")
    if told and os.access(told, os.F_OK):
        zones = importlib.import_module("publisher.system.zones")  # few name a file
        if not zones.is_zone(told):
            os.environ["TZ"] = "UTC"
