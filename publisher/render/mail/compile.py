"""PURE. MJML -> HTML through MRML, with its faults closed (docs/decisions, mail).

MRML writes every attribute value with Rust's debug format, which turns a joiner,
a combining mark or a backslash into `\\u{200d}` and the like; numeric character
references pass untouched. So all quoted values, whoever wrote them, get them here.
"""

from __future__ import annotations

import re

from mjml import mjml2html

from publisher.errors import Location, TemplateError
from publisher.links.readers import UNSUBSCRIBE

_KEPT = re.compile(r"(<(?:!--.*?-->|mj-style>.*?</mj-style>|style\b.*?</style>))", re.DOTALL)
_TAG = re.compile(  # only what is not sound matches: most tags are, and so cost no call
    r"<[A-Za-z][ !-;=?-\[\]-z|~]*+(?!>)[^<>]*>"
)
_TAG_OR_BRACE = re.compile(rf"{_TAG.pattern}|\{{")  # ten times slower: it has no fixed beginning
_ALONE = (
    "<mjml><mj-body><mj-section><mj-column><mj-text>{}</mj-text>"
    "</mj-column></mj-section></mj-body></mjml>"
)
_TITLE = re.compile("<mj-title>(.*?)</mj-title>", re.DOTALL)
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'")
_FRAGILE = re.compile(r"[^ -\[\]-z|~]")  # all but printable ASCII without \\ and braces


def compile_mjml(mjml: str, template: str, *, of_issue: bool = True) -> str:
    """The HTML of a rendered MJML document.

    Raises TemplateError naming `template` when MRML refuses it, when a tag of MJML
    is left in the result, or when an issue has no way to unsubscribe.
    """
    where = Location(file=f"templates/{template}")
    try:
        html: str = mjml2html(shield(mjml), fonts={})
    except ValueError as error:
        raise TemplateError(
            f"MRML refuses the mail: {error}",
            where=where,
            mend="close every tag, quote every attribute, and write & as &amp; and < as &lt;",
        ) from error
    if "<mj-" in html:
        raise TemplateError(
            f"MRML did not know what to do with {html[html.index('<mj-') :][:40]!r}",
            where=where,
            mend="`publisher check` names the line",
        )
    if of_issue and UNSUBSCRIBE not in html:
        raise TemplateError(
            "the mail has no link to unsubscribe",
            where=where,
            mend='put <a href="{{ links.unsubscribe }}"> where every reader sees it',
        )
    return html


def compiles(fragment: str) -> bool:
    """Whether MRML takes a piece of HTML within mj-text, alone."""
    document = _ALONE.format(shield(fragment))
    try:
        return "<mj-" not in mjml2html(document, fonts={})
    except ValueError:
        return False


def shield(mjml: str) -> str:
    """Write what MRML would spoil in attribute values and in mj-title as numeric references.

    Braces in text become references too, so that none can be taken for a template's.
    Comments and styles stay as they are.
    """
    pieces = _KEPT.split(_TITLE.sub(_shield_title, mjml))
    pieces[::2] = map(_shield_piece, pieces[::2])
    return "".join(pieces)


def _shield_title(title: re.Match[str]) -> str:
    return f"<mj-title>{_fragile_as_references(title[1])}</mj-title>"


def _shield_piece(piece: str) -> str:
    if "{" in piece:
        return _TAG_OR_BRACE.sub(_shield_found, piece)
    return _TAG.sub(_shield_found, piece)


def _shield_found(found: re.Match[str]) -> str:
    return _references(found) if found[0] == "{" else _VALUE.sub(_references, found[0])


def _references(found: re.Match[str]) -> str:
    return _fragile_as_references(found[0])


def _fragile_as_references(text: str) -> str:
    return _FRAGILE.sub(lambda character: f"&#x{ord(character[0]):X};", text)
