"""Bodies: the short way and the exact way find the same."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.feedcheck import html

SOUND = [
    "plain text",
    "5 < 6 & 7 > 2",
    "a <- b <3 c <",
    "<p>one<p>two<ul><li>a<li>b</ul>",
    "<P>Capitals <EM>too</EM></P>",
    '<img src="https://x.example/a.png" alt="a > b">',
    "<img src='https://x.example/a.png' alt='it\"s'>",
    "<img src=https://x.example/a.png>",
    "<br><br/><hr /><wbr>",
    '<a href="mailto:a@x.example">a</a> <a href="tel:+1">b</a> <a href="ftp://x.example/">c</a>',
    '<a href="#note">1</a>'.replace("#note", "https://x.example/#note"),
    '<img src="data:image/png;base64,AAAA">',
    '<img srcset="https://x.example/a,b.png 1x, https://x.example/c.png 2x">',
    '<img srcset="https://x.example/a.png 640w,\nhttps://x.example/b.png 1.5x">',
    "<!-- <script>x</script> --><p>after</p>",
    "<!-- <b> -->",
    "<!doctype html><p>x",
    "<?php x ?>",
    "<textarea><b></textarea>",
    '<svg viewBox="0 0 1 1"><title>T</title><path d="M0"/><g><circle r="1"/></g></svg>',
    '<table><tr><td>1<td>2<tr><th scope="col">3</table>',
    '<span style="color: red" class="a b" data-x="1" lang="id">x</span>',
    "<details open><summary>S</summary>D</details>",
    '<iframe src="https://video.example/embed/1" allowfullscreen></iframe>',
    '<input type="checkbox" disabled checked> done',
    "<custom-element>x</custom-element>",
    "<code>&lt;script&gt;</code>",
    '<p title="onclick=x javascript:y">x</p>',
]
BROKEN = {
    "<script src='https://x.example/'></script>": "unsafe-element",
    "<a HREF=/x>y</a>": "relative-reference",
    '<a href="">y</a>': "relative-reference",
    '<a href="x.html?y=https://z.example/">y</a>': "relative-reference",
    '<a href="#x">y</a>': "fragment-reference",
    '<img alt="x" src = "a.png">': "relative-reference",
    '<svg><a xlink:href="javascript:x">y</a></svg>': "unsafe-address",
    '<img src="data:text/html,x">': "unsafe-address",
    '<a href="data:image/png;base64,AAAA">y</a>': "unsafe-address",
    '<a href="java&#10;script:x">y</a>': "unsafe-address",
    '<img srcset="a.png 1x, https://x.example/b.png 2x">': "relative-reference",
    "<p/onclick=x>": "event-attribute",
    "<b x='>' onclick=y>z</b>": "event-attribute",
    "<i><b>x</i></b>": "html-unbalanced",
    "<i>x": "html-unbalanced",
    "x</i>": "html-unbalanced",
    "x <i": "html-unbalanced",
    "x <img src='https://x.example/a.png": "html-unbalanced",
    "<span/>": "html-unbalanced",
    "<script>x": "unsafe-element",
}


@pytest.mark.parametrize("body", SOUND)
def test_a_sound_body_has_no_faults(body: str) -> None:
    assert list(html.body_faults(body)) == []


@pytest.mark.parametrize("body", BROKEN)
def test_a_broken_body_names_its_fault(body: str) -> None:
    assert BROKEN[body] in [rule for rule, _ in html.body_faults(body)]


PARTS = st.sampled_from(
    [
        *("<p>", "</p>", "<em>", "</em>", "<a href='/x'>", '<a href="https://x.example/">', "</a>"),
        *("<img src=x>", "<br/>", "text", "<", ">", "&", '"', "'", "<!--", "-->", "</", "<b", "/>"),
        *(" onclick=x", ' title=">"', "<script>", "</script>", "<svg>", "</svg>", "<path/>", "\n"),
        *('<img srcset="https://x.example/ 1x, y">', "<a href='javascript:x'>", "<li>", "</li>"),
    ]
)


@given(parts=st.lists(PARTS, max_size=12))
def test_the_short_way_finds_nothing_only_where_the_exact_one_does(parts: list[str]) -> None:
    body = "".join(parts)
    assert list(html.body_faults(body)) == list(html._read(body))


@pytest.mark.parametrize(
    "body",
    [
        '<img srcset="' + "https://a.example/a,https://" * 4000 + ' "x>',
        "<a" * 50_000,
        "<a " + "x " * 50_000,
        "<a " + 'x="y"' * 50_000 + "<",
        "<!--" * 50_000,
        "<b>" * 20_000,
        "</b>" * 20_000,
        "<b>" * 20_000 + "</i>" * 20_000,
        "<svg>" + "<b>" * 3_000,
        "<script>" * 20_000,
        "<p>" + " " * 100_000 + "<",
        '<p x="' * 30_000,
    ],
    ids=range(12),
)
def test_a_hostile_body_takes_no_long_time(body: str) -> None:
    start = process_time()
    html.body_faults(body)
    assert process_time() - start < 3
