"""USE CASE. What one state of the preview read goes to the next: the copies know of each other.

Each state begins with a copy of what the last run read. What no run has read yet would be read
anew each time, a whole site before its first run.
"""

from __future__ import annotations

import os
from pathlib import Path

from publisher.readings import NO_STAT, FileStat, Finished
from publisher.wiring.app import App


def carry_over(before: App, now: App) -> None:
    """Let a copy know what the one before it read, of files that lie as they were read.

    Of a file that changed it keeps what the last run read: should the file be refused, that is
    the version which stays published, and no version that only the preview has seen. For the same
    reason nothing goes over when the configuration changed, which can have a file refused too.
    """
    if now.config != before.config:
        return
    for name in now.sources.keys() & before.sources.keys():
        source = now.sources[name]
        ours = now.build.files(name)
        for file, known in before.build.files(name).items():
            is_known = file in ours and ours[file].stat == known.stat
            if not is_known and known.stat != NO_STAT and _lies(source.asset(file), known.stat):
                document = known.reading.document
                body = before.build.body(document.body_key) if document else None
                now.build.save_files([Finished(known=known, body_html=body)])
        assets = now.build.assets(name)
        for file, asset in before.build.assets(name).items():
            if file not in assets or assets[file].stat != asset.stat:
                now.build.save_asset(asset)


def _lies(place: Path, stat: FileStat) -> bool:
    try:
        found = os.stat(place)  # noqa: PTH116 (a Path's stat costs twice)
    except OSError:
        return False
    return stat == FileStat(found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
