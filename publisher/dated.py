"""PURE. Since when, as lists of other tools tell it: when somebody asked, confirmed, left.

A time is evidence as it stands there. It makes no subscription older: what another tool means by
it, and whether somebody else put them on the list, nobody here can know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from publisher.answers.forms import network_of
from publisher.model import Evidence
from publisher.readers import FIRST, LAST
from publisher.values import dataclass

_TIMES: Mapping[str, tuple[str, str]] = {
    "optin_time": ("requested", "optin_ip"),  # Mailchimp, with the next
    "confirm_time": ("confirmed", "confirm_ip"),
    "created_at": ("listed", ""),  # listmonk, Ghost, Substack
    "creation_date": ("listed", ""),  # Buttondown
}
"""What is said by a column, and which other says from where."""
_WRITTEN = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:([T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)"
    r"(?: ?(Z|[+-]\d\d:?\d\d)(?: [A-Z\d+-]{1,5})?| UTC| GMT)?)?\Z"
)
"""As in RFC 3339, or as Go writes it: with its offset, and the name of its zone behind that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A column of times: what each says, its title and index, and where the network is."""

    what: str
    title: str
    index: int
    network: int | None = None


def dated_columns(
    header: Sequence[str], names: Sequence[str], left: Sequence[int]
) -> Sequence[Dated]:
    """The columns of a header line that tell since when; `left`: those that tell who has left."""
    found = [
        Dated(
            what=what,
            title=header[names.index(name)].strip(),
            index=names.index(name),
            network=names.index(place) if place in names else None,
        )
        for name, (what, place) in _TIMES.items()
        if name in names
    ]
    gone = [Dated(what="unsubscribed", title=header[one].strip(), index=one) for one in left]
    return (*found, *gone)


def read_dated(row: Sequence[str], columns: Sequence[Dated]) -> tuple[Evidence, ...]:
    """What a line tells, the oldest first."""
    return tuple(sorted(_told(row, columns), key=lambda one: one.when))


def _told(row: Sequence[str], columns: Sequence[Dated]) -> Iterator[Evidence]:
    for one in columns:
        when = _time(row[one.index].strip())
        if when is not None:
            network = "" if one.network is None else network_of(row[one.network].strip(), "")
            how = f"the column {one.title}"
            yield Evidence(when=when, what=one.what, how=how, network=network)


def _time(text: str) -> datetime | None:
    """A time, in UTC where it names no zone; None for what not everybody reads alike."""
    match = _WRITTEN.match(text)
    if match is None:
        return None
    try:
        when = datetime.fromisoformat("".join(match.groups("")))
        when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return when if FIRST <= when <= LAST else None
