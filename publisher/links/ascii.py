"""GROUND. Addresses of the web as every program reads them: in ASCII (RFC 3986, RFC 5891)."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit, urlunsplit

from publisher.patterns import pattern

PLACEHOLDER_HOST = "reader.invalid"
"""Stands for the addresses of a reader that nobody knows yet; in one that comes from elsewhere it
is written so that it is not taken for such a one (`links.readers`)."""
LONGEST_URL = 2_000
"""Characters of an address that mail clients and browsers surely take."""

_USUAL = pattern(
    r"https?://[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[0-9]+)?/(?:[A-Za-z0-9/?:@!$&'()*+,;=._~-]|%[0-9A-Fa-f]{2})*+(?<!\?)"
)
"""What `ascii_url` would give back as it is; a fragment or anything odd goes the long way."""
_SAFE = "/?:@!$&'()*+,;=-._~%"
_STRAY_PERCENT = pattern(r"%(?![0-9A-Fa-f]{2})")


def ascii_url(url: str) -> str:
    """An http or https address by RFC 3986: percent-encoded, its host in A-labels.

    Raises ValueError when it is none, or longer than LONGEST_URL.
    """
    if _USUAL.fullmatch(url) and len(url) <= LONGEST_URL and PLACEHOLDER_HOST not in url:
        return url
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an absolute http or https address")
    user, at, host = parts.netloc.rpartition("@")
    host = host if host.startswith("[") else ascii_domain(host)
    encoded = urlunsplit(
        (
            parts.scheme,
            _encode(user) + at + _encode(host, safe="[]" + _SAFE),
            _encode(parts.path),
            _encode(parts.query),
            _encode(parts.fragment),
        )
    ).replace(PLACEHOLDER_HOST, PLACEHOLDER_HOST.upper())
    if len(encoded) > LONGEST_URL:
        raise ValueError(f"longer than {LONGEST_URL} characters")
    return encoded


def ascii_domain(domain: str) -> str:
    """A domain with each label in ASCII (RFC 5891; Python's own codec still is IDNA 2003)."""
    return ".".join(_a_label(label) for label in re.split("[.。．｡]", domain))


def _a_label(label: str) -> str:
    if label.isascii():
        return label
    normal = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", label).lower())
    return normal if normal.isascii() else "xn--" + normal.encode("punycode").decode("ascii")


def _encode(part: str, safe: str = _SAFE) -> str:
    return _STRAY_PERCENT.sub("%25", quote(part, safe=safe, errors="ignore"))
