"""The HTML of articles and notes in mail: few tags, styled where they stand, never fatal."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.palette import make_palette
from publisher.parse.clean.sanitise import sanitise
from publisher.render.mail import blocks
from publisher.render.mail.blocks import make_block
from publisher.render.mail.fragment import DEEPEST, FragmentStyle, mail_fragment

WEB = "https://courier.example/2026/pier/"
STYLE = FragmentStyle(ui="system-ui", leading=1.5, palette=make_palette("#9c2f1b"))

FILM = '<a href="https://www.youtube.com/watch?v=a">https://www.youtube.com/watch?v=a</a>'
TABLE = (
    "<table><tr><td>2026</td><td>1,150.00</td><td>3,000.50</td></tr>"
    "<tr><td>Kosten</td><td>https://www.example.org/what-it-cost</td><td>1</td></tr></table>"
)
WATCH = '<a href="https://www.youtube.com/watch?v=a">Watch: youtube.com</a>'
HEAR = '<a href="https://w.soundcloud.com/watch?v=a">Listen: w.soundcloud.com</a>'


def sanitised(html: str) -> str:
    return sanitise(
        html, base_url=WEB, site_url="https://courier.example/", folder="", look_up=lambda _: None
    ).html


def drawn(html: str) -> str:
    return re.sub(r' style="[^"]*"', "", mail_fragment(html, STYLE, web_url=WEB))


@pytest.mark.parametrize(
    ("html", "written"),
    [
        ("<p>One &amp; <em>two</em></p>", "<p>One &amp; <em>two</em></p>"),
        ("<h2>Head</h2><h4>Lower</h4>", "<h3>Head</h3><h4>Lower</h4>"),
        ("<h5>a</h5><h6>b</h6><h2>c</h2>", "<h3>a</h3><h4>b</h4><h3>c</h3>"),
        ("<table><caption>a</caption></table>", '<table><caption class="meta">a</caption></table>'),
        ('<a href="https://x.example/ä b">x</a>', '<a href="https://x.example/%C3%A4%20b">x</a>'),
        ('<a href="mailto:a@x.example">write</a>', "write"),
        ('<a href="https://x.example/"> </a>', ""),
        (
            '<img src="https://x.example/a.jpg" alt="A &quot;b&quot;" width="9000">',
            '<img src="https://x.example/a.jpg" alt="A &quot;b&quot;" width="552" />',
        ),
        ('<img src="https://x.example/a.webp" alt="A boat">', "A boat"),
        ('<img src="http://x.example/a.jpg" alt="A boat">', "A boat"),
        ("<section><div><p>In</p></div></section>", "<p>In</p>"),
        ("<div>Bare</div>", "<p>Bare</p>"),
        (
            "<figure><img src='https://x.example/a.png' alt=''><figcaption>C</figcaption></figure>",
            '<img src="https://x.example/a.png" alt="" width="552" /><p class="meta">C</p>',
        ),
        (
            "<table><tr><td colspan='2'>a</td></tr></table>",
            '<table><tr><td colspan="2">a</td></tr></table>',
        ),
        ("<pre>  a\n   b</pre>", "<pre>  a\n   b</pre>"),
        (
            '<video src="v.mp4" title="The film"></video>',
            f'<p><a href="{WEB}">Watch: The film</a></p>',
        ),
        (
            '<audio><source src="https://www.x.example/a.mp3">No</audio>',
            '<p><a href="https://www.x.example/a.mp3">Listen: x.example</a></p>',
        ),
        ('<p lang="ar" dir="rtl">قارب</p>', '<p lang="ar" dir="rtl">قارب</p>'),
        (FILM, WATCH),
        (f"<p>a</p>\n{FILM}<p>b</p>", f"<p>a</p>\n{WATCH}<p>b</p>"),
        (f"<p>See {FILM}</p>", f"<p>See {FILM}</p>"),
        (f"<p>{FILM} or <b>not</b></p>", f"<p>{FILM} or <b>not</b></p>"),
        (f"<p><b>a</b>{FILM}</p>", f"<p><b>a</b>{FILM}</p>"),
        (f"<p>a <b>{FILM}</b></p>", f"<p>a <b>{FILM}</b></p>"),
        (f"<ul><li>{FILM}</li></ul>", f"<ul><li>{FILM}</li></ul>"),
        (FILM.replace("youtube", "x"), FILM.replace("youtube", "x")),
        (FILM.replace("www.youtube", "w.soundcloud"), HEAR),
        ("<ruby>漢<rt>かん</rt></ruby>", "漢(かん)"),
        ("<ruby>漢<rp>(</rp><rt>か<b>ん</b></rt><rp>)</rp></ruby>", "漢(か<b>ん</b>)"),
        ('<ol start="4"><li value="7">a</li></ol>',) * 2,
        ('<ol start="-1984" type="A"><li>a</li></ol>',) * 2,
        ('<ol type="disc"><li>a</li></ol>', "<ol><li>a</li></ol>"),
        ('<ol reversed=""><li>a</li></ol>', '<ol reversed="reversed"><li>a</li></ol>'),
        ("<p><q>No</q></p>", "<p><q>No</q></p>"),
        ("<details><summary>More</summary>Text</details>", "<div><p>More</p>Text</div>"),
        ("", ""),
    ],
)
def test_elements(html: str, written: str) -> None:
    assert drawn(html) == written


NARROW = "<td>1,150.00</td><td>2,300.00</td>"


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        (f"<td>Monday<br>Tuesday<br>Wednesday</td>{NARROW}", 0),
        (f"<td><p>Monday</p><p>Tuesday</p><p>Wednesday</p></td>{NARROW}", 0),
        (f"<td>東京の新しい港で働く人びとの朝の船を待つ</td>{NARROW}", 0),
        (f"<td>Mon<b>day</b>Tues<i>day</i>Wednesday</td>{NARROW}", 1),
        ("<td>1\u202f234\u202f567,89\u00a0€</td>" * 3, 3),
        (f'<td rowspan="2">{"a" * 20}</td><td>b</td></tr><tr><td>{"c" * 20}</td>', 2),
        (f'<td colspan="2">{"a" * 20}</td></tr><tr><td>b</td><td>c</td>', 1),
        ("<td>a</td>" * 12, 12),
        (f"<td><table><tr>{NARROW}</tr></table></td>", 2),
    ],
)
def test_words_of_cells_break_where_their_column_has_no_room(row: str, broken: int) -> None:
    drawn = mail_fragment(f"<table><tr>{row}</tr></table>", STYLE, web_url=WEB)
    assert drawn.count("word-break:break-word") == broken


def test_every_block_carries_its_own_style() -> None:
    html = "<p>a</p><ul><li>b</li></ul><blockquote>c</blockquote><pre>d</pre><h2>e</h2><hr>"
    tags = re.findall(r"<([a-z0-9]+)(?! style)[ >]", mail_fragment(html, STYLE, web_url=WEB))
    assert tags == []


@pytest.mark.parametrize(
    ("html", "direction", "styled"),
    [
        ("<blockquote>a</blockquote>", "ltr", "padding:0 0 0 16px;border-left:"),
        ("<blockquote>a</blockquote>", "rtl", "padding:0 16px 0 0;border-right:"),
        ('<blockquote dir="ltr">a</blockquote>', "rtl", "padding:0 0 0 16px;border-left:"),
        ("<ul><li>a</li></ul>", "ltr", "padding:0 0 0 24px"),
        ("<ol><li>a</li></ol>", "rtl", "padding:0 24px 0 0"),
        ("<pre>a = 1</pre>", "rtl", "direction:ltr;text-align:left"),
        ("<table><tr><th>a</th></tr></table>", "rtl", "text-align:right"),
        ("<table><tr><td>1,150.00</td></tr></table>", "ltr", "word-break:normal"),
        (TABLE, "ltr", '">1,150.00</td>'),
        (TABLE, "ltr", 'word-break:break-word">https://www.example.org/what-it-cost</td>'),
        ('<table><tr><td align="center">a</td></tr></table>', "ltr", 'text-align:center"'),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "ltr", "padding:6px 16px 6px 0;"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "ltr", "padding:6px 0;"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "rtl", "padding:6px 0 6px 16px;"),
        ('<img src="https://x.example/a.jpg" width="240" alt="">', "ltr", ';max-width:240px"'),
    ],
)
def test_what_turns_with_the_language_or_follows_the_author(
    html: str, direction: str, styled: str
) -> None:
    assert styled in mail_fragment(html, replace(STYLE, direction=direction), web_url=WEB)


def test_scripts_without_italics_have_none() -> None:
    html = "<p><em>a</em> <i>b</i></p>"
    upright = mail_fragment(html, replace(STYLE, leading=1.75), web_url=WEB)
    assert '<em style="font-style:normal;font-weight:600">' in upright
    assert '<i style="font-style:normal">' in upright
    assert "font-style" not in mail_fragment(html, STYLE, web_url=WEB)


def test_what_is_too_deep_is_text() -> None:
    levels = DEEPEST + 20
    written = drawn("<blockquote>" * levels + "deep" + "</blockquote>" * levels)
    assert "deep" in written
    assert written.count("<blockquote>") <= DEEPEST + 1


@given(st.text(st.characters() | st.sampled_from("<>&\"'/= abdimp"), max_size=120))
def test_whatever_an_article_says_its_block_is_balanced_and_mrml_takes_it(text: str) -> None:
    block = make_block(sanitised(text), STYLE, web_url=WEB)
    ET.fromstring(f"<x>{block.html}</x>")
    assert block.is_whole


def test_a_block_that_mrml_refuses_falls_back_to_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "compiles", lambda _fragment: False)
    block = make_block("<p>A <b>boat</b> &amp; more</p><p>Two</p>", STYLE, web_url=WEB)
    assert not block.is_whole
    assert re.sub(r' style="[^"]*"', "", block.html) == "<p>A boat &amp; more</p><p>Two</p>"
