"""PURE. Whom the preview answers: requests whose Host field names this machine (RFC 9110, 7.2)."""

from __future__ import annotations

import ipaddress
import re

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::[0-9]{1,5})?\Z")
_WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104 (compared, not bound)


def is_loopback(host: str) -> bool:
    """Whether a host, without brackets or port, is always this machine itself."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, section 6.3
        return True
    address = _address(name)
    return address is not None and address.is_loopback


def is_welcome(field: str, given: str) -> bool:
    """Whether a Host field is loopback, or the host that `--listen` was given.

    Where that is every address of the machine, any address will do, but no name: rebinding
    needs one.
    """
    found = _HOST.match(field)
    if found is None:
        return False
    host = found[1] or found[2]
    if is_loopback(host) or host.lower().rstrip(".") == given.lower().rstrip("."):
        return True
    address = _address(host)
    return address is not None and (given in _WILDCARDS or str(address) == given)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
