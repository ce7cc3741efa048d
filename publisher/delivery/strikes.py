"""PURE. What a notice means for its reader: suppressed, or not yet.

A hard bounce and a complaint at once; soft bounces when so many issues in a row came back.
What was blocked counts for nothing: a provider that refuses a sender would else cost all of
the readers it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from publisher.delivery.bouncing import Notice, NoticeKind
from publisher.model import COMPLAINT, HARD_BOUNCE, SOFT_BOUNCES
from publisher.values import dataclass

SETTLED = timedelta(days=5)
"""After so long a message that did not come back has arrived (RFC 5321 section 4.5.4.1: systems
go on trying for four to five days)."""

_GRAVEST_LAST = (
    "",
    NoticeKind.BLOCKED,
    NoticeKind.SOFT,
    NoticeKind.HARD,
    NoticeKind.COMPLAINT,
)
KEPT = _GRAVEST_LAST[1:]
"""The kinds that are kept with a delivery; the others say nothing that lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an issue for one reader: when it was handed over, and the gravest kind of
    notice that came back of it, "" for none."""

    sent: datetime
    kind: str


def graver(kind: str, other: str) -> str:
    """Of two kinds of notice about one delivery the one that is kept."""
    return max(kind, other, key=_GRAVEST_LAST.index)


def reason_to_suppress(
    notice: Notice, past: Sequence[Outcome], soft_limit: int, now: datetime
) -> str:
    """Why a reader gets no more mail after this notice, "" where they do.

    `past` is every issue they were sent, newest first, with this notice.
    """
    if notice.kind is NoticeKind.COMPLAINT:
        return COMPLAINT
    if notice.kind is NoticeKind.HARD:
        return HARD_BOUNCE
    if notice.kind is NoticeKind.SOFT and soft_run(past, now) >= soft_limit:
        return SOFT_BOUNCES
    return ""


def soft_run(past: Sequence[Outcome], now: datetime) -> int:
    """How many issues in a row came back, up to now; one that arrived ends the row.

    Newer issues than the last that came back may still do so, until they are settled; older
    ones had their time. Blocked ones are passed over.
    """
    run = 0
    for outcome in past:
        if outcome.kind in (NoticeKind.SOFT, NoticeKind.HARD):
            run += 1
        elif not outcome.kind and (run or now - outcome.sent >= SETTLED):
            break
    return run
