"""EDGE. The files that a run depends on, followed by the system's own means."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.config import Config
from publisher.config.public import all_public_folders
from publisher.errors import ConfigError, install

if TYPE_CHECKING:
    from watchfiles import Change

_DEBOUNCE_MS = 400
"""What changes within so long is one change; an editor's save is several."""

_LOOK_MS = 500

_PAUSE_SECONDS, _LONGEST_PAUSE = 2.0, 60.0
"""From one change to the next that is told, and at most where nothing came of those before: what
runs write themselves where we look, such as a log, must not have them follow each other."""


def require_watching(config: Config) -> None:
    """Raises ConfigError where files are to be watched and that cannot be done."""
    if not config.schedule.watch:
        return
    try:
        import watchfiles  # noqa: F401, PLC0415 (an extra)
    except ImportError as error:
        raise ConfigError(
            "schedule.watch: watchfiles is not installed",
            mend=f"{install('watch')}; or take watch out: every `rebuild` looks anyway",
        ) from error


class Watcher:
    """Calls `changed` after files were changed, and `told` with why it cannot see that, "" when it
    can. A folder that comes later is followed from the next `follow` on, which also tries again;
    until then, and where the system sees nothing, the interval does."""

    def __init__(self, changed: Callable[[], None], told: Callable[[str], None]) -> None:
        self._changed = changed
        self._told = told
        self._followed: Mapping[Path, int] | None = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._is_over = False
        self._pause = _PAUSE_SECONDS

    def heed(self, *, mattered: bool) -> None:
        """Whether the last change that was told was one of anything that is published; each that
        was not doubles the pause before the next is told."""
        self._pause = _PAUSE_SECONDS if mattered else min(2 * self._pause, _LONGEST_PAUSE)

    def follow(self, config: Config) -> None:
        """Follow the folders that are there now, or tell why that cannot be."""
        try:
            folders = _folders(config) if config.schedule.watch else {}
        except (OSError, RuntimeError) as error:  # gone this moment, a circle, no right to look
            self._followed = None  # the next one follows anew, whatever it finds
            self._told(str(error))
            return
        with self._lock:
            if folders == self._followed or self._is_over:
                return
            self._end()
            self._followed, self._stop = folders, threading.Event()
            self._told("")
            if folders:
                self._thread = threading.Thread(
                    target=self._watch,
                    args=(tuple(folders), _barred(config), self._stop),
                    name="watching",
                    daemon=True,
                )
                self._thread.start()

    def stop(self) -> None:
        """Follow nothing any more."""
        with self._lock:
            self._is_over = True
            self._end()

    def _end(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _watch(
        self, folders: tuple[Path, ...], barred: tuple[str, ...], stop: threading.Event
    ) -> None:
        from watchfiles import Change, DefaultFilter, watch  # noqa: PLC0415 (an extra)

        ordinary = DefaultFilter()

        def is_ours(change: Change, path: str) -> bool:
            return ordinary(change, path) and not path.startswith(barred)

        try:
            for changes in watch(
                *folders,
                watch_filter=is_ours,
                debounce=_DEBOUNCE_MS,
                rust_timeout=_LOOK_MS,
                stop_event=stop,
                raise_interrupt=False,
                ignore_permission_denied=True,
            ):
                self._changed()
                if any(
                    change is Change.deleted and Path(path) in folders for change, path in changes
                ):
                    # Nothing more comes from it. One of its name may be there again, even with
                    # its inode: the next `follow` finds out.
                    self._followed = {}
                    return
                stop.wait(self._pause)
        except (OSError, RuntimeError) as error:  # no more watches; a folder that went away
            self._followed = {}
            self._told(str(error))


def _folders(config: Config) -> Mapping[Path, int]:
    """The folders that are there, each with what tells it from another of its name."""
    sources = (path for source in config.sources for path in source.paths)
    beside = (public.folder for public in all_public_folders(config))
    names = (*sources, config.templates, config.issues)
    paths = [place.resolve() for place in (*map(config.path, names), *beside)]
    return {path: path.stat().st_ino for path in paths if path.is_dir()}


def _barred(config: Config) -> tuple[str, ...]:
    """How the paths begin of what a run itself writes."""
    record = config.path(config.record).resolve()
    written = [config.path(name).resolve() for name in (config.output, config.state)]
    return (
        *(f"{folder}{os.sep}" for folder in written),
        str(record),
        str(record.with_name(f".{record.name}")),
    )
