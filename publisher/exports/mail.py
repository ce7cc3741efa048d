"""PURE. The HTML of a mail -> that of its text: tables that only place things taken apart.

What a reader never sees goes (the line for the inbox, pictures that count), and so do links that
are one reader's own.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from publisher.exports.markup import inside, parse_html, words

_PARTS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th"})
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|mso-hide\s*:\s*all)", re.IGNORECASE)
_PERSONAL = re.compile(
    r"unsubscribe|/preferences\b|manage[_-]?(?:subscription|preferences)|email-optout"
    r"|disable_email|/action/disable",
    re.IGNORECASE,
)
_SUBSTACK_BOXES = frozenset({"subscription-widget-wrap", "subscription-widget", "paywall-jump"})
_TINY = frozenset({"0", "1", "0px", "1px"})
_LONGEST_CELL = 120
"""Letters of a cell of a table that tells something, rather than places it."""


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
    # inner tables first: what they hold tells what the outer ones are for
    for table in reversed(list(body.iter("table"))):
        if _only_places(table):
            for part in [*_own_parts(table), table]:
                part.attrib.clear()
                if part.tag in ("td", "th") and (len(part) or words(part)):
                    part.tag = "div"
                elif part.getparent() is not None:
                    part.drop_tag()
    return inside(body)


def _goes(element: HtmlElement) -> bool:
    tag = element.tag
    if tag in ("script", "style", "title", "meta", "link"):
        return True
    if _HIDDEN.search(element.get("style") or ""):
        return True
    if tag == "img":
        return element.get("width") in _TINY or element.get("height") in _TINY
    if tag == "a":
        return bool(_PERSONAL.search(element.get("href") or ""))
    return not _SUBSTACK_BOXES.isdisjoint((element.get("class") or "").split())


def _own_parts(table: HtmlElement) -> list[HtmlElement]:
    """Rows and cells of a table, without those of tables in it."""
    found = []
    waiting = list(table)
    while waiting:
        part = waiting.pop()
        if part.tag in _PARTS and part.tag != "table":
            found.append(part)
            if part.tag not in ("td", "th"):
                waiting.extend(part)
    return found


def _only_places(table: HtmlElement) -> bool:
    """Whether a table is there for the look of a mail, and tells nothing by its rows."""
    parts = _own_parts(table)
    if (table.get("role") or "").lower() in ("presentation", "none"):
        return True
    if any(part.tag in ("th", "thead") for part in parts) or table.find("caption") is not None:
        return False
    cells = [part for part in parts if part.tag == "td"]
    rows = sum(part.tag == "tr" for part in parts)
    if rows < 2 or len(cells) < 2 * rows:
        return True
    return any(
        len(words(cell)) > _LONGEST_CELL or cell.find(".//div") is not None for cell in cells
    )
