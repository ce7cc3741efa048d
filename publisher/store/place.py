"""EDGE. Whether the state is where it was, or a copy of it, or one that was set back.

A mark changes with every delivery: in the database, in a file beside it, and in the name of another
one. A copied folder has another file by its inode; a database that was set back has an older mark
than the file. Where all of a folder is put back over itself the file keeps its inode and is as
old as the database, but two names are there: no copy takes away what was not there before.
Where that happens the database goes on with numbers that nobody has been given meanwhile.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from publisher.errors import StoreError
from publisher.store.engine import NOTHING_SENT, Database
from publisher.store.tables import state_mark
from publisher.store.transfer import skip_numbers
from publisher.system.room import trouble
from publisher.system.whole import sync_folder

_LENGTH = 32
_NAMED = "mark-"
_GENERATION = 0x80087601
"""FS_IOC_GETVERSION (ioctl_iflags(2)): tells a file from an earlier one that had its inode."""


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
            mark = secrets.token_hex(_LENGTH // 2)
            is_another = _exchange(database, there, descriptor, mark, folder)
            # The database knows both by now: whoever dies here is known by the older one.
            os.pwrite(descriptor, mark.encode("ascii"), 0)
            os.fsync(descriptor)
            _name(folder, mark)
            return is_another
        finally:
            os.close(descriptor)
    except OSError as error:
        raise trouble(StoreError, error, path, meanwhile=NOTHING_SENT) from error


def forget_place(folder: Path) -> None:
    """Have a state that is put into a folder be at home there. Raises OSError."""
    for path in (folder / "mark", *folder.glob(f"{_NAMED}*")):
        path.unlink(missing_ok=True)


def _exchange(database: Database, there: str, descriptor: int, mark: str, folder: Path) -> bool:
    inode, own = os.fstat(descriptor).st_ino, _own_number(descriptor)
    with database.writing() as connection:
        known = connection.execute(sa.select(state_mark)).one_or_none()
        named = {path.name.removeprefix(_NAMED) for path in folder.glob(f"{_NAMED}*")}
        if there:
            _name(folder, there)  # or two that died here would leave a name of no mark that counts
        connection.execute(sa.delete(state_mark))
        connection.execute(sa.insert(state_mark).values(mark=mark, before=there, inode=own))
        if known is None:
            is_another = bool(there)  # it was set back to before the first delivery
        else:
            marks = (known.mark, known.before)
            # a version before this one gave no names, and noted the inode alone
            is_named = not named or (len(named) == 1 and named <= {*marks})
            is_same = known.inode in (own, inode)
            is_another = there not in marks or not is_same or not is_named
        if is_another:
            skip_numbers(connection, database.now(connection))
    return is_another


def _own_number(descriptor: int) -> int:
    """What no other file has, nor has had, as far as the system tells: below zero, for no inode."""
    generation = bytearray(8)
    with suppress(OSError):  # not every file system counts; some give no inode twice
        fcntl.ioctl(descriptor, _GENERATION, generation)
    told = b"%d %s" % (os.fstat(descriptor).st_ino, generation)
    return -1 - int.from_bytes(hashlib.blake2b(told, digest_size=7).digest(), "big")


def _name(folder: Path, mark: str) -> None:
    """Have the one file of a name that says the mark."""
    path = folder / f"{_NAMED}{mark}"
    others = [one for one in folder.glob(f"{_NAMED}*") if one != path]
    if others and not path.exists():
        others.pop().replace(path)
    else:
        path.touch(mode=0o600)
    for one in others:
        one.unlink(missing_ok=True)
    sync_folder(folder)
