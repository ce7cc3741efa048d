"""GROUND. The few colours of a site, for light and dark, and their contrast.

One source for the pages' style sheet and for the attributes of the mail.
Contrast is that of WCAG 2.2, section 1.4.3.
"""

from __future__ import annotations

import colorsys
from collections.abc import Iterator
from dataclasses import replace

from publisher.values import dataclass

READABLE = 4.5
"""The least contrast of small text against its ground (WCAG 2.2, 1.4.3): dates, links."""

LEGIBLE = 7.0
"""The same of text that is read at length (WCAG 2.2, 1.4.6)."""

_WELL = READABLE + 1
"""What colours that are made here have at least, where nobody chose them."""

_META, _LINE = 0.28, 0.85
"""How much of the paper is in them, the rest is ink; less of it where it could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """Colours of one scheme, each as #rrggbb."""

    paper: str
    ink: str
    meta: str
    line: str
    accent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The two schemes of a site."""

    light: Scheme
    dark: Scheme


LIGHT = Scheme(paper="#fdfcf9", ink="#1d1b18", meta="#5b564d", line="#ddd8cd", accent="#9c2f1b")
DARK = Scheme(paper="#1b1916", ink="#ece8e0", meta="#aca599", line="#3b372f", accent="#e26f59")
"""Ours, where a site says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faint:
    """A colour that cannot be read on the paper of its scheme.

    `part` is ink or accent; `nearest` the nearest colour that can be, None where there is none.
    """

    part: str
    colour: str
    paper: str
    ratio: float
    needed: float
    nearest: str | None


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def make_palette(
    accent: str = LIGHT.accent,
    *,
    paper: str = LIGHT.paper,
    ink: str = LIGHT.ink,
    dark_paper: str = DARK.paper,
    dark_ink: str = DARK.ink,
    dark_accent: str | None = None,
) -> Palette:
    """The palette of these colours; what is quiet, dates and lines, is mixed of ink and paper.

    Left out, the accent in the dark is the other, lighter or darker until it can be read.
    Whether the given ones can be, `faint` tells; where an ink can, what is made here can too.
    """
    dark_accent = dark_accent or _until_readable(accent, dark_paper)
    return Palette(
        light=_scheme(paper, ink, accent, LIGHT),
        dark=_scheme(dark_paper, dark_ink, dark_accent, DARK),
    )


def faint(scheme: Scheme) -> Iterator[Faint]:
    """The ink and the accent of a scheme, as far as they cannot be read on its paper."""
    for part, colour, needed in (
        ("ink", scheme.ink, LEGIBLE),
        ("accent", scheme.accent, READABLE),
    ):
        ratio = contrast(colour, scheme.paper)
        if ratio < needed:
            yield Faint(
                part=part,
                colour=colour,
                paper=scheme.paper,
                ratio=ratio,
                needed=needed,
                nearest=_nearest(colour, scheme.paper, needed),
            )


def _scheme(paper: str, ink: str, accent: str, ours: Scheme) -> Scheme:
    if (paper, ink) == (ours.paper, ours.ink):
        return replace(ours, accent=accent)
    share = _META
    while share > 0 and contrast(_mixed(ink, paper, share), paper) < _WELL:
        share -= 0.02
    meta = _mixed(ink, paper, max(share, 0.0))
    return Scheme(paper=paper, ink=ink, meta=meta, line=_mixed(ink, paper, _LINE), accent=accent)


def _mixed(ink: str, paper: str, share: float) -> str:
    """A colour with so much of the paper in it."""
    pairs = zip(_channels(ink), _channels(paper), strict=True)
    return _hex(tuple(one + (other - one) * share for one, other in pairs))


def _until_readable(colour: str, ground: str) -> str:
    """The colour, moved away from the ground step by step until it can be read well."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    end = 1.0 if contrast("#ffffff", ground) > contrast("#000000", ground) else 0.0
    while contrast(colour, ground) < _WELL and lightness != end:
        lightness = min(1.0, lightness + 0.02) if end else max(0.0, lightness - 0.02)
        colour = _hex(colorsys.hls_to_rgb(hue, lightness, saturation))
    return colour


def _nearest(colour: str, ground: str, needed: float) -> str | None:
    """The colour of the same hue that is nearest in lightness and has the contrast."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    for step in range(1, 257):
        for moved in (lightness - step / 256, lightness + step / 256):
            found = _hex(colorsys.hls_to_rgb(hue, min(1.0, max(0.0, moved)), saturation))
            if contrast(found, ground) >= needed:
                return found
    return None


def _hex(channels: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
