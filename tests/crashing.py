"""The command, killed by its own hand at a named point: what random kills find only by chance.

Run as a program: the point, which time it is come to, and the arguments of the command.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.command import run_module


def run_crashing(
    arguments: list[str], folder: Path, env: Mapping[str, str], point: str, number: int = 1
) -> int:
    """The command from a warm start, which dies when it comes to the point for the so manyth time.

    Points are `claim` and `claimed`, before and after the paths of output/ are noted as ours;
    `record` and `recorded`, the record saved; `replace` and `unlink`, before a file is moved or
    removed; `commit` and `committed`, all noted; `statement`, before one of a database; `piece`,
    `compare` and `left`, of a database that is moved: before rows are copied, before both are
    compared, and when the old one says that it was moved; `unpacked`, a backup that is looked
    through; `fill` and `filled`, a database that a backup is put into. Gives the exit code,
    -SIGKILL where it has come so far.
    """
    ran = run_module("tests.crashing", [point, str(number), *arguments], folder, env)
    assert "Traceback" not in ran.err, ran.err
    return ran.code


class _Point:
    """Counts how often it is come to, and dies at its time."""

    def __init__(self, number: int) -> None:
        self._left = number

    def reached(self, *_: object) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, owner: Any, name: str) -> None:
        """Die before that is called."""
        setattr(owner, name, self._around(getattr(owner, name), is_before=True))

    def after(self, owner: Any, name: str) -> None:
        """Die when that has been done."""
        setattr(owner, name, self._around(getattr(owner, name), is_before=False))

    def _around(self, real: Callable[..., Any], *, is_before: bool) -> Callable[..., Any]:
        def called(*arguments: Any, **named: Any) -> Any:
            if is_before:
                self.reached()
            given = real(*arguments, **named)
            if not is_before:
                self.reached()
            return given

        return called


def _place(point: str, number: int) -> None:
    import publisher.publishing.publish
    from publisher.store.build import BuildStore

    here = _Point(number)
    if point in ("claim", "claimed"):
        (here.before if point == "claim" else here.after)(BuildStore, "commit_with_room")
    elif point in ("commit", "committed"):
        (here.before if point == "commit" else here.after)(BuildStore, "commit")
    elif point in ("record", "recorded"):
        (here.before if point == "record" else here.after)(
            publisher.publishing.publish, "save_record"
        )
    elif point == "replace":
        here.before(os, point)  # which a Path calls, too
    elif point == "unlink":
        here.before(Path, point)
    elif point in ("piece", "compare", "left"):
        _place_in_a_move(here, point)
    elif point == "unpacked":
        import publisher.upkeep.backups

        here.before(publisher.upkeep.backups, "_report")
    elif point in ("fill", "filled"):
        import publisher.upkeep.backups

        (here.before if point == "fill" else here.after)(publisher.upkeep.backups, "_fill")
    elif point == "statement":
        _trace_statements(here)
    else:
        raise ValueError(point)


def _place_in_a_move(here: _Point, point: str) -> None:
    import publisher.store.moving
    import publisher.upkeep.moves

    if point == "piece":
        here.before(publisher.store.moving, "_put")
    else:
        here.before(publisher.upkeep.moves, {"compare": "_compared", "left": "forget_move"}[point])


def _trace_statements(here: _Point) -> None:
    real = sqlite3.connect

    def connect(*arguments: Any, **named: Any) -> sqlite3.Connection:
        connection = real(*arguments, **named)
        connection.set_trace_callback(here.reached)
        return connection

    sqlite3.connect = connect
    try:
        import psycopg
    except ModuleNotFoundError:
        return
    here.before(psycopg.Cursor, "execute")


if __name__ == "__main__":
    _place(sys.argv[1], int(sys.argv[2]))
    del sys.argv[1:3]
    from publisher.cli.commands import command_line

    command_line()
