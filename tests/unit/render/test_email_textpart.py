"""Articles and notes in the text part of a mail: what HTML says by its form, said by signs."""

from __future__ import annotations

from time import process_time

import pytest

from publisher.model import Note
from publisher.palette import make_palette
from publisher.parse.clean.sanitise import sanitise
from publisher.render.mail.blocks import make_block
from publisher.render.mail.fragment import FragmentStyle
from publisher.render.wrapping import columns
from tests.factories import make_entry, make_newsletter
from tests.mail_samples import draw, draw_entries, make_digest
from tests.serving import within

WEB = "https://courier.example/2026/pier/"
STYLE = FragmentStyle(ui="system-ui", leading=1.5, palette=make_palette("#9c2f1b"))
LONG = "the boats that came home from the fishing grounds of the north"

LINK = '<a href="https://x.example/">this</a>'
BOAT = '<img src="https://x.example/a.jpg" alt="A boat">'
NOTED = """<p>a<sup class="footnote-ref"><a href="https://c.example/#fn-1">1</a></sup>.</p>
<section class="footnotes"><ol><li>
<p>b <a href="https://c.example/#fnref-1" class="footnote-backref">↩</a></p>
</li></ol></section>"""


def sanitised(html: str) -> str:
    return sanitise(
        html, base_url=WEB, site_url="https://courier.example/", folder="", look_up=lambda _: None
    ).html


def text_of(html: str) -> str:
    return "\n\n".join(make_block(html, STYLE, web_url=WEB).text)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two<br>lines</p>", "One\n\nTwo\nlines"),
        ("<p>One<br><br>two<br></p>", "One\n\ntwo"),
        ("<h2>Head</h2><p>Text</p>", "Head\n\nText"),
        ("<p>a</p><hr><p>b</p>", "a\n\n* * *\n\nb"),
        ("<section><div><p>In</p></div></section>", "In"),
        ("<details><summary>More</summary>Text</details>", "More\n\nText"),
        ("<!-- x --><p>a<!-- y -->b</p> <p> </p>", "ab"),
        ("", ""),
        # lists
        ("<ul><li>a</li><li>b <b>c</b></li></ul><p>d</p>", "- a\n- b c\n\nd"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ('<ol start="9"><li>a</li><li>b</li></ol>', "9. a\n10. b"),
        ('<ol><li>a</li><li value="7">b</li><li>c</li></ol>', "1. a\n7. b\n8. c"),
        ('<ol type="a"><li>x</li><li>y</li></ol>', "a. x\nb. y"),
        ('<ol type="A" start="26"><li>x</li><li value="703">y</li></ol>', "Z. x\nAAA. y"),
        ('<ol type="i" start="3"><li>x</li><li>y</li></ol>', "iii. x\niv. y"),
        ('<ol type="I" start="1994"><li>x</li><li value="4000">y</li></ol>', "MCMXCIV. x\n4000. y"),
        ('<ol type="a" start="0"><li>x</li><li>y</li></ol>', "0. x\na. y"),
        ('<ol reversed=""><li>a</li><li>b</li></ol>', "2. a\n1. b"),
        (
            "<ul><li>a<ol><li>b<ul><li>c</li></ul></li><li>d</li></ol>e</li><li>f</li></ul>",
            "- a\n  1. b\n     - c\n  2. d\n  e\n- f",
        ),
        ("<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>", "- a\n\n  b\n\n- c"),
        ("<ol><li></li><li>b</li></ol>", "2. b"),
        ("<dl><dt>Fog</dt><dd>In the air</dd><dt>Pier</dt></dl>", "Fog\n  In the air\nPier"),
        # quotes
        ("<blockquote>a</blockquote>b", "> a\n\nb"),
        (
            "<blockquote><p>a</p><blockquote>b<br>c</blockquote><p>d</p></blockquote>",
            "> a\n>\n> > b\n> > c\n>\n> d",
        ),
        ("<ul><li><blockquote>a<br>b</blockquote></li></ul>", "- > a\n  > b"),
        ("<p>He said <q>no</q>.</p>", 'He said "no".'),
        # text whose lines are kept
        ("<p>a</p><pre>  b\t \n\n    c</pre><p>d</p>", "a\n\n  b\t \n\n    c\n\nd"),
        ("<pre><code>a<br>b</code></pre>", "a\nb"),
        ("<pre>  a <q>b</q>\n<ruby>漢<rt>かん</rt></ruby></pre>", '  a "b"\n漢(かん)'),
        ("<pre>10<sup>6</sup> 2<sup>n+1</sup></pre>", "10⁶ 2^(n+1)"),
        (
            '<pre>a<audio src="https://v.example/f.mp3" title="The port"></audio>b</pre>',
            "a\nListen: The port\nb\n[https://v.example/f.mp3]",
        ),
        (
            f"<blockquote><pre>x = 1\n\n{LONG} {LONG} {LINK}</pre></blockquote>",
            f"> x = 1\n>\n> {LONG} {LONG} this\n> [https://x.example/]",
        ),
        # links
        (f"<p>See {LINK}.</p>", "See this [https://x.example/]."),
        ('<a href="https://x.example/">https://x.example/</a>', "https://x.example/"),
        (
            '<a href="https://x.example/">one</a>, <a href="https://x.example/">two</a>',
            "one [https://x.example/], two",
        ),
        (
            '<a href="https://x.example/%E6%BC%A2">https://x.example/漢</a>',
            "https://x.example/漢 [https://x.example/%E6%BC%A2]",
        ),
        ('<p>a <a href="https://x.example/"><h3>b</h3></a></p>', "a\n\nb\n\n[https://x.example/]"),
        ('<a href="https://x.example/"> </a>', ""),
        ('<a href="mailto:mara@x.example?subject=a">Mara</a>', "Mara [mara@x.example]"),
        ('<sup><a href="https://x.example/">1</a></sup>', "1 [https://x.example/]"),
        (
            NOTED,
            "a[1].\n\n1. b",
        ),
        ('<p>b <a href="https://c.example/#ref">↩</a></p>', "b"),
        # pictures and players
        (f"<p>{BOAT}</p>", "[A boat]"),
        ('<p>a<img src="https://x.example/a.jpg" alt=""></p>', "a"),
        (
            '<a href="https://x.example/big.jpg"><img src="https://x.example/a.jpg" alt=""></a>',
            "[https://x.example/big.jpg]",
        ),
        (
            f"<figure>{BOAT}<figcaption>By Mara</figcaption></figure>",
            "[A boat]\nBy Mara",
        ),
        (
            f"<figure>{BOAT}<figcaption>A boat</figcaption></figure>{BOAT}",
            "A boat\n\n[A boat]",
        ),
        (
            '<p>a</p><video src="https://v.example/f.mp4" title="The film">No</video><p>b</p>',
            "a\n\nWatch: The film [https://v.example/f.mp4]\n\nb",
        ),
        (
            '<audio><source src="https://v.example/a.ogg"><source src="b.mp3"></audio>',
            "Listen: v.example [https://v.example/a.ogg]",
        ),
        ('<video src="http://v.example/f.mp4"></video>', f"Watch: courier.example [{WEB}]"),
        # tables
        (
            "<table><caption>T</caption><tr><th></th><th>a</th></tr><tr><td>b</td></tr></table>",
            "T\n| a\nb",
        ),
        (
            "<table><tr><td><p>a</p><p>b</p></td><td>c<br>d</td></tr></table>",
            "a / b | c / d",
        ),
        (
            "<table><tr><td><ul><li>a</li></ul></td><td>b</td></tr></table>",
            "- a\n\nb",
        ),
        # within a line
        ("10<sup>6</sup> m<sup>-2</sup>, 1<sup>st</sup>", "10⁶ m⁻², 1st"),
        ("5<sup>1/2</sup> 2<sup>n+1</sup> 10<sup>2.5</sup>", "5^(1/2) 2^(n+1) 10^(2.5)"),
        # what is struck out
        ("<p>A place costs <s>10</s> 30.</p>", "A place costs ~~10~~ 30."),
        ("<p>a<del> b <s>c</s> </del>d<s></s></p>", "a ~~b c~~ d"),
        ("<del><p>a</p><ul><li>b</li></ul></del><p>c</p>", "~~a~~\n\n- ~~b~~\n\nc"),
        ("<ul><li><s>a<br>b</s></li></ul>", "- ~~a\n  b~~"),
        ("<table><tr><td><s>10</s></td><td>30</td></tr></table>", "~~10~~ | 30"),
        ("<pre>at <s>8</s>\n  at 9</pre>", "at ~~8~~\n  at 9"),
        (f"<p><s>see {LINK}</s></p>", "~~see this [https://x.example/]~~"),
        ("<p>10<sup><s>2</s></sup></p>", "10~~2~~"),
        ("<ruby>漢<rt>かん</rt></ruby>", "漢(かん)"),
        ("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>", "漢(かん)"),
    ],
)
def test_signs(html: str, text: str) -> None:
    assert text_of(html) == text


def test_prices_struck_out_by_the_old_name_of_the_element_are_struck_out() -> None:
    clean = sanitised("<p>A place costs <STRIKE>10</STRIKE> <strike class=a>20</strike> 30.</p>")
    assert clean == "<p>A place costs <s>10</s> <s>20</s> 30.</p>"


def test_cells_of_whole_paragraphs_are_columns_of_a_page() -> None:
    cells = (f"<td><p>{LONG}. {LONG}.</p><p>{word} {LONG}.</p></td>" for word in ("One", "Two"))
    text = text_of(f"<table><tr>{''.join(cells)}</tr></table>")
    assert [" ".join(piece.split()) for piece in text.split("\n\n")] == [
        *(f"{LONG}. {LONG}.", f"One {LONG}."),
        *(f"{LONG}. {LONG}.", f"Two {LONG}."),
    ]


def test_lines_are_wrapped_within_their_marks_and_addresses_never() -> None:
    address = "https://x.example/" + "a-long-way/" * 12
    html = (
        f'<p>{LONG} {LONG} <a href="{address}">home</a></p>'
        f"<blockquote><ol><li>{LONG} {LONG}</li></ol></blockquote>"
        f"<table><tr><td>{LONG}</td><td>{LONG}</td></tr></table>"
    )
    lines = text_of(html).split("\n")
    assert f"[{address}]" in lines
    assert all(columns(line) <= 72 for line in lines if address not in line)
    quoted = [line for line in lines if line.startswith(">")]
    assert [line[:5] for line in quoted] == ["> 1. ", ">    "]
    assert lines[-2:] == [LONG + " | the", "  " + LONG.removeprefix("the ")]


def test_scripts_of_all_kinds_keep_their_words() -> None:
    for words in (
        "قال الميناء ثم عاد إلى البيت في المساء. " * 6,
        "ภาษาไทยไม่มีช่องว่างระหว่างคำ และยาวกว่าหนึ่งบรรทัด " * 6,
        "漁船は一年の航海を終えて、ついに港へ戻ってきた。" * 8,
        "नाव एक साल के बाद बंदरगाह लौट आई। " * 6,
    ):
        text = text_of(f"<blockquote><p>{words}</p></blockquote>")
        lines = text.split("\n")
        assert all(line.startswith("> ") for line in lines)
        joined = "".join(line.removeprefix("> ") for line in lines)
        assert joined.replace(" ", "") == words.replace(" ", "")
        assert not any(line[2] in "、。" for line in lines)


@pytest.mark.parametrize(
    "html",
    [
        "<blockquote>" * 80_000 + "deep",
        "<ul><li>" * 120_000 + "deep",
        "<table><tr><td>" * 60_000 + "deep",
        "<a href='https://x.example/'>" * 30_000 + "deep",
        "<figure><figcaption>a" * 45_000 + "deep",
        "<pre>" + "<sup>a" * 150_000 + "deep",
        "<blockquote>" * 60 + "<p>deep" * 40_000,
    ],
)
def test_no_nesting_loses_words_or_takes_its_time(html: str) -> None:
    clean = sanitised(html)
    start = process_time()
    text = text_of(clean)
    assert process_time() - start < within(10)
    assert "deep" in text
    assert len(text) < 10_000_000


def test_the_text_part_of_a_whole_article_and_of_a_note_is_not_wrapped_again() -> None:
    kept = "def f():\n    return  1\n\n\n" + "x" * 90
    note = Note(html=f"<pre>{kept}</pre>", file="next.md", mark="")
    digest = make_digest(make_entry(), note=note)
    rendered = draw(
        digest,
        newsletter=make_newsletter(template="single"),
        load_body=lambda _entry: f"<ol><li>a</li><li>b</li></ol><pre>{kept}</pre>",
    )
    assert rendered.text.count(f"\n\n{kept}\n\n") == 2
    assert f"\n\n1. a\n2. b\n\n{kept}\n\n" in rendered.text


def test_what_an_author_writes_is_no_link_of_a_reader() -> None:
    html = "<pre>https://reader.invalid/unsubscribe</pre><p>https://reader.invalid/unsubscribe</p>"
    rendered = draw_entries(
        make_entry(), newsletter=make_newsletter(template="single"), load_body=lambda _entry: html
    )
    assert rendered.text.count("https://reader.invalid/unsubscribe") == 1
