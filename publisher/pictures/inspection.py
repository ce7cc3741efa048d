"""EDGE. What only opening a picture tells: whether it can be shown, and how it must be handled.

Done once for each content of a file, when it is first read; what a page or mail shows of
it is then known to be there.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple

from publisher.fingerprint import fingerprint
from publisher.pictures.opening import opened

if TYPE_CHECKING:
    from PIL import Image

_INSPECTOR = 1
"""Raised whenever the same bytes would be told otherwise."""

_ORIENTATION = 0x0112
_PLACE = 0x8825
_SEVERAL_FRAMES = frozenset({"image/gif", "image/webp", "image/png", "image/avif"})
_PLAIN_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})


class Inspected(NamedTuple):
    """What an asset remembers of its picture (publisher.model.Asset)."""

    moving: bool
    odd: bool


def inspector() -> str:
    """The fingerprint of all that decides what is told of a picture beside its bytes."""
    return fingerprint(_INSPECTOR, version("pillow"), version("imagesize"))


def inspect(data: bytes, media_type: str) -> Inspected:
    """Open a picture and decode its first frame. Raises ArticleError when it cannot be shown."""
    with opened(data, media_type) as picture:
        moving = media_type in _SEVERAL_FRAMES and bool(getattr(picture, "is_animated", False))
        odd = _is_odd(picture)
        picture.draft(None, (1, 1))  # a JPEG is read through all the same, at an eighth
        picture.load()
    return Inspected(moving=moving, odd=odd)


def _is_odd(picture: Image.Image) -> bool:
    """Whether programs show it in different ways, or it tells where it was taken."""
    told = picture.getexif()
    is_turned = told.get(_ORIENTATION, 1) != 1
    return is_turned or _PLACE in told or picture.mode not in _PLAIN_MODES
