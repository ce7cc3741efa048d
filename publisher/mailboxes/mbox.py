"""EDGE. A file of messages in mbox form (RFC 4155), which is only ever read.

How far it was read is a mark: a place in the file, and a hash of what stands before it. In a
file that begins anew, or was changed before the mark, all is read again.
"""

from __future__ import annotations

import fcntl
import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from publisher.mailboxes.inbox import LARGEST, Incoming, trouble

_BEFORE = 1024
_PATIENCE = 10.0
_LINE = 64 * 1024
_MEND = "name the file that the mail system delivers to; this user must be able to read it"


class Mbox:
    """An open mbox, up to where it ended when it was opened: what comes later is read later."""

    def __init__(self, path: Path, mark: str) -> None:
        """Raises MailboxError."""
        self._path = path
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise trouble(str(path), error.strerror, _MEND) from error
        try:
            self._end = self._whole_until()
            self._read_to = self._start(mark)
        except OSError as error:
            self._file.close()
            raise trouble(str(path), error.strerror, _MEND) from error

    def messages(self) -> Iterator[Incoming]:
        """From the mark on; the place of each is where it ends."""
        self._check_form()
        try:
            yield from _split(self._file, self._read_to, self._end, LARGEST)
        except OSError as error:
            raise trouble(str(self._path), error.strerror, _MEND) from error

    def all_messages(self, largest: int) -> Iterator[Incoming]:
        """All of them, each up to so many bytes, with the line where it begins."""
        self._read_to = 0
        self._check_form()
        try:
            yield from _split(self._file, 0, self._end, largest)
        except OSError as error:
            raise trouble(str(self._path), error.strerror, _MEND) from error

    def _check_form(self) -> None:
        self._file.seek(self._read_to)
        first = self._file.read(5)
        if first and not first.startswith(b"From "):
            raise trouble(str(self._path), "it is not in mbox form", _MEND)
        self._file.seek(self._read_to)

    def done(self, message: Incoming, *, ours: bool) -> None:  # noqa: ARG002 (all kinds are told)
        """The mark moves on."""
        self._read_to = int(message.place)

    def close(self) -> str:
        """The mark."""
        try:
            with self._file:
                return f"{self._read_to} {self._hash(self._read_to)}"
        except OSError as error:
            raise trouble(str(self._path), error.strerror, _MEND) from error

    def _whole_until(self) -> int:
        """Where the file ends while nobody is writing it."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError):
                if time.monotonic() > deadline:
                    raise trouble(
                        str(self._path), "somebody else holds it", "see who writes it so long"
                    ) from None
                time.sleep(0.1)
            else:
                end = self._file.seek(0, 2)
                fcntl.lockf(self._file, fcntl.LOCK_UN)
                return end

    def _start(self, mark: str) -> int:
        place, _, digest = mark.partition(" ")
        if not place.isdecimal() or int(place) > self._end or self._hash(int(place)) != digest:
            return 0
        self._file.seek(int(place))
        follows = self._file.read(5)
        return int(place) if follows in (b"", b"From ") else 0

    def _hash(self, place: int) -> str:
        self._file.seek(max(0, place - _BEFORE))
        return hashlib.sha256(self._file.read(min(place, _BEFORE))).hexdigest()[:32]


def _split(file: BinaryIO, start: int, end: int, largest: int) -> Iterator[Incoming]:
    """Messages between the lines that begin with "From " after an empty one."""
    kept: list[bytes] = []
    size, place = 0, start
    number = began = 0
    at_start = after_empty = True
    while place < end:
        line = file.readline(min(_LINE, end - place))
        if not line:
            break
        number += at_start
        begins = after_empty and at_start and line.startswith(b"From ")
        if begins and size:
            yield Incoming(place=str(place), raw=b"".join(kept), line=began)
            kept, size = [], 0
        if begins:
            began = number
        if not begins and size < largest:
            is_quoted = line.startswith(b">") and line.lstrip(b">").startswith(b"From ")
            kept.append(line[1:] if is_quoted else line)
        size += len(line)
        place += len(line)
        after_empty = at_start and line in (b"\n", b"\r\n")
        at_start = line.endswith(b"\n")
    if size:
        yield Incoming(place=str(place), raw=b"".join(kept), line=began)
