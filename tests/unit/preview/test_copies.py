"""What a frame gets in place of a page or mail."""

from __future__ import annotations

import pytest

from publisher.preview.copies import (
    VARIANTS,
    css_in_scheme,
    first_words,
    opening_tabs,
    page_in_scheme,
    reloading,
    stay_here,
    without_bulk,
)

CSS = (
    ":root{color-scheme: light dark; supported-color-schemes:light dark}"
    "@media (prefers-color-scheme: dark){a{color:white}}"
    "@media screen and (prefers-color-scheme:light){a{color:black}}"
)
HOMES = ("https://mail.example/", "https://courier.example/")


def test_dark_rules_hold_and_light_ones_do_not() -> None:
    assert css_in_scheme(CSS, "dark") == (
        ":root{color-scheme: dark; supported-color-schemes:dark}"
        "@media (min-width: 0){a{color:white}}"
        "@media screen and (max-width: 0){a{color:black}}"
    )


def test_and_the_other_way_round() -> None:
    light = css_in_scheme(CSS, "light")
    assert "@media (max-width: 0){a{color:white}}" in light
    assert "(min-width: 0){a{color:black}}" in light


def test_only_style_elements_metas_and_media_attributes_are_turned() -> None:
    page = (
        '<meta name="color-scheme" content="light dark" />'
        '<link media="(prefers-color-scheme: dark)">'
        f"<style>{CSS}</style><pre>{CSS}</pre>"
    )
    assert page_in_scheme(page, "dark") == (
        '<meta name="color-scheme" content="dark" />'
        '<link media="(min-width: 0)">'
        f"<style>{css_in_scheme(CSS, 'dark')}</style><pre>{CSS}</pre>"
    )


@pytest.mark.parametrize(
    ("tag", "here"),
    [
        ('<a href="https://courier.example/2026/fog/">', '<a href="/site/2026/fog/">'),
        ('<a class="x" href="https://mail.example/">', '<a class="x" href="/site/">'),
        ('<img src="https://courier.example/media/a.png">', '<img src="/site/media/a.png">'),
        (
            '<a href="https://courier.example/?a=1&amp;b=2">',
            '<a href="/site/?a=1&amp;b=2">',
        ),
        (
            '<a href="https://else.example/">',
            '<a target="_blank" rel="noopener" href="https://else.example/">',
        ),
        ('<a href="../fog/">', '<a href="../fog/">'),
        (
            '<link rel="canonical" href="https://courier.example/">',
            '<link rel="canonical" href="https://courier.example/">',
        ),
        ("https://courier.example/", "https://courier.example/"),
    ],
)
def test_links_to_the_site_stay_and_others_open_a_tab(tag: str, here: str) -> None:
    assert stay_here(tag, HOMES, "/site/") == here


def test_what_is_put_into_the_head() -> None:
    page = "<!doctype html><html><HEAD lang=en><title>x</title></HEAD></html>"
    assert '<HEAD lang=en><base target="_blank"><title>' in opening_tabs(page)
    assert '<HEAD lang=en><script src="/p.js" defer></script><title>' in reloading(page, "/p.js")
    assert reloading("<p>x", "/p.js") == '<p>x<script src="/p.js" defer></script>'


def test_the_first_words_are_those_that_a_mail_program_shows() -> None:
    padding = "\u034f\u200c\u00a0" * 40
    mail = (
        "<html><head><title>No</title><style>no</style></head><body><!-- no -->"
        f"<div style='display:none'>Fog &amp; tide{padding}</div><h1>The Weekly</h1></body></html>"
    )
    assert first_words(mail, 100) == "Fog & tide"
    assert first_words("<body><h1>The Weekly</h1>\n<p>Issue 1</p>", 100) == "The Weekly Issue 1"
    assert first_words("<p>The Weekly</p>", 5) == "The W"


def test_variants_are_found_by_their_names() -> None:
    assert {name: v.name for name, v in VARIANTS.items()} == {name: name for name in VARIANTS}
    assert len(VARIANTS) == 4


def test_of_a_picture_within_a_message_the_first_line_is_shown() -> None:
    head = 'Content-Disposition: inline; filename="a.jpg"\r\n\r\n'
    part = f"--b\r\nContent-Type: image/jpeg\r\n{head}"
    lines = ["AAAA\r\n" * count for count in (1, 2, 3, 5)]
    message = "".join(part + some for some in lines) + "--b--\r\n"
    assert without_bulk(message) == (
        f"{part}AAAA\r\n{part}AAAA\r\nAAAA\r\n"
        f"{part}AAAA\r\n… 2 more lines\r\n{part}AAAA\r\n… 4 more lines\r\n--b--\r\n"
    )


def test_text_in_base64_is_shown_whole() -> None:
    message = "Content-Transfer-Encoding: base64\r\n\r\n" + "AAAA\r\n" * 9
    assert without_bulk(message) == message
