"""USE CASE. A run that looks whether there is anything to do, and makes ready to do it meanwhile.

Half of what a small run takes are its imports. So a copy of the process looks at all files and
reads those that changed, while the process itself imports what draws and writes. It looks last at
what was written before, which a run need not know before it has drawn.
"""
# ruff: noqa: PLC0415 (see above; and a run that does nothing needs nothing of it)

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.publishing.still import Revised, Still, find_still
from publisher.store.standstill import Ahead

if TYPE_CHECKING:
    from publisher.publishing.edits import ReadAhead
    from publisher.store.sights import Sight


def look_ahead(
    config_file: Path, now: datetime, meanwhile: ExitStack, *, wait_seconds: float = 0.0
) -> tuple[Still | Revised | None, ReadAhead | None]:
    """What `find_still` gives, and what was read of it already. A copy of the process may look on
    until it is asked, or `meanwhile` ends.

    Raises OutputBusy when another run is writing, StoreError, and ConfigError.
    """
    ahead = Ahead(_import, partial(_read, config_file, lambda: now), meanwhile)
    found = find_still(config_file, now, wait_seconds=wait_seconds, ahead=ahead)
    if not isinstance(found, Revised):
        return found, None
    from publisher.publishing.edits import unpack

    return found, unpack(found.found.read)


def _import() -> None:
    """Also what every feed is held against is compiled now."""
    import publisher.publishing.publish
    import publisher.render.feeds.draw  # noqa: F401
    from publisher.feedcheck.canonical import prepare

    prepare()


def _read(
    config_file: Path,
    clock: Callable[[], datetime],
    changed: Sequence[str],
    seen: Sight,
    configuration: bytes,
) -> bytes:
    from publisher.publishing.rereading import read_ahead

    return read_ahead(config_file, changed, seen, configuration, clock)
