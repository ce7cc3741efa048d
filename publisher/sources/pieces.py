"""EDGE. Pictures that are written into a text, as `data:`: each becomes a file that is copied.

Notebooks, office documents and mails hold their pictures so. Feed readers and mail programs show
none of them, so they are taken out and lie in the state folder, named by what they hold.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection
from pathlib import Path
from urllib.parse import unquote_to_bytes

from publisher.errors import ArticleError, ArticleOutOfReach, StoreError
from publisher.fingerprint import content_hash
from publisher.parse.clean.references import Found, RefusedFile
from publisher.patterns import pattern
from publisher.renditions import READ_TYPES
from publisher.sources.filetype import media_type
from publisher.sources.folder import inspect_asset
from publisher.system.room import trouble
from publisher.system.spare import Spare
from publisher.system.whole import write_whole
from publisher.values import dataclass

_SCHEME = "piece:"
_DATA = pattern(r"data:[^,]{0,200}?(;base64)?,", re.IGNORECASE)
_MOST = 64 * 1024 * 1024
"""Characters of a `data:` address that is unpacked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """Where they lie; with `spare` new ones lie there, and `folder` is only looked at."""

    folder: Path
    spare: Spare | None = None

    def take(self, reference: str, source: str) -> Found:
        """What a `data:` address holds, kept; None for what browsers would not show as a picture.

        Raises StoreError where it cannot be kept, ArticleOutOfReach where it cannot be read again.
        """
        data = _unpacked(reference)
        kind = media_type("", data[:64])
        if not data or kind not in READ_TYPES:
            return None
        name = f"{content_hash(data)[:16]}.{kind.partition('/')[2]}"
        path = self._keep(name, data)
        try:
            asset, problem = inspect_asset(path, f"{_SCHEME}{name}", source)
        except ArticleOutOfReach:
            raise
        except ArticleError:
            return None
        return RefusedFile(mark=f"refused {asset.path}") if problem else asset

    def path(self, origin: str) -> Path | None:
        """The file of a piece by its origin; None for an origin that is another's."""
        if not origin.startswith(_SCHEME):
            return None
        name = origin.removeprefix(_SCHEME)
        spare = self.spare.path if self.spare else None
        places = [place / name for place in (spare, self.folder) if place is not None]
        return next((path for path in places if path.exists()), places[-1])

    def mark(self, origin: str) -> str:
        """What a document's `needs` remember of a piece; "" for one that is gone."""
        path = self.path(origin)
        found = path is not None and path.exists()
        return f"media/{path.stem}/{path.name}" if path and found else ""

    def keep_only(self, origins: Collection[str]) -> None:
        """Remove all that no article shows any more."""
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            if f"{_SCHEME}{path.name}" not in origins:
                path.unlink(missing_ok=True)

    def _keep(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        try:
            if self.spare:
                path = self.spare.make() / name
            if not path.exists():
                if not self.spare:
                    self.folder.mkdir(parents=True, exist_ok=True)
                write_whole(path, data, alone=False)
        except OSError as error:
            raise trouble(StoreError, error, path) from error
        return path


def _unpacked(reference: str) -> bytes:
    """The bytes of a `data:` address (RFC 2397); none where it is no such address or too long."""
    head = _DATA.match(reference)
    if head is None or len(reference) > _MOST:
        return b""
    written = unquote_to_bytes(reference[head.end() :])
    if not head[1]:
        return written
    try:
        return base64.b64decode(written)
    except binascii.Error:
        return b""
