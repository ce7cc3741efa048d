"""ENTRY. The programs `publisher` (also `python -m publisher`) and `publish`, each a process.

The commands are imported when a program begins: until one runs, Python need not look for circles in
what it imports, which takes 3 ms.
"""
# ruff: noqa: PLC0415 (see above)

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress


def publisher_program() -> None:
    """The program `publisher`."""
    _run(_publish_plainly if sys.argv[1:] == ["publish"] else _command_line)


def publish_program() -> None:
    """The program `publish`."""
    # a shell that completes it asks it so, without words
    is_plain = not sys.argv[1:] and "_PUBLISH_COMPLETE" not in os.environ
    _run(_publish_plainly if is_plain else _publish)


def _publish_plainly() -> None:
    from publisher.cli.plain import publish_plainly

    publish_plainly()


def _command_line() -> None:
    from publisher.cli.commands import command_line

    command_line()


def _publish() -> None:
    from publisher.cli.commands import publish_main

    publish_main()


def _run(command: Callable[[], None]) -> None:
    gc.disable()
    try:
        command()
    except SystemExit as ended:
        if isinstance(ended.code, int):
            _end_at_once(ended.code)
        raise
    except KeyboardInterrupt:
        if sys.stderr is not None:
            with suppress(OSError):
                sys.stderr.write("\nError: interrupted\n")
        _end_at_once(1)
        sys.exit(1)


def _end_at_once(code: int) -> None:
    """End, once all was done that is left to the end, and said.

    Python would then take apart value by value what there is: 10 ms after a run, for memory that
    goes anyway. Returns where that is needed: threads are waited for, plug-ins may have left files
    open (the library that finds them is there), or nobody hears what was said, which Python tells.
    """
    if threading.active_count() > 1 or "importlib.metadata" in sys.modules:
        return
    atexit._run_exitfuncs()  # noqa: SLF001 (no public way; as Python does right after this)
    with suppress(OSError, ValueError):
        for stream in filter(None, (sys.stdout, sys.stderr)):  # each may be closed
            stream.flush()
        os._exit(code)


if __name__ == "__main__":
    publisher_program()
