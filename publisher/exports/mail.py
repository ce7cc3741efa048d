"""PURE. The HTML of a mail -> that of its text: tables that only place things taken apart.

What a reader never sees goes (the line for the inbox, pictures that count), and so do links that
are one reader's own.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from publisher.exports.markup import inside, parse_html
from publisher.parse.mails.layout import flatten_tables, is_hidden, is_tiny

_PERSONAL = re.compile(
    r"unsubscribe|/preferences\b|manage[_-]?(?:subscription|preferences)|email-optout"
    r"|disable_email|/action/disable",
    re.IGNORECASE,
)
_SUBSTACK_BOXES = frozenset({"subscription-widget-wrap", "subscription-widget", "paywall-jump"})


def without_mail(html: str) -> str:
    """The text of a mail, or of a page that was one. Never raises."""
    root = parse_html(html)
    body = root.find("body") if root is not None else None
    if root is None:
        return ""
    body = root if body is None else body
    for element in list(body.iter(etree.Element)):
        if element is not body and element.getparent() is not None and _goes(element):
            element.drop_tree()
    flatten_tables(body)
    return inside(body)


def _goes(element: HtmlElement) -> bool:
    tag = element.tag
    if tag in ("script", "style", "title", "meta", "link"):
        return True
    if is_hidden(element):
        return True
    if tag == "img":
        return is_tiny(element)
    if tag == "a":
        return bool(_PERSONAL.search(element.get("href") or ""))
    return not _SUBSTACK_BOXES.isdisjoint((element.get("class") or "").split())
