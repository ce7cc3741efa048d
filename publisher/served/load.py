"""EDGE. Files of output/ -> representations: small ones read and hashed, large ones left."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from publisher.answers.conditions import write_date
from publisher.answers.headers import Kind, kind_of
from publisher.answers.values import Headers, Representation, Variant
from publisher.render.compressed import compress
from publisher.served.scan import Stamp, stamp_of
from publisher.values import dataclass

HeadersOf = Callable[[str], Headers]
"""The fields of a file by its path."""

_ENCODINGS = {"gzip": ("gzip", b"-gz"), "brotli": ("br", b"-br")}
"""Coding -> its name in HTTP (RFC 9110, section 8.4.1; RFC 7932), and how its entity-tags end."""

_LEAST = 200
"""Bytes below which compression saves no packet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is held in memory, in bytes: files up to `file`, all of them and their encoded variants
    up to `total`. What is beyond is sent from disk."""

    file: int = 4 * 1024 * 1024
    total: int = 512 * 1024 * 1024


class Changed(Exception):
    """The file is no longer the one that was seen."""


class Unreadable(Exception):
    """The file is there, but not for us to read."""


def open_file(folder: Path, path: str) -> tuple[int, Stamp]:
    """A descriptor of a file and its stamp.

    Raises Changed where it is gone or no file any more, and Unreadable.
    """
    try:
        descriptor = os.open(folder / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        gone = error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
        raise (Changed if gone else Unreadable) from error
    stamp = stamp_of(os.fstat(descriptor))
    if stamp is None:
        os.close(descriptor)
        raise Changed
    return descriptor, stamp


def read_file(folder: Path, path: str, stamp: Stamp) -> bytes:
    """The bytes of a file that was seen. Raises Changed when it is not that one any more.

    Raises Unreadable too.
    """
    descriptor, found = open_file(folder, path)
    with os.fdopen(descriptor, "rb") as file:
        try:
            data = file.read(found.size + 1)
            after = stamp_of(os.fstat(descriptor))
        except OSError as error:
            raise Unreadable from error
    if not stamp == found == after or len(data) != stamp.size:
        raise Changed
    return data


def held(path: str, data: bytes, stamp: Stamp, headers: Headers) -> Representation:
    """A file in memory; its entity-tag is the hash of its bytes, the same on every machine."""
    etag = b'"%s"' % hashlib.sha256(data).hexdigest()[:32].encode("ascii")
    return Representation(
        path=path,
        modified=stamp.mtime_ns // 10**9,
        date=write_date(stamp.mtime_ns // 10**9),
        headers=headers,
        variants=(Variant(encoding="", etag=etag, size=len(data), body=data),),
    )


def on_disk(path: str, stamp: Stamp, headers: Headers) -> Representation:
    """A file that is read when it is asked for; its entity-tag is made of its stamp."""
    etag = b'"%x-%x-%x"' % (stamp.size, stamp.mtime_ns, stamp.inode)
    return Representation(
        path=path,
        modified=stamp.mtime_ns // 10**9,
        date=write_date(stamp.mtime_ns // 10**9),
        headers=tuple(field for field in headers if field[0] != b"vary"),
        variants=(Variant(encoding="", etag=etag, size=stamp.size, body=None),),
    )


def with_encodings(file: Representation) -> Representation:
    """A file with its gzip and brotli variants, as far as they save something."""
    plain = file.variants[0]
    assert plain.body is not None
    made = [plain]
    for coding, (encoding, suffix) in _ENCODINGS.items():
        packed = compress(plain.body, coding, path=file.path)
        if len(packed) < plain.size:
            etag = plain.etag[:-1] + suffix + b'"'
            made.append(Variant(encoding=encoding, etag=etag, size=len(packed), body=packed))
    return replace(file, variants=tuple(made), is_final=True)


def gains(file: Representation) -> bool:
    """Whether a file is text that lies in memory, was not compressed yet, and is not tiny."""
    plain = file.variants[0]
    return (
        not file.is_final
        and plain.body is not None
        and plain.size >= _LEAST
        and (b"vary", b"Accept-Encoding") in file.headers
    )


def urgency(path: str, stamp: Stamp) -> tuple[int, int, str]:
    """What is read and compressed first: feeds, then pages, then the rest, each newest first."""
    rank = {Kind.FEED: 0, Kind.PAGE: 1}.get(kind_of(path), 2)
    return rank, -stamp.mtime_ns, path
