"""GROUND. How each kind of scalar in publisher.yaml is read.

A kind takes the text as written and gives the value, or raises ValueError
with what was expected, in words that fit after "expected ".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from ipaddress import IPv6Address, ip_address
from typing import NewType
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from publisher.config.stacks import read_stack
from publisher.config.tags import read_tag
from publisher.links.ascii import ascii_domain, ascii_url
from publisher.patterns import pattern

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_DURATION = pattern(r"([1-9][0-9]{0,6})\s*(s|m|h|d)\Z")
_URL_PATH = pattern(r"(?:/(?!\.{1,2}(?:/|\Z))(?:[\w.~!$&'()*+,;=:@-]|%(?!00)[0-9A-Fa-f]{2})*)*\Z")
_ATOMS = pattern(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_LABEL = pattern(r"(?!-)[a-z0-9-]{1,63}(?<!-)\Z")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def language(text: str) -> str:
    """A BCP 47 tag; `_` is read as `-`."""
    return read_tag(text)


def zone(text: str) -> str:
    """The name of a time zone in the IANA database."""
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("the IANA name of a time zone, such as Asia/Jakarta or UTC") from error
    return text


def absolute_url(text: str) -> str:
    """An absolute http or https address ending in `/` (added when it lacks), its host in ASCII."""
    try:
        parts = urlsplit(text)
        port_is_good = (parts.port is None or parts.port > 0) and not parts.netloc.endswith(":")
        good = (
            parts.scheme in ("http", "https")
            and port_is_good
            and _is_host(parts.hostname or "")
            and not (parts.query or parts.fragment or "@" in parts.netloc)
            and _URL_PATH.match(parts.path)
            and "//" not in parts.path
        )
    except ValueError:
        good = False
    if not good:
        raise ValueError("an absolute address such as https://courier.example/")
    address = ascii_url(text)
    return address if address.endswith("/") else address + "/"


def _is_host(host: str) -> bool:
    """A name or an address that a browser can look up; raises ValueError (also) where it is not."""
    if ":" in host:
        return bool(ip_address(host))
    labels = ascii_domain(host.removesuffix(".")).split(".")
    return "\u00ad" not in host and all(_LABEL.match(label) for label in labels)


def link(text: str) -> str:
    """An absolute http or https address of a page."""
    absolute_url(re.split(r"[?#]", text, maxsplit=1)[0])
    return text


def origin(text: str) -> str:
    """The address of a service: `https://`, its name, perhaps a port."""
    if not re.match(r"https?://[^\s/?#@]+/?\Z", text):
        raise ValueError("an address without a path, such as https://s3.example.org")
    return text.rstrip("/")


def duration(text: str) -> timedelta:
    """A length of time: a whole number and s, m, h or d."""
    found = _DURATION.match(text.strip())
    if not found:
        raise ValueError("a length of time such as 60s, 10m, 12h or 7d")
    length = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if length > timedelta(days=366):
        raise ValueError("at most a year, such as 60s, 10m, 12h or 7d")
    return length


Size = NewType("Size", int)
"""A number of bytes."""


def size(text: str) -> Size:
    """A number of bytes: a whole number and kB or MB."""
    found = re.match(r"([1-9][0-9]{0,5})\s*(k|M)B\Z", text.strip())
    if not found:
        raise ValueError("a size such as 500kB or 5MB")
    number = int(found[1]) * (1_000_000 if found[2] == "M" else 1000)
    if number > 100_000_000:
        raise ValueError("at most 100MB")
    return Size(number)


def clock(text: str) -> time:
    """A time of day, HH:MM."""
    found = re.match(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\Z", text)
    if not found:
        raise ValueError('a time of day in quotes, such as "07:00"')
    return time(int(found[1]), int(found[2]))


def name(text: str) -> str:
    """A name that is part of addresses and ids."""
    if not re.match(r"[a-z0-9][a-z0-9-]{0,63}\Z", text):
        raise ValueError(
            "a name of small letters, digits and hyphens, such as weekly or world-news"
        )
    return text


def colour(text: str) -> str:
    """A colour as #rrggbb."""
    if not re.match(r"#[0-9A-Fa-f]{6}\Z", text):
        raise ValueError('a colour in quotes (else # begins a comment), such as "#9c2f1b"')
    return text.lower()


def fonts(text: str) -> str:
    """serif, sans, or a stack of font families."""
    return read_stack(text)


def inner_path(text: str) -> str:
    """A relative path that stays inside its folder, with `/` between parts."""
    parts = text.split("/")
    if text.startswith(("/", "~")) or "\\" in text or ".." in parts or ":" in text:
        raise ValueError("a relative path without .., such as media/logo.png")
    return text


def output_folder(text: str) -> str:
    """A folder under output/, without slashes around it; empty for output/ itself."""
    folder = inner_path(text.rstrip("/"))
    if folder and not re.match(r"[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9_-]+)*\Z", folder):
        raise ValueError("a folder under output/, such as feeds/politics")
    return folder


def address_pattern(text: str) -> str:
    """The address of an article: a path with {slug}, {year}, {month}, {day}, {language} in it."""
    names = re.findall(r"\{([^{}]*)\}", text)
    rest = re.sub(r"\{[^{}]*\}", "", text)
    good = (
        text.startswith("/")
        and set(names) <= {"year", "month", "day", "slug", "language"}
        and "slug" in names
        and re.match(r"[A-Za-z0-9/._-]*\Z", rest)
        and ".." not in text
        and "//" not in text
    )
    if not good:
        raise ValueError(
            'a pattern such as "/{year}/{month}/{day}/{slug}/", of {slug} and, as you like, {year},'
            " {month}, {day}, {language}"
        )
    return text


def mailbox(text: str) -> str:
    """A mail address, alone or as `Name <address>` (RFC 5322 section 3.4)."""
    found = re.match(r"(?:[^<>\r\n]*<([^<>\s]+)>|([^<>\s]+))\Z", text)
    address = (found[1] or found[2]) if found else ""
    local, _, domain = address.rpartition("@")
    atoms = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
    if (
        not re.match(rf"{atoms}(?:\.{atoms})*\Z", local)
        or "." not in domain
        or not _is_name(domain)
    ):
        raise ValueError("a mail address such as The Example Courier <news@courier.example>")
    return text


def _is_name(domain: str) -> bool:
    try:
        return _is_host(domain)
    except ValueError:
        return False


def host(text: str) -> str:
    """The name of a host, of whatever form its network has, or its address."""
    name = line(text)
    if not re.search(r"[\s/@:\[\]]", name):
        return name
    try:
        return str(ip_address(name))
    except ValueError as error:
        raise ValueError(
            "the name or address of a host, such as mail.courier.example (its port has a key of "
            "its own)"
        ) from error


def domain(text: str) -> str:
    """A domain by its name alone."""
    name = line(text)
    if ":" in name or not _is_name(name):
        raise ValueError("a domain such as courier.example")
    return name


def line(text: str) -> str:
    """One line of text that says something."""
    if not text.strip():
        raise ValueError("some text")
    if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", text.strip()):
        raise ValueError("one line of text without control characters")
    return text.strip()


def line_of(most: int) -> Callable[[str], str]:
    """The kind of a line of at most so many characters."""

    def short_line(text: str) -> str:
        read = line(text)
        if len(read) > most:
            raise ValueError(f"one line of at most {most} characters")
        return read

    return short_line


def mail_address(text: str) -> str:
    """A mail address without a name."""
    if "<" in text:
        raise ValueError("a mail address alone, such as news@courier.example")
    return mailbox(text)


def picture(text: str) -> str:
    """A picture: a path under the configuration's folder, or its http or https address."""
    return link(text) if ":" in text else inner_path(text)


def uuid(text: str) -> str:
    """A UUID in its usual form (RFC 9562 section 4), in small letters."""
    if not re.match(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z", text):
        raise ValueError("a UUID such as 9b024349-ccf0-5f69-a609-6b82873eab3c")
    return text.lower()


def database(text: str) -> str:
    """Where the ledger lives: `sqlite`, or the address of a PostgreSQL database."""
    if text != "sqlite" and not re.match(r"postgres(?:ql)?://[^\s/]*/[^\s/]+\Z", text):
        raise ValueError("sqlite, or an address such as postgresql://user@host/database")
    return text


def bucket(text: str) -> str:
    """The name of a bucket, as Amazon's rules have it."""
    if not re.match(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\Z", text) or ".." in text:
        raise ValueError("the name of a bucket: 3 to 63 small letters, digits, dots and hyphens")
    return text


def listen(text: str) -> str:
    """A host and a port to listen on: `127.0.0.1:8000`, `[::1]:8000`; port 0 is any free one."""
    try:
        split_listen(text)
    except ValueError as error:
        raise ValueError("a host and a port such as 127.0.0.1:8000 or [::1]:8000") from error
    return text


def split_listen(text: str) -> tuple[str, int]:
    """Host (without brackets) and port. Raises ValueError where it is not both."""
    found = re.match(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s\[\]:/@]+)):([0-9]{1,5})\Z", text, re.ASCII)
    if found is None or int(found[3]) > 65535:
        raise ValueError(text)
    if found[1]:
        return str(IPv6Address(found[1])), int(found[3])
    if not _is_host(found[2]):
        raise ValueError(text)
    return found[2], int(found[3])
