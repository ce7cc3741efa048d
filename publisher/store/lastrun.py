"""EDGE. What the last run found, in a file of the state folder, for those who ask how things are.

Nothing is decided by it: without it only the question is open. So it is not synced, and what
cannot be read is as if it was not there; the next run writes it anew.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec

from publisher.errors import PublisherError, SourceError, StoreError
from publisher.model import LastRun
from publisher.system.room import trouble
from publisher.system.whole import write_whole

NAME = "last-run.json"


def read_last_run(state: Path) -> LastRun | None:
    """What is known of the last run, or None."""
    try:
        return msgspec.json.decode((state / NAME).read_bytes(), type=LastRun)
    except (OSError, msgspec.DecodeError):
        return None


def failed_run(before: LastRun | None, failure: PublisherError, now: datetime) -> LastRun:
    """What is known after a run that could not publish."""
    place = "source" if isinstance(failure, SourceError) else "rebuild"
    return replace(before or LastRun(), failed=str(failure), failed_in=place, failed_at=now)


def save_last_run(state: Path, run: LastRun) -> None:
    """Keep what is known of the last run. Raises StoreError."""
    path = state / NAME
    try:
        write_whole(path, msgspec.json.encode(run) + b"\n", durable=False)
    except OSError as error:
        raise trouble(StoreError, error, path) from error
