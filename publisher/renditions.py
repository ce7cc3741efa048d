"""PURE. Which smaller forms of a picture pages and mails show, by what is known without opening it.

Their paths follow from the content of the original and from how they are made, so a page
can name them before they are there, and what is there need not be made again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from publisher.addresses import quote_address
from publisher.fingerprint import hash_of
from publisher.model import Article, Asset, Picture, State
from publisher.values import dataclass

MAKER = 1
"""Raised whenever renditions are to be made anew: their paths change with it."""

WIDTHS = (480, 800, 1200, 1600)
"""Pixels of what pages offer: a phone, a phone or column at high density, a screen, a dense one."""

LIGHT = 40_000
"""Bytes up to which a picture is shown as it is: less would not be noticed."""

LIGHT_DRAWING = 100_000
"""The same of a PNG: what is drawn in few colours weighs hardly less when it is narrower."""

MAIL_WIDTH = 1200
"""Pixels that a mail's picture has at most: its column twice, and a little."""

MAIL_PIXELS = 1_200_000
"""Pixels of a mail's picture in all; a tall one gets narrower by it."""

MAIL_BYTES = 200_000
"""Bytes that a mail's picture has at most."""

LOGO_BOX = (240, 64)
"""CSS pixels that a logo has at most in a mail; its file has twice as many."""

_MAIL_SIDE = 8000
_PAGE_TYPES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
_MAILED_AS_THEY_ARE = ("image/jpeg", "image/png")
READ_TYPES = frozenset({*_PAGE_TYPES, "image/gif", "image/avif"})
"""The types of pictures that are opened; others, such as drawings (SVG), stay as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """One form of a picture: `path` under output/, pixels, and the bytes that it should not pass.

    With `firm` it never does, whatever that costs in detail. `ground` is the colour that is
    drawn under a picture that one may see through, #rrggbb; where it is "" such a picture stays
    so, and a JPEG gets white. Where `path` is the original's, the original is used as it is.
    """

    path: str
    media_type: str
    width: int
    height: int
    most_bytes: int
    firm: bool = False
    ground: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """The picture of the masthead. `see_through`: in the dark it is set on the light paper.

    `mailed` is the form that mails show; None for what mail programs do not draw (SVG), so that
    the title stands there alone.
    """

    asset: Asset
    see_through: bool
    mailed: Rendition | None


def page_renditions(asset: Asset) -> tuple[Rendition, ...]:
    """What a page offers instead of the original or beside it, the narrowest first.

    Each keeps the original's type. None for a picture that is light, moves, or is of a
    type that stays as it is. The last is the original, unless that is much wider.
    """
    suffix = _PAGE_TYPES.get(asset.media_type)
    light = LIGHT_DRAWING if suffix == "png" else LIGHT
    if not suffix or asset.moving or asset.length <= light or not asset.width or not asset.height:
        return ()
    made = tuple(
        _rendition(asset, width, asset.media_type, suffix)
        for width in WIDTHS
        if width * 5 <= asset.width * 4  # what is only a little narrower saves nothing
    )
    if not made or asset.width > WIDTHS[-1] * 5 // 4:
        return made
    return (*made, _original(asset))


def mail_rendition(asset: Asset) -> Rendition | None:
    """What a mail shows of a picture; None when it cannot be shown in mail.

    A JPEG or PNG that fits is used as it is. All else becomes a JPEG of known size,
    its first frame where it moves, transparent places white.
    """
    if asset.media_type not in READ_TYPES or not asset.width or not asset.height:
        return None
    width, height = _mail_size(asset.width, asset.height)
    is_fit = (width, height) == (asset.width, asset.height) and asset.length <= MAIL_BYTES
    if is_fit and asset.media_type in _MAILED_AS_THEY_ARE and not asset.moving and not asset.odd:
        return _original(asset)
    return Rendition(
        path=_path(asset, f"mail {width}x{height} {MAIL_BYTES}", "mail", "jpg"),
        media_type="image/jpeg",
        width=width,
        height=height,
        most_bytes=MAIL_BYTES,
        firm=True,
    )


def make_logo(asset: Asset, *, see_through: bool, paper: str) -> Logo:
    """A logo, and how mails show it: small, and on the light paper where one may see through it.

    That paper is drawn into the file: many mail programs turn colours around in the dark by
    themselves, the ground of a picture too, and a dark logo would be gone.
    """
    mailed = None
    if asset.media_type in READ_TYPES and asset.width and asset.height:
        mailed = _mailed_logo(asset, paper if see_through else "")
    return Logo(asset=asset, see_through=see_through, mailed=mailed)


def _mailed_logo(asset: Asset, ground: str) -> Rendition:
    scale = min(1.0, 2 * LOGO_BOX[0] / asset.width, 2 * LOGO_BOX[1] / asset.height)
    is_fit = scale == 1 and asset.length <= MAIL_BYTES
    if is_fit and not ground and asset.media_type in _MAILED_AS_THEY_ARE:
        return _original(asset)
    suffix = "jpg" if asset.media_type == "image/jpeg" else "png"  # letters want sharp edges
    width, height = max(1, round(asset.width * scale)), max(1, round(asset.height * scale))
    return Rendition(
        path=_path(asset, f"logo {width}x{height} {ground}", "mail", suffix),
        media_type="image/jpeg" if suffix == "jpg" else "image/png",
        width=width,
        height=height,
        most_bytes=MAIL_BYTES,
        firm=True,
        ground=ground,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """The pictures of a site that are its own, by path; `url` is the site's, ending in /."""

    url: str
    assets: Mapping[str, Asset]

    def find(self, url: str) -> Asset | None:
        """The picture of ours at an absolute address."""
        return self.assets.get(url.removeprefix(self.url)) if url.startswith(self.url) else None

    def renditions(self, url: str) -> tuple[Rendition, ...]:
        """What a page offers for the picture at an address; none for one that is not ours."""
        asset = self.find(url)
        return page_renditions(asset) if asset else ()

    def mailed(self, url: str) -> str:
        """The address of the form of a picture that a mail shows in a text; its own where it is not
        ours, or a GIF that moves, as it does in many mail programs."""
        asset = self.find(url)
        if asset is None or (asset.moving and asset.media_type == "image/gif"):
            return url
        form = mail_rendition(asset)
        return self.url + quote_address(form.path) if form else url

    def for_mail(self, picture: Picture | None) -> Picture | None:
        """A picture as mails show it; one that is not ours stays as it is."""
        asset = self.find(picture.url) if picture else None
        form = mail_rendition(asset) if asset else None
        if picture is None or form is None:
            return picture
        return replace(
            picture,
            url=self.url + quote_address(form.path),
            media_type=form.media_type,
            width=form.width,
            height=form.height,
        )


def make_gallery(url: str, articles: Iterable[Article]) -> Gallery:
    """The gallery of the articles that have a page or a place in a feed."""
    return Gallery(
        url=url,
        assets={
            asset.path: asset
            for article in articles
            if article.document.shown and article.state in (State.LISTED, State.EXPIRED)
            for asset in article.document.assets
            if asset.path in article.document.shown and asset.media_type in READ_TYPES
        },
    )


def _rendition(asset: Asset, width: int, media_type: str, suffix: str) -> Rendition:
    return Rendition(
        path=_path(asset, f"page {width}", str(width), suffix),
        media_type=media_type,
        width=width,
        height=max(1, round(asset.height * width / asset.width)),
        most_bytes=asset.length,
    )


def _original(asset: Asset) -> Rendition:
    return Rendition(
        path=asset.path,
        media_type=asset.media_type,
        width=asset.width,
        height=asset.height,
        most_bytes=asset.length,
    )


def _mail_size(width: int, height: int) -> tuple[int, int]:
    """The size in a mail: as large as the limits let it be, and no larger than it is."""
    scale = min(
        1.0, MAIL_WIDTH / width, _MAIL_SIDE / height, (MAIL_PIXELS / (width * height)) ** 0.5
    )
    return max(1, int(width * scale)), max(1, int(height * scale))


def _path(asset: Asset, recipe: str, mark: str, suffix: str) -> str:
    """media/HASH/NAME-MARK.SUFFIX, where HASH is of the original's path and of the recipe."""
    name = asset.path.rpartition("/")[2]
    stem = name.rpartition(".")[0] or name
    made_of = hash_of(f"{MAKER}\n{asset.path}\n{recipe}".encode())
    return f"media/{made_of[:16]}/{stem}-{mark}.{suffix}"
