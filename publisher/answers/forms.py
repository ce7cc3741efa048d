"""PURE. What a browser sends with a form, and what may be told of where it comes from."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping, Sequence
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl, urlsplit

MOST_BYTES = 64 * 1024
"""The longest form that is read."""

_MOST_FIELDS = 200
_LONGEST = 2000
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}\Z")

_NEAR = tuple(
    map(
        ipaddress.ip_network,
        ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
    )
)
"""Where a proxy of ours can be (RFC 1918, RFC 4193)."""

Form = Mapping[str, Sequence[str]]
"""The values of each field, in their order; of each no more than 2,000 characters."""


def read_form(kind: str, body: bytes) -> Form:
    """The fields of a form (URL Standard, 5.1; RFC 7578); of any other type, or broken: none."""
    name = kind.partition(";")[0].strip().lower()
    if name == "application/x-www-form-urlencoded":
        text = body.decode("ascii", "replace")
        try:
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            return {}
    elif name == "multipart/form-data":
        pairs = _multipart(kind, body)
    else:
        return {}
    form: dict[str, list[str]] = {}
    for field, value in pairs:
        form.setdefault(field, []).append(value[:_LONGEST])
    return form


def _multipart(kind: str, body: bytes) -> list[tuple[str, str]]:
    head = b"Content-Type: " + kind.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    parts = list(message.iter_parts())[:_MOST_FIELDS] if message.is_multipart() else []
    pairs = []
    for part in parts:
        field = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(field, str) and isinstance(payload, bytes):
            pairs.append((field, payload.decode("utf-8", "replace").rstrip("\r\n")))
    return pairs


def is_foreign(headers: Mapping[str, str], own_hosts: Collection[str]) -> bool:
    """Whether another site's page sent this, as far as the browser tells (Fetch, 3.2; Metadata).

    Our own pages are sent with no-referrer, so that their forms come with the origin "null";
    then Sec-Fetch-Site tells, which every browser of today sends.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return True
    origin = headers.get("origin", "null")
    if origin == "null":
        return False
    return urlsplit(origin).netloc not in {headers.get("host", ""), *own_hosts}


def network_of(peer: str, forwarded: str) -> str:
    """The network that a request came from: /24 or /64, so that it names no person.

    A peer of this machine or its own network is a proxy: what it forwards for is then the last
    address it says (the only one that it saw itself). "" where nobody knows.
    """
    address = _address(peer)
    if address is not None and any(address in network for network in _NEAR):
        address = _address(forwarded.rpartition(",")[2].strip())
    if address is None:
        return ""
    length = 24 if address.version == 4 else 64
    return str(ipaddress.ip_network((address, length), strict=False))


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    bare = text.strip('"').removeprefix("[").partition("]")[0].partition("%")[0]
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def accepted_languages(header: str) -> list[str]:
    """The tags of an Accept-Language field, the dearest first (RFC 9110, section 12.5.4)."""
    found: list[tuple[float, str]] = []
    for part in header[:_LONGEST].split(","):
        tag, _, weight = part.partition(";")
        tag = tag.strip()
        try:
            dear = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            dear = 0.0
        if _TAG.match(tag) and 0 < dear <= 1:
            found.append((-dear, tag))
    return [tag for _, tag in sorted(found, key=lambda one: one[0])]
