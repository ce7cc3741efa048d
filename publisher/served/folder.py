"""EDGE. A folder as a snapshot in memory, looked at again and again, exchanged as a whole.

Readers see one moment of output/: a snapshot is taken only when two looks in a row saw the same,
so that no feed names a page that the same snapshot lacks. What did not change is kept.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from publisher.answers.conditions import write_date
from publisher.answers.values import Representation, Snapshot
from publisher.render.compressed import plain_of
from publisher.served.load import (
    Changed,
    HeadersOf,
    Limits,
    Unreadable,
    gains,
    held,
    on_disk,
    read_file,
    urgency,
    with_encodings,
)
from publisher.served.scan import Seen, Stamp, scan

_PAUSE = 1.0
"""Seconds between two looks, at the least."""

_SHARE = 20
"""A pause lasts so many times the look before it: looking never costs more than 5 % of a core.

30,000 files take about 0.3 s, so that they are looked at every six seconds.
"""

_PATIENCE = 10.0
"""Seconds to wait for a folder to come to rest, before it is taken as it is."""

_BREATH = 0.02
"""Seconds between the looks at a folder that is being written."""

_SLICE = 0.25
"""Seconds of compressing before what is done is shown."""


class ServedFolder:
    """The snapshot of a folder and the thread that keeps it true.

    `missing` answers for addresses that lead nowhere, unless the folder has a 404.html. `told` is
    called with each new snapshot's count of changed files.
    """

    def __init__(
        self,
        folder: Path,
        headers_of: HeadersOf,
        missing: Representation,
        *,
        told: Callable[[int], None] = lambda _: None,
        limits: Limits | None = None,
    ) -> None:
        self.folder = folder
        self.snapshot = Snapshot(files={}, missing=missing)
        self._headers_of = headers_of
        self._missing = missing
        self._told = told
        self._limits = limits or Limits()
        self._stamps: Seen = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="served-folder", daemon=True)

    def start(self) -> None:
        """Look once, now, and then again and again beside the caller."""
        self.refresh()
        self._thread.start()

    def stop(self) -> None:
        """Look no more. A file that is being compressed is not waited for."""
        self._stop.set()

    @property
    def held_bytes(self) -> int:
        """Bytes of all that lies in memory."""
        return sum(_weight(file) for file in self.snapshot.files.values())

    def refresh(self) -> float:
        """Look for changes and take them over; gives the seconds that one look took."""
        began = time.monotonic()
        folder = self.folder.resolve()
        seen = scan(folder, self._stamps)
        took = time.monotonic() - began
        while seen != self._stamps and not self._stop.is_set():
            is_late = time.monotonic() - began > _PATIENCE
            again = scan(folder, seen)
            if (again == seen or is_late) and self._take(folder, again, strictly=not is_late):
                break
            seen = again
            self._stop.wait(_BREATH)
        return took

    def compress(self, seconds: float) -> bool:
        """Make encoded variants for so long; gives whether some are left to be made."""
        deadline = time.monotonic() + seconds
        files = dict(self.snapshot.files)
        room = self._limits.total - self.held_bytes
        waiting = [path for path in files if gains(files[path])]
        waiting.sort(key=lambda path: urgency(path, self._stamps[path]), reverse=True)
        is_changed = False
        while waiting and room > 0 and time.monotonic() < deadline and not self._stop.is_set():
            path = waiting.pop()
            plain = files[path]
            files[path] = with_encodings(plain)
            room -= _weight(files[path]) - _weight(plain)
            is_changed = True
        if is_changed:
            self.snapshot = replace(self.snapshot, files=files)
        return bool(waiting) and room > 0

    def _keep(self) -> None:
        pause = _PAUSE
        while not self._stop.is_set():
            is_busy = self.compress(_SLICE)
            if not is_busy and self._stop.wait(pause):
                return
            pause = max(_PAUSE, _SHARE * self.refresh())

    def _take(self, folder: Path, seen: Seen, *, strictly: bool) -> bool:
        """Exchange the snapshot for one of what was seen; False where a file changed meanwhile."""
        before = self.snapshot.files
        files: dict[str, Representation] = {}
        stamps: dict[str, Stamp] = {}
        room = self._limits.total
        for path in sorted(seen, key=lambda path: urgency(path, seen[path])):
            if plain_of(path) in seen:
                stamps[path] = seen[path]  # the twin of a file that has variants of its own here
                continue
            try:
                files[path] = self._representation(folder, path, seen[path], room)
            except Changed:
                if strictly:
                    return False
                if path in before:
                    files[path] = before[path]
            except Unreadable:
                continue  # it is looked at again each time, until it can be read
            else:
                stamps[path] = seen[path]
            room -= _weight(files[path]) if path in files else 0
        self.snapshot = Snapshot(files=files, missing=files.get("404.html", self._missing))
        self._stamps = stamps
        changed = sum(before.get(path) is not file for path, file in files.items())
        self._told(changed + len(before.keys() - files.keys()))
        return True

    def _representation(self, folder: Path, path: str, stamp: Stamp, room: int) -> Representation:
        """The one we have, where the file is the same; else a new one. Raises as `read_file`."""
        before = self.snapshot.files.get(path)
        if before is not None and self._stamps.get(path) == stamp and _weight(before) <= room:
            return before
        headers = self._headers_of(path)
        if stamp.size > min(self._limits.file, room):
            return on_disk(path, stamp, headers)
        file = held(path, read_file(folder, path, stamp), stamp, headers)
        if before is None:
            return file
        if before.variants[0].etag == file.variants[0].etag:
            return replace(before, modified=file.modified, date=file.date)
        # Other bytes within a second, or with an older time: the date must tell them apart too.
        modified = max(file.modified, before.modified + 1)
        return replace(file, modified=modified, date=write_date(modified))


def _weight(file: Representation) -> int:
    return sum(len(variant.body) for variant in file.variants if variant.body is not None)
