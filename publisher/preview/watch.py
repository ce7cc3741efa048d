"""EDGE. What a preview depends on, looked at again and again: sizes and times, no bytes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from publisher.config import Config
from publisher.config.public import all_public_folders
from publisher.values import dataclass

Stamps = Mapping[str, tuple[int, int]]
"""Size and time of change in nanoseconds of each file, by its path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Single files, folders with all that is in them, and folders that are passed over."""

    files: tuple[Path, ...]
    folders: tuple[Path, ...]
    barred: frozenset[str]


def watched_at_first(config_file: Path) -> Watched:
    """What is looked at as long as the configuration cannot be read."""
    return Watched(files=(config_file,), folders=(), barred=frozenset())


def watched_by(config: Config, config_file: Path) -> Watched:
    """The configuration, the record, sources, templates, editors' notes and the site's pictures.

    What a run writes is passed over, but for two files: the record, which says what was published
    since, and publisher.db, which holds what editors say of the next issue.
    """
    pictures = (
        config.site.image,
        config.site.theme.logo,
        *(feed.podcast.image for feed in config.feeds if feed.podcast),
    )
    # each may be a folder or a file: of what it is not, nothing is found
    sources = [config.path(path) for source in config.sources for path in source.paths]
    return Watched(
        files=(
            config_file,
            config.path(config.record),
            config.path(config.state) / "publisher.db",
            *(config.path(name) for name in pictures if name and ":" not in name),
            *sources,
        ),
        folders=(
            *sources,
            *(public.folder for public in all_public_folders(config)),
            config.path(config.templates),
            config.path("issues"),
        ),
        barred=frozenset(
            os.path.realpath(config.path(name)) for name in (config.output, config.state)
        ),
    )


def look(watched: Watched) -> Stamps:
    """The stamps of everything watched. What cannot be looked at has none."""
    found: dict[str, tuple[int, int]] = {}
    for file in watched.files:
        if not file.is_dir():
            _note(found, str(file))
    seen = set(watched.barred)
    pending = [str(folder) for folder in watched.folders]
    while pending:
        place = pending.pop()
        real = os.path.realpath(place)
        if real not in seen:  # a source within another, or a link back to a folder above
            seen.add(real)
            pending += _look_into(place, found)
    return found


def _look_into(place: str, found: dict[str, tuple[int, int]]) -> Sequence[str]:
    """Note the files of a folder; gives the folders in it."""
    folders = []
    try:
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir():
                    folders.append(entry.path)
                else:
                    _note(found, entry.path)
    except OSError:
        return folders  # not there, or not ours to read: composing says so
    return folders


def _note(found: dict[str, tuple[int, int]], place: str) -> None:
    try:
        stat = os.stat(place)  # noqa: PTH116 (a Path's stat costs twice)
    except OSError:
        return  # gone since we saw its name, or a link to nothing
    found[place] = (stat.st_size, stat.st_mtime_ns)
