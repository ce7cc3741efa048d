"""EDGE. Files that are to be a time zone."""

from __future__ import annotations

import struct
from pathlib import Path
from zoneinfo import ZoneInfo


def is_zone(name: str) -> bool:
    """Whether a file is a compiled time zone (TZif, RFC 9636)."""
    file = Path(name)
    if not file.is_file():  # a pipe might be waited for without end
        return False
    try:
        with file.open("rb") as data:
            ZoneInfo.from_file(data)
    except (OSError, ValueError, EOFError, struct.error):
        return False
    return True
