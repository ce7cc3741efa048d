"""Pictures for tests, made when they are asked for: honest ones, odd ones and traps."""

from __future__ import annotations

import random
import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

from publisher.model import Asset


def photo(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Soft colours from one corner to the other, with some grain: as a camera's picture weighs."""
    grain = Image.frombytes(
        "L", (64, 64), bytes((i * 7919 + i * i * 31) % 251 for i in range(4096))
    )
    channels = (
        grain.resize((width, height), Image.Resampling.BICUBIC),
        Image.linear_gradient("L").resize((width, height)),
        Image.radial_gradient("L").resize((width, height)),
    )
    return Image.merge("RGB", channels).convert(mode)


def noise(width: int, height: int) -> Image.Image:
    """What compresses worst: no two pixels alike (the same on every machine)."""
    return Image.frombytes(
        "RGB", (width, height), random.Random(width).randbytes(width * height * 3)
    )


def saved(image: Image.Image, format_: str, **options: Any) -> bytes:
    goal = BytesIO()
    image.save(goal, format_, **options)
    return goal.getvalue()


def jpeg(width: int, height: int, **options: Any) -> bytes:
    return saved(photo(width, height), "JPEG", **({"quality": 95} | options))


def png(width: int, height: int, mode: str = "RGB") -> bytes:
    return saved(photo(width, height, mode), "PNG")


def turned_jpeg(width: int, height: int) -> bytes:
    """Held upright: the camera saved it lying, and noted how to turn it, where and with what."""
    told = Image.Exif()
    told[0x0112] = 6
    told[0x010F] = "Camera of Example"
    told.get_ifd(0x8825)[1] = "N"
    image = photo(height, width)
    image.paste("red", (0, 0, height // 4, width // 4))  # top left, so top right once turned
    return saved(image, "JPEG", quality=95, exif=told)


def moving(format_: str, width: int = 60, height: int = 40) -> bytes:
    frames = [Image.new("RGB", (width, height), colour) for colour in ("red", "blue", "white")]
    return saved(frames[0], format_, save_all=True, append_images=frames[1:], duration=100)


def png_bomb(width: int = 20_000, height: int = 20_000) -> bytes:
    """A PNG of a few bytes that would take gigabytes when opened."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    data = zlib.compress(bytes(10_000))
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")
    )


def gif_bomb() -> bytes:
    """A GIF whose screen is small and whose frame is not."""
    frame = struct.pack("<HHHHB", 0, 0, 65_000, 65_000, 0)
    screen = struct.pack("<HH", 100, 100)
    return b"GIF89a" + screen + b"\x80\0\0" + bytes(6) + b"," + frame + b"\x02\x02\x44\x01\0;"


def repeated_jpeg() -> bytes:
    """A JPEG whose scan is there 500 times."""
    whole = jpeg(64, 64)
    start = whole.index(b"\xff\xda")
    return whole[:start] + whole[start:-2] * 500 + whole[-2:]


def make_asset(**changes: Any) -> Asset:
    values: dict[str, Any] = {
        "path": "media/0123456789abcdef/boat.jpg",
        "origin": "boat.jpg",
        "source": "articles",
        "media_type": "image/jpeg",
        "length": 3_000_000,
        "width": 4000,
        "height": 3000,
    }
    return Asset(**(values | changes))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
