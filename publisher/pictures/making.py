"""EDGE. Renditions drawn with Pillow: upright, in sRGB, without a word about the camera.

The same bytes and the same Pillow give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from publisher.errors import ArticleError, Location, OutputError
from publisher.model import Asset
from publisher.pictures.opening import opened
from publisher.renditions import MAIL_WIDTH, WIDTHS, Rendition

if TYPE_CHECKING:
    from PIL import Image

_WIDEST = max(*WIDTHS, MAIL_WIDTH)
_COLOURS = (256, 64)
_QUALITIES = (82, 74, 66, 58)
_LAST_QUALITIES = (50, 42, 34)
_SOFTER = (2, 3, 4, 6, 8, 12, 16)
_PNG_LEVEL = 6
"""Of zlib; 9 takes six times as long for a tenth less."""

_GAP = 3.0
"""How much wider than its goal a picture is averaged to before it is resampled; 3 is not seen."""


class _Decoded(NamedTuple):
    path: str
    image: Image.Image
    palette: Image.Image | None


class Maker:
    """Draws renditions. It holds the picture that it opened last, and no other.

    Renditions of one picture that are drawn one after the other decode it once.
    """

    def __init__(self) -> None:
        self._last: _Decoded | None = None

    def draw(self, rendition: Rendition, asset: Asset, read: Callable[[], bytes]) -> bytes:
        """The bytes of a rendition; `read` gives those of the original.

        Raises OutputError when the original cannot be read any more.
        """
        last = self._last
        if last is None or last.path != asset.path:
            self._last = None  # before the next one takes its room
            self._last = last = _Decoded(asset.path, *_decode(read(), asset))
        return _encode(_sized(last.image, rendition), rendition, last.palette)


def _decode(data: bytes, asset: Asset) -> tuple[Image.Image, Image.Image | None]:
    """The first frame, upright, in grey, RGB or RGBA of sRGB, and a picture with its palette."""
    from PIL import ImageOps  # noqa: PLC0415 (as in publisher.pictures.opening)

    try:
        with opened(data, asset.media_type) as picture:
            picture.draft(None, (_WIDEST, _WIDEST))  # no smaller than the widest rendition
            picture.load()
            profile = picture.info.get("icc_profile")
            ImageOps.exif_transpose(picture, in_place=True)  # a copy would take 200 MB more
            image = _in_srgb(picture, profile)
            is_drawn = picture.mode == "P" and image.mode == "RGB" and not profile
            palette = picture.copy() if is_drawn else None
    except ArticleError as error:
        raise OutputError(
            f"{error.message}, which it was not when it was read first",
            where=Location(file=asset.origin),
            mend="run `publisher publish --full`: it looks at every picture again",
        ) from error
    image.info = {}  # comments and profiles would be written again
    return image, palette


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in grey, RGB or RGBA; colours of another profile are turned into sRGB."""
    has_alpha = image.has_transparency_data
    if image.mode.startswith(("I", "F")):  # 16 bits of grey
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode == "CMYK" and profile:
        turned = _turned(image, profile)
        if turned is not None:
            return turned
    grey = image.mode in {"1", "L"} and not has_alpha
    mode = "L" if grey else "RGBA" if has_alpha else "RGB"
    plain = image if image.mode == mode else image.convert(mode)
    if grey:
        return plain
    return (_turned(plain, profile) if profile else None) or plain


def _turned(image: Image.Image, profile: bytes) -> Image.Image | None:
    """The picture with its colours in sRGB; None where the profile is not for it, or broken."""
    from PIL import ImageCms  # noqa: PLC0415

    goal = image.mode if image.mode in {"RGB", "RGBA"} else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return None
        return ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode=goal
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None  # a browser too shows such a picture as if it had no profile


def _sized(image: Image.Image, rendition: Rendition) -> Image.Image:
    from PIL import Image as Pillow  # noqa: PLC0415

    size = (rendition.width, rendition.height)
    if image.size != size:
        image = image.resize(size, Pillow.Resampling.LANCZOS, reducing_gap=_GAP)
    if rendition.ground or rendition.media_type == "image/jpeg":
        return _flat(image, rendition.ground or "white")
    return image


def _flat(image: Image.Image, colour: str) -> Image.Image:
    """A picture without transparent places: a colour shows through them."""
    from PIL import Image as Pillow  # noqa: PLC0415

    if image.mode != "RGBA":
        return image
    ground = Pillow.new("RGB", image.size, colour)
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _encode(image: Image.Image, rendition: Rendition, palette: Image.Image | None) -> bytes:
    if rendition.media_type == "image/png":
        return _png(image, rendition.most_bytes, palette)
    is_jpeg = rendition.media_type == "image/jpeg"
    options: dict[str, Any] = {"progressive": True, "optimize": True} if is_jpeg else {"method": 4}
    format_ = "JPEG" if is_jpeg else "WEBP"
    data = b""
    for quality in (*_QUALITIES, *(_LAST_QUALITIES if rendition.firm else ())):
        data = _saved(image, format_, quality=quality, **options)
        if len(data) <= rendition.most_bytes:
            return data
    for times in _SOFTER if rendition.firm else ():
        soft = _softened(image, times)
        data = _saved(soft, format_, quality=_LAST_QUALITIES[-1], **options)
        if len(data) <= rendition.most_bytes:
            return data
    return data


def _png(image: Image.Image, most_bytes: int, palette: Image.Image | None) -> bytes:
    """In the colours of the original's palette, else in all, or as few as weigh no more than it."""
    from PIL import Image as Pillow  # noqa: PLC0415

    plain = Pillow.Dither.NONE
    if palette is not None:
        return _saved(
            image.quantize(palette=palette, dither=plain), "PNG", compress_level=_PNG_LEVEL
        )
    data = _saved(image, "PNG", compress_level=_PNG_LEVEL)
    if len(data) <= most_bytes or image.mode == "L":
        return data
    method = Pillow.Quantize.FASTOCTREE if image.mode == "RGBA" else Pillow.Quantize.MEDIANCUT
    for colours in _COLOURS:
        fewer = _saved(
            image.quantize(colours, method, dither=plain), "PNG", compress_level=_PNG_LEVEL
        )
        data = min(data, fewer, key=len)
        if len(data) <= most_bytes:
            break
    return data


def _softened(image: Image.Image, times: int) -> Image.Image:
    """A picture of the same size with so many times less detail, which weighs less."""
    from PIL import Image as Pillow  # noqa: PLC0415

    less = image.reduce(min(times, *image.size))
    return less.resize(image.size, Pillow.Resampling.BICUBIC)


def _saved(image: Image.Image, format_: str, **options: Any) -> bytes:
    goal = BytesIO()
    image.save(goal, format_, **options)
    return goal.getvalue()
