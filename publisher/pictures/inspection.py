"""EDGE. What only opening a picture tells: whether it can be shown, and how it must be handled.

Done once for each content of a file, when it is first read; what a page or mail shows of
it is then known to be there.
"""

from __future__ import annotations

from typing import NamedTuple

from publisher.fingerprint import fingerprint
from publisher.pictures.opening import opened
from publisher.system.installed import version_of

_INSPECTOR = 1
"""Raised whenever the same bytes would be told otherwise."""

_ORIENTATION = 0x0112
_PLACE = 0x8825
_ON_ITS_SIDE = (5, 6, 7, 8)
_SEVERAL_FRAMES = frozenset({"image/gif", "image/webp", "image/png", "image/avif"})
_PLAIN_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
"""In another mode, turned by a note only, or with a note of its place, a picture is odd."""


class Inspected(NamedTuple):
    """What an asset remembers of its picture (publisher.model.Asset)."""

    width: int
    height: int
    moving: bool
    odd: bool


def inspector() -> str:
    """The fingerprint of all that decides what is told of a picture beside its bytes."""
    return fingerprint(_INSPECTOR, version_of("pillow"), version_of("imagesize"))


def inspect(data: bytes, media_type: str) -> Inspected:
    """Open a picture and decode its first frame. Raises ArticleError when it cannot be shown."""
    with opened(data, media_type) as picture:
        moving = media_type in _SEVERAL_FRAMES and bool(getattr(picture, "is_animated", False))
        told = picture.getexif()
        turn = told.get(_ORIENTATION, 1)
        size = picture.size[::-1] if turn in _ON_ITS_SIDE else picture.size
        odd = turn != 1 or _PLACE in told or picture.mode not in _PLAIN_MODES
        picture.draft(None, (1, 1))  # a JPEG is read through all the same, at an eighth
        picture.load()
    return Inspected(width=size[0], height=size[1], moving=moving, odd=odd)
