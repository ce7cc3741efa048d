"""AsciiDoc: the header by the language's rules, the text well enough to be read."""

from __future__ import annotations

import pytest

from publisher.config import FilesSpec, SiteSpec
from publisher.model import Document
from publisher.parse.document import Beside, Parsed, parse_document

SITE = SiteSpec(title="T", url="https://x.example/", language="en", timezone="UTC")

TEXT = """\
// a comment
= The harbour wall: a history
Ada Reef <ada@x.example>
v1.2, 2021-03-20
:description: How it was built
:keywords: harbour, stone
:language: ruby
:lang: nl
:!toc:

It was *built* of `stone` and _patience_ by
https://x.example/masons[the masons].

== The first stone

* one
* two
+
more

----
x < 1
----

image::wall.png[The wall, 300]

____
Quoted.
____
"""


def read(text: str, file: str = "wall.adoc", html: str = "") -> tuple[Document, str]:
    found = parse_document(
        text.encode(),
        file,
        site=SITE,
        source=FilesSpec(name="s"),
        look_up=lambda _: None,
        beside=Beside(html=html),
    )
    assert isinstance(found, Parsed)
    return found.document, found.body_html


def test_the_header() -> None:
    document, _ = read(TEXT)
    assert document.title == "The harbour wall: a history"
    assert [author.name for author in document.authors] == ["Ada Reef"]
    assert document.date is not None
    assert document.date.isoformat() == "2021-03-20T00:00:00+00:00"
    assert document.summary == "How it was built"
    assert document.tags == ("harbour", "stone")
    assert document.language == "nl"
    assert document.origins["published"] == "field:4"


def test_the_text() -> None:
    _, html = read(TEXT)
    for piece in (
        "<strong>built</strong> of <code>stone</code> and <em>patience</em>",
        '<a href="https://x.example/masons">the masons</a>',
        "<h2>The first stone</h2>",
        "<li>one</li>",
        "<li>two\nmore</li>",
        "<pre><code>x &lt; 1\n</code></pre>",
        'alt="The wall"',
        "<blockquote><p>Quoted.</p></blockquote>",
    ):
        assert piece in html, html
    assert "comment" not in html


def test_a_converter_has_the_last_word_on_the_text() -> None:
    document, html = read(TEXT, html="<p>Converted.</p><script>alert(1)</script>")
    assert html == "<p>Converted.</p>"
    assert document.title == "The harbour wall: a history"


def test_front_matter_comes_first() -> None:
    text = "---\ntitle: Above\ndate: 2020-01-01\n---\n= Below\n:keywords: a\n\nText.\n"
    document, html = read(text)
    assert (document.title, document.tags, html) == ("Above", ("a",), "<p>Text.</p>")


def test_a_text_without_a_header() -> None:
    document, html = read("Only text,\nin two lines.\n", "2020-01-01-note.adoc")
    assert document.title == "Note"
    assert html == "<p>Only text,\nin two lines.</p>"


@pytest.mark.parametrize(
    "text", ["----\nnever closed", "*" * 5000 + " a", "_" * 5000 + " a", "= \n\n=" * 500]
)
def test_odd_texts_end_in_a_document(text: str) -> None:
    read(text, "2020-01-01-odd.adoc")
