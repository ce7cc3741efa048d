"""GROUND. What no single key of the theme can tell: whether it can be read."""

from __future__ import annotations

import math
from collections.abc import Iterator

from publisher.config.selections import Finding
from publisher.config.site import DarkSpec, ThemeSpec
from publisher.config.stacks import ends_well
from publisher.palette import Faint, faint


def theme_findings(theme: ThemeSpec) -> Iterator[Finding]:
    """The colours that cannot be read in light or dark, and a stack of fonts without an end."""
    palette = theme.palette
    for found in faint(palette.light):
        yield _finding(("site", "theme"), theme, found)
    for found in faint(palette.dark):
        if found.part == "ink" or theme.dark.accent:  # else it was made here: good where the ink is
            yield _finding(("site", "theme", "dark"), theme.dark, found)
    if not ends_well(theme.fonts):
        message = (
            f"site.theme.fonts: {theme.fonts!r} leaves nothing for a reader who has none of them"
        )
        yield ("site", "theme", "fonts"), message, f'write "{theme.fonts}, serif", or sans-serif'


def _finding(place: tuple[str, ...], spec: ThemeSpec | DarkSpec, found: Faint) -> Finding:
    """At the colour itself, or at the paper where only that was chosen."""
    is_chosen = getattr(spec, found.part) != getattr(type(spec)(), found.part)
    key = found.part if is_chosen else "paper"
    ratio = math.floor(found.ratio * 100) / 100  # 4.496 is not enough, and shall not look so
    message = (
        f"{'.'.join(place)}.{key}: the {found.part} {found.colour} on the paper {found.paper} "
        f"has {ratio:.2f}:1; {found.needed:g}:1 is needed"
    )
    mend = f'write {found.part}: "{found.nearest}", the nearest that has it, or change the paper'
    if found.nearest is None:
        mend = "take a lighter or a darker paper: none can be read on this one"
    return (*place, key), message, mend
