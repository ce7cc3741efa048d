"""PURE. Addresses of our own files: relative within the site, absolute for the world.

What our own chrome links to is relative, so that output/ can be looked at on any
host and under any path. A folder's page is addressed as the folder, the way the
world knows it (canonical, feeds), so one page has one address.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

_SAFE = "/!$&'()*+,;=@~"
_QUOTED = re.compile(rf"[^A-Za-z0-9_.\-{_SAFE}]")
"""What `quote` changes: nothing in most addresses, and to look for it takes a third of the time."""

_INDEX = "index.html"


def relative(here: str, there: str) -> str:
    """The address of one path of output/ as written in the file at another."""
    if not there.startswith(here.partition("/")[0]):  # no folder is shared, as mostly
        return "../" * here.count("/") + _quoted(there) or "./"
    folder, _, name = there.rpartition("/")
    steps = _steps(here.rpartition("/")[0], folder)
    address = steps if name == _INDEX else steps + name
    return (quote(address, safe=_SAFE) if _QUOTED.search(address) else address) or "./"


def absolute(site_url: str, path: str) -> str:
    """The address of a path of output/ under the site's own; `site_url` ends in /."""
    return site_url + _quoted(path)


def nearer(site_url: str, here: str, url: str) -> str:
    """An absolute address as written in the file at `here`: relative when it is ours."""
    if not url.startswith(site_url):
        return url
    page, hash_, place = url.partition("#")
    if hash_ and page == absolute(site_url, here):
        return f"#{place}"
    return "../" * here.count("/") + url.removeprefix(site_url) or "./"


@lru_cache(maxsize=1024)
def _quoted(path: str) -> str:
    """A path from the top as written in an address; each page names the same few."""
    folder, slash, name = path.rpartition("/")
    return quote(folder + slash + ("" if name == _INDEX else name), safe=_SAFE)


def _steps(here: str, there: str) -> str:
    """From one folder to another, each with its `/`; "" where it is the same.

    A page has a dozen links, and `posixpath.relpath` takes ten times as long.
    """
    if here == there:
        return ""
    start = here.split("/") if here else []
    end = there.split("/") if there else []
    shared = 0
    for one, other in zip(start, end, strict=False):
        if one != other:
            break
        shared += 1
    down = end[shared:]
    return "../" * (len(start) - shared) + ("/".join(down) + "/" if down else "")
