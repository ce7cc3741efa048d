"""PURE. Conditional requests (RFC 9110, section 13)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC
from email.utils import formatdate, parsedate_to_datetime
from enum import Enum

_TAG = re.compile(rb'[ \t]*((?:W/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,|\Z)')
_DATE = re.compile(
    rb"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"
    rb"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, [0-9]{2}-[A-Z][a-z]{2}-[0-9]{2} [0-9:]{8} GMT"
    rb"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [0-9 ][0-9] [0-9:]{8} [0-9]{4})\Z"
)


class Outcome(Enum):
    """What the conditions of a request ask for."""

    SEND = "the file"
    NOT_MODIFIED = "304: the client has it"
    FAILED = "412: it is not what the client believes"


def evaluate(
    headers: Mapping[bytes, bytes], etags: Sequence[bytes], modified: int
) -> tuple[Outcome, int | None]:
    """Hold the conditions of a GET or HEAD against a file, in the order of section 13.2.2.

    `etags` are those of all its variants: whoever has one of them has the file. With NOT_MODIFIED
    comes which one it is, where one was named; If-None-Match wins over If-Modified-Since.
    """
    if (field := headers.get(b"if-match")) is not None:
        if field.strip() != b"*" and _matching(field, etags, weakly=False) is None:
            return Outcome.FAILED, None
    elif (
        before := http_date(headers.get(b"if-unmodified-since"))
    ) is not None and modified > before:
        return Outcome.FAILED, None
    if (field := headers.get(b"if-none-match")) is not None:
        if field.strip() == b"*":
            return Outcome.NOT_MODIFIED, None
        held = _matching(field, etags, weakly=True)
        return (Outcome.SEND if held is None else Outcome.NOT_MODIFIED), held
    since = http_date(headers.get(b"if-modified-since"))
    if since is not None and modified <= since:
        return Outcome.NOT_MODIFIED, None
    return Outcome.SEND, None


def range_still_holds(field: bytes | None, etag: bytes, modified: int, now: int) -> bool:
    """Whether an If-Range field (section 13.1.5) lets a range be sent.

    Entity-tags are compared strongly; a date must be the very one, and more than a second old, or
    the file could have changed within it (section 8.8.2.2).
    """
    if field is None:
        return True
    field = field.strip()
    if field.startswith((b'"', b"W/")):
        return field == etag
    return http_date(field) == modified and now - modified > 1


def http_date(field: bytes | None) -> int | None:
    """Seconds since 1970 of an HTTP-date in any of its three forms (section 5.6.7), else None."""
    if field is None or not _DATE.match(field):
        return None
    try:
        when = parsedate_to_datetime(field.decode("ascii"))
    except ValueError:
        return None
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())


def write_date(seconds: int) -> bytes:
    """An HTTP-date as it is sent."""
    return formatdate(seconds, usegmt=True).encode("ascii")


def _matching(field: bytes, etags: Sequence[bytes], *, weakly: bool) -> int | None:
    """The place of the first of `etags` that a list of entity-tags names; None also where it is
    no such list."""
    place, held = 0, None
    while place < len(field):
        found = _TAG.match(field, place)
        if found is None:
            return None
        tag = found[1].removeprefix(b"W/") if weakly else found[1]
        if held is None and tag in etags:
            held = etags.index(tag)
        place = found.end()
    return held
