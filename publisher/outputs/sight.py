"""EDGE. A generated folder whose ledger is lost (a deleted state folder): which files are ours?

The folder must bear our .gitignore, and its front page must be this site's; then
the files that look like ours are taken as ours. Without this a page of a
withdrawn article would stay online for good, and new pages would find old ones
in their way.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from publisher.model import ManifestEntry
from publisher.patterns import pattern
from publisher.render.compressed import plain_of

GITIGNORE = "*\n!.gitignore\n"
_HEAD_BYTES = 8192
_OUR_NAMES = pattern(
    r"media/(?:[0-9a-f]{16}/[^/]+|site-[0-9a-f]+\.css)"
    r"|newsletters/[^/]+/(?:[^/]+/)?[0-9]+/email\.(?:html|txt|eml)"
    r"|sitemap(?:/.+)?\.xml|robots\.txt|feeds\.opml"
)
_FEEDS = pattern(r"(?:.+/)?(?:rss\.xml|atom\.xml|feed\.json)")


def known_by_sight(folder: Path, site_url: str) -> dict[str, ManifestEntry]:
    """The files of ours in a folder that nothing is remembered of; none in anybody else's."""
    mark = f'<link rel="canonical" href="{site_url}'.encode()
    if not bears_our_mark(folder) or mark not in _read(folder / "index.html"):
        return {}
    # Feeds begin with links to their site.
    links = (site_url.encode(), escape(site_url, quote=False).encode())
    found: dict[str, ManifestEntry] = {}
    twins: dict[str, Path] = {}
    for file in folder.rglob("*"):
        path = file.relative_to(folder).as_posix()
        if file.is_symlink() or not file.is_file():
            continue
        if (
            _OUR_NAMES.fullmatch(path)
            or (path.endswith(".html") and mark in _read(file))
            or (_FEEDS.fullmatch(path) and any(link in _read(file) for link in links))
        ):
            found[path] = _entry(file)
        elif plain_of(path):
            twins[path] = file
    return found | {path: _entry(file) for path, file in twins.items() if plain_of(path) in found}


def bears_our_mark(folder: Path) -> bool:
    """Whether a folder was made by a run, for whatever site."""
    return _read(folder / ".gitignore") == GITIGNORE.encode()


def _entry(file: Path) -> ManifestEntry:
    stat = file.stat()
    return ManifestEntry(fingerprint="", size=stat.st_size, mtime_ns=stat.st_mtime_ns)


def _read(file: Path) -> bytes:
    """The head of a file, empty when there is none."""
    try:
        with file.open("rb") as opened:
            return opened.read(_HEAD_BYTES)
    except OSError:
        return b""
