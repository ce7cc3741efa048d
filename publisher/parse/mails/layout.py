"""PURE. How mails are laid out: tables that only place, what is hidden, pictures that count."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

_HIDDEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|\Z)|max-height\s*:\s*0(?:px)?\s*(?:;|!|\Z))",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"(?:^|;)\s*(?:width|height)\s*:\s*([0-9.]+)\s*(?:px)?\s*(?:!\w+)?\s*(?:;|\Z)", re.IGNORECASE
)
BLOCKS_NAMES = (
    "address article aside blockquote center dd details div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td"
    " tfoot th thead tr ul"
)
BLOCKS = frozenset(BLOCKS_NAMES.split())
"""Elements that stand on lines of their own."""

_PARTS = frozenset(["thead", "tbody", "tfoot", "tr", "td", "th"])
_LONGEST_CELL = 160
_TINY = 2.0
INVISIBLE = re.compile("[\\s\u00a0\u00ad\u034f\u061c\u180e\u200b-\u200f\u2007\u2060\ufeff]+")


def is_hidden(element: HtmlElement) -> bool:
    """Whether a reader never sees an element: the line for the inbox, and what is hidden."""
    is_styled = _HIDDEN.search(element.get("style") or "") is not None
    return is_styled or element.get("hidden") is not None


def flatten_tables(body: HtmlElement) -> None:
    """Take out what tables only place; one that tells something by its rows stays a table."""
    # inner tables first: what they hold tells what the outer ones are for
    for table in reversed(list(body.iter("table"))):
        if not _only_places(table):
            for part in _own_parts(table):
                part.attrib.pop("style", None)
            continue
        for part in [*_own_parts(table), table]:
            part.attrib.clear()
            if part.tag in ("td", "th"):
                part.tag = "div"
            elif part is not table or table.getparent() is not None:
                part.drop_tag()


def _own_parts(table: HtmlElement) -> list[HtmlElement]:
    """Rows and cells of a table, without those of tables in it."""
    found, waiting = [], list(table)
    while waiting:
        part = waiting.pop()
        if part.tag in _PARTS:
            found.append(part)
            if part.tag not in ("td", "th"):
                waiting.extend(part)
    return found


def _only_places(table: HtmlElement) -> bool:
    """Whether a table is there for the look of a mail, and tells nothing by its rows."""
    if (table.get("role") or "").strip().lower() in ("presentation", "none"):
        return True
    parts = _own_parts(table)
    if any(part.tag in ("th", "thead") for part in parts) or table.find("caption") is not None:
        return False
    rows = [row for row in parts if row.tag == "tr"]
    cells = [part for part in parts if part.tag == "td"]
    if len(rows) < 2 or any(len(row) < 2 for row in rows):
        return True
    return any(
        len(words_of(cell)) > _LONGEST_CELL
        or any(inner.tag in BLOCKS or inner.tag == "img" for inner in cell.iterdescendants())
        for cell in cells
    )


def is_tiny(image: HtmlElement) -> bool:
    """Whether a picture is of a size that only counts who opens a mail."""
    told = [image.get("width") or "", image.get("height") or ""]
    sizes = [size for size in (_number(text) for text in told) if size is not None]
    sizes += [
        float(size) for size in _SIZE.findall(image.get("style") or "") if _number(size) is not None
    ]
    return any(size <= _TINY for size in sizes)


def _number(text: str) -> float | None:
    text = text.strip().lower().removesuffix("px")
    return float(text) if re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", text) else None


def words_of(element: HtmlElement) -> str:
    """The text of an element, its white space folded, without what nobody sees."""
    return INVISIBLE.sub(" ", element.text_content()).strip()
