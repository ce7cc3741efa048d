"""GROUND. Which types of sources and outputs plug-ins offer in this environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

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
