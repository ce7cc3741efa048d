"""GROUND. Addresses under the site: the file that answers one, and how it stands in a URL."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import normalize
from urllib.parse import quote

from publisher.patterns import pattern

RESERVED = (
    "archive/",
    "authors/",
    "feeds/",
    "languages/",
    "media/",
    "newsletters/",
    "page/",
    "sitemap/",
    "tags/",
    "atom.xml",
    "feed.json",
    "feeds.opml",
    "index.html",
    "robots.txt",
    "rss.xml",
    "sitemap.xml",
)
"""What the site itself writes under output/: no article may lie there."""

_PLAIN = pattern(r"[A-Za-z0-9/._-]*")
_HIDDEN_PART = pattern(r"(?:^|/)\.(?!well-known(?:/|$))")


def reserved_by(folders: Iterable[str]) -> tuple[str, ...]:
    """What the feeds in these folders write beside RESERVED, as beginnings of paths.

    The folder itself stays free for articles: a feed at news/ and articles at news/SLUG/
    are what one would expect.
    """
    written = ("index.html", "rss.xml", "atom.xml", "feed.json", "archive/", "page/")
    return tuple(f"{folder}/{name}" for folder in folders if folder for name in written)


def address_path(address: str) -> str:
    """The file under output/ that answers an address: itself, or index.html in the folder."""
    if not address or address.endswith("/"):
        return address + "index.html"
    is_file = address.rpartition("/")[2].endswith((".html", ".htm"))
    return address if is_file else address + "/index.html"


def folders_of(paths: Iterable[str]) -> set[str]:
    """Every folder that one of these files lies in, those above it included."""
    folders: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:  # what is above one was met with it
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders


def find_alike(paths: Iterable[str]) -> list[list[str]]:
    """The paths of which some disks take several for one: they differ in case alone, or in how
    letters with marks are put together (Unicode, section 3.13, D145)."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        groups.setdefault(_folded(path), []).append(path)
    return [sorted(group) for group in groups.values() if len(group) > 1]


def _folded(path: str) -> str:
    if path.isascii():
        return path.lower()
    return normalize("NFD", normalize("NFD", path).casefold())


def is_hidden(path: str) -> bool:
    """Whether a file or a folder of its path begins with a dot, but for .well-known/ (RFC 8615)."""
    is_suspect = path.startswith(".") or "/." in path
    return is_suspect and bool(_HIDDEN_PART.search(path))


def quote_address(address: str) -> str:
    """An address as it stands in a URL (RFC 3986); what is percent-encoded already stays."""
    if _PLAIN.fullmatch(address):  # as most are, and it takes a fifth of the time to see it
        return address
    return quote(address, safe="/-._~!$&'()*+,;=:@%")
