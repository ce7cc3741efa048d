"""GROUND. The media type of a file by its name: the same on every machine.

Python's own table, never the machine's (/etc/mime.types differs), and what it lacks or calls
otherwise in one of the versions that we run on.
"""

from __future__ import annotations

import mimetypes
from functools import cache

UNKNOWN = "application/octet-stream"

MEDIA_TYPES = {
    "aac": "audio/aac",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "m4b": "audio/mp4",
    "mp3": "audio/mpeg",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "mp4": "video/mp4",
    "ogv": "video/ogg",
    "webm": "video/webm",
    "epub": "application/epub+zip",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "avif": "image/avif",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}
"""Suffix -> media type of what an article can attach."""

_OTHERS = {
    "js": "text/javascript",
    "opml": "text/x-opml",
    "srt": "application/x-subrip",
    "vtt": "text/vtt",
}


@cache
def _types() -> mimetypes.MimeTypes:
    """Made when it is first asked: it takes as long as all else that a module does."""
    types = mimetypes.MimeTypes(filenames=())
    for suffix, media_type in (MEDIA_TYPES | _OTHERS).items():
        types.add_type(media_type, f".{suffix}")
    return types


def media_type_of(name: str) -> str:
    """The media type of a file name, without parameters; `UNKNOWN` where nothing tells it."""
    found, packed = _types().guess_type("file:" + name.rpartition("/")[2])
    if packed:
        return {"gzip": "application/gzip", "br": UNKNOWN}.get(packed, UNKNOWN)
    return found or UNKNOWN
