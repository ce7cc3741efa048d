"""EDGE. Which addresses may be connected to: those of the public web, and no way from them inside.

Guards are asked about the very address that a name led to, at each redirect anew, so that it does
not matter how the address was written (decimal, octal, as a name) or what the name said before.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from publisher.fetching.connections import Guard

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_REASON = "lies in a private network, or is this machine"


def public_only(address: str) -> str | None:
    """Lets only addresses of the public web pass (RELIABILITY S3)."""
    return None if _is_public(address) else f"{address} {_REASON}"


def not_inward() -> Guard:
    """A guard for one request that a person asked for: it may begin anywhere.

    What begins at a public address must not lead into a private network.
    """
    began_outside = False

    def guard(address: str) -> str | None:
        nonlocal began_outside
        if _is_public(address):
            began_outside = True
            return None
        return f"{address} {_REASON}" if began_outside else None

    return guard


def _is_public(address: str) -> bool:
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and (ip.ipv4_mapped or ip.is_site_local):
        ip = ip.ipv4_mapped or ip  # what it says of itself differs between versions of Python
        if isinstance(ip, IPv6Address):
            return False
    return all(one.is_global and not one.is_multicast for one in (ip, *_inner(ip)))


def _inner(ip: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that an IPv6 address stands for: 6to4, Teredo, NAT64."""
    if isinstance(ip, IPv4Address):
        return []
    inner = [ip.sixtofour, *(ip.teredo or ())]
    if any(ip in network for network in _NAT64) or int(ip) < 1 << 32:
        inner.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    return [one for one in inner if one is not None]
