"""GROUND. The media type of a file by its name: the same on every machine.

Python's own table, never the machine's (/etc/mime.types differs), and what it lacks or calls
otherwise in one of the versions that we run on.
"""

from __future__ import annotations

import mimetypes

UNKNOWN = "application/octet-stream"

_TYPES = mimetypes.MimeTypes(filenames=())
_ADDED = {
    "audio/mp4": ".m4a",
    "audio/ogg": ".ogg",
    "audio/opus": ".opus",
    "image/avif": ".avif",
    "image/webp": ".webp",
    "text/javascript": ".js",
    "text/vtt": ".vtt",
    "text/x-opml": ".opml",
}
for _type, _suffix in _ADDED.items():
    _TYPES.add_type(_type, _suffix)


def media_type_of(name: str) -> str:
    """The media type of a file name, without parameters; `UNKNOWN` where nothing tells it."""
    found, packed = _TYPES.guess_type("file:" + name.rpartition("/")[2])
    if packed:
        return {"gzip": "application/gzip", "br": UNKNOWN}.get(packed, UNKNOWN)
    return found or UNKNOWN
