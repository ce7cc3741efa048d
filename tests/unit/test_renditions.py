"""Which forms of a picture pages and mails show, known before it is opened."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model import Asset, Picture
from publisher.renditions import (
    LIGHT,
    LIGHT_DRAWING,
    LOGO_BOX,
    MAIL_BYTES,
    MAIL_PIXELS,
    MAIL_WIDTH,
    READ_TYPES,
    WIDTHS,
    Gallery,
    mail_rendition,
    make_logo,
    page_renditions,
)
from tests.factories import SITE_URL
from tests.picture_samples import make_asset

ASSETS = st.builds(
    make_asset,
    media_type=st.sampled_from([*sorted(READ_TYPES), "image/svg+xml", "video/mp4"]),
    width=st.integers(0, 30_000),
    height=st.integers(0, 30_000),
    length=st.integers(0, 60_000_000),
    moving=st.booleans(),
    odd=st.booleans(),
)


class TestPages:
    def test_a_wide_one_comes_in_all_widths_and_the_original_is_not_offered(self) -> None:
        forms = page_renditions(make_asset())
        assert [(f.width, f.height) for f in forms] == [
            (480, 360), (800, 600), (1200, 900), (1600, 1200),
        ]  # fmt: skip
        assert all(f.path.startswith("media/") and f.path.endswith(".jpg") for f in forms)

    def test_what_is_hardly_narrower_is_not_made_and_the_original_is_the_last(self) -> None:
        asset = make_asset(width=990, height=660)
        forms = page_renditions(asset)
        assert [f.width for f in forms] == [480, 990]
        assert forms[-1].path == asset.path

    @pytest.mark.parametrize(
        ("media_type", "suffix"), [("image/png", ".png"), ("image/webp", ".webp")]
    )
    def test_the_type_stays(self, media_type: str, suffix: str) -> None:
        forms = page_renditions(make_asset(media_type=media_type))
        assert {f.media_type for f in forms} == {media_type}
        assert all(f.path.endswith(suffix) for f in forms)

    @pytest.mark.parametrize(
        "changes",
        [
            {"media_type": "image/svg+xml"},
            {"media_type": "image/gif"},
            {"media_type": "image/avif"},
            {"media_type": "image/webp", "moving": True},
            {"length": LIGHT},
            {"length": LIGHT_DRAWING, "media_type": "image/png"},
            {"width": 0},
            {"width": 500, "height": 400},
        ],
    )
    def test_what_stays_as_it_is(self, changes: dict[str, object]) -> None:
        assert page_renditions(make_asset(**changes)) == ()

    def test_a_path_tells_content_and_recipe_apart(self) -> None:
        one = make_asset()
        other = replace(one, path="media/fedcba9876543210/boat.jpg")
        renamed = replace(one, path="media/0123456789abcdef/ship.jpg")
        paths = [f.path for a in (one, other, renamed) for f in page_renditions(a)]
        paths += [f.path for a in (one, other, renamed) if (f := mail_rendition(a))]
        assert len(set(paths)) == len(paths) == 15

    @given(ASSETS)
    def test_any(self, asset: Asset) -> None:
        forms = page_renditions(asset)
        widths = [f.width for f in forms]
        assert widths == sorted(set(widths))
        assert all(f.width <= asset.width and f.height >= 1 for f in forms)
        assert all(w in WIDTHS or w == asset.width for w in widths)
        assert not forms or forms[0].path != asset.path


class TestMail:
    def test_a_large_one_becomes_a_jpeg_of_known_size(self) -> None:
        form = mail_rendition(make_asset(media_type="image/webp"))
        assert form is not None
        assert (form.media_type, form.width, form.height) == ("image/jpeg", 1200, 900)
        assert form.path.endswith("/boat-mail.jpg")

    @pytest.mark.parametrize("media_type", ["image/jpeg", "image/png"])
    def test_one_that_fits_is_used_as_it_is(self, media_type: str) -> None:
        asset = make_asset(media_type=media_type, width=1200, height=675, length=MAIL_BYTES)
        form = mail_rendition(asset)
        assert form is not None
        assert (form.path, form.width, form.height) == (asset.path, 1200, 675)

    @pytest.mark.parametrize(
        "changes",
        [
            {"odd": True},
            {"moving": True},
            {"media_type": "image/gif"},
            {"media_type": "image/webp"},
            {"media_type": "image/avif"},
            {"length": MAIL_BYTES + 1},
            {"width": 1201},
        ],
    )
    def test_all_else_is_made_anew(self, changes: dict[str, object]) -> None:
        fitting = {"width": 1200, "height": 675, "length": 50_000}
        form = mail_rendition(make_asset(**(fitting | changes)))
        assert form is not None
        assert form.path.endswith("-mail.jpg")

    def test_what_cannot_be_mailed(self) -> None:
        assert mail_rendition(make_asset(media_type="image/svg+xml")) is None
        assert mail_rendition(make_asset(width=0, height=0)) is None

    @given(ASSETS)
    def test_any(self, asset: Asset) -> None:
        form = mail_rendition(asset)
        if form is None:
            return
        assert 1 <= form.width <= min(MAIL_WIDTH, asset.width)
        assert form.width * form.height <= MAIL_PIXELS
        assert form.media_type in ("image/jpeg", "image/png")
        assert form.most_bytes <= MAIL_BYTES


class TestLogo:
    @pytest.mark.parametrize(
        ("size", "mailed"),
        [
            ((1200, 260), (480, 104)),
            ((1000, 1000), (128, 128)),
            ((200, 50), (200, 50)),
            ((5000, 3), (480, 1)),
        ],
    )
    def test_it_is_as_large_as_its_place_and_no_larger_than_it_is(
        self, size: tuple[int, int], mailed: tuple[int, int]
    ) -> None:
        asset = make_asset(media_type="image/png", width=size[0], height=size[1])
        form = make_logo(asset, see_through=True, paper="#fdfcf9").mailed
        assert form is not None
        assert (form.width, form.height) == mailed

    def test_one_that_fits_and_hides_what_is_under_it_is_used_as_it_is(self) -> None:
        asset = make_asset(media_type="image/png", width=480, height=128, length=9_000)
        form = make_logo(asset, see_through=False, paper="#fdfcf9").mailed
        assert form is not None
        assert form.path == asset.path

    def test_one_that_can_be_seen_through_has_the_paper_under_it(self) -> None:
        asset = make_asset(media_type="image/png", width=480, height=128, length=9_000)
        light, dark = (
            make_logo(asset, see_through=True, paper=paper).mailed for paper in ("#fff", "#eee")
        )
        assert light is not None
        assert dark is not None
        assert (light.ground, dark.ground) == ("#fff", "#eee")
        assert len({asset.path, light.path, dark.path}) == 3

    def test_letters_stay_sharp_whatever_their_file_was(self) -> None:
        for media_type in READ_TYPES - {"image/jpeg"}:
            asset = make_asset(media_type=media_type)
            form = make_logo(asset, see_through=False, paper="#fdfcf9").mailed
            assert form is not None
            assert (form.media_type, form.path[-9:]) == ("image/png", "-mail.png")

    def test_a_drawing_is_not_mailed(self) -> None:
        asset = make_asset(media_type="image/svg+xml")
        assert make_logo(asset, see_through=True, paper="#fdfcf9").mailed is None

    @given(ASSETS, st.booleans())
    def test_any(self, asset: Asset, see_through: bool) -> None:
        form = make_logo(asset, see_through=see_through, paper="#fdfcf9").mailed
        if form is None:
            return
        assert 1 <= form.width <= 2 * LOGO_BOX[0]
        assert 1 <= form.height <= 2 * LOGO_BOX[1]
        assert form.media_type in ("image/jpeg", "image/png")
        assert form.most_bytes <= MAIL_BYTES


class TestGallery:
    GALLERY = Gallery(url=SITE_URL, assets={make_asset().path: make_asset()})

    def test_finds_what_is_ours(self) -> None:
        assert self.GALLERY.find(SITE_URL + make_asset().path) == make_asset()
        assert self.GALLERY.find("https://elsewhere.example/" + make_asset().path) is None
        assert self.GALLERY.renditions(SITE_URL + "media/other.jpg") == ()

    def test_a_picture_for_mail_keeps_what_is_said_of_it(self) -> None:
        picture = Picture(url=SITE_URL + make_asset().path, alt="A boat", caption="At dawn")
        mailed = self.GALLERY.for_mail(picture)
        assert mailed is not None
        assert mailed.url.startswith(SITE_URL + "media/")
        assert (mailed.alt, mailed.caption, mailed.width, mailed.height) == (
            "A boat", "At dawn", 1200, 900,
        )  # fmt: skip

    def test_what_is_not_ours_stays(self) -> None:
        picture = Picture(url="https://elsewhere.example/a.webp")
        assert self.GALLERY.for_mail(picture) == picture
        assert self.GALLERY.for_mail(None) is None
