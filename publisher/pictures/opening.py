"""EDGE. A picture's bytes -> an open picture of Pillow, within limits, whatever the bytes are."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

from publisher.errors import ArticleError

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 64 * 1024 * 1024
"""Of a picture's file; more is no picture for a page."""

MOST_PIXELS = 50_000_000
"""Of a picture; opened it takes 200 MB. A file of a few bytes may claim to have billions."""

_MOST_SCANS = 100
"""Of a JPEG: each is read over the whole picture; an honest progressive one has about ten."""

_READERS = {
    "image/jpeg": ("JPEG", "JpegImagePlugin"),
    "image/png": ("PNG", "PngImagePlugin"),
    "image/gif": ("GIF", "GifImagePlugin"),
    "image/webp": ("WEBP", "WebPImagePlugin"),
    "image/avif": ("AVIF", "AvifImagePlugin"),
}
_BROKEN = "save it again with a picture editor"
_LARGE = "make it smaller; 3000 pixels are wide enough for any page"


def pixels(data: bytes) -> tuple[int, int]:
    """Width and height as seen, from the file's head alone; zeros when it does not tell."""
    import imagesize  # noqa: PLC0415 (it imports what speaks HTTP)

    try:
        width, height = imagesize.get(BytesIO(data))
    except (ValueError, ArithmeticError, LookupError, OSError):
        return 0, 0
    return max(0, int(width)), max(0, int(height))


def see_through(data: bytes, media_type: str) -> bool:
    """Whether one may see through parts of a picture, as far as its head tells; True in doubt.

    False too for a drawing that has rules of its own for the dark. (PNG, third edition, 11.2.1
    and 11.3.1: types 4 and 6 have an alpha channel, the others may have a tRNS chunk.)
    """
    if media_type == "image/svg+xml":
        return b"prefers-color-scheme" not in data
    if media_type == "image/png":
        return data[25:26] in (b"\x04", b"\x06") or b"tRNS" in data[: data.find(b"IDAT")]
    return media_type != "image/jpeg"


@contextmanager
def opened(data: bytes, media_type: str) -> Iterator[Image.Image]:
    """Open a picture for the block, which may load it; closed after it.

    Raises ArticleError, from the block too, for what is broken or larger than the limits;
    nothing is decoded before its size is known. `media_type` is one of READ_TYPES.
    """
    size = pixels(data)
    _refuse_large(len(data), *size)
    if not all(size) and media_type != "image/avif":  # of which the head does not always tell
        raise ArticleError("is no picture that can be read", mend=_BROKEN)
    if media_type == "image/jpeg" and data.count(b"\xff\xda") > _MOST_SCANS:
        raise ArticleError("is drawn over and over, and is not opened", mend=_BROKEN)
    format_, reader = _READERS[media_type]
    from PIL import Image  # noqa: PLC0415 (only who opens a picture pays for the import)

    importlib.import_module(f"PIL.{reader}")  # else Pillow would load the readers of all types
    try:
        with (
            warnings.catch_warnings(action="ignore"),  # about what is odd, but can be shown
            Image.open(BytesIO(data), formats=(format_,)) as picture,
        ):
            _refuse_large(len(data), *picture.size)
            yield picture
    except ArticleError:
        raise
    except Image.DecompressionBombError as error:  # told by a part, not by the head
        raise ArticleError(_too_many("billions of"), mend=_LARGE) from error
    except MemoryError as error:
        raise ArticleError("is too large for this machine's memory", mend=_LARGE) from error
    except Exception as error:
        # Whatever a reader stumbles over in bytes from anywhere: what it raises is not told.
        raise ArticleError(f"is broken: {_reason(error)}", mend=_BROKEN) from error


def _refuse_large(length: int, width: int, height: int) -> None:
    if not length:
        raise ArticleError("is empty", mend=_BROKEN)
    if length > MOST_BYTES:
        raise ArticleError(f"is a picture of more than {MOST_BYTES // 2**20} MiB", mend=_LARGE)
    if width * height > MOST_PIXELS:
        raise ArticleError(_too_many(f"{width} x {height}"), mend=_LARGE)


def _too_many(counted: str) -> str:
    return f"has {counted} pixels; {MOST_PIXELS // 10**6} million are the limit"


def _reason(error: Exception) -> str:
    """What Pillow says, without the address in memory that it says it of."""
    said = str(error).partition(" <")[0].strip()
    return "it cannot be read" if not said or "cannot identify" in said else said
