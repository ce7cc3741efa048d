"""PURE. A list of readers as a table: which columns there are, and what each line says.

Columns are known by many names, among them those of the exports of listmonk, Mailchimp, Ghost,
Substack and Buttondown; what is not known is kept with the reader as it is.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from itertools import chain

from publisher.carried import (
    CARRIED,
    instant,
    is_ours,
    plain_cell,
    read_fields,
    read_told,
    read_why,
    says_nothing,
)
from publisher.dated import Dated, dated_columns, read_dated
from publisher.errors import SubscriptionError
from publisher.model import HARD_BOUNCE, SubscriptionState, Told
from publisher.readers import clean_address, clean_words
from publisher.values import dataclass

_NAMES: dict[str, tuple[str, ...]] = {
    "email": ("email", "email_address", "e_mail", "mail", "subscriber_email", "address"),
    "name": ("name", "full_name", "subscriber_name", "display_name"),
    "first": ("first_name", "fname", "firstname", "given_name"),
    "last": ("last_name", "lname", "lastname", "surname", "family_name"),
    "language": ("language", "lang", "locale"),
    "timezone": ("timezone", "time_zone", "tz"),
    "newsletter": ("newsletter", "list"),
    "rhythm": ("rhythm",),
    "paused": ("paused_until",),  # our own export
}
"""What columns are called, the plainest name first: an `address` may be that of a house."""
_OF_STATE: dict[str, tuple[str, ...]] = {
    # our own, listmonk's, and what those of others are called
    "status": ("state", "status", "subscription_status", "subscriber_status", "email_status"),
    "kind": ("subscriber_type",),  # Buttondown
    "perhaps": ("type",),  # Buttondown's too; anything else in the lists of others
    # Ghost, and shops
    "subscribed": (
        *("subscribed_to_emails", "subscribed", "is_subscribed", "active", "is_active"),
        *("accepts_marketing", "accepts_email_marketing", "email_marketing_consent"),
    ),
    # Yes, or since when: Mailchimp, Ghost, Substack, and what tables of one's own are called.
    "left": (
        *("unsub_time", "deleted_at", "email_disabled", "unsubscribed", "unsubscribed_at"),
        *("unsubscribed_on", "unsubscribed_date", "unsubscribe_date", "unsubscribe_time"),
        *("date_unsubscribed", "unsubscription_date", "is_unsubscribed", "has_unsubscribed"),
        *("unsub", "unsubscribed_from_all", "unsubscribed_from_all_email"),
        *("opt_out", "optout", "opted_out", "opted_out_at", "opt_out_time", "opt_out_date"),
        *("email_opt_out", "has_opted_out", "has_opted_out_of_email", "hasoptedoutofemail"),
    ),
    "bounced": (
        *("clean_time", "bounced", "bounced_at", "is_bounced", "hard_bounced", "hard_bounce"),
        *("hard_bounces", "undeliverability_date"),
    ),
    "barred": (
        *("complained", "complained_at", "spam_complaint", "spam_complaints", "complaint"),
        *("blocklisted", "blacklisted", "suppressed", "is_suppressed", "undeliverability_reason"),
    ),
}
"""What columns are called that say of the subscription: all of them are heard."""
_SOUNDS_LIKE_STATE = re.compile(
    "(?!.*(?:url|link|soft|title|reason))"  # which go with a column that says it
    ".*(?:unsub|opt(?:ed)?_?out|bounce|complain|spam|suppress|undeliver|clean|block|blacklist|status)"
)
"""Of the name of a column that we do not know: it may say who is not to be mailed."""
_STATE_BY_NAME = {alias: column for column, aliases in _OF_STATE.items() for alias in aliases}

_WORDS: Mapping[SubscriptionState, str] = {
    SubscriptionState.ACTIVE: "active subscribed enabled confirmed regular premium gifted paid "
    "trialed churning free comped",
    SubscriptionState.PENDING: "pending unconfirmed unactivated requested",
    SubscriptionState.UNSUBSCRIBED: "unsubscribed disabled removed inactive churned paused left "
    "opt_out opted_out",
    SubscriptionState.SUPPRESSED: "suppressed bounced cleaned blocklisted blacklisted complained "
    "undeliverable spammy blocked banned",
}
_BY_WORD = {word: state for state, words in _WORDS.items() for word in words.split()}
_BOUNCED = ("bounced", "cleaned", "undeliverable")
_BY_KIND: Mapping[str, SubscriptionState] = {
    **_BY_WORD,
    # Whoever rests from paying goes on reading; whoever never paid has not been let in yet.
    "paused": SubscriptionState.ACTIVE,
    "past_due": SubscriptionState.ACTIVE,
    "unpaid": SubscriptionState.PENDING,
    "malicious": SubscriptionState.SUPPRESSED,
}
_GRAVEST_LAST = list(_WORDS)
_YES = ("true", "yes", "1", "t", "y", "on")
_NO = ("false", "no", "0", "f", "n", "off")
_WORDS_OF = {
    "status": _BY_WORD,
    "kind": _BY_KIND,
    "subscribed": _BY_WORD | dict.fromkeys(_NO, SubscriptionState.UNSUBSCRIBED),
}
_SINCE = {
    "left": SubscriptionState.UNSUBSCRIBED,
    "bounced": SubscriptionState.SUPPRESSED,
    "barred": SubscriptionState.SUPPRESSED,
}
_TIME = re.compile(r"(?=.*[1-9].*\d)[\dT:Z.,/+ -]+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where a table has what: index by meaning, every column that says of the subscription with
    its index, those that tell since when, and the names of the columns that are kept; `unheeded`
    are those of them that sound as if they said who is not to be mailed."""

    known: Mapping[str, int]
    states: Sequence[tuple[str, int]]
    dated: Sequence[Dated]
    kept: Mapping[int, str]
    unheeded: Sequence[str]
    width: int

    @property
    def is_ours(self) -> bool:
        """Whether it is an export of our own."""
        return "requested" in self.known


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one line says of a reader; "" and None where it says nothing.

    `why` is the reason where the state is suppressed, and `barred_by` BY_HAND where a person gave
    it. `newsletter` is the one of which it tells.
    """

    email: str
    name: str = ""
    language: str = ""
    timezone: str = ""
    newsletter: str = ""
    rhythm: str = ""
    state: SubscriptionState | None = None
    why: str = ""
    barred_by: str = ""
    told: Told = Told()
    fields: Mapping[str, str] = field(default_factory=dict)


LONGEST_FIELD = 131_072
"""Characters of one field; a longer one is a quote that is never closed."""


LONGEST_LINE = 1 << 22
"""Letters of one line; a longer one is of no table, and may not fit into memory."""

_QUOTED = re.compile(r'"(?:[^"]|"")*+"')

Row = list[str] | csv.Error | SubscriptionError


def bounded_lines(read_line: Callable[[int], str]) -> Iterator[str]:
    """The lines of a stream, by its `readline`; one that is too long ends just behind what is
    allowed."""
    while line := read_line(LONGEST_LINE + 1):
        yield line
        while len(line) > LONGEST_LINE and not line.endswith(("\n", "\r")):
            line = read_line(LONGEST_LINE + 1)  # its rest is for nobody


def read_rows(lines: Iterable[str]) -> Iterator[tuple[int, Row]]:
    """The rows of a table with the numbers of their first lines; an error for what is none.

    Its first line that is not empty tells what parts the fields. A file that ends in the midst of
    a letter (UTF-16) has an error at its end.
    """
    number = 0
    try:
        source, ahead = iter(lines), list[str]()
        for line in source:
            ahead.append(line)
            if line.strip():
                break
        first = ahead[-1] if ahead else ""
        told = re.match(r"sep=(.)\s*\Z", first, re.IGNORECASE)  # as spreadsheets write it
        delimiter = told[1] if told else max(",;\t", key=_QUOTED.sub("", first).count)
        if told:
            ahead[-1] = "\n"
        for number, row in _rows(chain(ahead, source), delimiter):
            yield number, row
    except UnicodeDecodeError:
        mend = "was the file cut off?"
        yield number + 1, SubscriptionError("ends in the midst of a letter", mend=mend)


def _rows(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, Row]]:
    """Its rows, where that is known.

    A quote that is opened and never closed costs the line that it stands in alone: those behind it
    are read again. It is known by what follows the quote that seems to close it, or the end.
    """
    csv.field_size_limit(LONGEST_FIELD)
    source, waiting, taken = iter(lines), deque[str](), list[str]()

    def feed() -> Iterator[str]:
        while True:
            line = waiting.popleft() if waiting else next(source, None)
            if line is None:
                return
            taken.append(line)
            if len(line) > LONGEST_LINE:
                raise csv.Error(f"has more than {LONGEST_LINE:,} letters")
            yield line

    number, rows = 1, csv.reader(feed(), delimiter=delimiter)
    while True:
        taken.clear()
        row: Row
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            row = error
        if len(taken) > 1 and (isinstance(row, csv.Error) or not _is_whole(taken, delimiter)):
            row = SubscriptionError(
                "has a quote that is never closed", mend='close it, or write "" for one in a text'
            )
            waiting.extendleft(reversed(taken[1:]))
            del taken[1:]
        if isinstance(row, Exception):
            rows = csv.reader(feed(), delimiter=delimiter)
        yield number, row
        number += len(taken)


def _is_whole(lines: Sequence[str], delimiter: str) -> bool:
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def read_columns(header: Sequence[str]) -> Columns:
    """The columns of a header line: of several for one meaning that with the plainest name, but
    all that say of the subscription.

    Raises SubscriptionError where none is an address, or two of one name are.
    """
    _require_text(header)
    names = [re.sub(r"[^a-z0-9]+", "_", title.strip().lower()).strip("_") for title in header]
    known = {
        column: names.index(next(alias for alias in aliases if alias in names))
        for column, aliases in _NAMES.items()
        if not set(aliases).isdisjoint(names)
    }
    states = [
        (_STATE_BY_NAME[name], index) for index, name in enumerate(names) if name in _STATE_BY_NAME
    ]
    if is_ours(names):
        known |= {column: names.index(column) for column in CARRIED if column in names}
    read = {*known.values(), *(index for column, index in states if column != "perhaps")}
    kept: dict[int, str] = {}
    taken = set[str]()
    for index, title in enumerate(header):
        if index not in read:
            name = title.strip() or f"column {index + 1}"
            kept[index] = f"{name} (column {index + 1})" if name in taken else name
            taken.add(kept[index])
    if "email" in known and names.count(names[known["email"]]) > 1:
        raise SubscriptionError(
            f"two columns are called {header[known['email']].strip()}",
            mend="leave that which is to be mailed, and give the other another name",
        )
    if "email" not in known:
        found = ", ".join(title.strip() for title in header[:8])
        raise SubscriptionError(
            f"no column is called email; found: {found[:200]}",
            mend="name the columns in the first line: email, and if you have them name, "
            "language, timezone, newsletter, status",
        )
    unheeded = [title for index, title in kept.items() if _SOUNDS_LIKE_STATE.match(names[index])]
    left = [index for column, index in states if column == "left"]
    return Columns(
        known=known,
        states=states,
        dated=() if is_ours(names) else dated_columns(header, names, left),
        kept=kept,
        unheeded=unheeded,
        width=len(header),
    )


def read_line(row: Sequence[str], columns: Columns) -> Line:
    """One line. Raises SubscriptionError where it says nothing that could be believed."""
    if len(row) != columns.width:
        raise SubscriptionError(
            f"has {len(row)} fields, the first line has {columns.width}",
            mend="quote fields with commas in them",
        )
    _require_text(row)
    row = [plain_cell(cell) for cell in row]

    def said(column: str) -> str:
        index = columns.known.get(column)
        return "" if index is None else row[index].strip()

    name = clean_words("name", said("name") or f"{said('first')} {said('last')}")
    state = _state(row, columns.states)
    told = Told(paused_until=_pause(said("paused")), evidence=read_dated(row, columns.dated))
    kept = {title: row[index] for index, title in columns.kept.items() if row[index].strip()}
    if columns.is_ours:
        told = read_told(said, paused_until=told.paused_until)
        if "fields" in columns.known:
            kept |= read_fields(row[columns.known["fields"]])
        if told.ended is not None and state is SubscriptionState.ACTIVE:
            state = SubscriptionState.UNSUBSCRIBED  # the graver of what it says
    why, barred_by = read_why(clean_words("reason", said("reason")))
    is_barred = state is SubscriptionState.SUPPRESSED
    return Line(
        email=clean_address(said("email")),
        name=name[:200],
        language=_tag(clean_words("language", said("language")))[:35],
        timezone=clean_words("timezone", said("timezone"))[:64],
        newsletter=said("newsletter"),
        rhythm=said("rhythm"),
        state=state,
        why=why or _why(row, columns.states) if is_barred else "",
        barred_by=barred_by if is_barred else "",
        told=told,
        fields=kept,
    )


def _require_text(row: Sequence[str]) -> None:
    """Raises SubscriptionError for letters that are none."""
    if any("\ud800" <= letter <= "\udfff" for text in row for letter in text):
        raise SubscriptionError("is not in UTF-8", mend="save the file as UTF-8")


def _tag(text: str) -> str:
    """A language as it is tagged (RFC 5646); a locale names it too, as `pt_BR.UTF-8`."""
    return re.sub(r"[.@].*", "", text).replace("_", "-")


def _pause(text: str) -> datetime | None:
    return instant(
        text,
        what="time to pause until",
        mend="write it as 2027-01-31",
        ever="name a day before the year 9999; who wants no mail for ever is `unsubscribed`",
    )


def _state(row: Sequence[str], columns: Sequence[tuple[str, int]]) -> SubscriptionState | None:
    """What a line says of the subscription: the gravest of what its columns say."""
    told = [_told(column, row[index].strip()) for column, index in columns]
    return max((one for one in told if one is not None), key=_GRAVEST_LAST.index, default=None)


def _why(row: Sequence[str], columns: Sequence[tuple[str, int]]) -> str:
    """Why a line says that its reader is suppressed: bounces, if none of its columns says more."""
    told = [(column, row[index].strip()) for column, index in columns]
    barring = [one for one in told if _told(*one) is SubscriptionState.SUPPRESSED]
    words = [column if column in _SINCE else _word(text) for column, text in barring]
    graver = [word for word in words if word not in _BOUNCED]
    return f"{graver[0]} in a list" if graver else HARD_BOUNCE


def _told(column: str, text: str) -> SubscriptionState | None:
    """What one column says; None for nothing. Raises SubscriptionError for what nobody knows."""
    if column == "perhaps":
        return _BY_KIND.get(_word(text))
    if column in _SINCE:
        return None if says_nothing(text) or _word(text) in _NO else _SINCE[column]
    if not text or (column == "subscribed" and (_word(text) in _YES or _TIME.match(text))):
        return None
    state = _WORDS_OF[column].get(_word(text))
    if state is None:
        known = "active, pending, unsubscribed, suppressed"
        raise SubscriptionError(f"the status {text[:40]!r} is not known", mend=f"write {known}")
    return state


def _word(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.lower())
