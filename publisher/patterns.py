"""GROUND. Regular expressions that are compiled when they are first used.

A module has a dozen of them, a run uses a few of these; to compile one takes from a tenth of a
millisecond to ten, where it has classes of characters beyond the first 65,536.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, Generic, cast


class _Pattern(Generic[AnyStr]):
    """Whatever is asked of it is asked of the real one, once: the answers are kept as its own."""

    def __init__(self, text: AnyStr, flags: int) -> None:
        self._text: AnyStr = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:  # Any: as the real one has it
        real = name == "_real"
        found = re.compile(self._text, self._flags) if real else getattr(self._real, name)
        setattr(self, name, found)
        return found


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile` gives it, for its methods and attributes; `re.sub` and others do not take it.

    What is wrong in it is raised when it is first used: re.error.
    """
    return cast("re.Pattern[AnyStr]", _Pattern(text, flags))


def compile_now(*patterns: re.Pattern[Any]) -> None:
    """Have these compiled, for whoever has nothing else to do and is about to use them."""
    for each in patterns:
        assert each.groups >= 0  # which is an answer of the real one
