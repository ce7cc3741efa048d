"""GROUND. Addresses in mail: in ASCII, the links of one reader, pictures inside the message.

The links of a reader stand in a rendered issue as two placeholders, plain
ASCII under a host that can never exist (RFC 2606 section 2), so that neither
MRML nor percent-encoding nor escaping changes them; `fill` puts in the real ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import quote, urlsplit, urlunsplit

PLACEHOLDER_HOST = "reader.invalid"
UNSUBSCRIBE = f"https://{PLACEHOLDER_HOST}/unsubscribe"
PREFERENCES = f"https://{PLACEHOLDER_HOST}/preferences"
LONGEST_URL = 2_000
"""Characters of an address that mail clients and browsers surely take."""

_USUAL = re.compile(
    r"https?://[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[0-9]+)?/(?:[A-Za-z0-9/?:@!$&'()*+,;=._~-]|%[0-9A-Fa-f]{2})*+(?<!\?)"
)
"""What `ascii_url` would give back as it is; a fragment or anything odd goes the long way."""
_SAFE = "/?:@!$&'()*+,;=-._~%"
_TOKEN = re.compile(r"[A-Za-z0-9._~-]+\Z")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PICTURE = re.compile(r"""<img(?=[\s/])(?:[^<>"']|"[^"]*"|'[^']*')*+>""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([^\s=<>"'/]+)(\s*=\s*)("[^"]*"|'[^']*')""")


def fill(text: str, *, token: str, mail_url: str) -> str:
    """Put a reader's token into the html or text of a rendered issue.

    Raises ValueError for a token that is not made of URL's unreserved characters.
    """
    if not _TOKEN.match(token):
        raise ValueError("a reader's token is made of letters, digits and -._~")
    return text.replace(UNSUBSCRIBE, reader_link(mail_url, "unsubscribe", token)).replace(
        PREFERENCES, reader_link(mail_url, "preferences", token)
    )


def reader_link(mail_url: str, page: str, token: str) -> str:
    """The address of a reader's page, fit for HTML, plain text and a header alike."""
    base = ascii_url(mail_url).replace("&", "%26").replace("'", "%27")
    return f"{base}{page}/{token}"


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


def content_id(hash_: str, sender: str) -> str:
    """The Content-ID of a part, without its brackets: a hash of its bytes at the sender's domain.

    In HTML it is named by `cid:` before it (RFC 2392 section 2): hash and domain have no character
    that would have to be escaped there.
    """
    return f"{hash_}@{ascii_domain(sender.rpartition('@')[2])}"


def picture_addresses(html: str) -> list[str]:
    """The addresses of the pictures that HTML shows by <img>, each once, in their order."""
    found: dict[str, None] = {}

    def look(address: str) -> str:
        found[address] = None
        return address

    with_picture_addresses(html, look)
    return list(found)


def with_picture_addresses(html: str, change: Callable[[str], str]) -> str:
    """The HTML with the address of each <img> changed; nothing else in it is another."""

    def attribute(found: re.Match[str]) -> str:
        name, between, value = found.groups()
        if name.lower() != "src":
            return found[0]
        address = unescape(value[1:-1])
        changed = change(address)
        return found[0] if changed == address else f'{name}{between}"{escape(changed)}"'

    return _PICTURE.sub(lambda tag: _ATTRIBUTE.sub(attribute, tag[0]), html)


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
