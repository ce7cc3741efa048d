"""Renditions as a browser or mail program gets them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from publisher.errors import OutputError
from publisher.model import Asset
from publisher.pictures.inspection import inspect
from publisher.pictures.making import Maker
from publisher.renditions import (
    MAIL_BYTES,
    WIDTHS,
    Rendition,
    mail_rendition,
    make_logo,
    page_renditions,
)
from tests.picture_samples import (
    jpeg,
    make_asset,
    moving,
    noise,
    photo,
    png,
    saved,
    turned_jpeg,
)

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}


def asset_of(data: bytes, format_: str = "JPEG", **changes: object) -> Asset:
    found = inspect(data, TYPES[format_])
    asset = make_asset(media_type=TYPES[format_], length=len(data), **found._asdict())
    return replace(asset, **changes)  # type: ignore[arg-type]


def draw(data: bytes, form: Rendition, asset: Asset) -> bytes:
    return Maker().draw(form, asset, lambda: data)


def draw_page(data: bytes, format_: str = "JPEG") -> list[tuple[Rendition, bytes, Image.Image]]:
    """What a page gets of a picture, but the original."""
    asset = asset_of(data, format_)
    maker = Maker()
    drawn = []
    for form in page_renditions(replace(asset, length=max(asset.length, 200_000))):
        if form.path != asset.path:
            made = maker.draw(form, asset, lambda: data)
            drawn.append((form, made, Image.open(BytesIO(made))))
    assert drawn
    return drawn


def draw_mail(data: bytes, format_: str = "JPEG") -> tuple[Rendition, bytes, Image.Image]:
    asset = asset_of(data, format_)
    form = mail_rendition(asset)
    assert form is not None
    assert form.path != asset.path
    made = draw(data, form, asset)
    image = Image.open(BytesIO(made))
    assert image.size == (form.width, form.height)
    assert (image.format, len(made) <= MAIL_BYTES) == ("JPEG", True)
    return form, made, image.convert("RGB")


def near(one: object, other: tuple[int, ...], by: int = 12) -> bool:
    assert isinstance(one, tuple)
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


class TestPages:
    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
    def test_size_and_type_are_what_was_promised(self, format_: str) -> None:
        data = saved(photo(1050, 700), format_)
        for form, made, image in draw_page(data, format_):
            assert (image.format, image.size) == (format_, (form.width, form.height))
            assert len(made) < len(data)

    def test_what_a_camera_notes_is_not_told_and_up_is_up(self) -> None:
        for form, made, image in draw_page(turned_jpeg(600, 800)):
            assert (form.width, form.height) == (480, 640)
            assert not image.getexif()
            assert b"Example" not in made
            assert near(image.getpixel((440, 40)), (255, 0, 0))

    @pytest.mark.parametrize("format_", ["PNG", "WEBP"])
    def test_others_than_cameras_note_how_to_turn_it_too(self, format_: str) -> None:
        told = Image.Exif()
        told[0x0112] = 6
        source = photo(800, 600)
        for form, _, image in draw_page(saved(source, format_, exif=told), format_):
            assert (form.width, form.height) == image.size == (480, 640)
            upright = source.transpose(Image.Transpose.ROTATE_270)
            assert all(map(near, rough(image), rough(upright)))

    @pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "PA"])
    def test_every_mode_of_a_png(self, mode: str) -> None:
        source = photo(700, 500, "RGBA" if mode == "PA" else mode.replace("PA", "RGBA"))
        source = source.quantize(64) if mode == "PA" else source
        for _, _, image in draw_page(saved(source, "PNG"), "PNG"):
            assert all(map(near, rough(image), rough(source)))

    @pytest.mark.parametrize("profile", [False, True])
    def test_transparent_places_stay_transparent(self, profile: bool) -> None:
        told = {"icc_profile": wide_profile()} if profile else {}
        source = photo(700, 500, "RGBA")
        source.paste((0, 0, 0, 0), (0, 0, 350, 500))
        for format_ in ("PNG", "WEBP"):
            for _, _, image in draw_page(saved(source, format_, lossless=True, **told), format_):
                alpha = image.convert("RGBA").getchannel("A")
                assert (alpha.getpixel((20, 20)), alpha.getpixel((470, 20))) == (0, 255)

    def test_a_palette_stays_the_same_colours(self) -> None:
        source = Image.new("P", (700, 500), 1)
        source.putpalette([200, 30, 30, 250, 250, 240])
        source.paste(0, (0, 0, 350, 500))
        ((_, _, image),) = draw_page(saved(source, "PNG"), "PNG")
        colours = {colour for _, colour in image.convert("RGB").getcolors() or ()}
        assert colours == {(200, 30, 30), (250, 250, 240)}

    def test_grey_of_16_bits(self) -> None:
        source = Image.new("I;16", (700, 500), 0x8000)
        for _, _, image in draw_page(saved(source, "PNG"), "PNG"):
            assert near(image.convert("RGB").getpixel((5, 5)), (128, 128, 128), by=2)

    def test_colours_of_a_printer(self) -> None:
        source = Image.new("CMYK", (700, 500), (0, 255, 255, 0))
        for _, _, image in draw_page(saved(source, "JPEG")):
            red, green, blue = image.convert("RGB").getpixel((5, 5))  # type: ignore[misc]
            assert red > 200
            assert max(green, blue) < 80

    def test_colours_of_another_profile_are_turned_into_those_of_the_web(self) -> None:
        wide = wide_profile()
        source = Image.new("RGB", (700, 500), (200, 100, 50))
        expected = ImageCms.profileToProfile(
            source, ImageCms.ImageCmsProfile(BytesIO(wide)), ImageCms.createProfile("sRGB")
        )
        assert expected is not None
        data = saved(source, "JPEG", quality=95, icc_profile=wide)
        for _, _, image in draw_page(data):
            assert "icc_profile" not in image.info
            pixel = expected.getpixel((5, 5))
            assert isinstance(pixel, tuple)
            assert near(image.getpixel((5, 5)), pixel, by=4)
            assert not near(image.getpixel((5, 5)), (200, 100, 50), by=4)

    def test_a_broken_profile_does_no_harm(self) -> None:
        data = saved(photo(700, 500), "JPEG", icc_profile=b"no profile at all" * 20)
        assert len(draw_page(data)) == 1

    def test_a_drawing_in_few_colours_weighs_no_more_than_the_original(self) -> None:
        source = photo(900, 600).quantize(16).convert("RGB")
        data = saved(source, "PNG", optimize=True)
        asset = asset_of(data, "PNG")
        form = page_renditions(replace(asset, length=200_000))[0]
        assert len(draw(data, replace(form, most_bytes=len(data)), asset)) <= len(data)


class TestMail:
    @pytest.mark.parametrize("size", [(1700, 1100), (3000, 600), (600, 3000), (1300, 1300)])
    def test_any_shape(self, size: tuple[int, int]) -> None:
        draw_mail(jpeg(*size))

    def test_what_compresses_worst_still_fits(self) -> None:
        draw_mail(saved(noise(1400, 1000), "PNG"), "PNG")

    def test_white_shows_through(self) -> None:
        source = photo(1400, 900, "RGBA")
        source.paste((0, 0, 0, 0), (0, 0, 300, 300))
        _, _, image = draw_mail(saved(source, "PNG"), "PNG")
        assert near(image.getpixel((100, 100)), (255, 255, 255), by=3)

    @pytest.mark.parametrize("format_", ["GIF", "WEBP"])
    def test_what_moves_stands_at_its_first_frame(self, format_: str) -> None:
        _, _, image = draw_mail(moving(format_), format_)
        assert near(image.getpixel((30, 20)), (255, 0, 0))

    def test_a_small_one_that_is_held_upright(self) -> None:
        form, made, image = draw_mail(turned_jpeg(90, 120))
        assert (form.width, form.height) == (90, 120)
        assert near(image.getpixel((85, 5)), (255, 0, 0), by=30)
        assert b"Example" not in made


class TestLogo:
    def test_the_paper_is_drawn_under_it(self) -> None:
        source = photo(1200, 300, "RGBA")
        source.paste((0, 0, 0, 0), (0, 0, 600, 300))
        data = saved(source, "PNG")
        asset = asset_of(data, "PNG")
        form = make_logo(asset, see_through=True, paper="#fdf3c8").mailed
        assert form is not None
        image = Image.open(BytesIO(draw(data, form, asset)))
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (480, 120))
        assert near(image.getpixel((20, 20)), (0xFD, 0xF3, 0xC8), by=1)

    def test_the_largest_that_can_be_is_light(self) -> None:
        data = saved(noise(960, 256), "PNG")
        asset = asset_of(data, "PNG")
        form = make_logo(asset, see_through=False, paper="#fdf3c8").mailed
        assert form is not None
        assert len(draw(data, form, asset)) <= MAIL_BYTES


def test_the_same_bytes_however_they_come_to_be_drawn() -> None:
    data = jpeg(2050, 1300)
    asset = asset_of(data)
    forms = page_renditions(asset)
    assert len(forms) == len(WIDTHS)
    maker = Maker()
    once = [maker.draw(form, asset, lambda: data) for form in forms]
    backwards = [maker.draw(form, asset, lambda: data) for form in reversed(forms)]
    alone = [draw(data, form, asset) for form in forms]
    assert once == backwards[::-1] == alone


def test_a_picture_is_opened_once_for_all_its_forms_and_one_at_a_time() -> None:
    data, opened = jpeg(1700, 1100), []

    def read(name: str) -> Callable[[], bytes]:
        return lambda: opened.append(name) or data  # type: ignore[func-returns-value]

    maker, asset = Maker(), asset_of(data)
    other = replace(asset, path="media/fedcba9876543210/ship.jpg")
    for one, name in ((asset, "boat"), (other, "ship"), (asset, "boat again")):
        for form in page_renditions(one)[:3]:
            maker.draw(form, one, read(name))
    assert opened == ["boat", "ship", "boat again"]


def test_a_file_that_was_exchanged_meanwhile_is_named() -> None:
    asset = asset_of(jpeg(1700, 1100))
    with pytest.raises(OutputError) as caught:
        draw(png(30, 30)[:60], page_renditions(asset)[0], asset)
    assert str(caught.value.where) == "boat.jpg"
    assert "--full" in str(caught.value.mend)


def rough(source: Image.Image) -> list[tuple[int, ...]]:
    """The average colours of sixteen parts."""
    parts = source.convert("RGBA").resize((4, 4), Image.Resampling.BOX)
    pixels = [parts.getpixel((x, y)) for y in range(4) for x in range(4)]
    return [pixel for pixel in pixels if isinstance(pixel, tuple)]


def wide_profile() -> bytes:
    """A profile whose red lies elsewhere than that of the web: sRGB's, red and green exchanged."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    data = bytearray(bytes(data).replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ"))
    data = bytearray(bytes(data).replace(b"?XYZ", b"gXYZ"))
    return bytes(data).replace(b"s\0R\0G\0B", b"w\0i\0d\0e")
