"""Markdown of articles."""

from __future__ import annotations

import time

import pytest

from publisher.parse.formats.markdown import loose_addresses, markdown_to_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("~~a~~", "<p><del>a</del></p>\n"),
        ("https://x.example/", '<p><a href="https://x.example/">https://x.example/</a></p>\n'),
        ("# Héllo *w*", '<h1 id="héllo-w">Héllo <em>w</em></h1>\n'),
        ("## A {#b}", '<h2 id="b">A</h2>\n'),
        ("## A {#b .c}", '<h2 id="b">A</h2>\n'),
        ("## A {: #b}", '<h2 id="b">A</h2>\n'),
        ("## A {b}", '<h2 id="a-b">A {b}</h2>\n'),
        ("## A\n\n## A", '<h2 id="a">A</h2>\n<h2 id="a-1">A</h2>\n'),
        ("> [!NOTE]\n> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"),
        ("T\n\n: d", "<dl>\n<dt>T</dt>\n<dd>\n<p>d</p>\n</dd>\n</dl>\n"),
        ('<b>a</b> "q" -- x', "<p><b>a</b> &quot;q&quot; -- x</p>\n"),
        ("\ud800a", "<p>a</p>\n"),
        ("", ""),
    ],
)
def test_markdown(text: str, html: str) -> None:
    assert markdown_to_html(text) == html


def test_tables_tasks_and_footnotes() -> None:
    html = markdown_to_html("|a|b|\n|:-|-:|\n|1|2|\n\n- [x] t\n\nn[^1]\n\n[^1]: note")
    assert '<td align="right">2</td>' in html
    assert '<input type="checkbox" checked="" disabled="" /> t' in html
    assert '<section class="footnotes"' in html


def test_code_keeps_its_language() -> None:
    assert '<code class="language-rust">' in markdown_to_html("```rust,ignore\nx\n```")[
        :40
    ].replace(",ignore", "")


def test_a_table_that_would_fill_the_memory_is_text() -> None:
    text = "|a" * 3000 + "\n" + "|-" * 3000 + "\n" + "|b\n" * 3000
    assert "<table>" not in markdown_to_html(text)


def test_a_wide_table_is_still_one() -> None:
    text = "|a" * 60 + "|\n" + "|-" * 60 + "|\n" + "|b" * 60 + "|\n"
    assert "<table>" in markdown_to_html(text)


def test_a_text_full_of_dashes_keeps_the_ids_of_its_headings() -> None:
    assert '<h1 id="a">' in markdown_to_html("# a\n\n" + "a-b " * 6000)


def test_thousands_of_headings_go_without_ids() -> None:
    html = markdown_to_html("# a\n" * 6000)
    assert html.count("<h1>a</h1>") == 6000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("![Foto](foto saya.jpg)", {"![Foto](foto saya.jpg)": "foto saya.jpg"}),
        ("See [F & G](f & g.pdf).", {"[F & G](f & g.pdf)": "f & g.pdf"}),
        ("`![a](b c.jpg)`, `[d](e f.jpg)`", {}),
        ("```\n![a](b c.jpg)\n```", {}),
        ("<pre>[a](b c.jpg)", {}),
        ("![a](<b c.jpg>) [a](b.jpg)", {}),
        ("a[1](see note 3) and (x y.jpg), [a] (b c.jpg)", {}),
    ],
)
def test_an_address_with_a_space_is_found_in_the_text(text: str, found: dict[str, str]) -> None:
    assert loose_addresses(markdown_to_html(text)) == found


@pytest.mark.parametrize("piece", ["[", "[](", "<code>](", "[a](b ", "![.", "[a](b.c.d "])
def test_to_look_for_them_takes_no_longer_than_the_text(piece: str) -> None:
    began = time.process_time()
    loose_addresses("](" + piece * (1_000_000 // len(piece)))
    assert time.process_time() - began < 5
