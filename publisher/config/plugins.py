"""GROUND. Which types of sources and outputs plug-ins offer in this environment, and whose a
failure is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from publisher.failures import last_place, said_by
from publisher.plugin import GROUP

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


def installed_types(group: str = GROUP) -> Mapping[str, EntryPoint]:
    """The types by their names; of two with one name the first by its distribution."""
    from importlib.metadata import entry_points  # noqa: PLC0415 (20 ms, for who has a plug-in)

    found = sorted(
        entry_points(group=group), key=lambda one: (one.name, one.dist.name if one.dist else "")
    )
    types: dict[str, EntryPoint] = {}
    for one in found:
        types.setdefault(one.name, one)
    return types


def maker_of(point: EntryPoint) -> str:
    """The distribution of a plug-in with its version, as messages name it."""
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value


def failure(error: BaseException, point: EntryPoint) -> str:
    """What a plug-in raised, in one line, with the last place in its own code that it came from."""
    place = last_place(error, point.module.partition(".")[0])
    return said_by(error) + (f" (at {place[0]}:{place[1]})" if place else "")
