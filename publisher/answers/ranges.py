"""PURE. Range requests (RFC 9110, section 14): one range of bytes."""

from __future__ import annotations

import re

_ONE = re.compile(rb"bytes[ \t]*=[ \t]*(?:([0-9]+)-([0-9]*)|-([0-9]+))[ \t]*\Z", re.IGNORECASE)
_DIGITS = 18
"""More digits than any file has bytes, fewer than take time to read."""


class Unsatisfiable(Exception):
    """The range lies behind the end: 416."""


def find_range(field: bytes | None, size: int) -> tuple[int, int] | None:
    """Start and length of the stretch that a Range field asks for; None: send all of it.

    Other units, malformed fields and more than one range are passed over, as section 14.2 allows.
    Raises Unsatisfiable.
    """
    found = _ONE.match(field) if field is not None else None
    if found is None or any(len(number or b"") > _DIGITS for number in found.groups()):
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        length = min(int(suffix), size)
        if not int(suffix):
            raise Unsatisfiable
        return (size - length, length) if size else None
    start, end = int(first), int(last) if last else size - 1
    if last and end < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return start, min(end, size - 1) - start + 1
