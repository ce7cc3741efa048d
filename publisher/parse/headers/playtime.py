"""PURE. How long a recording is, in every form that people write."""

from __future__ import annotations

import re

from publisher.patterns import pattern

MOST = 1000 * 3600
"""Seconds that a duration stays under."""

_SECONDS = pattern(r"([0-9]{1,7})(?:[.,][0-9]+)?\Z")
_CLOCK = pattern(r"(?:([0-9]{1,3}):)?([0-9]{1,3}):([0-5][0-9])(?:[., ][0-9]+)?\Z")
_WORDS = pattern(
    r"(?:pt)?(?:([0-9]{1,3}) ?h(?:ours?|rs?)?)?[ ,]*(?:([0-9]{1,5}) ?m(?:in(?:utes?|s)?)?)?[ ,.]*"
    r"(?:([0-9]{1,6})(?:\.[0-9]+)? ?s(?:ec(?:onds?|s)?)?)?\.?\Z",
    re.IGNORECASE,
)


def read_seconds(text: str) -> int | None:
    """Whole seconds of "754", "12:34", "1:02:03", "1h 2m 3s" or "PT1H2M3S"; None for others."""
    text = text.strip()[:64]
    found = _SECONDS.match(text)
    if found:
        total = int(found[1])
    else:
        clock = _CLOCK.match(text)
        if clock and clock[1] and int(clock[2]) > 59:
            return None
        found = clock or _WORDS.match(text)
        if not found or not any(found.groups()):
            return None
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        total = hours * 3600 + minutes * 60 + seconds
    return total if total < MOST else None
