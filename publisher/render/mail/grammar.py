"""PURE. The MJML that mails may use: tags, where each may stand, its attributes.

Only what MRML draws is here (each attribute is tested to have an effect); what it
takes in silence and drops is not. `REFUSED` tags are MJML, with the reason against them.
`VALUES` is what an attribute may say: MRML writes anything into the mail, where no
program makes sense of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from publisher.values import dataclass

_SIDES = ("top", "right", "bottom", "left")
_PADDING = ("padding", "padding-top", "padding-right", "padding-bottom", "padding-left")
_BORDER = ("border", "border-top", "border-right", "border-bottom", "border-left", "border-radius")
_FONT = ("font-family", "font-size", "font-style", "font-weight", "line-height", "letter-spacing")
_BLOCK = (*_PADDING, "align", "container-background-color")
_BOX = (
    *_PADDING,
    *_BORDER,
    *("background-color", "background-url", "direction", "full-width", "text-align"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """Where a tag may stand, its attributes, and whether HTML or text may stand in it."""

    parents: tuple[str, ...]
    attributes: frozenset[str]
    holds_html: bool


def _tag(*parents: str, attributes: tuple[str, ...] = (), holds_html: bool = False) -> Tag:
    return Tag(parents=parents, attributes=frozenset(attributes), holds_html=holds_html)


def _body_tag(*parents: str, attributes: tuple[str, ...], holds_html: bool = False) -> Tag:
    return _tag(
        *parents,
        "mj-attributes",
        attributes=(*attributes, "css-class", "mj-class"),
        holds_html=holds_html,
    )


_BODY_TAGS: Mapping[str, Tag] = {
    "mj-wrapper": _body_tag("mj-body", attributes=_BOX),
    "mj-section": _body_tag("mj-body", "mj-wrapper", attributes=_BOX),
    "mj-group": _body_tag(
        "mj-section", attributes=("background-color", "direction", "vertical-align", "width")
    ),
    "mj-column": _body_tag(
        "mj-section",
        "mj-group",
        attributes=(
            *_PADDING,
            *_BORDER,
            *("background-color", "direction", "vertical-align", "width"),
        ),
    ),
    "mj-text": _body_tag(
        "mj-column",
        attributes=(
            *_BLOCK,
            *_FONT,
            *("color", "height", "text-decoration", "text-transform", "vertical-align"),
        ),
        holds_html=True,
    ),
    "mj-image": _body_tag(
        "mj-column",
        attributes=(
            *_BLOCK,
            *("border", "border-radius", "alt", "fluid-on-mobile", "font-size", "height", "href"),
            *("max-height", "name", "rel", "src", "srcset", "target", "title", "usemap", "width"),
        ),
    ),
    "mj-button": _body_tag(
        "mj-column",
        attributes=(
            *_BLOCK,
            *_BORDER,
            *_FONT,
            *("background-color", "color", "height", "href", "inner-padding", "name", "rel"),
            *("target", "text-align", "text-decoration", "text-transform", "vertical-align"),
            "width",
        ),
        holds_html=True,
    ),
    "mj-divider": _body_tag(
        "mj-column",
        attributes=(*_BLOCK, "border-color", "border-style", "border-width", "width"),
    ),
    "mj-spacer": _body_tag(
        "mj-column", attributes=(*_PADDING, "container-background-color", "height")
    ),
    "mj-table": _body_tag(
        "mj-column",
        attributes=(
            *_BLOCK,
            *("border", "cellpadding", "cellspacing", "color", "font-family", "font-size"),
            *("line-height", "table-layout", "width"),
        ),
        holds_html=True,
    ),
}

_EVERY_ATTRIBUTE = tuple(sorted(set().union(*(tag.attributes for tag in _BODY_TAGS.values()))))

TAGS: Mapping[str, Tag] = {
    "mjml": _tag("", attributes=("lang", "dir", "owa")),
    "mj-head": _tag("mjml"),
    "mj-body": _tag("mjml", attributes=("background-color", "css-class", "width")),
    "mj-title": _tag("mj-head", holds_html=True),
    "mj-style": _tag("mj-head", holds_html=True),
    "mj-breakpoint": _tag("mj-head", attributes=("width",)),
    "mj-attributes": _tag("mj-head"),
    "mj-all": _tag("mj-attributes", attributes=_EVERY_ATTRIBUTE),
    "mj-class": _tag("mj-attributes", attributes=("name", *_EVERY_ATTRIBUTE)),
    "mj-raw": _tag("mj-head", "mj-body", "mj-wrapper", "mj-section", "mj-column", holds_html=True),
    **_BODY_TAGS,
}

NEEDED: Mapping[str, tuple[str, ...]] = {
    "mj-class": ("name",),
    "mj-image": ("src", "alt"),
    "img": ("src", "alt"),
}
"""Attributes that must be there; `alt` may be empty."""

_LENGTH = r"(?:0|-?[0-9]*\.?[0-9]+(?:px|em|rem|%))"
_PIXELS = r"(?:0|[0-9]*\.?[0-9]+px)"
_SIZE = r"(?:0|[0-9]*\.?[0-9]+(?:px|%))"
_SIZES = rf"{_SIZE}(?: +{_SIZE}){{0,3}}"
_COLOUR = (
    r"(?:#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})"
    r"|(?:rgb|hsl)a?\([^()]*\)|(?!(?:none|auto)\Z)[a-z]{3,20})"
)

VALUES: Mapping[str, tuple[str, str]] = {
    "align": ("left|right|center|justify", "left, right, center or justify"),
    "text-align": ("left|right|center|justify", "left, right, center or justify"),
    "direction": ("ltr|rtl", "ltr or rtl"),
    "dir": ("ltr|rtl|auto", "ltr, rtl or auto"),
    "vertical-align": ("top|middle|bottom", "top, middle or bottom"),
    "fluid-on-mobile": ("true|false", "true or false"),
    "full-width": ("full-width|false", "full-width or false"),
    "text-decoration": (
        "none|underline|overline|line-through",
        "none, underline, overline or line-through",
    ),
    "text-transform": (
        "none|capitalize|uppercase|lowercase",
        "none, capitalize, uppercase or lowercase",
    ),
    "font-style": ("normal|italic|oblique", "normal, italic or oblique"),
    "font-weight": ("normal|bold|bolder|lighter|[1-9]00", "normal, bold, or 100 to 900"),
    "font-size": (_LENGTH, "a length such as 17px"),
    "letter-spacing": (f"normal|{_LENGTH}", "a length such as 0.04em"),
    "line-height": (rf"normal|[0-9]*\.?[0-9]+|{_LENGTH}", "a number such as 1.5, or a length"),
    "width": (f"auto|{_SIZE}", "a length such as 300px or 50%"),
    "height": (f"auto|{_SIZE}", "a length such as 20px"),
    "max-height": (_SIZE, "a length such as 300px"),
    "border-width": (_PIXELS, "a length such as 1px"),
    "border-radius": (_SIZES, "a length such as 4px"),
    "inner-padding": (_SIZES, "one to four lengths such as 10px 24px"),
    "padding": (_SIZES, "one to four lengths such as 10px 24px"),
    **{f"padding-{side}": (_SIZE, "a length such as 10px") for side in _SIDES},
    **dict.fromkeys(
        ("color", "background-color", "border-color", "container-background-color"),
        (_COLOUR, "a colour such as #9c2f1b"),
    ),
}
"""A regular expression of the whole value, and what it is in words."""

REFUSED: Mapping[str, str] = {
    "mj-include": 'write {% include "email/_part.mjml" %} instead',
    "mj-html-attributes": "write the attribute into the HTML itself",
    "mj-preview": "write the hidden first line in mj-raw, as the default template does",
    "mj-font": "a remote font tells a third party of each opening; name fonts of the system",
    "mj-accordion": "many mail programs show it broken; use mj-text",
    "mj-carousel": "many mail programs show it broken; use one mj-image",
    "mj-hero": "many mail programs show it broken; use mj-image and mj-text",
    "mj-navbar": "many mail programs show it broken; use links in mj-text",
    "mj-social": "some of its pictures are missing; use links in mj-text",
}
