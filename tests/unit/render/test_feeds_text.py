"""What may stand in a feed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from publisher.render.feeds.text import (
    clean_content,
    clean_id,
    clean_language,
    clean_line,
    clean_text,
    clean_url,
    escape_xml,
    shorten,
    text_as_html,
    whole_seconds,
)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plain", "plain"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("a\r\nb\rc\u0085d", "a\nb\nc\nd"),
        ("a\x00b\x08c\x0bd\x1fe\x7ff\x92g", "abcdefg"),
        ("a\ud800b\udfffc", "abc"),
        ("a\ufffeb\uffffc", "abc"),
        ("👩‍🚀 שלום é", "👩‍🚀 שלום é"),
    ],
)
def test_only_what_xml_holds_is_kept(given: str, kept: str) -> None:
    assert clean_text(given) == kept


@given(st.text())
def test_a_line_holds_nothing_that_text_may_not_hold(text: str) -> None:
    assert clean_line(text) == " ".join(clean_text(text).split())


@given(st.text())
def test_text_is_escaped_as_lxml_does_it(text: str) -> None:
    element = etree.Element("x")
    element.text = clean_text(text) + "<&>"
    drawn = etree.tostring(element, encoding="UTF-8", xml_declaration=False)
    assert b"<x>" + escape_xml(clean_text(text) + "<&>") + b"</x>" == drawn


@given(text=st.text(st.characters() | st.sampled_from(" \n\r\x00\x1c\x7f\x85\xa0\ud800\uffff<&>")))
def test_content_is_cleaned_and_escaped_as_any_text_is(text: str) -> None:
    clean = clean_text(text).strip()
    assert clean_content(text) == (clean, escape_xml(clean))


def test_a_long_address_that_is_none_is_soon_found_out() -> None:
    assert clean_url("https://courier.example/" + "a" * 100_000 + " b").endswith("a%20b")


def test_a_line_has_single_spaces_and_none_at_its_ends() -> None:
    assert clean_line(" \u2028 two\n\x00 words\t") == "two words"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("tag:courier.example,2026:a/ü.md", "tag:courier.example,2026:a/ü.md"),
        (" tag:courier.example,2026:a b\x00<c>", "tag:courier.example,2026:a%20b%3Cc%3E"),
        ("https://old.example/?p=12&q=%20", "https://old.example/?p=12&q=%20"),
    ],
)
def test_an_id_changes_only_where_no_iri_holds_it(given: str, kept: str) -> None:
    assert clean_id(given) == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://courier.example/a?b=1&c=%C3%A9#d", "https://courier.example/a?b=1&c=%C3%A9#d"),
        ("https://courier.example/a b/é", "https://courier.example/a%20b/%C3%A9"),
        ("https://courier.example/100%", "https://courier.example/100%25"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://bücher.example:8000/x", "https://xn--bcher-kva.example:8000/x"),
        ("https://ü..example/", "https://%C3%BC..example/"),
        ("  https://courier.example/\x00 ", "https://courier.example/"),
        ("", ""),
    ],
)
def test_an_address_is_a_uri(given: str, kept: str) -> None:
    assert clean_url(given) == kept


def test_a_language_is_a_tag_or_none() -> None:
    assert clean_language("pt-BR") == "pt-BR"
    assert clean_language("no language") is None
    assert clean_language(None) is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (
            datetime(2021, 3, 20, 9, 0, 0, 999999, tzinfo=timezone(timedelta(hours=7))),
            datetime(2021, 3, 20, 9, tzinfo=timezone(timedelta(hours=7))),
        ),
        (
            datetime(1900, 1, 1, tzinfo=timezone(timedelta(seconds=4772))),
            datetime(1899, 12, 31, 22, 40, 28, tzinfo=UTC),
        ),
        (
            datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
            datetime(1, 1, 1, tzinfo=UTC),
        ),
        (
            datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-1))),
            datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        ),
    ],
)
def test_times_are_whole_seconds_with_the_offset_that_was_written(
    given: datetime, kept: datetime
) -> None:
    assert whole_seconds(given) == kept
    assert whole_seconds(given).utcoffset() == kept.utcoffset()


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("AT&T, 1 < 2 & 3 > 2", "AT&T, 1 < 2 & 3 > 2"),
        ("write <b> for bold", "write &lt;b&gt; for bold"),
        ("an &amp; is an ampersand", "an &amp;amp; is an ampersand"),
        ("&copy without end", "&amp;copy without end"),
    ],
)
def test_text_is_escaped_only_where_html_would_read_it_otherwise(given: str, written: str) -> None:
    assert text_as_html(given) == written


def test_a_long_text_is_cut_between_words() -> None:
    assert shorten("short", 10) == "short"
    assert shorten("one two three four", 14) == "one two…"
    assert shorten("unbroken" * 4, 9) == "unbroken…"
