"""GROUND. Where other tools keep the files that they serve as they are: beside their texts.

Only folders that such a tool makes public as a whole, so that an article which names a file of one
shows nobody what was not public before.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from publisher.config.sources import Dialect, FilesSpec
from publisher.config.specs import Config

_NAMES = ("assets", "downloads", "files", "images", "img", "media", "photos", "pictures", "uploads")
_BY_NAME = tuple((f"/{name}/", name) for name in _NAMES)
_FOLDERS: Mapping[Dialect, tuple[tuple[str, str], ...]] = {
    "jekyll": _BY_NAME,
    "hexo": _BY_NAME,
    "eleventy": (*_BY_NAME, ("/", "public")),
    "hugo": (("/", "static"),),
    "zola": (("/", "static"),),
    "nikola": (("/images/", "images"), ("/", "files")),
    "pelican": (("/images/", "images"),),
}


class PublicFolder(NamedTuple):
    """A folder, and how the path of an address begins that a file in it has."""

    begin: str
    folder: Path


def all_public_folders(config: Config) -> Iterator[PublicFolder]:
    """Those of all sources."""
    for spec in config.sources:
        if isinstance(spec, FilesSpec):
            yield from public_folders(config, spec)


def public_folders(config: Config, spec: FilesSpec) -> tuple[PublicFolder, ...]:
    """Those that a source may have, there or not: in its folder and the two above it, the nearest
    first; of a source within the site not above that."""
    own = _FOLDERS.get(spec.dialect, ())
    if not own:
        return ()
    root, folder = _plain(config.root), _plain(config.path(spec.path))
    above = [top for top in folder.parents[:2] if top != top.parent]
    if folder.is_relative_to(root):
        above = [top for top in above if top.is_relative_to(root)]
    return tuple(PublicFolder(begin, top / name) for top in (folder, *above) for begin, name in own)


def _plain(place: Path) -> Path:
    """As it is told, without `..` and without asking where links lead."""
    return Path(os.path.normpath(place.absolute()))
