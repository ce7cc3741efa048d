"""PURE. Whether a request came through a proxy, as those of the world do, or from close by."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import urlsplit

from publisher.links.ascii import ascii_url
from publisher.patterns import pattern

_SAY_SO = ("forwarded", "x-forwarded-for", "via")
_FIELD = pattern(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?", re.IGNORECASE)
"""A Host field (RFC 9110, section 7.2)."""


def public_names(urls: Iterable[str]) -> frozenset[str]:
    """The names of the hosts that the world asks for, from the addresses of a site.

    An IP address is none, nor is a name of this machine alone (RFC 6761, section 6.3): who is
    close by has no other.
    """
    hosts = (urlsplit(ascii_url(url)).hostname or "" for url in urls)
    return frozenset(host for host in hosts if not _is_local(host))


def is_through_proxy(
    version: str, headers: Mapping[str, str], *, port: int, public: Collection[str]
) -> bool:
    """Whether a request in HTTP `version` came through a proxy, as far as it tells; names of fields
    are in small letters.

    One that names nobody may still be known. nginx before 1.29.7 speaks HTTP/1.0 with whoever is
    behind it, unless it is told otherwise. And who asks for a `public` name without the `port` that
    we listen at has asked somebody else: at any other port than 80 the field has it. All other
    hosts are taken, for who watches over a site may have this machine under a name of their own,
    or by an address, also an IPv4 one within IPv6. So a proxy that hands on neither `Host` nor who
    asks is not known.
    """
    if version == "1.0" or any(name in headers for name in _SAY_SO):
        return True
    found = _FIELD.fullmatch(headers.get("host", ""))
    if found is None:
        return False
    return found[1].lower().rstrip(".") in public and int(found[2] or 80) != port


def _is_local(host: str) -> bool:
    if not host or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
