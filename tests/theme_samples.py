"""Themes that the configuration accepts, near the edge of what it accepts too."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume
from hypothesis import strategies as st

from publisher.config import DarkSpec, ThemeSpec
from publisher.config.themes import theme_findings
from publisher.palette import faint

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@st.composite
def accepted_themes(draw: st.DrawFn) -> ThemeSpec:
    """Any colours, those that are refused mended as the refusal says."""
    theme = draw(
        st.builds(
            ThemeSpec,
            accent=COLOURS,
            paper=COLOURS,
            ink=COLOURS,
            dark=st.builds(
                DarkSpec, paper=COLOURS, ink=COLOURS, accent=st.one_of(st.none(), COLOURS)
            ),
        )
    )
    light = {one.part: one.nearest for one in faint(theme.palette.light)}
    dark = {one.part: one.nearest for one in faint(theme.palette.dark)}
    assume(None not in (*light.values(), *dark.values()))
    if theme.dark.accent is None:
        dark.pop("accent", None)
    mended = replace(theme, dark=replace(theme.dark, **dark), **light)
    assert list(theme_findings(mended)) == []
    return mended
