"""GROUND. Which types of sources and outputs plug-ins offer in this environment, and whose a
failure is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from publisher.plugin import GROUP

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


_LONGEST = 500
"""Letters of what a plug-in raised that are told."""


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


def one_line(text: str) -> str:
    """What a plug-in says, to be shown to a person; half a character, as names of files may hold,
    is told by its number."""
    return " ".join(text.encode("utf-8", "backslashreplace").decode().split())


def failure(error: BaseException, point: EntryPoint) -> str:
    """What a plug-in raised, in one line, with the last place in its own code that it came from.

    That is what its author needs of a traceback, the rest of which is ours or a library's.
    """
    said = one_line(f"{type(error).__name__}: {error}")[:_LONGEST]
    package, place = point.module.partition(".")[0], ""
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0] == package:
            place = f" (at {code.co_filename}:{trace.tb_lineno})"
        trace = trace.tb_next
    return said + place
