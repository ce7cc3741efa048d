"""Articles in reStructuredText."""

from __future__ import annotations

import pytest

from publisher.parse.formats.rst import read_rst


def test_title_fields_and_body() -> None:
    parts = read_rst(
        "The *title*\n===========\n\n:date: 2014-07-15 15:40\n:Tags: a,\n   b\n\nText.\n\n"
        "Part\n----\n\n.. code-block:: python\n\n   x < 1\n"
    )
    assert parts.title == "The title"
    assert parts.fields == (("date", "2014-07-15 15:40", 4), ("Tags", "a, b", 5))
    assert "<p>Text.</p>" in parts.html
    assert '<h2 id="part">Part</h2>' in parts.html
    assert '<pre><code class="language-python">x &lt; 1</code></pre>' in parts.html
    assert "2014" not in parts.html
    assert parts.warnings == ()


def test_fields_as_comments() -> None:
    parts = read_rst(".. title: A: b\n.. slug: a\n.. not a field\n\nText.\n")
    assert parts.fields == (("title", "A: b", 1), ("slug", "a", 2))


def test_a_later_field_list_is_text() -> None:
    parts = read_rst("Text.\n\n:a: b\n")
    assert parts.fields == ()
    assert "<dd" in parts.html


@pytest.mark.parametrize(
    ("text", "shown", "warning"),
    [
        (":ref:`go there <x>`", "<p>go there</p>", "line 1: ref: unknown, kept as text"),
        ("`f`:py:func:", "<p>f</p>", "line 1: py:func: unknown, kept as text"),
        (
            ".. chart:: a\n   :opt: b\n\n   Some *text*\n\n   and more\n",
            "<p>Some *text*</p>\n<p>and more</p>",
            "line 1: chart: unknown, kept as text",
        ),
        (".. chart:: a\n\nText.", "<p>Text.</p>", "line 1: chart: unknown, kept as text"),
        ("`a`_", "<p>`a`_</p>", 'line 1: Unknown target name: "a".'),
        (
            ".. include:: /etc/passwd\n\nText.",
            "<p>Text.</p>",
            'line 1: "include" directive disabled.',
        ),
        (
            ".. raw:: html\n\n   <script>x</script>\n\nText.",
            "<p>Text.</p>",
            'line 1: "raw" directive disabled.',
        ),
    ],
)
def test_what_docutils_does_not_know_becomes_text(text: str, shown: str, warning: str) -> None:
    parts = read_rst(text)
    assert parts.html.strip() == shown
    assert parts.warnings == (warning,)


def test_an_admonition_is_a_quotation_without_a_word_of_ours() -> None:
    html = read_rst(".. note:: Careful\n").html
    assert "".join(html.split("\n")) == "<blockquote><p>Careful</p></blockquote>"
    assert "Own" in read_rst(".. admonition:: Own\n\n   Careful\n").html


def test_a_document_too_deep_is_shown_as_it_is() -> None:
    parts = read_rst("* " * 3000 + "<x>")
    assert parts.html.startswith("<pre>* * ")
    assert "&lt;x>" in parts.html.replace("&gt;", ">")
    assert "deeper" in parts.warnings[0]


@pytest.mark.parametrize("mark", ["*a **a ", "`a ", "(``a\n", "_`a ", "|a ", "a_ ", "`a`_ "])
def test_a_paragraph_of_marks_without_end_is_shown_as_it_is(mark: str) -> None:
    """Docutils looks for the end of each in all that follows, which takes quadratic time."""
    parts = read_rst(f"One.\n\n{mark * 20_000}\n")
    assert parts.html == f"<pre>One.\n\n{mark * 20_000}\n</pre>"
    assert "more marks in a paragraph" in parts.warnings[0]


def test_as_many_marks_in_many_paragraphs_are_read() -> None:
    parts = read_rst("Some *a*, **b**, ``c`` and *d.\n\n" * 1000)
    assert parts.html.count("<em>a</em>, <strong>b</strong>") == 1000
    assert parts.html.count("and *d.") == 1000


def test_nothing_is_written_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    read_rst("=\n\nx\n=====\ny\n===\n\n*a `b |c|_\n")
    assert capsys.readouterr().err == ""


def test_footnotes_and_cells_have_the_shape_that_markdown_gives() -> None:
    text = (
        "A [#a]_ and [1]_.\n\n.. [#a] auto\n.. [1] one\n\n=== ===\nx   y\n=== ===\n1   2\n=== ===\n"
    )
    html = read_rst(text).html
    assert '<sup class="footnote-ref"><a href="#a" id="footnote-reference-1">2</a></sup>' in html
    assert html.count('<section class="footnotes"><ol>') == html.count("</ol></section>") == 1
    assert '<li id="a" value="2">' in html
    assert '<a href="#footnote-reference-1" class="footnote-backref">↩</a>' in html
    assert "<td>1</td>" in html


def test_lists_are_counted_as_they_are_written() -> None:
    html = read_rst("a. x\n\nII. y\n\n3. z\n").html
    assert [kind in html for kind in ('<ol type="a"', '<ol type="I"')] == [True, True]
    assert html.count("type=") == 2
