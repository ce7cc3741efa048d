"""PURE. What Word's "web page" writes as mere paragraphs: the title, and the entries of lists.

Each entry is a paragraph of its own that begins with its bullet or number, in a span that says
`mso-list:Ignore`, or, in a filtered page, before a span of small blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import Element, HtmlElement

_LEVEL = re.compile(r"mso-list:\s*\w+\s+level(\d)")
_MARGIN = re.compile(r"margin-left:\s*([\d.]+)(in|cm|mm|pt)")
_STEP = {"in": 0.5, "cm": 1.27, "mm": 12.7, "pt": 36.0}
"""By how much Word sets in a list within another one."""

_IGNORED = re.compile(r"mso-list:\s*Ignore", re.IGNORECASE)
_BLANKS = re.compile(r"font:\s*7(?:\.0)?pt\s+[\"']Times New Roman")
_NUMBER = re.compile(r"\(?(?:(\d{1,4})|[a-z]|[ivxlcdm]{1,7})[.)]", re.IGNORECASE)
_LONGEST = 12
"""Characters of a bullet or number."""


def is_from_word(text: str) -> bool:
    """Whether a page has styles of Word."""
    return "Mso" in text or "mso-list" in text


def mend_word(root: HtmlElement) -> None:
    """Make a heading of the title, and lists of their entries."""
    for title in root.xpath("(//p[@class='MsoTitle'])[1]"):
        title.tag = "h1"
        for heading in root.xpath("(//h1)[2]"):
            if heading.text_content().split() == title.text_content().split():
                heading.drop_tree()
    lists: list[HtmlElement] = []
    for paragraph in root.xpath("//p[@class or @style]"):
        style = paragraph.get("style", "")
        if "mso-list" not in style and not paragraph.get("class", "").startswith("MsoList"):
            continue
        marker = _take_marker(paragraph)
        if not marker:
            continue
        number = _NUMBER.fullmatch(marker)
        before = paragraph.getprevious()
        goes_on = bool(lists) and before is lists[0] and not (before.tail or "").strip()
        if not goes_on:
            lists = []
        level = min(_level(style), len(lists) + 1)
        _add(lists, paragraph, level, "ol" if number else "ul")
        if number and number[1] and len(lists[-1]) == 1 and number[1] != "1":
            lists[-1].set("start", str(int(number[1])))


def _level(style: str) -> int:
    told = _LEVEL.search(style)
    if told:
        return max(int(told[1]), 1)
    margin = _MARGIN.search(style)
    return max(round(float(margin[1]) / _STEP[margin[2]]), 1) if margin else 1


def _add(lists: list[HtmlElement], entry: HtmlElement, level: int, tag: str) -> None:
    """Put an entry into the list of its level; `lists` are those that are open, the outmost first.
    A list of another kind than the open one begins anew."""
    del lists[level:]
    if len(lists) == level and lists[-1].tag != tag:
        lists.pop()
    tail, entry.tail, entry.tag = entry.tail, None, "li"
    entry.attrib.clear()
    if len(lists) < level:
        opened = Element(tag)
        if lists:
            lists[-1][-1].append(opened)
        else:
            entry.getparent().replace(entry, opened)
            opened.tail = tail
        lists.append(opened)
    elif entry.getparent() is not None:
        entry.getparent().remove(entry)
    lists[-1].append(entry)


def _take_marker(paragraph: HtmlElement) -> str:
    """The bullet or number that a paragraph begins with, taken out of it; "" where it has none."""
    for span in paragraph.iter("span"):
        style = span.get("style", "")
        is_ignored = _IGNORED.search(style) is not None
        if not is_ignored and not _BLANKS.search(style):
            continue
        said = span.text_content()
        places = () if is_ignored else tuple(_before(paragraph, span))
        marker = said if is_ignored else "".join(getattr(*place) or "" for place in places)
        marker = " ".join(marker.split())
        if not 0 < len(marker) <= _LONGEST or (said.strip() and not is_ignored):
            return ""
        for element, part in places:
            setattr(element, part, None)
        span.drop_tree()
        return marker
    return ""


def _before(paragraph: HtmlElement, span: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Where the text stands that comes before a span."""
    yield paragraph, "text"
    around = set(span.iterancestors())
    for element in paragraph.iterdescendants():
        if element is span:
            return
        if isinstance(element.tag, str):
            yield element, "text"
        if element not in around:
            yield element, "tail"
