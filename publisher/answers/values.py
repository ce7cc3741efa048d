"""PURE. What the answers are made of: files as they can be sent, requests, answers."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.values import dataclass

Header = tuple[bytes, bytes]
"""A field's name in small letters, and its value."""

Headers = tuple[Header, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The bytes of a file in one content coding ("" for none, "gzip" or "br").

    `etag` is its entity-tag as sent, quotes included; `body` is None for a file that is too large
    to be held and lies on disk.
    """

    encoding: str
    etag: bytes
    size: int
    body: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """One file of output/ as it can be sent: the plain variant first, then its encoded ones.

    `path` is under output/; `modified` is in whole seconds since 1970, `date` the same as an
    HTTP-date; `headers` are those that its place and kind give. `is_final` says that no further
    variant is to come.
    """

    path: str
    modified: int
    date: bytes
    headers: Headers
    variants: tuple[Variant, ...]
    is_final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that can be sent, as it lay in output/ at one moment.

    `missing` is the page for an address that leads nowhere.
    """

    files: Mapping[str, Representation]
    missing: Representation


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request: its target as it came, with the query apart; field names in small letters."""

    method: str
    target: bytes
    query: bytes
    headers: Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """A stretch of a file that lies on disk."""

    representation: Representation
    start: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status, its fields and a body: bytes, or a part of a file on disk. HEAD has none."""

    status: int
    headers: Headers
    body: bytes = b""
    part: FilePart | None = None
