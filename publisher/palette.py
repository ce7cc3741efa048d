"""GROUND. The few colours of a site, for light and dark, and their contrast.

One source for the pages' style sheet and for the attributes of the mail.
Contrast is that of WCAG 2.2, section 1.4.3.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

READABLE = 4.5
"""The least contrast of small text against its ground (WCAG 2.2, 1.4.3)."""


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


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def make_palette(accent: str) -> Palette:
    """The palette around one accent; in the dark the accent is lightened until it can be read.

    Raises ValueError with the ratio when the accent cannot be read on the light paper.
    """
    light = Scheme(paper="#fdfcf9", ink="#1d1b18", meta="#5b564d", line="#ddd8cd", accent=accent)
    ratio = contrast(accent, light.paper)
    if ratio < READABLE:
        raise ValueError(
            f"a colour with a contrast of at least {READABLE}:1 on the paper {light.paper}"
            f" (this one has {ratio:.2f}:1; take a darker one)"
        )
    dark_paper = "#1b1916"
    return Palette(
        light=light,
        dark=Scheme(
            paper=dark_paper,
            ink="#ece8e0",
            meta="#aca599",
            line="#3b372f",
            accent=_lighten(accent, dark_paper),
        ),
    )


def _lighten(colour: str, ground: str) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    while contrast(colour, ground) < READABLE + 1 and lightness < 1:
        lightness = min(1.0, lightness + 0.02)
        channels = colorsys.hls_to_rgb(hue, lightness, saturation)
        colour = "#" + "".join(f"{round(c * 255):02x}" for c in channels)
    return colour


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
