"""The colours can be read, whatever accent a site takes."""

from __future__ import annotations

import colorsys
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.palette import READABLE, Palette, contrast, make_palette

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(COLOURS, COLOURS)
def test_contrast_has_no_order(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one) >= 1


@given(COLOURS)
def test_every_pair_can_be_read_or_the_accent_is_refused_with_its_ratio(accent: str) -> None:
    paper = make_palette("#000000").light.paper
    if contrast(accent, paper) < READABLE:
        with pytest.raises(ValueError, match=re.escape(f"{contrast(accent, paper):.2f}:1")):
            make_palette(accent)
        return
    palette: Palette = make_palette(accent)
    assert palette.light.accent == accent
    for scheme in (palette.light, palette.dark):
        assert contrast(scheme.ink, scheme.paper) >= 7
        assert contrast(scheme.meta, scheme.paper) >= 7
        assert contrast(scheme.accent, scheme.paper) >= READABLE
        assert re.fullmatch("#[0-9a-f]{6}", scheme.accent)


def test_in_the_dark_the_accent_is_lighter_and_of_the_same_hue() -> None:
    palette = make_palette("#9c2f1b")
    assert contrast(palette.dark.accent, palette.dark.paper) > READABLE + 0.9
    assert hue(palette.dark.accent) == pytest.approx(hue("#9c2f1b"), abs=0.01)


def hue(colour: str) -> float:
    return colorsys.rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))[0]
