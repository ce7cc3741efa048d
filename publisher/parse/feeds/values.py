"""PURE. Single values of a feed, whichever format it came in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit, urlunsplit

from publisher.fingerprint import fingerprint
from publisher.model import Author, ForeignFeed
from publisher.parse.clean.decode import one_line
from publisher.parse.clean.fragment import plain_text
from publisher.parse.feeds.entries import ForeignEntry
from publisher.parse.headers.dates import read_date
from publisher.struck import beginning

LONGEST_TITLE = 500
_LONGEST_NAME = 300
_LONGEST_TAG = 100
_MOST_TAGS = 50
_SHOWN_OF_BODY = 80
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+\Z")
_RUNNABLE = ("javascript:", "vbscript:", "data:")
_NOT_IN_ADDRESSES = re.compile(r"[\s<>\"{}|\\^`\x00-\x20\x7f]")
_DOT = "…"


def absolute(address: str, base: str) -> str:
    """An http or https address, resolved; "" for whatever is none."""
    address = address.strip()
    if not address:
        return ""
    try:
        parts = urlsplit(urljoin(base, address))
        good = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        return ""
    if not good or "@" in parts.netloc:
        return ""
    whole = urlunsplit(parts)
    return "" if _NOT_IN_ADDRESSES.search(whole) else whole


def own_id(text: str) -> str:
    """An entry's own id where others can tell it from all: an absolute IRI; else ""."""
    text = text.strip()
    good = _IRI.match(text) and len(text) <= _LONGEST_NAME
    return text if good and not text.lower().startswith(_RUNNABLE) else ""


def name_of(*told: str, otherwise: Iterable[str]) -> str:
    """What an entry is known by: the first id that is told, else the mark of what it says."""
    for text in map(one_line, told):
        if len(text) > _LONGEST_NAME:
            return f"{text[:100]}{_DOT}{fingerprint(text)[:16]}"
        if text:
            return text
    return f"unnamed-{fingerprint(*otherwise)[:16]}"


def line_of(text: str, *, is_html: bool) -> str:
    """One line of plain text."""
    return cut(plain_text(text) if is_html else one_line(text), LONGEST_TITLE)


def title_of(told: str, body: str) -> str:
    """The title; where there is none, the first words of the text."""
    return told or cut(plain_text(body[:10_000]), _SHOWN_OF_BODY)


def cut(text: str, most: int) -> str:
    """A text of at most so many characters."""
    return text if len(text) <= most else beginning(text, most, _characters) + _DOT


def _characters(text: str, most: int) -> str:
    return text[: most - 1].rstrip()


def tags_of(words: Iterable[str]) -> tuple[str, ...]:
    """Each tag once."""
    lines = (cut(one_line(word), _LONGEST_TAG) for word in words)
    return tuple(dict.fromkeys(word for word in lines if word))[:_MOST_TAGS]


def author_of(name: str, email: str, url: str, base: str) -> Author | None:
    """An author, where there is a name, or an address to call him by.

    The address itself goes no further: it is not ours to spread.
    """
    shown = cut(one_line(name).strip("<>() ") or one_line(email).partition("@")[0], 200)
    return Author(name=shown, url=absolute(url, base) or None) if shown else None


def date_of(
    text: str, otherwise: datetime | None = None, *, language: str = ""
) -> tuple[str, datetime | None]:
    """A date as our reader can read it again, and when that is (without offset: UTC).

    `language` is the one that its words may be in beside English, `otherwise` what a library
    read. What neither can read is ("", None).
    """
    text = one_line(text)[:100]
    try:
        read = read_date(text, UTC, language or None)
    except (ValueError, OverflowError):
        read = None
    if read is not None and not read.warning:
        return text, read.when
    if otherwise is not None and 1583 <= otherwise.year <= 2199:
        return otherwise.isoformat(), otherwise
    return (text, read.when) if read is not None else ("", None)


def shown_address(url: str) -> str:
    """The address of a feed as it may be published: what follows its ? may be a secret."""
    return urlunsplit(urlsplit(url)._replace(query="", fragment=""))


def with_times(feed: ForeignFeed, entries: Sequence[ForeignEntry]) -> ForeignFeed:
    """A feed that is as new as its newest entry, where it does not say so itself."""
    if feed.updated is not None:
        return feed
    return replace(feed, updated=max((e.when for e in entries if e.when), default=None))


def newest(when: Sequence[datetime | None], most: int) -> list[int]:
    """The places of the newest, in the order they came in; by that order where one has no date.

    The newest come first in most feeds; in one whose last is newer than its first they come last.
    """
    places = list(range(len(when)))
    if len(places) <= most:
        return places
    known = [one for one in when if one is not None]
    if len(known) == len(when):
        return sorted(sorted(places, key=lambda n: known[n], reverse=True)[:most])
    if len(known) > 1 and known[-1] > known[0]:
        return places[-most:]
    return places[:most]
