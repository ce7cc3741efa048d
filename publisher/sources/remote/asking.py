"""EDGE. One address asked whether it has something new, and what is known of it afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version

from publisher.config import FeedSourceSpec
from publisher.errors import ArticleError, FetchError, install
from publisher.fetching import Fetched, fetch, public_only
from publisher.fetching.connections import Guarded
from publisher.parse.feeds import (
    FeedList,
    ForeignDocument,
    NoFeedError,
    read_feed,
    read_opml,
)
from publisher.parse.feeds.keeping import merge
from publisher.sources.read_by import READ_BY
from publisher.sources.remote.copies import Copy
from publisher.values import dataclass


def _feedparser() -> tuple[str, ...]:
    """Its version: another may read the same bytes otherwise, and so is to see them."""
    with suppress(PackageNotFoundError):
        return (version("feedparser"),)
    return ()


_READ_BY = "/".join((*READ_BY, *_feedparser()))
_ACCEPT = ", ".join(
    (
        *("application/atom+xml", "application/rss+xml", "application/feed+json"),
        *("application/xml;q=0.9", "text/xml;q=0.9", "application/json;q=0.8", "*/*;q=0.1"),
    )
)
_ACCEPT_LIST = "text/x-opml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]{1,40})", re.IGNORECASE)

_FIRST_WAIT = timedelta(minutes=10)
_LONGEST_WAIT = timedelta(days=1)
_LONGEST_ASKED = timedelta(days=7)
"""The longest that a server may make us wait by Retry-After."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an address answered: one of a `document`, a list, `unchanged`, `gone`, or `trouble`.

    `barred` is trouble that our own guard made: nobody was asked.
    """

    url: str
    moved: str = ""
    etag: str = ""
    modified: str = ""
    document: ForeignDocument | None = None
    listed: FeedList | None = None
    unchanged: bool = False
    gone: bool = False
    trouble: str = ""
    mend: str = ""
    barred: bool = False
    wait: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The copy after an address was asked, whether its articles changed, and what to say once."""

    copy: Copy
    changed: bool = False
    said: tuple[str, ...] = ()


def ask(copy: Copy, spec: FeedSourceSpec, *, is_list: bool, site_url: str, now: datetime) -> Told:
    """Ask one address, by conditional GET (RFC 9110 section 13) where it was read before.

    Whatever goes wrong is told, not raised.
    """
    url = copy.moved or copy.url
    headers = {}
    if copy.good is not None and copy.read_by == _READ_BY:
        headers = {"If-None-Match": copy.etag, "If-Modified-Since": copy.modified}
        headers = {name: value for name, value in headers.items() if value}
    try:
        answer = fetch(
            url,
            accept=_ACCEPT_LIST if is_list else _ACCEPT,
            max_bytes=spec.limit.bytes,
            seconds=spec.limit.timeout.total_seconds(),
            site_url=site_url,
            guard=None if spec.allow_private else public_only,
            headers=headers,
        )
        return _read(answer, url, spec, is_list=is_list, is_conditional=bool(headers), now=now)
    except FetchError as error:
        if isinstance(error.__cause__, Guarded):
            mend = "name an address of the public web, or set allow_private: true of the source"
            return Told(url=url, trouble=error.message, mend=mend, barred=True)
        return Told(url=url, trouble=error.message, mend=error.mend or "")
    except (NoFeedError, ArticleError) as error:
        mend = "look at the address in a browser: does it still lead to a feed?"
        return Told(url=url, trouble=str(error), mend=mend)
    except ModuleNotFoundError as error:
        said = f"needs {error.name}, which is not installed"
        return Told(url=url, trouble=said, mend=install("feeds"))
    except Exception as error:  # noqa: BLE001 (of another's bytes: that feed is lost, not the run)
        said = f"cannot be read, by a defect of publisher: {type(error).__name__}: {error}"[:300]
        return Told(url=url, trouble=said, mend="please report it, with the document")


def _read(
    answer: Fetched,
    url: str,
    spec: FeedSourceSpec,
    *,
    is_list: bool,
    is_conditional: bool,
    now: datetime,
) -> Told:
    if answer.status == 410:
        return Told(url=url, gone=True)
    if answer.status == 304 and is_conditional:
        return Told(url=url, unchanged=True, moved=answer.moved)
    if answer.status in (429, 503):
        wait = _retry_after(answer.headers.get("retry-after", ""), now)
        mend = "nothing to do: it is asked again when it said"
        return Told(url=url, trouble=f"answered {answer.status}", mend=mend, wait=wait)
    if answer.status == 304:
        return Told(url=url, trouble="answered 304 without being asked what changed")
    body = answer.require_ok().body
    kind = _CHARSET.search(answer.headers.get("content-type", ""))
    charset = kind[1] if kind else ""
    told = Told(
        url=url,
        moved=answer.moved,
        etag=answer.headers.get("etag", "")[:1000],
        modified=answer.headers.get("last-modified", "")[:100],
    )
    if is_list:
        return replace(told, listed=read_opml(body, url=answer.url, charset=charset))
    document = read_feed(
        body,
        url=answer.url,
        charset=charset,
        most=spec.limit.items,
        language=spec.language or "",
    )
    return replace(told, document=document)


def _retry_after(text: str, now: datetime) -> timedelta:
    """Seconds, or a date (RFC 9110 section 10.2.3); nothing for what is neither."""
    if text.isascii() and text.isdecimal():
        wait = timedelta(seconds=min(int(text[:12]), 10**8))
    else:
        try:
            when = parsedate_to_datetime(text)
        except (TypeError, ValueError):
            return timedelta()
        wait = (when if when.tzinfo else when.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta()), _LONGEST_ASKED)


def take(
    copy: Copy, told: Told, spec: FeedSourceSpec, *, now: datetime, chance: Callable[[], float]
) -> Asked:
    """What is known after an answer. `chance` gives 0 to 1, so that not all come back at once."""
    copy = replace(copy, tried=now)
    if told.trouble:
        return _failed(copy, told, spec, now, chance())
    if told.gone:
        if told.url != copy.url:  # only where it had moved to: the old address has the last word
            return _failed(copy, replace(told, trouble="answered 410"), spec, now, chance())
        end = f"{copy.shown} is gone for good (410) and is not asked any more; its articles stay"
        return Asked(
            copy=replace(copy, gone=now, trouble="", mend="", barred=False, failures=0),
            said=(end,),
        )
    good = replace(
        copy,
        good=now,
        due=now + spec.every,
        failures=0,
        trouble="",
        mend="",
        barred=False,
        read_by=_READ_BY,
    )
    said: tuple[str, ...] = ()
    moved = told.moved or (copy.moved if told.url == copy.moved else "")
    if moved != copy.moved:
        said = (f"{copy.shown} has moved for good to {moved}",)
    good = replace(good, moved="" if moved == copy.url else moved)
    if told.unchanged:
        return Asked(copy=good, said=said)
    good = replace(good, etag=told.etag, modified=told.modified)
    if told.listed is not None:
        listed = told.listed.feeds
        good = replace(good, listed=listed, warnings=told.listed.warnings)
        return Asked(copy=good, changed=listed != copy.listed, said=said)
    assert told.document is not None, "all else was looked at above"
    kept = merge(copy.kept.entries, told.document, now=now, most=spec.limit.items)
    good = replace(good, kept=kept, warnings=told.document.warnings)
    if told.document.finished:
        good = replace(good, gone=now)
        said = (*said, f"{copy.shown} says that it is finished, and is not asked any more")
    return Asked(copy=good, changed=good.mark != copy.mark, said=said)


def _failed(copy: Copy, told: Told, spec: FeedSourceSpec, now: datetime, chance: float) -> Asked:
    """Wait longer each time, and as long as we were told; then ask at the configured address."""
    failures = copy.failures + 1
    wait = min(spec.every, _FIRST_WAIT) * 2 ** min(failures - 1, 12)
    wait = max(min(wait, _LONGEST_WAIT) * (1 + chance / 4), told.wait)
    due = (now + wait).replace(microsecond=0)
    return Asked(
        copy=replace(
            copy,
            due=due,
            failures=failures,
            trouble=told.trouble,
            mend=told.mend,
            barred=told.barred,
            moved="",
        )
    )
