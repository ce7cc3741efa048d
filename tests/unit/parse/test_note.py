"""Notes of editors: Markdown with an optional header."""

from __future__ import annotations

import pytest

from publisher.config import SiteSpec
from publisher.errors import ArticleError
from publisher.parse.note import parse_note

SITE = SiteSpec(title="The Courier", url="https://courier.example/")


def note(text: str):
    raw = text.encode("utf-8")
    return parse_note(raw, "issues/weekly/next.md", site=SITE, base_url=SITE.url)


def test_a_note_is_markdown_made_safe_with_absolute_links() -> None:
    said = note("Dear *readers*,<script>x</script>\n\nsee [us](/about/).\n")
    assert "<em>readers</em>" in said.html
    assert "script" not in said.html
    assert 'href="https://courier.example/about/"' in said.html
    assert (said.subject, said.preheader) == ("", "")


def test_a_header_may_give_subject_and_preheader() -> None:
    said = note("---\nSubject: 'Issue {{ number }}'\npreheader: Two\n---\nHello\n")
    assert (said.subject, said.preheader) == ("Issue {{ number }}", "Two")
    assert note("---\nsubject: Only this\n---\n").html == ""


def test_another_byte_is_another_note() -> None:
    assert note("Hello").mark != note("Hello!").mark
    assert note("Hello").mark == note("Hello").mark


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("", "says nothing", 1),
        ("   \n", "says nothing", 1),
        ("---\ntitle: X\n---\nHello\n", "no field 'title'", 2),
        ("---\nsubject: [a, b]\n---\nHello\n", "subject is no text", 2),
        ("word " * 3000, "too long for a mail", 1),
        ("a\n\n" * 500, "too long for a mail", 1),
        ("---\nsubject: 'a\n---\nHello\n", "opens a quote", 2),
    ],
)
def test_a_note_that_cannot_be_used_names_its_line(text: str, message: str, line: int) -> None:
    with pytest.raises(ArticleError, match=message) as caught:
        note(text)
    assert caught.value.where.file == "issues/weekly/next.md"
    assert caught.value.where.line == line
