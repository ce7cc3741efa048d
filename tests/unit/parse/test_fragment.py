"""Questions to sanitised HTML."""

from __future__ import annotations

from time import process_time

import pytest

from publisher.parse.clean.fragment import first_paragraph, plain_text, resolve_links
from tests.serving import within


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain &amp;  simple\n", "plain & simple"),
        ("<p>a</p><p>b</p>", "a b"),
        ("<b>bo</b>ld a<br>b", "bold a b"),
        ('<a title="x>y">t</a>', "t"),
        ("1 < 2", "1 < 2"),
        ("a<!-- b -->c<!-- d", "a c"),
        ("a <script type=x>b < c</SCRIPT >d<Style>e</style><scripture>f", "a d f"),
        ("a<script>b", "a"),
        ("<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>を", "漢字を"),
        ("<ruby>漢<rp>(</rp><rt lang='ja'>か<b>ん</b></rt><rp>)</rp></ruby>を", "漢を"),
        ("<RUBY>漢<RT>かん<RT>カン</RUBY>を", "漢を"),
        ("<ruby>漢<rt>かん を", "漢かん を"),
        ("A place costs <s>10</s> 30", "A place costs ~~10~~ 30"),
        ("a<S> b <del datetime='2026-01-01'>c</del> </S>d", "a ~~b c~~ d"),
        ("<strike>a</strike> <s>b</s><s></s> c", "~~a b~~ c"),
        ("<del><p>a</p><p>b</p></del><p>c</p>", "~~a~~ ~~b~~ c"),
        ("<section>a</section><s>b", "a ~~b~~"),
        ("a</s>b", "ab"),
        ("<!-- <s> -->q", "q"),
        ("<a title='<s>'>q</a>", "q"),
    ],
)
def test_plain_text(html: str, text: str) -> None:
    assert plain_text(html) == text


def test_readings_without_end_take_no_time() -> None:
    start = process_time()
    assert plain_text("<rt>a" * 100_000) == "a"
    assert process_time() - start < within(5)


def test_first_paragraph_passes_over_those_that_are_struck_out() -> None:
    html = "<del><p>On Friday.</p></del><p><s>At eight.</s></p><p>At <s>ten</s> nine.</p>"
    assert first_paragraph(html) == "At ~~ten~~ nine."
    assert first_paragraph("<p><s>On Friday.</s></p>") == ""


def test_first_paragraph_passes_over_empty_ones_and_footnote_marks() -> None:
    html = (
        '<h2>H</h2><p><img src="x" alt=""></p><p>—</p>'
        '<p>One<sup class="footnote-ref"><a>1</a></sup> &amp; two.</p><p>3</p>'
    )
    assert first_paragraph(html) == "One & two."
    assert first_paragraph("<ul><li>a</li></ul>") == ""


def test_markers_become_addresses_or_only_text() -> None:
    html = (
        '<a title="T" href="publisher-article:a%20%26%20b.md#x" lang="id">one <b>b</b></a>'
        ' <a href="publisher-article:c.md">two</a> <a href="https://x.example/">three</a>'
    )
    links = {"a & b.md": "https://e.example/1/?a=1&b=2", "c.md": ""}
    assert resolve_links(html, links) == (
        '<a title="T" href="https://e.example/1/?a=1&amp;b=2#x" lang="id">one <b>b</b></a>'
        ' two <a href="https://x.example/">three</a>'
    )


def test_a_text_that_is_the_address_of_an_article_becomes_it() -> None:
    html = (
        '<a href="publisher-article:in/a%20b.md#x">&#126;/a b.md</a>'
        ' <a href="publisher-article:c.md">~/c.md</a>'
        ' <a href="publisher-article:in/a%20b.md">~/d</a>'
    )
    links = {"in/a b.md": "https://e.example/1/?a=1&b=2", "c.md": ""}
    assert resolve_links(html, links) == (
        '<a href="https://e.example/1/?a=1&amp;b=2#x">https://e.example/1/?a=1&amp;b=2#x</a>'
        ' c <a href="https://e.example/1/?a=1&amp;b=2">~/d</a>'
    )


def test_text_that_only_mentions_the_scheme_stays() -> None:
    html = "<p>publisher-article:x</p>"
    assert resolve_links(html, {}) == html


def test_a_marker_without_an_address_is_a_defect() -> None:
    with pytest.raises(KeyError):
        resolve_links('<a href="publisher-article:x.md">t</a>', {})
