"""EDGE. Folders: which files lie in one, and what a file beside the articles is."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from publisher.errors import ArticleError, ArticleOutOfReach, Location, SourceError
from publisher.fingerprint import content_hash
from publisher.model import Asset
from publisher.pictures.inspection import inspect
from publisher.pictures.opening import pixels, see_through
from publisher.readings import FileStat
from publisher.renditions import READ_TYPES, Logo, make_logo
from publisher.sources.filetype import media_type
from publisher.system.room import NOT_OURS

MAX_ASSET = 512 * 1024 * 1024
"""Bytes; a larger file is named, not copied: it belongs on a media server."""


class Scan(NamedTuple):
    """The files of a folder by their path with `/`, and what is none, each with why not."""

    files: dict[str, FileStat]
    left_out: dict[str, str]


LEADS_TO_A_FOLDER = "is a link to a folder elsewhere, in which nothing is read"


def scan_folder(folder: Path, barred: Sequence[Path] = ()) -> Scan:
    """Everything below a folder, sorted; what is hidden is not looked at.

    Links that lead out of the folder are not followed. Raises SourceError.
    """
    root = folder.resolve()
    shut = {str(b.resolve()) for b in barred}
    found: dict[str, FileStat] = {}
    left_out: dict[str, str] = {}
    # As text: a Path of each of thousands takes as long as its stat. By the way that leads there,
    # and by where it is in truth.
    pending = [(str(root), str(root), "")]
    while pending:
        place, real, prefix = pending.pop()
        for entry in _entries(place):
            name = prefix + entry.name
            is_link = entry.is_symlink()
            if is_link and (astray := _leads_astray(Path(entry.path), root)):
                left_out[name] = astray
            elif entry.is_file():
                try:
                    found[name] = _stat(entry)
                except FileNotFoundError:
                    continue  # gone since we saw its name
            elif entry.is_dir():
                path = str(Path(entry.path).resolve()) if is_link else f"{real}/{entry.name}"
                if path not in shut:
                    pending.append((entry.path, path, f"{name}/"))
            else:
                left_out[name] = "is no regular file, and is not opened"
    return Scan(
        {name: found[name] for name in sorted(found)},
        {name: left_out[name] for name in sorted(left_out)},
    )


def read_file(path: str) -> bytes:
    """The bytes of a file. Raises OSError.

    By its name: a Path of each of thousands takes as long as to read it, and a buffer half of that.
    """
    with open(path, "rb", buffering=0) as opened:  # noqa: PTH123
        return opened.read()


def read_asset(path: Path, origin: str, source: str) -> Asset:
    """Hash a file and find its type and size in pixels. Raises ArticleError."""
    return _asset(_bytes(path, origin), path.name, origin, source)


def inspect_asset(path: Path, origin: str, source: str) -> tuple[Asset, str]:
    """The same, a picture opened; gives also why it is not shown, "" when it is.

    Raises ArticleError for a file that cannot be read at all, ArticleOutOfReach where that may be
    gone without a change of it.
    """
    data = _bytes(path, origin)
    asset = _asset(data, path.name, origin, source)
    if asset.media_type not in READ_TYPES:
        return asset, ""
    try:
        found = inspect(data, asset.media_type)
    except ArticleError as error:
        return asset, f"{error.message} ({error.mend})"
    return replace(asset, **found._asdict()), ""


def read_logo(path: Path, origin: str, *, paper: str) -> Logo:
    """The logo of a site with this paper, not opened. Raises ArticleError."""
    data = _bytes(path, origin)
    asset = _asset(data, path.name, origin, "")
    return make_logo(asset, see_through=see_through(data, asset.media_type), paper=paper)


def asset_path(data: bytes, file_name: str) -> str:
    """Where a file of this content and name lies under output/."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", file_name).lstrip(".-") or "file"
    return f"media/{content_hash(data)[:16]}/{name}"


def _bytes(path: Path, origin: str) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_ASSET:
            raise ArticleError(
                f"is larger than {MAX_ASSET // 2**20} MiB and is not copied",
                where=Location(file=origin),
                mend="put it on a media server and link it there",
            )
        return path.read_bytes()
    except OSError as error:
        is_gone = isinstance(error, FileNotFoundError | NotADirectoryError)
        kind = ArticleError if is_gone else ArticleOutOfReach  # its folder shows that it is gone
        raise kind(f"cannot be read: {error.strerror}", where=Location(file=origin)) from error


def _asset(data: bytes, file_name: str, origin: str, source: str) -> Asset:
    kind = media_type(file_name, data[:64])
    width, height = pixels(data) if kind.startswith("image/") else (0, 0)
    return Asset(
        path=asset_path(data, file_name),
        origin=origin,
        source=source,
        media_type=kind,
        length=len(data),
        width=width,
        height=height,
    )


def _stat(entry: os.DirEntry[str]) -> FileStat:
    stat = entry.stat()
    return FileStat(stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)


def _entries(place: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(place) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except FileNotFoundError:
        return []  # gone since we saw its name
    except OSError as error:
        raise SourceError(
            f"cannot be looked into: {error.strerror}",
            where=Location(file=place),
            mend=NOT_OURS,
        ) from error


def _leads_astray(path: Path, root: Path) -> str:
    """Why a link is not followed; "" for one that ends inside the folder and makes no circle."""
    try:
        target = path.resolve(strict=True)
    except FileNotFoundError:
        return "is a link to a file that is not there"
    except (OSError, RuntimeError):
        return "is a link that leads nowhere"
    if not target.is_relative_to(root):
        return LEADS_TO_A_FOLDER if target.is_dir() else "is a link that leads out of the folder"
    return "is a link to a folder that holds it" if path.is_relative_to(target) else ""
