"""PURE. HTML of an export as a tree, and back."""

from __future__ import annotations

from html import escape

from lxml import etree
from lxml.html import HtmlElement

from publisher.parse.clean.hygiene import without_forbidden
from publisher.parse.formats.html import parse_page


def parse_html(text: str) -> HtmlElement | None:
    """The tree of a page or of a part of one; None where there is nothing in it."""
    return parse_page(without_forbidden(text.replace("\r\n", "\n")))


def inside(element: HtmlElement) -> str:
    """What an element holds, as HTML."""
    parts = [escape(element.text or "", quote=False)]
    parts += [
        etree.tostring(child, encoding="unicode", method="html", with_tail=True)
        for child in element
    ]
    return "".join(parts).strip()


def has_class(element: HtmlElement, name: str) -> bool:
    """Whether an element is of a class."""
    return name in (element.get("class") or "").split()


def classed(root: HtmlElement, name: str) -> list[HtmlElement]:
    """The elements of a class, in their order."""
    return [one for one in root.iter(etree.Element) if has_class(one, name)]


def words(element: HtmlElement) -> str:
    """The text of an element, its white space folded."""
    return " ".join(element.text_content().split())
