"""What `publisher check` says about templates of mails."""

from __future__ import annotations

import re

import pytest
from mjml import mjml2html

from publisher.errors import TemplateError
from publisher.render.email import check_mail_templates
from publisher.render.environment import make_environment
from publisher.render.mail.grammar import REFUSED, TAGS, VALUES
from tests.mail_samples import mail_templates

FRAME = """<mjml lang="en" dir="ltr">
  <mj-head>{head}</mj-head>
  <mj-body>{body}
  </mj-body>
</mjml>
"""
LEAVE = '<mj-text><a href="{{ links.unsubscribe }}">leave</a></mj-text>'


def in_column(text: str) -> str:
    return f"<mj-section><mj-column>{text}{LEAVE}</mj-column></mj-section>"


def check(**changes: str) -> None:
    parts = {f"email/{name}": text for name, text in changes.items()}
    check_mail_templates(make_environment(mail_templates() | parts))


def check_digest(*, head: str = "", body: str = "") -> None:
    text = FRAME.replace("{head}", head).replace("{body}", body)
    check(**{"digest.mjml": text})


def test_ours_are_good() -> None:
    check()


def test_a_small_one_of_a_site_is_good() -> None:
    check_digest(
        head="<mj-title>x</mj-title><mj-attributes><mj-all padding='0' /></mj-attributes>",
        body=in_column(
            "<mj-image src='https://x.example/a.png' alt='' {% if more %}width='9px'{% endif %} />"
            "<mj-text>{# a > b #}<p>a <br> b</p></mj-text>\n"
            "<mj-raw><!--[if mso]><p>x</p><![endif]--></mj-raw>"
        ),
    )


@pytest.mark.parametrize(
    ("body", "message", "mend"),
    [
        ("<mj-txt>x</mj-txt>", "there is no tag <mj-txt>", "mj-text"),
        ("<mj-text colour='red'>x</mj-text>", "<mj-text> has no attribute 'colour'", "color"),
        ("<mj-image sizes='x' src='x' />", "<mj-image> has no attribute 'sizes'", "known are"),
        ("<mj-section><p>x</p></mj-section>", "<mj-section> stands directly in <mj-column>", ""),
        ("<mj-column></mj-column>", "<mj-column> stands directly in <mj-column>", "mj-section"),
        ("<mj-text><mj-text>x</mj-text></mj-text>", "stands directly in <mj-text>", ""),
        ("<p>x</p>", "<p> stands directly in <mj-column>", "<mj-text> or <mj-raw>"),
        ("words", "the text 'words' stands directly in <mj-column>", "<mj-text> or <mj-raw>"),
        ("<mj-text>x</mj-raw>", "</mj-raw> stands inside <mj-text>", "close"),
        ("<mj-include path='x' />", "<mj-include> cannot be used", "{% include"),
        ("<mj-carousel></mj-carousel>", "<mj-carousel> cannot be used", "mj-image"),
        ("<mj-raw><mj-include path='x' /></mj-raw>", "<mj-include> cannot be used", "{% include"),
        ("<MJ-TEXT>x</MJ-TEXT>", "there is no tag <MJ-TEXT>", "small letters"),
        ("<mj-text Padding='0'>x</mj-text>", "has no attribute 'Padding'", "'padding'"),
        ("<mj-text padding='0' padding='1px'>x</mj-text>", "'padding' twice", "take one"),
        ("<mj-text padding=0>x</mj-text>", "'padding' of <mj-text> has no quotes", "in quotes"),
        ("<mj-text padding>x</mj-text>", "'padding' of <mj-text> has no quotes", "in quotes"),
        ("<mj-text><p class=a>x</p></mj-text>", "'class' of <p> has no quotes", "in quotes"),
        ("<mj-text align='middle'>x</mj-text>", "align='middle' means nothing", "center"),
        ("<mj-text font-size='17'>x</mj-text>", "font-size='17' means nothing", "17px"),
        ("<mj-text color='#12'>x</mj-text>", "color='#12' means nothing", "#9c2f1b"),
        ("<mj-text padding='{{ 3 }}'>x</mj-text>", "padding='3' means nothing", "10px"),
        ("<mj-text mj-class='nope'>x</mj-text>", "there is no mj-class 'nope'", "none"),
        ("<mj-image src='x' />", "<mj-image> has no alt", 'alt="…"'),
        ("<mj-text><img src='x'></mj-text>", "<img> has no alt", 'alt="…"'),
        ("<mj-text><p>x</mj-text>", "<p> is never closed", "</p>"),
        ("<mj-raw><div></mj-raw>", "<div> is never closed", "</div>"),
        ("<mj-text>x</p></mj-text>", "</p> stands inside <mj-text>", "close"),
        ("<mj-text>a < b</mj-text>", "a < stands alone", "&lt;"),
        ("<mj-text><![CDATA[x]]></mj-text>", "<![CDATA[x]> is refused", "take it out"),
        ("<mj-text><?php x ?></mj-text>", "<?php x ?> is refused", "take it out"),
        ("<!-- <mj-text>x</mj-text> -->", "a comment holds tags of MJML", "{# … #}"),
        ("<mj-raw><!--[if mso]><mj-text>x</mj-text><![endif]--></mj-raw>", "a comment", "{#"),
        ("<mj-{{ 'txt' }}>x</mj-{{ 'txt' }}>", "there is no tag <mj-txt>", "mj-text"),
        ("<mj-text {{ 'colour' }}='x'>x</mj-text>", "has no attribute 'colour'", "color"),
        ("<mj-raw>{{ '<mj-foo>' | safe }}</mj-raw>", "there is no tag <mj-foo>", "did you"),
        ("{% if number == 7 %}{{ headlin }}{% endif %}", "nothing is named 'headlin'", "heading"),
        ("{% if number == 7 %}<mj-txt />{% endif %}", "there is no tag <mj-txt>", "mj-text"),
        ("{% include 'email/_nowhere.mjml' %}", "no template 'email/_nowhere.mjml'", "write"),
    ],
)
def test_what_mrml_takes_in_silence_is_refused_by_line(body: str, message: str, mend: str) -> None:
    with pytest.raises(TemplateError) as caught:
        check_digest(body="\n{% if more %}\n{# two\nlines #}\n{% endif %}\n" + in_column(body))
    assert message in caught.value.message
    assert mend in (caught.value.mend or "")
    assert str(caught.value.where) == "templates/email/digest.mjml:8"


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("<mj-style inline='inline'>p {}</mj-style>", "mj-style inline has no effect"),
        ("<mj-html-attributes></mj-html-attributes>", "<mj-html-attributes> cannot be used"),
        ("<mj-preview>x</mj-preview>", "<mj-preview> cannot be used"),
        ("<mj-font name='x' href='https://x.example/' />", "<mj-font> cannot be used"),
        ("<mj-text>x</mj-text>", "<mj-text> stands directly in <mj-head>"),
        ("<mj-all padding='0' />", "<mj-all> stands directly in <mj-head>"),
        ("<mj-title>a</mj-title><mj-title>b</mj-title>", "<mj-title> stands here twice"),
        ("<mj-style>p { color: red; </mj-style>", "the braces in <mj-style> do not match"),
        ("<mj-style>@import 'https://x.example/';</mj-style>", "names a file of the web"),
        ("<mj-style>p { background: url(x.png) }</mj-style>", "names a file of the web"),
        ("<mj-attributes><mj-class padding='0' /></mj-attributes>", "<mj-class> has no name"),
    ],
)
def test_what_does_not_belong_into_the_head(head: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        check_digest(head=head, body=in_column(""))
    assert message in caught.value.message
    assert str(caught.value.where) == "templates/email/digest.mjml:2"


def test_an_included_part_in_the_wrong_place_is_refused() -> None:
    with pytest.raises(TemplateError, match="<mj-text> stands directly in <mj-section>") as caught:
        check(
            **{
                "digest.mjml": FRAME.replace("{head}", "").replace(
                    "{body}", "<mj-section>{% include 'email/_part.mjml' %}</mj-section>"
                ),
                "_part.mjml": "<mj-text>x</mj-text>",
            }
        )
    assert str(caught.value.where) == "templates/email/_part.mjml:1"


def test_what_is_never_closed_is_named_where_it_was_opened() -> None:
    with pytest.raises(TemplateError, match="<mj-text> is never closed") as caught:
        check(**{"_footer.mjml": "\n\n<mj-text>\nx\n"})
    assert str(caught.value.where) == "templates/email/_footer.mjml:3"


WHOLE = FRAME.replace("{head}", "").replace("{body}", in_column(""))


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("", "the mail has no <mjml>", ""),
        ("\nhello\n", "the text 'hello' stands outside <mjml>", ":1"),
        ("<p>x</p>", "<p> stands outside <mjml>", ":1"),
        ("<!doctype html>\n" + WHOLE, "<!doctype html> is refused", ":1"),
        ("<?xml version='1.0'?>\n" + WHOLE, "<?xml version='1.0'?> is refused", ":1"),
        (WHOLE + WHOLE, "<mjml> stands here twice", ":6"),
        (WHOLE + "<p>x</p>", "<p> stands outside <mjml>", ":6"),
        ("<mjml><mj-head></mj-head></mjml>", "<mjml> has no <mj-body>", ":1"),
        ("<mjml>\n<mj-body></mj-body>\n<mj-body></mj-body></mjml>", "twice", ":3"),
        ("<mjml>\n<mj-body></mj-body>\n<mj-head></mj-head></mjml>", "after <mj-body>", ":3"),
        ("<mjml>\n{% include 'email/digest.mjml' %}</mjml>", "includes itself", ":2"),
        ("{% extends 'email/digest.mjml' %}", "includes itself", ":1"),
    ],
)
def test_a_document_is_one_mjml_with_one_body(text: str, message: str, line: str) -> None:
    with pytest.raises(TemplateError) as caught:
        check(**{"digest.mjml": text})
    assert message in caught.value.message
    assert str(caught.value.where) == f"templates/email/digest.mjml{line}"
    assert caught.value.mend


def test_what_is_nested_so_deep_that_mrml_would_end_the_process_is_refused() -> None:
    with pytest.raises(TemplateError, match="more than 100 elements") as caught:
        check_digest(body=in_column(f"<mj-text>\n{'<div>' * 15_000}{'</div>' * 15_000}</mj-text>"))
    assert str(caught.value.where) == "templates/email/digest.mjml:4"


def test_a_way_to_write_that_no_single_line_shows_is_good() -> None:
    check_digest(
        head="<mj-attributes><mj-class name='loud' color='red' /><mj-image padding='0' />"
        "</mj-attributes>",
        body=in_column(
            "{% if more %}<mj-text mj-class='loud'>{% else %}<mj-text padding='0 1px'>{% endif %}x"
            "{{ nothing | default('') }}{% if other is defined %}{{ 1 }}{% endif %}</mj-text>"
            "<mj-{{ 'text' }} {{ 'color' }}='{{ 'red' }}'>a &lt; b</mj-{{ 'text' }}>"
        ),
    )
    check(**{"digest.mjml": "\ufeff" + WHOLE})


def test_values_that_ours_use_and_mrml_knows_mean_something() -> None:
    for attribute, value in _VALUES.items():
        pattern, _ = VALUES.get(attribute, (".*", ""))
        assert re.fullmatch(pattern, value), attribute
    assert VALUES.keys() <= {a for tag in TAGS.values() for a in tag.attributes}


@pytest.mark.parametrize("name", ["digest.txt", "_entry.mjml"])
def test_a_syntax_error_is_named_by_file_and_line(name: str) -> None:
    with pytest.raises(TemplateError) as caught:
        check(**{name: "one\n{% if %}\n"})
    assert str(caught.value.where) == f"templates/email/{name}:2"


def test_an_undefined_name_is_named_by_file_and_line() -> None:
    with pytest.raises(TemplateError, match=r"headline") as caught:
        check(**{"_entry.mjml": "\n\n<mj-text>{{ entry.headline }}</mj-text>"})
    assert str(caught.value.where) == "templates/email/_entry.mjml:3"


_VALUES = {
    "align": "right",
    "direction": "rtl",
    "fluid-on-mobile": "true",
    "full-width": "full-width",
    "href": "https://x.example/other",
    "src": "https://x.example/other.png",
    "text-align": "right",
    "vertical-align": "bottom",
}
_LEAVES = ("mj-text", "mj-image", "mj-button", "mj-divider", "mj-spacer", "mj-table")
_NEEDED = {"mj-image": "src='https://x.example/a.png'", "mj-button": "href='https://x.example/'"}


def _document(tag: str, attribute: str) -> str:
    def element(name: str, inside: str) -> str:
        needed = _NEEDED.get(name, "")
        if needed.startswith(attribute.partition("=")[0] + "="):
            needed = ""
        if name == "mj-image" and attribute.startswith(("rel=", "target=")):
            needed += " href='https://x.example/'"
        return f"<{name} {attribute if name == tag else ''} {needed}>{inside}</{name}>"

    leaf = tag if tag in _LEAVES else "mj-text"
    drawn = element(leaf, "x" if TAGS[leaf].holds_html else "")
    for name in ("mj-column", "mj-group", "mj-section", "mj-wrapper", "mj-body"):
        if name == tag or name not in ("mj-group", "mj-wrapper"):
            drawn = element(name, drawn)
    return f"<mjml>{drawn}</mjml>"


@pytest.mark.parametrize("tag", [tag for tag in TAGS if "mj-attributes" in TAGS[tag].parents])
def test_every_attribute_that_we_allow_has_an_effect(tag: str) -> None:
    own = TAGS[tag].attributes - {"mj-class", "name"} if tag not in ("mj-all", "mj-class") else ()
    without = mjml2html(_document(tag, ""), fonts={})
    idle = [
        attribute
        for attribute in sorted(own)
        if mjml2html(_document(tag, f"{attribute}='{_VALUES.get(attribute, '77px')}'"), fonts={})
        == without
    ]
    assert idle == []


def test_no_tag_is_both_known_and_refused() -> None:
    assert not TAGS.keys() & REFUSED.keys()
