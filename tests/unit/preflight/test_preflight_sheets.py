"""Of two declarations the right one wins, as in a browser."""

from __future__ import annotations

import pytest

from publisher.preflight.colours import read_colour
from publisher.preflight.drawn import Drawn, draw

PAGE = (
    "<html><head><style>{}</style></head><body id=top><div class='a b'>"
    "<p data-x='one two' style='{}'>word</p></div></body></html>"
)


def page(css: str, inline: str = "") -> Drawn:
    return draw(PAGE.format(css, inline).encode())


@pytest.mark.parametrize(
    ("css", "inline", "ink"),
    [
        ("p { color: #111 }", "", "#111111"),
        ("P { COLOR: #111 }", "", "#111111"),
        ("p { color: #111 } p { color: #222 }", "", "#222222"),
        (".a p { color: #111 } p { color: #222 }", "", "#111111"),
        ("#top p { color: #111 } .a.b p { color: #222 }", "", "#111111"),
        ("p { color: #111 !important } #top p { color: #222 }", "", "#111111"),
        ("p { color: #111 }", "color: #222", "#222222"),
        ("p { color: #111 !important }", "color: #222", "#111111"),
        ("p { color: #111 !important }", "color: #222 !important", "#222222"),
        ("div > p { color: #111 }", "", "#111111"),
        ("body > p { color: #111 }", "", "#000000"),
        ("body p { color: #111 }", "", "#111111"),
        ("html > body div p { color: #111 }", "", "#111111"),
        ("h1, p { color: #111 }", "", "#111111"),
        ("* { color: #111 }", "", "#111111"),
        (":root { color: #111 }", "", "#111111"),
        ("p:hover { color: #111 }", "", "#000000"),
        ("h1 + p, p::before { color: #111 }", "", "#000000"),
        ("[data-x] { color: #111 }", "", "#111111"),
        ("[data-x~=two] { color: #111 }", "", "#111111"),
        ("[data-x^='one'] { color: #111 }", "", "#111111"),
        ("[data-x$=one] { color: #111 }", "", "#000000"),
        ("[data-x*=wo] { color: #111 }", "", "#111111"),
        ("[data-x|=one] { color: #111 }", "", "#000000"),
        ("[data-y] { color: #111 }", "", "#000000"),
        ("div { color: #111 }", "color: inherit", "#111111"),
        ("/* p { color: #222 } */ p { color: #111 }", "", "#111111"),
        ("@import 'a.css'; p { color: #111 }", "", "#111111"),
        ("@media print { p { color: #111 } }", "", "#000000"),
        ("@media (prefers-color-scheme: light) { p { color: #111 } }", "", "#111111"),
        ("@media (prefers-color-scheme: dark) { p { color: #111 } }", "", "#000000"),
        ("p { color: #111", "", "#111111"),
        ("} p { color: #111 }", "", "#000000"),
    ],
)
def test_the_declaration_that_wins(css: str, inline: str, ink: str) -> None:
    (text,) = page(css, inline).texts
    assert text.look.light[0] == ink


def test_dark_rules_are_for_the_dark_scheme_alone() -> None:
    drawn = page("p { color: #111 } @media (prefers-color-scheme:dark) { p { color: #eee } }")
    (text,) = drawn.texts
    assert (text.look.light[0], text.look.dark[0]) == ("#111111", "#eeeeee")
    assert drawn.has_dark


def test_sizes_follow_from_outside_to_inside() -> None:
    drawn = page("body { font-size: 20px } div { font-size: 150% } p { font-size: .5em }")
    assert drawn.texts[0].look.size == 15.0


def test_a_link_without_a_colour_has_that_of_browsers() -> None:
    drawn = draw(b"<body style='color:#fff'><a href='x'>a</a><a>b</a></body>")
    assert [t.look.light[0] for t in drawn.texts] == ["#0000ee", "#ffffff"]


@pytest.mark.parametrize(
    ("written", "colour"),
    [
        ("#ABC", "#aabbcc"),
        ("#a1b2c3", "#a1b2c3"),
        (" White ", "#ffffff"),
        ("rgb(1, 2, 3)", "#010203"),
        ("rgb(1 2 3)", "#010203"),
        ("rgb(300,2,3)", None),
        ("rgba(1,2,3,.5)", None),
        ("#abcd", None),
        ("transparent", None),
        ("url(a.png)", None),
        ("", None),
    ],
)
def test_colours_as_they_are_written(written: str, colour: str | None) -> None:
    assert read_colour(written) == colour
