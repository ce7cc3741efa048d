"""GROUND. What a look at the files of a source gave, and what is remembered of the last look."""

from __future__ import annotations

from publisher.errors import ArticleError
from publisher.model import Asset, Document
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one look at one candidate file gave: exactly one of document, skipped, problem.

    `good` is the version of the file that stood before this look; with a `problem`
    it is what stays published.
    """

    source: str
    file: str
    document: Document | None = None
    skipped: str = ""
    problem: ArticleError | None = None
    good: Document | None = None


@dataclass(frozen=True, slots=True)
class FileStat:
    """What the file system says of a file without opening it; times in nanoseconds."""

    mtime_ns: int
    ctime_ns: int
    size: int
    inode: int


NO_STAT = FileStat(0, 0, 0, 0)
"""Of what is no file of its own, or is to be looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """A candidate file as it was when last read.

    `seen_ns` is when it was read, by the same clock as the stat's times;
    `context` the fingerprint of all that reading depended on beside the file.
    """

    stat: FileStat
    seen_ns: int
    context: str
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAsset:
    """A file beside the articles as it was when last hashed.

    `context` is the fingerprint of what decided what is known of it; `problem` says why a
    picture is not shown, "" when it is.
    """

    stat: FileStat
    seen_ns: int
    asset: Asset
    context: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One freshly read candidate with the body that goes with its document."""

    known: KnownFile
    body_html: str | None
