"""PURE. What goes with a file of output/, by its place and kind: type, caching, links, safety."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from publisher.addresses import quote_address
from publisher.answers.values import Headers
from publisher.media_types import media_type_of
from publisher.patterns import pattern

_FEEDS = {
    "rss.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json",
}
_ARCHIVE = pattern(r"(?:.+/)?archive/[0-9]+/[^/]+\Z")
_HASHED = pattern(r"media/(?:[0-9a-f]{16}/.+|site-[0-9a-f]+\.css)\Z")
_TEXTUAL = pattern(
    r"text/|application/(?:json|xml|javascript|manifest\+json)|message/rfc822|[^;]+\+(?:xml|json)\b"
)
_PICTURES = "img-src 'self' https: http: data:"


class Kind(Enum):
    """Files that are cached and guarded alike."""

    FEED = "a subscription document"
    ARCHIVE = "an archive document of a feed, which changes with edits alone"
    PAGE = "a page of the site"
    MAIL = "an issue as it is mailed, with its styles within"
    HASHED = "a file whose name changes with its bytes"
    OTHER = "anything else"


CACHING = {
    # A feed reader that asks every few minutes gets its 304; a cache in front answers most of them.
    # When we are down, an old feed is better than none (RFC 5861).
    Kind.FEED: "public, max-age=300, stale-if-error=86400",
    Kind.ARCHIVE: "public, max-age=86400, stale-if-error=604800",
    Kind.PAGE: "public, max-age=60, stale-if-error=86400",
    Kind.MAIL: "public, max-age=60, stale-if-error=86400",
    Kind.HASHED: "public, max-age=31536000, immutable",
    Kind.OTHER: "public, max-age=3600",
}

# Pages have no script but data (application/ld+json, which no policy forbids), one style sheet of
# their own site, and pictures, sound and film from where the authors took them.
POLICY = (
    f"default-src 'none'; style-src 'self'; {_PICTURES}; media-src 'self' https: http:; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
MAIL_POLICY = (
    f"default-src 'none'; style-src 'unsafe-inline'; {_PICTURES}; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
# A picture or page that lay beside an article is shown, but it is no part of the site.
STRANGER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


def kind_of(path: str) -> Kind:
    """The kind of a file by its path under output/."""
    name = path.rpartition("/")[2]
    if path.startswith("media/"):
        return Kind.HASHED if _HASHED.match(path) else Kind.OTHER
    if name in _FEEDS:
        return Kind.ARCHIVE if _ARCHIVE.match(path) else Kind.FEED
    if name == "email.html" and path.startswith("newsletters/"):
        return Kind.MAIL
    return Kind.PAGE if name.endswith((".html", ".htm")) else Kind.OTHER


def content_type(path: str) -> str:
    """The Content-Type of a file by its path: feeds by their names, text as UTF-8."""
    name = path.rpartition("/")[2]
    if name in _FEEDS and not path.startswith("media/"):
        return _FEEDS[name]
    if name == "sitemap.xml" or path.startswith("sitemap/"):
        return "application/xml; charset=utf-8"
    found = media_type_of(name)
    return f"{found}; charset=utf-8" if found.startswith("text/") else found


def is_compressible(path: str) -> bool:
    """Whether a file's type is text of some kind, so that it is worth to be compressed."""
    return bool(_TEXTUAL.match(content_type(path)))


def file_headers(path: str, *, site_url: str, hubs: Sequence[str]) -> Headers:
    """All that is sent with a file but what depends on its bytes or on the request.

    `hubs` are the addresses of WebSub hubs; feeds name them and themselves in Link fields (RFC
    8288; WebSub, section 4).
    """
    kind = kind_of(path)
    fields = {
        "content-type": content_type(path),
        "cache-control": CACHING[kind],
        "x-content-type-options": "nosniff",
        "accept-ranges": "bytes",
    }
    if is_compressible(path):
        fields["vary"] = "Accept-Encoding"
    if kind in (Kind.FEED, Kind.ARCHIVE) or path.startswith("media/") or path.endswith(".opml"):
        # Public and without cookies: a feed reader that is a web page may read it (Fetch, 3.3).
        fields["access-control-allow-origin"] = "*"
        fields["access-control-expose-headers"] = "ETag, Link"
    if kind in (Kind.FEED, Kind.ARCHIVE):
        links = [f'<{site_url}{quote_address(path)}>; rel="self"']
        if kind is Kind.FEED:
            links += [f'<{hub}>; rel="hub"' for hub in hubs]
        fields["link"] = ", ".join(links)
    fields |= _safety(path, kind)
    return tuple((name.encode("ascii"), value.encode("latin-1")) for name, value in fields.items())


PREFLIGHT: Headers = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
    (
        b"access-control-allow-headers",
        b"If-None-Match, If-Modified-Since, If-Range, Range, Cache-Control",
    ),
    (b"access-control-max-age", b"86400"),
)
"""What a browser asks before a web page's script may send more than a bare GET."""


def _safety(path: str, kind: Kind) -> dict[str, str]:
    if path.startswith("media/"):
        active = content_type(path).startswith(("image/svg", "text/html", "application/xhtml"))
        return {"content-security-policy": STRANGER_POLICY} if active else {}
    if kind not in (Kind.PAGE, Kind.MAIL):
        return {}
    return {
        "content-security-policy": POLICY if kind is Kind.PAGE else MAIL_POLICY,
        "referrer-policy": "strict-origin-when-cross-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }
