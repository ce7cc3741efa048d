"""PURE. The target of a request (RFC 9112, section 3.2) -> a path under output/.

A path is only ever looked up among those that were found, so that no spelling can lead out of the
folder; what is refused here is refused so that one file has one address.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes

_AUTHORITY = re.compile(rb"https?://[^/?#]*", re.IGNORECASE)
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_LONGEST = 4096
"""Bytes of a target; the longest path that Linux can open."""


def target_path(target: bytes) -> str | None:
    """The path that a target spells, without its first slash; None where it can name no file.

    Decoded once, as UTF-8. `a//b`, `.`, `..`, NUL and backslashes name nothing.
    """
    if not target.startswith(b"/"):  # absolute-form, which a server must take too
        found = _AUTHORITY.match(target)
        if found is None:
            return None
        target = target[found.end() :] or b"/"
    if len(target) > _LONGEST or _BROKEN_ESCAPE.search(target):
        return None
    try:
        path = unquote_to_bytes(target).decode("utf-8")
    except UnicodeDecodeError:
        return None
    inner = path.removeprefix("/")
    if not path.startswith("/") or "\\" in inner or "\0" in inner:
        return None
    parts = inner.split("/")
    if "" in parts[:-1] or not {".", ".."}.isdisjoint(parts):
        return None
    return inner


def folder_location(path: str, query: bytes) -> bytes:
    """Where a folder that was asked for without its slash is found: relative to what was asked.

    Relative, because a proxy in front may have taken a prefix off the address.
    """
    location = f"./{quote(path.rpartition('/')[2])}/".encode("ascii")
    return location + b"?" + query if query else location


def is_servable(name: str, *, at_root: bool) -> bool:
    """Whether a file or folder of this name is for readers: nothing that begins with a dot is.

    But `.well-known/` at the root (RFC 8615).
    """
    return not name.startswith(".") or (at_root and name == ".well-known")
