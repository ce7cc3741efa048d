"""GROUND. What to say of an exception that is none of ours: what it says, and whence it came."""

from __future__ import annotations

_LONGEST = 500
"""Letters of what an exception says that are told: it may hold a whole text."""


def one_line(text: str) -> str:
    """Words of others, to be shown to a person; half a character, as names of files may hold, is
    told by its number."""
    return " ".join(text.encode("utf-8", "backslashreplace").decode().split())


def said_by(error: BaseException) -> str:
    """Its kind and what it says, in one line."""
    return one_line(f"{type(error).__name__}: {error}")[:_LONGEST]


def last_place(error: BaseException, package: str) -> tuple[str, int] | None:
    """The file and the line of the last place in a package's own code that it came from.

    That is what whoever wrote the package needs of a traceback; the rest is of others.
    """
    place, trace = None, error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if str(frame.f_globals.get("__name__")).partition(".")[0] == package:
            place = frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return place
