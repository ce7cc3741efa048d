"""USE CASE. What readers and receivers reach of the site; the state folder and the clock."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from publisher.checkup.check import Check, finding, good, unknown
from publisher.config import Config
from publisher.errors import FetchError
from publisher.links.readers import reader_link
from publisher.mime import SAMPLE_TOKEN
from publisher.transport.passwords import look_at_secret_files

_LEAST_ROOM = 100 * 1024 * 1024
_MOST_SECONDS_OFF = 60
_SAMPLE_ADDRESSES = ("1 Example Street, Example Town",)
"""What `publisher init` writes."""


def look_at_state(config: Config) -> Check:
    """Whether the ledger can be written, and has room."""
    place = config.path(config.state)
    while not place.exists():
        place = place.parent
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        said = "cannot be written: nothing is sent without the ledger"
        return finding("state", config.state, said, f"give it to the user that runs this: {place}")
    if config.path(config.state).exists() and place.stat().st_mode & stat.S_IRWXO:
        said = "is open to every user of this machine: readers' addresses are in it"
        return finding("state", config.state, said, f"chmod o-rwx {place}")
    free = shutil.disk_usage(place).free
    if free < _LEAST_ROOM:
        said = f"has {free // 1024**2} MB of room left"
        return finding("state", config.state, said, "make room: nothing is sent without it")
    return good("state", config.state, f"can be written, and has {free // 1024**2} MB of room")


def look_at_secrets(config: Config) -> Iterator[Check]:
    """Files of passwords and keys, but the relay's, which is needed to reach that."""
    refused, missing = look_at_secret_files(replace(config, smtp=None))
    for error in refused:
        yield finding("secrets", "files", str(error), error.mend or "see publisher.yaml")
    for said in missing:
        yield unknown("secrets", "files", said, "put it there, readable by its user alone")
    if not refused and not missing:
        yield good("secrets", "files", "none that is named is open to others, or cannot be read")


def look_at_postal_addresses(config: Config) -> Iterator[Check]:
    """The address that the law of many countries wants in each issue."""
    for spec in config.newsletters:
        if spec.postal_address in _SAMPLE_ADDRESSES or len(spec.postal_address.split()) < 3:
            said = f"{spec.postal_address!r} is no address that a letter would reach"
            mend = "write where you can be reached: many countries ask for it in each issue"
            yield finding("postal address", spec.name, said, mend)
        else:
            yield good("postal address", spec.name, "is in each issue")


def look_at_web(config: Config, now: datetime) -> Iterator[Check]:
    """The page that one click unsubscribes at, by GET, which changes nothing; and the clock.

    publisher serve answers the sample token by a page that says so, and wants no search engine to
    keep it. Its /healthz is asked where a web server took that header away; the web server may
    hand on the pages of readers alone.
    """
    link = reader_link(config.mail_url, "unsubscribe", SAMPLE_TOKEN)
    if not link.startswith("https://"):
        said = "is not https: Gmail and Yahoo show no button to unsubscribe (RFC 8058)"
        yield finding("one-click", link, said, "web.url: https://…, where publisher serve answers")
        yield unknown("clock", "this machine", "nobody to compare it with", "see that NTP runs")
        return
    from publisher.fetching import fetch  # noqa: PLC0415 (urllib3, for this command alone)

    try:
        page = fetch(link, accept="text/html", seconds=15, site_url=config.site.url)
        health = link.removesuffix(f"unsubscribe/{SAMPLE_TOKEN}") + "healthz"
        is_ours = "noindex" in page.headers.get("x-robots-tag", "") or (
            fetch(health, accept="*/*", seconds=15).status == 200
        )
    except FetchError as error:
        yield finding("one-click", link, str(error), error.mend or "see that it can be reached")
        yield unknown("clock", "this machine", "nobody to compare it with", "see that NTP runs")
        return
    if page.status != 200 or page.url.partition("?")[0] != link:
        where = "" if page.url == link else f" at {page.url}"
        said = f"GET is answered {page.status}{where}"
        mend = "let publisher serve answer there; receivers follow no redirect"
        yield finding("one-click", link, said, mend)
    elif not is_ours:
        said = "something answers there, but not publisher serve"
        yield finding("one-click", link, said, "let the web server pass it on to publisher serve")
    else:
        yield good("one-click", link, "can be reached")
    yield _clock(page.headers.get("date", ""), now)


def _clock(date: str, now: datetime) -> Check:
    try:
        off = abs((now - parsedate_to_datetime(date)).total_seconds())
    except (ValueError, TypeError):
        said = "the web server tells no time to compare it with"
        return unknown("clock", "this machine", said, "see that NTP runs")
    if off > _MOST_SECONDS_OFF:
        said = f"differs from the web server's by {off:.0f} seconds"
        return finding("clock", "this machine", said, "let NTP set it: signatures carry the time")
    return good("clock", "this machine", "agrees with the web server's")
