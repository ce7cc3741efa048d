"""Paragraphs, shortcodes, mails and streamed XML by themselves, and what hostile ones take."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

import pytest

from publisher.exports.codes import Attached, turn_codes
from publisher.exports.common import ExportError
from publisher.exports.mail import without_mail
from publisher.exports.paragraphs import make_paragraphs
from publisher.exports.xml import read_elements

# ---------------------------------------------------------------- paragraphs


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("One", "<p>One</p>"),
        ("One\nline\n\nTwo", "<p>One<br>\nline</p>\n<p>Two</p>"),
        ("One\r\n\r\nTwo", "<p>One</p>\n<p>Two</p>"),
        ("One<br />\ntwo", "<p>One<br />\ntwo</p>"),
        ("<strong>Bold</strong> text\n\nTwo", "<p><strong>Bold</strong> text</p>\n<p>Two</p>"),
        (
            "Intro\n<ul>\n<li>a\n</li>\n</ul>\nEnd",
            "<p>Intro</p>\n<ul>\n<li>a\n</li>\n\n</ul>\n<p>End</p>",
        ),
        (
            "<blockquote>One\n\nTwo</blockquote>",
            "<blockquote><p>One</p>\n<p>Two</p>\n</blockquote>",
        ),
        ("<h2>Head\n</h2>Text", "<h2>Head\n</h2>\n<p>Text</p>"),
        ("<pre>a\n\nb</pre>After", "<pre>a\n\nb</pre>\n<p>After</p>"),
        ("<p>Own</p>\nLoose", "<p>Own</p>\n<p>Loose</p>"),
        ("<table><tr><td>a</td></tr></table>", "<table><tr><td>a</td>\n</tr>\n</table>"),
        ("One\n<!--more-->\nTwo", "<p>One<br>\n<!--more--><br>\nTwo</p>"),
        ("One\n\n<!--more-->\n\nTwo", "<p>One</p>\n<!--more-->\n<p>Two</p>"),
        ("https://v.example/1", '<p><a href="https://v.example/1">https://v.example/1</a></p>'),
        ("<div>One\n\nTwo</div>", "<div><p>One</p>\n<p>Two</p>\n</div>"),
        ("<li>a\n\nb</li>", "<li><p>a</p>\n<p>b</p>\n</li>"),
        ("a < b\n\nc > d", "<p>a < b</p>\n<p>c > d</p>"),
        ("<img src='a\nb'>", "<p><img src='a<br>\nb'></p>"),
    ],
)
def test_lines_become_paragraphs(text: str, html: str) -> None:
    assert make_paragraphs(text) == html.strip()


def test_paragraphs_are_made_once() -> None:
    once = make_paragraphs("One\n\nTwo\n<ul><li>x</li></ul>Three\nfour")
    assert make_paragraphs(once).replace("\n", "") == once.replace("\n", "")


# ---------------------------------------------------------------- shortcodes

MEDIA = {"5": Attached(url="https://x.example/a&b.png", alt='A "b"', caption="Say <it>")}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[sic] and [see below]", "[sic] and [see below]"),
        ("[[caption]]", "[caption]"),
        (
            '[caption id="x" width="3"]<a href="u"><img src="a"></a> Said <i>here</i>[/caption]',
            '<figure><a href="u"><img src="a"></a><figcaption>Said <i>here</i></figcaption>',
        ),
        (
            '[caption caption="Old &amp; short"]<img src="a">[/caption]',
            '<figure><img src="a"><figcaption>Old &amp; short</figcaption></figure>',
        ),
        ("[embed]https://v.example/?a=1&b[/embed]", '<p><a href="https://v.example/?a=1&amp;b">'),
        ('[audio mp3="https://x.example/a.mp3"]', '<audio controls src="https://x.example/a.mp3">'),
        ('[video src="https://youtu.be/x"]', '<p><a href="https://youtu.be/x">'),
        ("[youtube=https://youtu.be/abc]", '<a href="https://youtu.be/abc">'),
        ("[youtube abc123]", '<a href="https://www.youtube.com/watch?v=abc123">'),
        ("[vimeo 123 w=600]", '<a href="https://vimeo.com/123">'),
        ("[python]a &lt; b[/python]", '<pre><code class="language-python">a &lt; b</code></pre>'),
        ('[code lang="js"]x\n\n[y][/code]', '<pre><code class="language-js">x\n\n[y]</code></pre>'),
        ("<pre>[gallery]</pre>", "<pre>[gallery]</pre>"),
        ("<code>[x a=1]</code>", "<code>[x a=1]</code>"),
        ('<a title="[x a=1]">t</a>', '<a title="[x a=1]">t</a>'),
        ("<!-- [gallery] -->", "<!-- [gallery] -->"),
        ("a[contact-form-7 id=1]b", "ab"),
        ("[box]in[/box]", "in"),
        ('[col w="1"]in', "in"),
    ],
)
def test_shortcodes(text: str, html: str) -> None:
    assert html in turn_codes(text, MEDIA, "drop").html


def test_what_is_left_out_is_named() -> None:
    turned = turn_codes("[gallery][gallery][playlist][box a=1][box a=2]", MEDIA, "drop")
    assert turned.html == ""
    assert turned.warnings == (
        "the shortcode [gallery] is left out (2 times)",
        "the shortcode [playlist] is left out",
        "shortcodes that are not known are left out, what they hold is kept: [box]",
    )


def test_unknown_ones_can_stay() -> None:
    assert turn_codes("[box a=1]x[/box]", MEDIA, "keep").html == "[box a=1]x[/box]"
    assert turn_codes("[box a=1]x[/box]", MEDIA, "refuse").unknown == ("box",)


def test_a_gallery_quotes_what_is_said_of_its_pictures() -> None:
    html = turn_codes('[gallery ids="5, 6"]', MEDIA, "drop").html
    assert 'src="https://x.example/a&amp;b.png" alt="A &quot;b&quot;"' in html
    assert "<figcaption>Say &lt;it&gt;</figcaption>" in html


# ---------------------------------------------------------------- mails


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            "<table><tr><td><p>One</p></td></tr><tr><td>Two</td></tr></table>",
            "<div><p>One</p></div>",
        ),
        ('<p style="color:red;display:none">x</p><p>y</p>', "<p>y</p>"),
        ('<p>y<img src="a" width="1" height="1"></p>', "<p>y</p>"),
        ('<p>y <a href="https://x.example/unsubscribe">no more</a></p>', "<p>y </p>"),
        ("", ""),
    ],
)
def test_mails_become_texts(html: str, text: str) -> None:
    assert text in without_mail(html)


def test_a_table_that_tells_something_stays() -> None:
    table = "<table><tr><td>Boat</td><td>3</td></tr><tr><td>Buoy</td><td>5</td></tr></table>"
    assert "<table>" in without_mail(table)
    head = "<table><tr><th>Boat</th></tr><tr><td>3</td></tr></table>"
    assert "<th>Boat</th>" in without_mail(head)


# ---------------------------------------------------------------- XML


def elements(raw: bytes, depth: int = 1) -> list[str]:
    found = read_elements(io.BytesIO(raw), depth, prefix_of=lambda _: "")
    return [element.text for element in found]


def test_elements_come_whole_and_in_their_order() -> None:
    raw = b"<r><a>1</a>between<a>2<b>3</b></a></r>"
    assert elements(raw) == ["1", "2"]


def test_one_element_cannot_fill_the_memory() -> None:
    deep = b"<r><a>" + b"<b>" * 200 + b"</b>" * 200 + b"</a></r>"
    many = b"<r><a>" + b"<b/>" * 51_000 + b"</a></r>"
    long = b'<r><a b="' + b"x" * 1_200_000 + b'"/></r>'
    for raw in (deep, many, long):
        with pytest.raises(ExportError, match="too large"):
            elements(raw)


def test_a_long_text_is_read_in_pieces() -> None:
    raw = b"<r><a><![CDATA[" + b"x" * 6_000_000 + b"]]></a></r>"
    assert len(elements(raw)[0]) == 6_000_000


# ---------------------------------------------------------------- what hostile texts take

HOSTILE: dict[str, Callable[[int], str]] = {
    "open tags": lambda n: "<div>" * n,
    "open comments": lambda n: "<!--" * n,
    "open pre": lambda n: "<pre>" * n,
    "close tags": lambda n: "<div><ul>" * n + "</p>" * n,
    "brackets": lambda n: "[" * n,
    "codes": lambda n: "".join(f"[a{i} b=1]" for i in range(n)),
    "same codes": lambda n: "[box a=1]" * n + "[/box]" * n,
    "captions": lambda n: "[caption]" * n + "[/caption]",
    "quotes": lambda n: "[a " + '"' * n + "x" + "[b '" * n,
    "attributes": lambda n: "<a[x]" * n,
    "lines": lambda n: "a\n" * n,
    "empty lines": lambda n: "\n \n" * n + "x" + " " * n,
    "tables": lambda n: "<table><tr><td>" * n,
    "a long word": lambda n: "[x " + "a" * 10 * n + "]",
    "long words": lambda n: "[x" + " a-b" * n + "=]" + "[y a" + " " * 10 * n + "]",
    "attributes without end": lambda n: "[x " + "a=" * n + "]" + "[y " + "a='" * n + "]",
    "tags in quotes": lambda n: '<a title="' * n,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_any_text_takes_time_by_its_length(name: str) -> None:
    text = HOSTILE[name](10_000)
    start = time.process_time()
    make_paragraphs(turn_codes(text, {}, "drop").html)
    assert time.process_time() - start < 1.0
