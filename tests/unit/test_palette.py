"""The colours can be read, whatever a site chooses of what is accepted."""

from __future__ import annotations

import colorsys
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.config import ThemeSpec
from publisher.palette import DARK, LEGIBLE, LIGHT, READABLE, contrast, faint, make_palette
from tests.theme_samples import COLOURS, accepted_themes


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(COLOURS, COLOURS)
def test_contrast_has_no_order(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one) >= 1


def test_ours_can_be_read_and_are_what_is_there_when_nothing_is_said() -> None:
    palette = make_palette()
    assert (palette.light, palette.dark) == (LIGHT, DARK)
    for scheme in (LIGHT, DARK):
        assert list(faint(scheme)) == []
        assert contrast(scheme.meta, scheme.paper) >= LEGIBLE


@given(COLOURS)
def test_an_accent_on_our_papers_is_told_or_can_be_read_in_both(accent: str) -> None:
    palette = make_palette(accent)
    assert palette.light.accent == accent
    is_told = [found.part for found in faint(palette.light)] == ["accent"]
    assert is_told == (contrast(accent, LIGHT.paper) < READABLE)
    assert contrast(palette.dark.accent, DARK.paper) >= READABLE + 1


@given(accepted_themes())
def test_every_pair_of_an_accepted_theme_can_be_read(theme: ThemeSpec) -> None:
    for scheme in (theme.palette.light, theme.palette.dark):
        assert contrast(scheme.ink, scheme.paper) >= LEGIBLE
        assert contrast(scheme.meta, scheme.paper) >= READABLE
        assert contrast(scheme.accent, scheme.paper) >= READABLE
        for colour in (scheme.meta, scheme.line, scheme.accent):
            assert re.fullmatch("#[0-9a-f]{6}", colour)


@given(COLOURS, COLOURS)
def test_the_nearest_that_can_be_read_is_found_where_there_is_one(ink: str, paper: str) -> None:
    palette = make_palette(paper=paper, ink=ink)
    extremes = (contrast("#000000", paper), contrast("#ffffff", paper))
    for found in faint(palette.light):
        assert found.ratio < found.needed
        if found.nearest is None:
            assert max(extremes) < found.needed
        else:
            assert contrast(found.nearest, paper) >= found.needed


def test_meta_lies_between_ink_and_paper() -> None:
    light = make_palette(paper="#fdf3c8", ink="#10265c").light
    assert contrast(light.line, light.paper) < contrast(light.meta, light.paper)
    assert contrast(light.meta, light.paper) < contrast(light.ink, light.paper)


@given(st.sampled_from(["#1b1916", "#fdfcf9", "#0b1533", "#ffffff"]), COLOURS)
def test_the_accent_in_the_dark_is_made_for_its_paper(paper: str, accent: str) -> None:
    dark = make_palette(accent, dark_paper=paper, dark_ink="#000000").dark
    assert contrast(dark.accent, paper) >= READABLE + 1


def test_in_the_dark_the_accent_is_lighter_and_of_the_same_hue() -> None:
    palette = make_palette("#9c2f1b")
    assert contrast(palette.dark.accent, palette.dark.paper) > READABLE + 0.9
    assert hue(palette.dark.accent) == pytest.approx(hue("#9c2f1b"), abs=0.01)
    assert make_palette("#9c2f1b", dark_accent="#ffaa00").dark.accent == "#ffaa00"


def hue(colour: str) -> float:
    return colorsys.rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))[0]
