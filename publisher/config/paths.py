"""GROUND. Where we may write: never over what an author wrote, never around it."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from publisher.config.selections import Finding
from publisher.config.specs import Config

_CIRCLE = "is a link that leads in a circle"
_TAKE_OUT = "take that link away, or have it lead to where it is to be"


def circle_findings(config: Config) -> Iterator[Finding]:
    """Places of a configuration that no path leads to."""
    named: list[tuple[tuple[str | int, ...], str, str]] = [
        ((name,), name, getattr(config, name))
        for name in ("output", "state", "record", "templates")
    ]
    for i, source in enumerate(config.sources):
        named += [(("sources", i, "path"), f"sources[{i}].path", path) for path in source.paths]
    for at, key, path in named:
        if leads_in_circle(config.path(path)):
            yield at, f"{key}: {path} {_CIRCLE}", _TAKE_OUT


def misplaced(config: Config, role: str) -> str | None:
    """What else lies where a key has the output, the state or the record; None where nothing does.

    Of a place that no key names, those tell who use it."""
    if (role,) not in config.places:
        return None
    try:
        mode = config.path(getattr(config, role)).stat().st_mode
    except OSError:
        return None
    if role == "record":
        return "is a folder" if stat.S_ISDIR(mode) else None
    return None if stat.S_ISDIR(mode) else "is a file"


def leads_in_circle(path: Path) -> bool:
    """Whether a link at a path, or at a folder above it, comes back to itself."""
    try:
        path.stat()
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


def path_problem(config: Config, role: str, path: Path) -> str | None:
    """Why `path` cannot be the output, the state or the record of a site; None when it can."""
    if leads_in_circle(path):
        return _CIRCLE
    place, root = _real(path), _real(config.root)
    if place == root or root.is_relative_to(place):
        return "is the folder of the site itself, or one that holds it"
    if role != "state" and any(part.startswith(".") for part in _inner(place, root)):
        return "is hidden, or lies in a hidden folder"
    for name, other in _others(config, role):
        if place == other or other.is_relative_to(place):
            return f"is where {name} lies"
        inside_of_source = name.startswith("the source") and other == root
        if role != "output" and place.is_relative_to(other) and not inside_of_source:
            return f"lies in {name}"
        if role == "output" and name in _OURS and place.is_relative_to(other):
            return f"lies in {name}"
    return None


_OURS = ("the state", "the templates")


def _others(config: Config, role: str) -> list[tuple[str, Path]]:
    """What lies elsewhere in the site."""
    places = [
        (f"the source {source.name}", config.path(path))
        for source in config.sources
        for path in source.paths
    ]
    places.append(("the templates", config.path(config.templates)))
    if role != "output":
        places.append(("the output", config.path(config.output)))
    if role == "output":
        places.append(("the state", config.path(config.state)))
        places.append(("the record", config.path(config.record)))
    return [(name, _real(place)) for name, place in places]


def _real(path: Path) -> Path:
    """Where a path leads; a Path raises where it leads in a circle, which is told by itself."""
    return Path(os.path.realpath(path))


def _inner(place: Path, root: Path) -> tuple[str, ...]:
    """The parts of a place below the site's folder; none when it lies elsewhere."""
    return place.relative_to(root).parts if place.is_relative_to(root) else ()
