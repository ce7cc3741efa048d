"""PURE. Colours as style sheets write them."""

from __future__ import annotations

import re

_NAMED = {
    "black": "#000000",
    "silver": "#c0c0c0",
    "gray": "#808080",
    "grey": "#808080",
    "white": "#ffffff",
    "maroon": "#800000",
    "red": "#ff0000",
    "purple": "#800080",
    "fuchsia": "#ff00ff",
    "green": "#008000",
    "lime": "#00ff00",
    "olive": "#808000",
    "yellow": "#ffff00",
    "navy": "#000080",
    "blue": "#0000ff",
    "teal": "#008080",
    "aqua": "#00ffff",
    "orange": "#ffa500",
    "lightgray": "#d3d3d3",
    "lightgrey": "#d3d3d3",
    "darkgray": "#a9a9a9",
    "darkgrey": "#a9a9a9",
    "whitesmoke": "#f5f5f5",
    "pink": "#ffc0cb",
}
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})\Z")
_RGB = re.compile(r"rgb\(\s*([0-9]{1,3})[\s,]+([0-9]{1,3})[\s,]+([0-9]{1,3})\s*\)\Z")


def read_colour(value: str) -> str | None:
    """A colour as #rrggbb; None for one that is see-through or written in a way not known here."""
    text = value.strip().lower()
    if _HEX.match(text):
        return text if len(text) == 7 else "#" + "".join(c * 2 for c in text[1:])
    found = _RGB.match(text)
    if found and all(int(channel) < 256 for channel in found.groups()):
        return "#" + "".join(f"{int(channel):02x}" for channel in found.groups())
    return _NAMED.get(text)
