"""EDGE. What another tool exported, as a container of items; its pictures, where it holds them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from publisher.config import ExportSpec, WxrSpec
from publisher.errors import Location, SourceError
from publisher.exports import ExportError, Files, Origin, read_export
from publisher.fingerprint import fingerprint
from publisher.parse.items import ItemFound
from publisher.sources import GRAIN_NS
from publisher.sources.archives import open_archive, stats_of
from publisher.sources.items import cannot_be_read
from publisher.values import dataclass

_PICTURES = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An export's file, zip file or folder; the articles are to be under `site_url`."""

    spec: ExportSpec
    path: Path
    site_url: str

    def mark(self) -> str:
        """By its files; "" right after a change, which another could follow."""
        try:
            stats = stats_of(self.path)
        except OSError as error:
            raise cannot_be_read(self.path, error) from error
        except ExportError as error:
            raise self._unusable(error) from error
        if any(changed + GRAIN_NS >= time.time_ns() for _, _, changed, _ in stats):
            return ""
        return fingerprint(stats)

    def items(self) -> Iterator[ItemFound]:
        """What lies in it. Raises SourceError, also after what could be read of it."""
        spec = self.spec
        origin = Origin(
            site_url=self.site_url,
            old_url=spec.old_url or "",
            paragraphs=spec.paragraphs if isinstance(spec, WxrSpec) else "auto",
            shortcodes=spec.shortcodes,
        )
        try:
            with open_archive(self.path) as files:
                yield from read_export(spec.type, files, origin)
        except OSError as error:
            raise cannot_be_read(self.path, error) from error
        except ExportError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: ExportError) -> SourceError:
        name = str(self.path)
        if error.file and error.file != self.path.name:
            name = f"{name}/{error.file}"
        where = Location(file=name, line=error.line)
        return SourceError(error.message, where=where, mend=error.mend or None)


@dataclass(frozen=True, slots=True)
class PicturesInside:
    """The pictures that an export holds, by the addresses that its articles show them at.

    `homes` are the hosts of the site, old and new.
    """

    files: Files
    homes: frozenset[str]
    by_name: dict[str, list[str]]

    @classmethod
    def of(cls, files: Files, *homes: str) -> PicturesInside:
        """Those among the files of an export of a site at these addresses."""
        by_name: dict[str, list[str]] = {}
        for path in files.names():
            if path.lower().endswith(_PICTURES):
                by_name.setdefault(path.rpartition("/")[2], []).append(path)
        return cls(files, frozenset(urlsplit(home).netloc for home in homes if home), by_name)

    def find(self, url: str) -> str | None:
        """The path of the file at an address: the one with the most of its path's end.

        A name alone says little: logo.png is everywhere. What is shown from elsewhere has to have
        its folders in common too.
        """
        try:
            address = urlsplit(url)
            parts = unquote(address.path).strip("/").split("/")
        except ValueError:
            return None
        found = [
            (_shared_end(path.split("/"), parts), path) for path in self.by_name.get(parts[-1], ())
        ]
        shared, path = max(found, default=(0, ""))
        if address.netloc not in self.homes:
            return path if shared >= 3 else None
        is_whole = shared == len(path.split("/")) and len(found) == 1
        return path if shared >= 2 or is_whole else None


def _shared_end(one: list[str], other: list[str]) -> int:
    shared = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if left != right:
            break
        shared += 1
    return shared
