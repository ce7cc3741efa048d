"""Whatever an author writes, what is published is safe, balanced and whole."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from publisher.parse.clean.fragment import bare_text
from publisher.parse.clean.sanitise import plain_text, sanitise
from publisher.parse.formats import markdown
from publisher.parse.formats.html import read_html
from publisher.parse.formats.markdown import markdown_to_html
from publisher.parse.formats.plaintext import read_plaintext
from publisher.parse.formats.rst import read_rst
from publisher.parse.formats.shortcodes import turn_shortcodes

_TAG_NAMES = (
    "a b p div li ul ol dl dt dd table tr td th tbody caption pre code h1 h2 blockquote section"
    " details summary button object select option form font center svg math mi title textarea"
    " iframe embed img br hr input video source noscript template script style ruby rt u nobr"
)
_ATTRIBUTE_NAMES = "href src srcset poster cite id class onclick style alt width lang"
_SCHEMES = ("javascript:", "data:", "https:", "//", "/", "#", "mailto:", "\tjava\nscript:", "x:")

_name = st.sampled_from(_TAG_NAMES.split())
_reference = st.builds(str.__add__, st.sampled_from(_SCHEMES), st.text(max_size=12))
_attribute = st.builds(
    '{}="{}"'.format,
    st.sampled_from(_ATTRIBUTE_NAMES.split()),
    _reference | st.text(max_size=8),
)
_start = st.builds("<{} {}>".format, _name, st.lists(_attribute, max_size=3).map(" ".join))
_piece = st.one_of(
    _start,
    _name.map("</{}>".format),
    st.text(max_size=12),
    st.sampled_from(
        ["<!--", "-->", "<", "&", "&#1;", "&nbsp;", "\n\n", "]]>", "<![CDATA[", "\x00"]
    ),
)
_soup = st.lists(_piece, max_size=25).map("".join)
_braces = st.lists(
    st.sampled_from(
        ["{{", "}}", "{%", "%}", "{{<", ">}}", "{{/", " raw ", " note ", " endnote ", "`", "```",
         "\n", "{:", "}", "highlight", '"', "figure src=a", "    ", "#a", "{::comment}", "{:/}"]
    )
    | st.text(max_size=5),
    max_size=30,
).map("".join)  # fmt: skip
_lines = st.lists(
    st.sampled_from(
        ["Title", "", "Jakarta - Text here.", "Foto: A (Foto: B)", "[]", "- a", "1. b", "> c",
         "CAPS", "Baca juga: x", "Berita terkait", "Sabtu, 20 Maret 2021", "0", "Read also"]
    )
    | st.text(max_size=30),
    max_size=20,
).map("\n".join)  # fmt: skip

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_REFERENCES = ("href", "src", "poster", "cite")


def _clean(html: str) -> str:
    return sanitise(
        html,
        base_url="https://example.org/a/",
        site_url="https://example.org/",
        folder="",
        look_up=lambda _: None,
    ).html


def _check(html: str) -> None:
    assert not _FORBIDDEN.search(html)
    tree = lxml_html.fragment_fromstring(html, create_parent="div")
    assert plain_text(html) == plain_text(lxml_html.tostring(tree, encoding="unicode"))
    for element in tree.iterdescendants():
        assert element.tag not in {"script", "style", "iframe", "object", "embed", "form", "input"}
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name != "style"
            if name in _REFERENCES:
                assert urlsplit(value).scheme in {"http", "https", "mailto", "tel"}


@given(_soup)
def test_any_html_becomes_safe_and_stays_as_it_is(html: str) -> None:
    once = _clean(html)
    _check(once)
    assert _clean(once) == once


@given(_soup)
def test_any_markdown_becomes_safe(text: str) -> None:
    _check(_clean(markdown_to_html(text)))


@given(_soup)
def test_letters_are_what_is_left_without_tags_and_white_space(html: str) -> None:
    clean = _clean(html)
    assert bare_text(clean) == re.sub(r"<[^>]*>|[ \t\n]", "", clean)


@given(_soup | _braces | _lines | st.text(alphabet="ab*`_|:.=-<>[]()#~!@/w1 \n"))
def test_without_a_caret_nothing_is_a_footnote(text: str) -> None:
    text = text.replace("^", "")
    with pytest.MonkeyPatch.context() as patch:
        with_footnotes = markdown._extensions(table=True, footnotes=True, heading_ids=True)
        patch.setattr(markdown, "_extensions", lambda **_: with_footnotes)
        expected = markdown_to_html(text)
    assert markdown_to_html(text) == expected


@pytest.mark.parametrize(
    "text", ["a\ud800b", "\udfff# a [b](/c)\n\n1 | 2\n-|-\n\ud83d", "<i>\ude00"]
)
def test_half_a_character_is_left_out(text: str) -> None:
    whole = text.encode("utf-8", "ignore").decode()
    assert markdown_to_html(text) == markdown_to_html(whole)
    for html, same in ((text, whole), (f"<p>{text}</p>", f"<p>{whole}</p>")):
        assert _clean(html) == _clean(same)


@given(st.text())
def test_plain_markdown_loses_no_word(text: str) -> None:
    words = " ".join(re.findall(r"[a-z]{2,}", text))
    assert words in plain_text(_clean(markdown_to_html(words)))


@given(_braces)
def test_shortcodes_never_raise_and_each_policy_agrees(text: str) -> None:
    dropped = turn_shortcodes(text, policy="drop")
    refused = turn_shortcodes(text, policy="refuse")
    turn_shortcodes(text, policy="keep")
    assert bool(dropped.warnings) == bool(refused.refused)
    assert all(1 <= line <= text.count("\n") + 1 for line, _ in refused.refused)


@given(_soup)
def test_any_page_is_read(text: str) -> None:
    _check(_clean(read_html(text).html))


@given(_lines)
def test_any_plain_text_is_read(text: str) -> None:
    parts = read_plaintext(text, first_line=1, language="id")
    lines = text.count("\n") + 1
    assert all(0 <= n <= lines for n in (parts.title_line, parts.summary_line, parts.date_line))
    _check(_clean(parts.html))


@given(st.text(alphabet="ab*`_|:.=-<> \n", max_size=60))
def test_any_restructured_text_is_read(text: str) -> None:
    _check(_clean(read_rst(text).html))
