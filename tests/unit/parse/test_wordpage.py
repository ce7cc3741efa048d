"""The "web page" that Word saves, as it is and filtered."""

from __future__ import annotations

import re

import pytest

from tests.unit.parse.test_document import Parsed, parsed

HEAD = """\
<html><head><meta name=Generator content="Microsoft Word 15"><title>Draft 3</title>
<style><!-- p.MsoNormal {margin:0in;} --></style></head>
<body lang=EN-US><div class=WordSection1>
<p class=MsoTitle>Harbour Opens
Again<o:p></o:p></p>
"""
TEXT = "<p class=MsoNormal>The harbour is open.<o:p></o:p></p>\n"
BLANKS = "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;\n&nbsp; </span>"


def entry(marker: str, text: str, level: int = 1) -> str:
    """An entry of a list, as Word writes it."""
    return (
        "<p class=MsoListParagraphCxSpMiddle style='text-indent:-.25in;\n"
        f"mso-list:l0 level{level} lfo1'><![if !supportLists]><span style='color:red'><span\n"
        f"style='mso-list:Ignore'>{marker}{BLANKS}</span></span><![endif]>{text}<o:p></o:p></p>\n\n"
    )


def filtered(marker: str, text: str, margin: str = ".5in") -> str:
    """An entry of a list, as Word writes it in a filtered page."""
    return (
        f"<p class=MsoListParagraph style='margin-left:{margin};text-indent:-.25in'><span\n"
        f"style='font-family:Symbol'>{marker}{BLANKS}</span>{text}</p>\n\n"
    )


def read(body: str) -> Parsed:
    return parsed(f"{HEAD}{body}</div></body></html>", "2026-11-01-a.html")


def bare(html: str) -> str:
    html = re.sub(r"</?(?:div|span)>", "", html)
    return re.sub(r"\s*\n\s*", "", html).strip()


@pytest.mark.parametrize("again", ["", "<h1>Harbour Opens Again</h1>"])
def test_its_title_is_the_title_and_not_of_the_text(again: str) -> None:
    found = read(f"{again}{TEXT}<h1>What Is New</h1>{TEXT}")
    assert found.document.title == "Harbour Opens Again"
    open_ = "<p>The harbour is open.</p>"
    assert bare(found.body_html) == f"{open_}<h2>What Is New</h2>{open_}"


def test_its_bullets_and_numbers_are_lists() -> None:
    found = read(
        entry("·", "Boats <b>first</b>")
        + entry("o", "small ones", 2)
        + entry("·", "Cars")
        + TEXT
        + entry("3.", "Three")
        + entry("4.", "Four")
        + entry("·", "Another")
    )
    assert bare(found.body_html) == (
        "<ul><li>Boats <b>first</b><ul><li>small ones</li></ul></li><li>Cars</li></ul>"
        "<p>The harbour is open.</p>"
        '<ol start="3"><li>Three</li><li>Four</li></ol><ul><li>Another</li></ul>'
    )


def test_those_of_a_filtered_page_are_too() -> None:
    found = read(filtered("·", "Boats") + filtered("§", "small", "2.54cm") + filtered("·", "Cars"))
    assert bare(found.body_html) == ("<ul><li>Boats<ul><li>small</li></ul></li><li>Cars</li></ul>")


@pytest.mark.parametrize(
    "paragraph",
    [
        "<p class=MsoListParagraph>No bullet, only set in.</p>",
        f"<p class=MsoListParagraph>A sentence, no bullet.{BLANKS}And more.</p>",
        "<p class=MsoNormal>· By hand.</p>",
    ],
)
def test_other_paragraphs_stay(paragraph: str) -> None:
    html = bare(read(paragraph).body_html)
    assert html.startswith("<p>")
    assert "<ul>" not in html


def test_a_page_of_many_spans_takes_no_long_time() -> None:
    spans = "<span style='font:7.0pt \"Times New Roman\"'>" * 300 + "x" + "</span>" * 300
    assert "x" in read(f"<p class=MsoListParagraph>{spans}</p>" * 200).body_html
