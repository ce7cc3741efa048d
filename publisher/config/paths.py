"""GROUND. Where we may write: never over what an author wrote, never around it."""

from __future__ import annotations

from pathlib import Path

from publisher.config.specs import Config


def path_problem(config: Config, role: str, path: Path) -> str | None:
    """Why `path` cannot be the output, the state or the record of a site; None when it can."""
    place, root = path.resolve(), config.root.resolve()
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
    return [(name, place.resolve()) for name, place in places]


def _inner(place: Path, root: Path) -> tuple[str, ...]:
    """The parts of a place below the site's folder; none when it lies elsewhere."""
    return place.relative_to(root).parts if place.is_relative_to(root) else ()
