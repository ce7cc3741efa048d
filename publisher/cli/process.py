"""ENTRY. What a process is that does one command."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys


def begin(arguments: list[str]) -> None:
    """Make ready for a command."""
    require_utf8(arguments)
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
