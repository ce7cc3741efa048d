"""PURE. Compressed twins of files, made beforehand: `rss.xml` -> `rss.xml.gz`, `rss.xml.br`.

nginx and Caddy send a twin in place of its file to readers that take it. `publisher serve` needs
none: it compresses in memory, by the same rules.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from publisher.answers.headers import Kind, kind_of
from publisher.fingerprint import fingerprint
from publisher.model import Artifact

SUFFIXES = {"gzip": ".gz", "brotli": ".br"}
_MEDIA_TYPES = {"gzip": "application/gzip", "brotli": "application/octet-stream"}
_WRITTEN = (".css", ".eml", ".html", ".json", ".opml", ".txt", ".xml")
_KIB = 1024


def compressed_artifacts(
    artifacts: Sequence[Artifact], codings: Mapping[str, str]
) -> Iterator[Artifact]:
    """The artifacts, each text among them followed by its twins in the codings of `SUFFIXES`, of
    which each stands with the version of what compresses it.

    A twin is drawn from what its file is drawn from, so that it follows from the same fingerprint.
    """
    for artifact in artifacts:
        yield artifact
        for coding, version in codings.items() if has_twins(artifact.path) else ():
            yield Artifact(
                path=artifact.path + SUFFIXES[coding],
                media_type=_MEDIA_TYPES[coding],
                fingerprint=fingerprint(artifact.fingerprint, coding, version),
                render=partial(_draw, artifact, coding),
                apart=artifact.apart,
            )


def has_twins(path: str) -> bool:
    """Whether `compressed_artifacts` makes twins of a file: of text that we write ourselves."""
    ours = not path.startswith("media/") or path.startswith("media/site-")
    return ours and path.endswith(_WRITTEN)


def plain_of(path: str) -> str | None:
    """The file whose twin lies at a path, if it is the name of one."""
    for suffix in SUFFIXES.values():
        plain = path.removesuffix(suffix)
        if plain != path and has_twins(plain):
            return plain
    return None


def compress(data: bytes, coding: str, *, path: str) -> bytes:
    """Bytes in a coding of `SUFFIXES`, the same ones each time. `path` tells how hard to try."""
    if coding == "gzip":
        return _gzip(data)
    import brotli  # noqa: PLC0415 (only for sites that compress)

    packed: bytes = brotli.compress(data, mode=brotli.MODE_TEXT, quality=_quality(path, len(data)))
    return packed


def _draw(artifact: Artifact, coding: str) -> bytes:
    return compress(artifact.render(), coding, path=artifact.path)


def _gzip(data: bytes) -> bytes:
    """One member of RFC 1952 with no name, no time and no system in it.

    Python's own differs in the system's number from version to version.
    """
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9)
    packed = deflater.compress(data) + deflater.flush()
    tail = struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + packed + tail


def _quality(path: str, size: int) -> int:
    """Brotli's effort: the most for feeds, which are fetched most, as long as it is under a second.

    11 takes 2 s a megabyte, 10 one, 5 a thirtieth (measured on text, and then a sixth larger).
    """
    if kind_of(path) is not Kind.FEED or size > _KIB * _KIB:
        return 5
    return 11 if size <= 400 * _KIB else 10
