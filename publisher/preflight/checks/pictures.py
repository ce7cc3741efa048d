"""PURE. The pictures of a mail: their words, size, weight and kind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from publisher.links.pictures import picture_addresses
from publisher.model import Asset
from publisher.preflight.drawn import bare
from publisher.preflight.finding import Faults
from publisher.preflight.mail import Image, Mail, scheme_of, split
from publisher.preflight.paths import is_there

WIDEST = 600
WIDEST_FILE = 1200
HEAVIEST = 200_000
HEAVIEST_TOGETHER = 1_000_000
TEXT_FOR_EACH = 200
DECORATION = 64
"""A picture up to so many pixels high or wide decorates: a logo beside its name, a rule."""

_TYPES = ("image/jpeg", "image/png", "image/gif")
_ENDING = re.compile(
    r"\.(jpe?g|png|gif|webp|svgz?|avif|heic|heif|bmp|tiff?|jxl|ico)\Z", re.IGNORECASE
)
_GOOD_ENDINGS = ("jpg", "jpeg", "png", "gif")
_FILE_NAME = re.compile(
    r"[^\s/]+\.(?:jpe?g|png|gif|webp|svg|avif|heic|bmp|tiff?)"
    r"|(?:img|dsc[nf]?|pxl|pict?|image|photo|picture|screenshot|untitled|scan)[ _-]?\d[\d ._-]*",
    re.IGNORECASE,
)


def alt_missing(mail: Mail) -> Faults:
    """alt-missing."""
    for image in mail.images:
        if image.alt is None:
            yield image.where, "has no alt"


def alt_empty(mail: Mail) -> Faults:
    """alt-empty."""
    for image in mail.images:
        if image.alt is not None and not bare(image.alt) and not _decorates(image):
            yield image.where, "has an empty alt"


def alt_file_name(mail: Mail) -> Faults:
    """alt-file-name."""
    for image in mail.images:
        if _FILE_NAME.fullmatch((image.alt or "").strip()):
            yield image.where, f"alt is {image.alt!r}"


def dead_picture(mail: Mail) -> Faults:
    """dead-picture."""
    for image in mail.images:
        if not is_there(mail, image.address):
            yield image.where, "will not be there"


def picture_weight(mail: Mail) -> Faults:
    """picture-weight: of our own pictures."""
    known = {image.address: asset for image in mail.images if (asset := _asset(mail, image))}
    for url, asset in known.items():
        if asset.length > HEAVIEST:
            yield f"picture {url}", f"{asset.length:,} bytes"
    together = sum(asset.length for asset in known.values())
    if together > HEAVIEST_TOGETHER:
        yield "pictures", f"{together:,} bytes together"


def picture_size(mail: Mail) -> Faults:
    """picture-size."""
    for image in mail.images:
        width, asset = image.pixels("width"), _asset(mail, image)
        if width is None and image.pixels("height") is None:
            yield image.where, "says neither width nor height in whole pixels"
        elif width is not None and width > WIDEST:
            yield image.where, f"is set {width} pixels wide"
        if asset is not None and asset.width > WIDEST_FILE:
            yield image.where, f"its file is {asset.width} pixels wide"
        elif asset is not None and width is not None and 0 < asset.width < width:
            yield image.where, f"its file is {asset.width} pixels wide, and drawn at {width}"


def picture_format(mail: Mail) -> Faults:
    """picture-format: by what we know of ours, else by the ending."""
    for image in mail.images:
        asset = _asset(mail, image)
        if asset is not None and asset.media_type:
            if asset.media_type not in _TYPES:
                yield image.where, asset.media_type
            continue
        parts = split(image.address)
        ending = _ENDING.search(parts.path) if parts is not None else None
        if ending is not None and ending[1].lower() not in _GOOD_ENDINGS:
            yield image.where, f"ends in {ending[0]}"


def picture_data(mail: Mail) -> Faults:
    """picture-data."""
    for image in mail.images:
        if scheme_of(image.url) == "data":
            yield image.where, f"{len(image.url):,} characters of data"


def picture_inside(mail: Mail) -> Faults:
    """picture-inside: what the HTML names and what the message has, held against each other."""
    named = {url.removeprefix("cid:") for url in _named(mail)}
    there = [
        str(part["Content-ID"]).strip().removeprefix("<").removesuffix(">")
        for part in mail.message.walk()
        if part["Content-ID"] is not None
    ]
    for id_ in sorted(named - set(there)):
        yield "HTML", f"names cid:{id_}, and the message has no such part"
    for id_ in sorted(set(there) - named):
        yield "message", f"has the part {id_}, which the HTML does not name"
    for id_ in sorted({id_ for id_ in there if there.count(id_) > 1}):
        yield "message", f"has the part {id_} {there.count(id_)} times"


def picture_outside(mail: Mail) -> Faults:
    """picture-outside: where pictures are to be sent within the message."""
    if mail.proof.newsletter.embed:
        for image in mail.images:
            if scheme_of(image.url) in ("http", "https"):
                yield image.where, "is fetched when the mail is opened"


def _named(mail: Mail) -> Iterator[str]:
    """The parts that the HTML names, also where only Outlook reads it (conditional comments)."""
    for element in mail.drawn.root.iter():
        if element.tag is etree.Comment:
            yield from (url for url in picture_addresses(element.text) if scheme_of(url) == "cid")
    yield from (image.url for image in mail.images if scheme_of(image.url) == "cid")


def text_beside_pictures(mail: Mail) -> Faults:
    """text-beside-pictures."""
    count = sum(not _decorates(image) for image in mail.images)
    text = len(bare(mail.drawn.visible()))
    if text < count * TEXT_FOR_EACH:
        yield "HTML", f"{count} pictures and {text} characters of text"


def _asset(mail: Mail, image: Image) -> Asset | None:
    path = mail.own_path(image.address)
    return None if path is None else mail.proof.pictures.get(path)


def _decorates(image: Image) -> bool:
    sizes = [n for n in (image.pixels("width"), image.pixels("height")) if n is not None]
    return image.look.hidden or bool(sizes and min(sizes) <= DECORATION)
