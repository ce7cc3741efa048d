"""GROUND. Choices of articles, held against what there is to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from publisher.config.sources import SourceSpec
from publisher.config.specs import Selection

Finding = tuple[tuple[str | int, ...], str, str | None]
"""The path of keys and places, what is wrong there, and the mend."""


def unknown_sources(
    place: tuple[str | int, ...], selection: Selection, sources: Sequence[SourceSpec]
) -> Iterator[Finding]:
    """The sources that a selection names and that are not configured."""
    names = [source.name for source in sources]
    what = key_name(place)
    for name in selection.sources:
        if name not in names:
            message = f"{what}.select.sources: there is no source {name!r}"
            yield (*place, "select", "sources"), message, "configured: " + ", ".join(names)


def key_name(steps: tuple[str | int, ...]) -> str:
    """A key as messages name it: `feeds[0].path`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)[1:]
