"""EDGE. Whether the state is where it was, or a copy of it, or one that was set back.

A mark changes with every delivery, in the database and in a file beside it. A copied folder has
another file by its inode; a database that was set back has an older mark than the file.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path

import sqlalchemy as sa

from publisher.errors import StoreError
from publisher.store.engine import NOTHING_SENT, Database
from publisher.store.tables import state_mark
from publisher.system.room import trouble

_LENGTH = 32


def is_another_place(folder: Path, database: Database) -> bool:
    """Whether the state was copied or set back since the last delivery; then it is at home here.

    One run at a time is let in. Raises StoreError where the folder cannot be written.
    """
    path = folder / "mark"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            there = os.pread(descriptor, _LENGTH, 0).decode("ascii", "replace")
            inode = os.fstat(descriptor).st_ino
            mark = secrets.token_hex(_LENGTH // 2)
            is_another = _exchange(database, there, inode, mark)
            # The database knows both by now: whoever dies here is known by the older one.
            os.pwrite(descriptor, mark.encode("ascii"), 0)
            os.fsync(descriptor)
            return is_another
        finally:
            os.close(descriptor)
    except OSError as error:
        raise trouble(StoreError, error, path, meanwhile=NOTHING_SENT) from error


def _exchange(database: Database, there: str, inode: int, mark: str) -> bool:
    with database.writing() as connection:
        known = connection.execute(sa.select(state_mark)).one_or_none()
        connection.execute(sa.delete(state_mark))
        connection.execute(sa.insert(state_mark).values(mark=mark, before=there, inode=inode))
    return known is not None and (there not in (known.mark, known.before) or inode != known.inode)
