"""What is told of a picture that is looked at for the first time, and what is refused."""

from __future__ import annotations

import time

import pytest
from PIL import Image

from publisher.errors import ArticleError
from publisher.pictures.inspection import inspect
from publisher.pictures.opening import MOST_BYTES, see_through
from tests.picture_samples import (
    gif_bomb,
    jpeg,
    moving,
    photo,
    png,
    png_bomb,
    repeated_jpeg,
    saved,
    turned_jpeg,
)
from tests.serving import within


def reason(data: bytes, media_type: str) -> str:
    with pytest.raises(ArticleError) as caught:
        inspect(data, media_type)
    assert caught.value.mend
    return caught.value.message


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (jpeg(40, 30), "image/jpeg"),
        (jpeg(40, 30, progressive=True), "image/jpeg"),
        (saved(photo(40, 30, "L"), "JPEG"), "image/jpeg"),
        (png(40, 30), "image/png"),
        (png(40, 30, "RGBA"), "image/png"),
        (png(40, 30, "P"), "image/png"),
        (png(40, 30, "1"), "image/png"),
        (saved(photo(40, 30), "GIF"), "image/gif"),
        (saved(photo(40, 30), "WEBP"), "image/webp"),
        (saved(photo(40, 30), "AVIF"), "image/avif"),
    ],
)
def test_a_plain_one(data: bytes, media_type: str) -> None:
    assert inspect(data, media_type) == (40, 30, False, False)


@pytest.mark.parametrize(
    ("format_", "media_type"),
    [("GIF", "image/gif"), ("WEBP", "image/webp"), ("PNG", "image/png"), ("AVIF", "image/avif")],
)
def test_one_that_moves(format_: str, media_type: str) -> None:
    assert inspect(moving(format_), media_type).moving


def test_one_that_has_a_second_picture_for_other_programs_does_not_move() -> None:
    assert not inspect(moving("MPO"), "image/jpeg").moving


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_size_is_the_one_that_is_seen(format_: str) -> None:
    found = inspect(saved(photo(40, 30), format_, exif=turn()), f"image/{format_.lower()}")
    assert found == (30, 40, False, True)


def turn() -> Image.Exif:
    told = Image.Exif()
    told[0x0112] = 6
    return told


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (turned_jpeg(30, 40), "image/jpeg"),
        (saved(photo(40, 30, "CMYK"), "JPEG"), "image/jpeg"),
        (saved(Image.new("I;16", (40, 30), 30_000), "PNG"), "image/png"),
    ],
    ids=["turned", "printers' colours", "16 bits"],
)
def test_one_that_programs_show_in_different_ways(data: bytes, media_type: str) -> None:
    assert inspect(data, media_type).odd


class TestRefused:
    def test_a_png_of_few_bytes_and_many_pixels(self) -> None:
        bomb = png_bomb()
        assert len(bomb) < 200
        begun = time.perf_counter()
        assert "20000 x 20000 pixels" in reason(bomb, "image/png")
        assert time.perf_counter() - begun < within(1)

    def test_a_gif_that_grows_by_its_frame(self) -> None:
        assert "has billions of pixels" in reason(gif_bomb(), "image/gif")

    def test_a_jpeg_that_is_drawn_over_and_over(self) -> None:
        assert "over and over" in reason(repeated_jpeg(), "image/jpeg")

    def test_a_file_that_is_too_large_to_be_a_picture(self) -> None:
        assert "64 MiB" in reason(jpeg(8, 8) + bytes(MOST_BYTES), "image/jpeg")

    @pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp", "avif"])
    @pytest.mark.parametrize("part", [0.95, 0.5, 0.1])
    def test_one_that_ends_before_its_time(self, kind: str, part: float) -> None:
        whole = saved(photo(200, 150), kind.upper())
        assert reason(whole[: int(len(whole) * part)], f"image/{kind}").startswith("is ")

    @pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp", "avif"])
    def test_nothing_and_nonsense(self, kind: str) -> None:
        assert reason(b"", f"image/{kind}") == "is empty"
        assert "be read" in reason(b"<html>Not found</html>", f"image/{kind}")


@pytest.mark.parametrize(
    ("data", "media_type", "told"),
    [
        (jpeg(40, 30), "image/jpeg", False),
        (png(40, 30), "image/png", False),
        (png(40, 30, "L"), "image/png", False),
        (png(40, 30, "P"), "image/png", False),
        (png(40, 30, "RGBA"), "image/png", True),
        (saved(photo(40, 30, "LA"), "PNG"), "image/png", True),
        (saved(photo(40, 30, "P"), "PNG", transparency=0), "image/png", True),
        (saved(photo(40, 30), "WEBP"), "image/webp", True),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", True),
        (
            b"<svg><style>@media (prefers-color-scheme: dark)",
            "image/svg+xml",
            False,
        ),
    ],
)
def test_whether_one_may_see_through(data: bytes, media_type: str, told: bool) -> None:
    assert see_through(data, media_type) == told
