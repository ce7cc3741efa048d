"""A theme is refused where it cannot be read, with the figure and a way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.config import ThemeSpec
from publisher.config.load import parse_config
from publisher.config.stacks import ends_well, read_stack
from publisher.errors import ConfigError

SITE = "site:\n  title: X\n  url: https://x.example/\n  theme:\n"


def theme_of(lines: str) -> ThemeSpec:
    return parse_config((SITE + lines).encode(), Path("publisher.yaml")).site.theme


def refusals(lines: str) -> list[tuple[int, int, str, str | None]]:
    with pytest.raises(ConfigError) as caught:
        theme_of(lines)
    found = (caught.value, *caught.value.others)
    return [(e.where.line, e.where.column, e.message, e.mend) for e in found if e.where]


class TestColours:
    def test_own_colours_are_taken_as_they_are(self) -> None:
        palette = theme_of(
            "    accent: '#A3123F'\n    paper: '#fdf3c8'\n    ink: '#10265c'\n"
            "    dark: {paper: '#0b1533', ink: '#f4ecc9', accent: '#ff9db5'}\n"
        ).palette
        light, dark = palette.light, palette.dark
        assert (light.accent, light.paper, light.ink) == ("#a3123f", "#fdf3c8", "#10265c")
        assert (dark.accent, dark.paper, dark.ink) == ("#ff9db5", "#0b1533", "#f4ecc9")

    def test_what_is_left_out_is_ours(self) -> None:
        assert theme_of("    fonts: sans\n").palette == ThemeSpec().palette

    @pytest.mark.parametrize(
        ("lines", "column", "key", "said", "nearest"),
        [
            (
                *("accent: '#ffff00'", 13, "accent"),
                *("#ffff00 on the paper #fdfcf9 has 1.04:1", "#787800"),
            ),
            ("ink: '#777777'", 10, "ink", "#777777 on the paper #fdfcf9 has 4.36:1", "#575757"),
            (
                *("dark: {ink: '#888888'}", 17, "dark.ink"),
                *("#888888 on the paper #1b1916 has 4.94:1", "#a4a4a4"),
            ),
            (
                *("dark: {paper: '#ffffff'}", 19, "dark.paper"),
                *("#ece8e0 on the paper #ffffff has 1.22:1", "#64573d"),
            ),
            (
                *("dark: {accent: '#333333'}", 20, "dark.accent"),
                *("#333333 on the paper #1b1916 has 1.38:1", "#818181"),
            ),
        ],
    )
    def test_what_cannot_be_read_is_refused_with_the_nearest_that_can(
        self, lines: str, column: int, key: str, said: str, nearest: str
    ) -> None:
        part, needed = ("accent", "4.5") if "accent" in key else ("ink", "7")
        assert refusals(f"    {lines}\n") == [
            (
                5,
                column,
                f"site.theme.{key}: the {part} {said}; {needed}:1 is needed",
                f'write {part}: "{nearest}", the nearest that has it, or change the paper',
            )
        ]

    def test_a_paper_alone_is_held_against_our_ink_and_accent(self) -> None:
        found = refusals("    paper: '#102040'\n")
        assert [(line, column) for line, column, *_ in found] == [(5, 12), (5, 12)]
        assert [message.partition(" has ")[0] for _, _, message, _ in found] == [
            "site.theme.paper: the ink #1d1b18 on the paper #102040",
            "site.theme.paper: the accent #9c2f1b on the paper #102040",
        ]

    def test_a_paper_on_which_nothing_can_be_read(self) -> None:
        (*_, mend), _ = refusals("    paper: '#808080'\n")
        assert mend == "take a lighter or a darker paper: none can be read on this one"

    @pytest.mark.parametrize("mended", ["accent: '#787800'", "ink: '#575757'"])
    def test_the_mend_is_accepted(self, mended: str) -> None:
        theme_of(f"    {mended}\n")

    def test_a_ratio_that_is_almost_enough_does_not_look_enough(self) -> None:
        ((*_, message, _),) = refusals("    paper: '#ffffff'\n    accent: '#777777'\n")
        assert "has 4.47:1; 4.5:1 is needed" in message  # 4.478

    @pytest.mark.parametrize(
        ("written", "found"),
        [("red", "'red'"), ("'#12345'", "'#12345'"), ("'#1234567'", "'#1234567'")],
    )
    def test_what_is_no_colour(self, written: str, found: str) -> None:
        for key in ("accent", "paper", "ink"):
            ((line, column, message, _),) = refusals(f"    {key}: {written}\n")
            assert (line, column) == (5, 7 + len(key))
            assert message == (
                f"site.theme.{key}: expected a colour in quotes (else # begins a comment), "
                f'such as "#9c2f1b", found {found}'
            )

    def test_a_colour_that_yaml_took_for_a_comment(self) -> None:
        ((line, _, message, _),) = refusals("    ink: #10265c\n")
        assert line == 5
        assert "else # begins a comment" in message


class TestFonts:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("serif", "serif"),
            (" Sans ", "sans"),
            (
                "Georgia, 'Noto Naskh Arabic', serif",
                "Georgia, Noto Naskh Arabic, serif",
            ),
            ('"Source Sans 3",  Arial ,SANS-SERIF', "'Source Sans 3', Arial, sans-serif"),
            ("-apple-system, BlinkMacSystemFont, system-ui, sans-serif",) * 2,
            ("'serif', 'Initial', monospace", "'serif', 'Initial', monospace"),
            ("ヒラギノ明朝 ProN, serif", "'ヒラギノ明朝 ProN', serif"),
        ],
    )
    def test_a_stack_has_the_quotes_that_it_needs(self, written: str, read: str) -> None:
        assert read_stack(written) == read
        assert read_stack(read) == read

    @pytest.mark.parametrize(
        "written",
        [
            "Georgia; color: red, serif",
            "url(https://x.example/a.woff), serif",
            "Georgia</style>, serif",
            "Georgia, , serif",
            "'Georgia, serif",
            'Geor"gia, serif',
            "Georgia\\, serif",
            "{Georgia}, serif",
            "var(--x), serif",
            "",
        ],
    )
    def test_what_is_more_than_names_is_refused(self, written: str) -> None:
        with pytest.raises(ValueError, match="font families"):
            read_stack(written)

    def test_a_long_one_is_refused(self) -> None:
        with pytest.raises(ValueError, match="at most 200 characters"):
            read_stack("Georgia, " * 30 + "serif")

    @given(
        st.one_of(
            st.text(max_size=40),
            st.lists(
                st.sampled_from(["Georgia", "serif", "'", '"', ";", "é", ",", "}", "3", " "])
            ).map("".join),
        )
    )
    def test_nothing_that_is_read_breaks_out(self, text: str) -> None:
        try:
            stack = read_stack(text)
        except ValueError:
            return
        assert not set(stack) & set('"<>&;:{}()\\/@\n\r')
        for family in stack.split(", "):
            assert family.count("'") in (0, 2)
        assert read_stack(stack) == stack

    @pytest.mark.parametrize(
        "stack", ["Georgia", "Georgia, 'serif'", "serif, Georgia", "system-ui"]
    )
    def test_one_without_an_end_is_refused_with_the_end(self, stack: str) -> None:
        assert not ends_well(read_stack(stack))
        ((line, column, message, mend),) = refusals(f'    fonts: "{stack}"\n')
        assert (line, column) == (5, 12)
        assert message == (
            f"site.theme.fonts: {stack!r} leaves nothing for a reader who has none of them"
        )
        assert mend == f'write "{stack}, serif", or sans-serif'
        theme_of(f'    fonts: "{stack}, serif"\n')
