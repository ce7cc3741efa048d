"""PURE. The HTML of a mail -> its text as HTML, without what counts, hides or is the reader's own.

Mails are built of tables within tables. What a table only places is taken out of it; a table that
tells something by its rows stays one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from lxml import etree
from lxml.html import HtmlElement

from publisher.parse.clean.hygiene import without_forbidden
from publisher.parse.formats.html import parse_page
from publisher.parse.mails.personal import Reader, counter_of, is_pixel, tells_of_leaving

_HIDDEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|\Z)|max-height\s*:\s*0(?:px)?\s*(?:;|!|\Z))",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"(?:^|;)\s*(?:width|height)\s*:\s*([0-9.]+)\s*(?:px)?\s*(?:!\w+)?\s*(?:;|\Z)", re.IGNORECASE
)
_GONE_NAMES = (
    "script style title meta link base head noscript template object embed iframe form input"
    " select textarea map"
)
_GONE = frozenset(_GONE_NAMES.split())
_BLOCKS_NAMES = (
    "address article aside blockquote center dd details div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td"
    " tfoot th thead tr ul"
)
_BLOCKS = frozenset(_BLOCKS_NAMES.split())
_BOXES = frozenset(["p", "div", "td", "th", "li", "center", "span", "font", "section", "footer"])
"""What a sentence about unsubscribing stands in."""

_PLACES_NAMES = "article aside center font header footer main nav section u"
_PLACES = frozenset(_PLACES_NAMES.split())
"""Elements of which only what they hold is kept."""

_PARTS = frozenset(["thead", "tbody", "tfoot", "tr", "td", "th"])
_SHOWING_NAMES = "img hr video audio table ul ol dl pre blockquote svg"
_SHOWING = frozenset(_SHOWING_NAMES.split())
_LONGEST_CELL = 160
_LONGEST_FAREWELL = 400
_TOLD_FAREWELL = 120
_TINY = 2.0
_INVISIBLE = re.compile("[\\s\u00a0\u00ad\u034f\u061c\u180e\u200b-\u200f\u2007\u2060\ufeff]+")
_PADDING = re.compile("(?:[\u034f\u200b-\u200d\u2060\ufeff\u00ad][\\s\u00a0\u2007]*){3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """What is left, the Content-IDs of the pictures that it shows, and what to tell."""

    html: str
    shown: frozenset[str]
    warnings: tuple[str, ...]


def tidy_mail(html: str, reader: Reader, pictures: Mapping[str, str]) -> Tidied:
    """Clean up the HTML of a mail; `pictures` are its own by Content-ID, as `data:`."""
    root = parse_page(without_forbidden(html))
    found = root.find("body") if root is not None else None
    body = root if found is None else found
    if body is None:
        return Tidied(html="", shown=frozenset(), warnings=())
    _drop_forbidden(body)
    _drop_unseen(body)
    shown = _settle_pictures(body, reader, pictures)
    warnings = tuple(_settle_links(body, reader))
    _hide_reader(body, reader)
    _flatten_tables(body)
    _settle_blocks(body)
    return Tidied(html=_inside(body), shown=frozenset(shown), warnings=warnings)


def _drop_forbidden(body: HtmlElement) -> None:
    """Control characters, which the parser takes and the tree does not."""
    for element in body.iter(etree.Element):
        if element.text:
            element.text = without_forbidden(element.text)
        if element.tail:
            element.tail = without_forbidden(element.tail)
        for name, value in element.attrib.items():
            kept = without_forbidden(value)
            if kept != value:
                element.set(name, kept)


def _drop_unseen(body: HtmlElement) -> None:
    for element in list(body.iter()):
        if element is body or element.getparent() is None:
            continue
        if not isinstance(element.tag, str):
            _drop(element)  # a comment: Outlook's own version of the mail
        elif (
            element.tag in _GONE
            or ":" in element.tag
            or element.get("hidden") is not None
            or _HIDDEN.search(element.get("style") or "")
        ):
            _drop(element)


def _settle_pictures(body: HtmlElement, reader: Reader, pictures: Mapping[str, str]) -> set[str]:
    shown = set()
    for image in list(body.iter("img")):
        address = (image.get("src") or "").strip()
        image.attrib.pop("srcset", None)
        if address.lower().startswith("cid:"):
            name = address[4:].strip().strip("<>").lower()
            if name in pictures:
                image.set("src", pictures[name])
                shown.add(name)
            else:
                _drop(image)
            continue
        if address.lower().startswith("data:"):
            continue
        cleaned = reader.cleaned(address) if address else None
        if cleaned is None or _is_tiny(image) or is_pixel(address):
            _drop(image)
        else:
            image.set("src", cleaned)
    for element in body.iter(etree.Element):
        element.attrib.pop("background", None)
    return shown


def _is_tiny(image: HtmlElement) -> bool:
    told = [image.get("width") or "", image.get("height") or ""]
    sizes = [size for size in (_number(text) for text in told) if size is not None]
    sizes += [
        float(size) for size in _SIZE.findall(image.get("style") or "") if _number(size) is not None
    ]
    return any(size <= _TINY for size in sizes)


def _number(text: str) -> float | None:
    text = text.strip().lower().removesuffix("px")
    return float(text) if re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", text) else None


def _settle_links(body: HtmlElement, reader: Reader) -> Iterator[str]:
    counters: Counter[str] = Counter()
    unlinked, left_out = 0, []
    for link in list(body.iter("a")):
        address = (link.get("href") or "").strip()
        if not address or not _is_within(link, body):
            continue
        box = _box_of(link, body)
        is_owned = reader.owns(address)
        words = _words(box)
        if reader.leads_out(address, _words(link)):
            # A long sentence about leaving may be the author's: then its link has to say the same.
            is_farewell = is_owned or counter_of(address) or len(words) <= _TOLD_FAREWELL
            is_owned = True
        else:
            is_farewell = is_owned and tells_of_leaving(words, _LONGEST_FAREWELL)
        if is_farewell:
            words = reader.without(words)
            if len(words) > _TOLD_FAREWELL:
                left_out.append(repr(f"{words[:60]}…"))
            _drop(box)
            continue
        cleaned = None if is_owned else reader.cleaned(address)
        if cleaned is None:
            unlinked += 1
            link.drop_tag()
            continue
        link.set("href", cleaned)
        counters.update(filter(None, [counter_of(cleaned)]))
    for host, count in sorted(counters.items()):
        yield f"{_links(count)} through {host}, which counts who follows; it may know the reader"
    if unlinked:
        yield f"{unlinked} link{'s' * (unlinked > 1)} of the reader's own became text"
    if left_out:
        yield f"what is for the reader alone was left out: {', '.join(left_out[:5])}"


def _links(count: int) -> str:
    return "1 link leads" if count == 1 else f"{count} links lead"


def _is_within(element: HtmlElement, body: HtmlElement) -> bool:
    return any(above is body for above in element.iterancestors())


def _box_of(link: HtmlElement, body: HtmlElement) -> HtmlElement:
    """The sentence around a personal link: the nearest box, where it is short and holds no more."""
    last = link
    for above in link.iterancestors():
        if above is body or above.tag not in _BOXES:
            break
        if any(inner.tag in _BLOCKS or inner.tag == "img" for inner in above.iterdescendants()):
            break
        if len(_words(above)) > _LONGEST_FAREWELL:
            break
        last = above
        if above.tag in _BLOCKS:
            break
    return last


def _hide_reader(body: HtmlElement, reader: Reader) -> None:
    for element in body.iter(etree.Element):
        if element.text:
            element.text = reader.without(element.text)
        if element.tail:
            element.tail = reader.without(element.tail)
        for name in ("alt", "title", "aria-label"):
            if name in element.attrib:
                element.set(name, reader.without(element.get(name) or ""))


def _flatten_tables(body: HtmlElement) -> None:
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
        len(_words(cell)) > _LONGEST_CELL
        or any(inner.tag in _BLOCKS or inner.tag == "img" for inner in cell.iterdescendants())
        for cell in cells
    )


def _settle_blocks(body: HtmlElement) -> None:
    """Boxes in boxes become one, lines of text paragraphs; what shows nothing goes."""
    for element in reversed(list(body.iter(etree.Element))):
        if element is body or element.getparent() is None:
            continue
        if element.tag in _PLACES:
            element.tag = "div" if element.tag not in ("font", "u") else "span"
        element.attrib.pop("style", None)
        element.attrib.pop("class", None)
        if element.tag == "span":
            element.drop_tag()
        elif element.tag in ("div", "p", "li", "ul", "ol", "a", "h1", "h2", "h3", "h4", "figure"):
            _settle_box(element)
    text = body.text or ""
    body.text = _PADDING.sub("", text)


def _settle_box(element: HtmlElement) -> None:
    if element.text:
        element.text = _PADDING.sub("", element.text)
    for inner in element:
        if inner.tail:
            inner.tail = _PADDING.sub("", inner.tail)
    if not any(inner.tag in _SHOWING for inner in element.iterdescendants()) and not _words(
        element
    ):
        _drop(element)
    elif element.tag == "div":
        # A box goes, and what it held stands in its place; its own words are a paragraph.
        if any(inner.tag in _BLOCKS for inner in element):
            if not _own_words(element):
                element.attrib.clear()
                element.drop_tag()
        else:
            element.tag = "p"


def _own_words(element: HtmlElement) -> str:
    own = [element.text or "", *(inner.tail or "" for inner in element)]
    inline = any(inner.tag not in _BLOCKS for inner in element)
    return "x" if inline else _INVISIBLE.sub(" ", "".join(own)).strip()


def _words(element: HtmlElement) -> str:
    return _INVISIBLE.sub(" ", element.text_content()).strip()


def _drop(element: HtmlElement) -> None:
    parent = element.getparent()
    if parent is not None:
        element.tail = element.tail or None
        tail, before = element.tail, element.getprevious()
        parent.remove(element)
        if tail:
            if before is not None:
                before.tail = (before.tail or "") + tail
            else:
                parent.text = (parent.text or "") + tail


def _inside(body: HtmlElement) -> str:
    parts = [escape(body.text, quote=False) if body.text else ""]
    parts += [etree.tostring(child, encoding="unicode", method="html") for child in body]
    return re.sub(r"\s*\n\s*\n\s*", "\n", "".join(parts)).strip()
