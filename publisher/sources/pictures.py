"""EDGE. The pictures of an export: those in it, and those of the web when a person asks."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from publisher.errors import FetchError
from publisher.exports import ExportError
from publisher.sources.archives import open_archive
from publisher.sources.exports import Export, PicturesInside
from publisher.sources.filetype import media_type

TYPES = ("image/avif", "image/gif", "image/jpeg", "image/png", "image/webp")
MOST_BYTES = 20 * 1024 * 1024
"""Of one picture."""

_MOST_TOGETHER = 2 * 1024**3
_MOST_FETCHED = 20_000
_SECONDS = 20.0
_MOST_FAILURES = 5
"""Of one host; then it is not asked any more."""


class Pictures:
    """Gives pictures by their addresses. Each address is looked for once."""

    def __init__(self, export: Export, *, fetches: bool) -> None:
        self.written = 0
        self.warnings: list[str] = []
        self._export = export
        self._fetches = fetches
        self._stack = ExitStack()
        self._inside: PicturesInside | None = None
        self._failed: set[str] = set()
        self._away: Counter[str] = Counter()
        self._bytes = 0
        self._fetched = 0

    def __enter__(self) -> Self:
        try:
            files = self._stack.enter_context(open_archive(self._export.path))
        except (OSError, ExportError):
            return self  # reading the export says why
        homes = (self._export.site_url, self._export.spec.old_url or "")
        self._inside = PicturesInside.of(files, *homes)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def find(self, url: str) -> tuple[bytes, str] | None:
        """A picture and its type; None for one that is not here, or is no picture."""
        if url in self._failed:
            return None
        data = self._from_inside(url)
        if data is None and self._fetches:
            data = self._from_the_web(url)
        kind = media_type("", data[:64]) if data else ""  # a name tells what somebody hoped
        if data is None or kind not in TYPES or len(data) > MOST_BYTES:
            if data is not None:
                self.warnings.append(f"{url} is no picture that can be shown, and stays there")
            self._failed.add(url)
            return None
        self.written += 1
        return data, kind

    def _from_inside(self, url: str) -> bytes | None:
        inside = self._inside
        name = inside.find(url) if inside is not None else None
        if inside is None or name is None:
            return None
        try:
            return inside.files.read(name)
        except ExportError:
            return None

    def _from_the_web(self, url: str) -> bytes | None:
        host = url.partition("://")[2].partition("/")[0]
        if not url.startswith(("http://", "https://")) or self._away[host] >= _MOST_FAILURES:
            return None
        if self._fetched >= _MOST_FETCHED or self._bytes >= _MOST_TOGETHER:
            return None
        self._fetched += 1
        try:
            data = fetch_picture(url, self._export.site_url)
        except FetchError as error:
            self._away[host] += 1
            self.warnings.append(f"{error}; the picture stays there")
            return None
        self._bytes += len(data)
        return data


def fetch_picture(url: str, site_url: str) -> bytes:
    """A picture of the public web. Raises FetchError."""
    # the client takes a moment to import, and most imports fetch nothing
    from publisher.fetching import fetch, public_only  # noqa: PLC0415

    answer = fetch(
        url,
        accept="image/*",
        max_bytes=MOST_BYTES,
        seconds=_SECONDS,
        site_url=site_url,
        guard=public_only,
    )
    return answer.require_ok().body
