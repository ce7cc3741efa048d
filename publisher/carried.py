"""PURE. Our own export of readers: what a line of it carries, and how that is read back.

What proves a consent is carried as it is: when, by which way, in which words, from where.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from publisher.errors import SubscriptionError
from publisher.fingerprint import dump, load
from publisher.model import (
    BY_HAND,
    Evidence,
    Subscriber,
    Subscription,
    SubscriptionState,
    Suppression,
    Told,
)
from publisher.readers import FIRST, LAST

EXPORTED = (
    "email", "name", "language", "timezone", "newsletter", "rhythm", "state",
    "requested", "confirmed", "ended", "paused_until",
    "fields", "next_rhythm", "reason", "evidence",
)  # fmt: skip
"""The columns of an export."""
CARRIED = ("requested", "confirmed", "ended", "fields", "next_rhythm", "reason", "evidence")
"""Those that mean what we mean by them in our own exports alone."""
_OURS = frozenset(("newsletter", "state", "requested", "confirmed", "ended"))
"""The columns by which an export is known as ours, also of older versions."""

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_OUR_FORMULA = re.compile(r"'+[=+\-@\t\r]")
_FIELD = re.compile(r"((?:[^\\;=]|\\[\\;=])+)=((?:[^\\;]|\\[\\;=])*)(?:; |\Z)")
_NOTHING = re.compile(r"(?:null|none|nil|nan|nat|never|n/?a|\\n|-+|0000-00-00.*)?\Z", re.IGNORECASE)
"""What tables write into a field where there is nothing."""
_BY_HAND = f"{BY_HAND}: "


def is_ours(names: Collection[str]) -> bool:
    """Whether a table with these columns is an export of ours."""
    return set(names) >= _OURS


def says_nothing(text: str) -> bool:
    """Whether a field says that there is nothing, in whichever way of tables."""
    return _NOTHING.match(text) is not None


def export_line(person: Subscriber, one: Subscription, barred: Suppression | None) -> list[str]:
    """A reader and one of their subscriptions; `barred`: why they are suppressed, which is said
    where this one is."""
    is_barred = one.state is SubscriptionState.SUPPRESSED
    times = (one.requested, one.confirmed, one.ended, one.paused_until)
    cells = [
        *(person.email, person.name, person.language, person.timezone),
        *(one.newsletter, one.rhythm, one.state.value),
        *("" if when is None else when.isoformat() for when in times),
        _in_one(person.fields),
        one.next_rhythm,
        _said_why(barred) if barred and is_barred else "",
        dump(one.evidence).decode(),
    ]
    return [safe_cell(cell) for cell in cells]


def read_told(said: Callable[[str], str], *, paused_until: datetime | None) -> Told:
    """What a line of ours says of the past, by its columns. Raises SubscriptionError."""

    def time_in(column: str) -> datetime | None:
        return instant(
            said(column),
            what=f"time ({column})",
            mend="write it as 2027-01-31T08:00:00Z, or leave it empty",
        )

    requested, confirmed = time_in("requested"), time_in("confirmed")
    times = (("requested", requested), ("confirmed", confirmed))
    return Told(
        requested=requested,
        confirmed=confirmed,
        ended=time_in("ended"),
        paused_until=paused_until,
        next_rhythm=said("next_rhythm"),
        evidence=_evidence(said("evidence"))
        or tuple(  # older versions exported none
            Evidence(when=when, what=what, how=f"the column {what}") for what, when in times if when
        ),
    )


def read_fields(text: str) -> Mapping[str, str]:
    """What was kept of other tables; as one field what an older version wrote and nobody can take
    apart again."""
    found, end = dict[str, str](), 0
    while end < len(text):
        match = _FIELD.match(text, end)
        if match is None:
            return {"fields": text}
        found[_plain(match[1])] = _plain(match[2])
        end = match.end()
    return found


def read_why(text: str) -> tuple[str, str]:
    """The reason why somebody is suppressed, and BY_HAND where a person said so."""
    return (text.removeprefix(_BY_HAND), BY_HAND) if text.startswith(_BY_HAND) else (text, "")


def safe_cell(text: str) -> str:
    """A field of an export that no spreadsheet takes for a formula; `plain_cell` takes it back."""
    return f"'{text}" if _FORMULA.match(text) else text


def plain_cell(text: str) -> str:
    """What a field was before it was made safe."""
    return text[1:] if _OUR_FORMULA.match(text) else text


def instant(text: str, *, what: str, mend: str, ever: str = "") -> datetime | None:
    """A time as our exports write it (RFC 3339), None for none; a day begins in UTC.

    Raises SubscriptionError with `mend`, or `ever` for one of a year that not every zone has.
    """
    if says_nothing(text):
        return None
    try:
        when = datetime.fromisoformat(text)
        when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise SubscriptionError(f"{text[:40]!r} is no {what}", mend=mend) from error
    if not FIRST <= when <= LAST:
        raise SubscriptionError(f"{text[:40]!r} is no {what}", mend=ever or mend)
    return when


def _evidence(text: str) -> tuple[Evidence, ...]:
    if not text:
        return ()
    try:
        told = load(text.encode(), tuple[Evidence, ...])
        known = tuple(
            one if one.when.tzinfo else replace(one, when=one.when.replace(tzinfo=UTC))
            for one in told
        )
        is_dated = all(FIRST <= one.when <= LAST for one in known)
    except (msgspec.DecodeError, OverflowError) as error:
        raise _no_evidence() from error
    if not is_dated:
        raise _no_evidence()
    return known


def _no_evidence() -> SubscriptionError:
    return SubscriptionError(
        "its evidence cannot be read", mend="leave that column as the export wrote it"
    )


def _said_why(barred: Suppression) -> str:
    return f"{_BY_HAND if barred.how == BY_HAND else ''}{barred.reason}"


def _in_one(fields: Mapping[str, str]) -> str:
    """All fields in one cell, for people to read, and so that `read_fields` finds each."""
    return "; ".join(
        re.sub(r"[\\;=]", r"\\\g<0>", name) + "=" + re.sub(r"[\\;]", r"\\\g<0>", value)
        for name, value in fields.items()
    )


def _plain(text: str) -> str:
    return re.sub(r"\\([\\;=])", r"\1", text)
