"""PURE. What a file is: by the bytes that it begins with, else by its name.

A feed promises the type of each file, and players believe it; the name is only what
somebody typed. Sources: the formats' own specifications (RFC 3533 and 7845 for Ogg,
ISO/IEC 14496-12 section 4.3 for `ftyp`, RFC 9559 for Matroska, RFC 9639 for FLAC).
"""

from __future__ import annotations

from publisher.media_types import media_type_of

_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"fLaC", "audio/flac"),
)
_RIFF = {b"WAVE": "audio/wav", b"WEBP": "image/webp"}
_BRANDS = {
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"M4V ": "video/mp4",
    b"qt  ": "video/quicktime",
    b"avif": "image/avif",
}


def media_type(name: str, start: bytes) -> str:
    """The media type of a file by its first bytes (64 are enough) and its name."""
    named = media_type_of(name)
    found = _by_sign(start, named) or _container(start, named)
    return found or named


def _by_sign(start: bytes, named: str) -> str | None:
    for sign, kind in _SIGNS:
        if start.startswith(sign):
            return kind
    if start.startswith(b"RIFF"):
        return _RIFF.get(start[8:12])
    if start.startswith(b"ID3"):  # a tag that some put before other audio too
        return named if named.startswith("audio/") else "audio/mpeg"
    if len(start) > 2 and start[0] == 0xFF and start[1] & 0xF0 == 0xF0:
        layer = start[1] & 0x06  # none in an ADTS frame
        return "audio/mpeg" if layer else "audio/aac"
    return None


def _container(start: bytes, named: str) -> str | None:
    """A container holds sound or film: the name decides between those that fit."""
    if start.startswith(b"OggS"):
        film = b"theora" in start
        return named if named.endswith("/ogg") and not film else f"{_kind(film)}/ogg"
    if start.startswith(b"\x1aE\xdf\xa3") and b"webm" in start:
        return named if named.endswith("/webm") else "video/webm"
    if start[4:8] == b"ftyp":
        fits = ("audio/mp4", "video/mp4")
        return _BRANDS.get(start[8:12]) or (named if named in fits else "video/mp4")
    return None


def _kind(film: bool) -> str:
    return "video" if film else "audio"
