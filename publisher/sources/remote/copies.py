"""EDGE. The last good copy of each feed, in the state folder, with all that is known of it.

A copy is one file that is replaced whole: what was read and what it was read by (ETag) belong
together, whatever is killed.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from publisher.errors import StoreError
from publisher.fingerprint import dump, fingerprint, load
from publisher.parse.feeds import ListedFeed
from publisher.parse.feeds.keeping import Kept
from publisher.system.room import trouble
from publisher.system.whole import write_whole
from publisher.values import dataclass

FOLDER = "remote"
_NOTHING = Kept(entries=(), others=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What is known of one address. Times are UTC, None where that never was.

    `moved` is where a permanent redirect led to, `etag` and `modified` what the other side marks
    the document by, `read_by` what read it. `due` is when it is asked next, `failures` how often in
    a row it gave nothing, and why; `barred` is where our own guard refused it. `gone` is when it
    said that it will not come back. A feed has `kept`, a list of feeds `listed`.
    """

    url: str
    moved: str = ""
    etag: str = ""
    modified: str = ""
    read_by: str = ""
    tried: datetime | None = None
    good: datetime | None = None
    due: datetime | None = None
    failures: int = 0
    trouble: str = ""
    mend: str = ""
    barred: bool = False
    gone: datetime | None = None
    kept: Kept = _NOTHING
    listed: tuple[ListedFeed, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The address without what follows its ?, which may be a secret."""
        return self.url.partition("?")[0]

    @property
    def mark(self) -> str:
        """What is the same for as long as it gives the same items."""
        return fingerprint(self.url, self.kept)

    def asked_at(self, url: str) -> Copy:
        """The same of an address that the configuration changed: its articles stay until then."""
        if self.url == url:
            return self
        return Copy(url=url, kept=self.kept, listed=self.listed, good=self.good)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The copies of one source."""

    folder: Path

    def of_source(self, url: str) -> Copy:
        """Of the address that the source itself names. Raises StoreError."""
        return self._load("source").asked_at(url)

    def of_feed(self, url: str) -> Copy:
        """Of one feed of its list. Raises StoreError."""
        return self._load(_file_of(url)).asked_at(url)

    def save_source(self, copy: Copy) -> None:
        """Keep it. Raises StoreError."""
        self._save("source", copy)

    def save_feed(self, copy: Copy) -> None:
        """Keep it. Raises StoreError."""
        self._save(_file_of(copy.url), copy)

    def _load(self, name: str) -> Copy:
        path = self.folder / f"{name}.json"
        try:
            return load(path.read_bytes(), Copy)
        except FileNotFoundError:
            return Copy(url="")
        except OSError as error:
            raise trouble(StoreError, error, path, what="cannot be read") from error
        except msgspec.MsgspecError:
            return Copy(url="")  # of another version, or damaged: it is asked for again

    def _save(self, name: str, copy: Copy) -> None:
        path = self.folder / f"{name}.json"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, dump(copy))
        except OSError as error:
            raise trouble(StoreError, error, path) from error


def copies_of(state: Path, source: str) -> Copies:
    """The copies of a source below the state folder."""
    return Copies(folder=state / FOLDER / source)


def _file_of(url: str) -> str:
    return fingerprint(url)
