"""GROUND. Which types of sources plug-ins offer in this environment."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points

from publisher.plugin import GROUP


def installed_types() -> Mapping[str, EntryPoint]:
    """The types by their names; of two with one name the first by its distribution."""
    found = sorted(
        entry_points(group=GROUP), key=lambda one: (one.name, one.dist.name if one.dist else "")
    )
    types: dict[str, EntryPoint] = {}
    for one in found:
        types.setdefault(one.name, one)
    return types
