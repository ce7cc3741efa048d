"""GROUND. What a look at the files of a source gave, and what is remembered of the last look."""

from __future__ import annotations

from publisher.errors import ArticleError
from publisher.model import Asset, Document, Value


class Reading(Value, frozen=True, kw_only=True, gc=True):
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


class FileStat(Value, frozen=True):
    """What the file system says of a file without opening it; times in nanoseconds."""

    mtime_ns: int
    ctime_ns: int
    size: int
    inode: int


NO_STAT = FileStat(0, 0, 0, 0)
"""Of what is no file of its own, or is to be looked at again."""


class KnownFile(Value, frozen=True, kw_only=True, gc=True):
    """A candidate file as it was when last read.

    `seen_ns` is when it was read, by the same clock as the stat's times;
    `context` the fingerprint of all that reading depended on beside the file.
    """

    stat: FileStat
    seen_ns: int
    context: str
    reading: Reading


class KnownAsset(Value, frozen=True, kw_only=True):
    """A file beside the articles as it was when last hashed.

    `context` is the fingerprint of what decided what is known of it; `problem` says why a
    picture is not shown, "" when it is.
    """

    stat: FileStat
    seen_ns: int
    asset: Asset
    context: str = ""
    problem: str = ""


class Finished(Value, frozen=True, kw_only=True, gc=True):
    """One freshly read candidate with the body that goes with its document."""

    known: KnownFile
    body_html: str | None
