"""What `publisher check` says about templates of mails."""

from __future__ import annotations

import pytest
from mjml import mjml2html

from publisher.errors import TemplateError
from publisher.render.email import check_mail_templates
from publisher.render.environment import make_environment
from publisher.render.mail.grammar import REFUSED, TAGS
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
    assert str(caught.value.where) == "templates/email/digest.mjml"


def test_what_is_never_closed_is_refused() -> None:
    with pytest.raises(TemplateError, match="<mj-text> is never closed"):
        check(**{"_footer.mjml": "<mj-text>x"})


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
