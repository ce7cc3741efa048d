"""PURE. The HTML of a mail -> its text as HTML, without what counts, hides or is the reader's own.

Mails are built of tables within tables. What a table only places is taken out of it; a table that
tells something by its rows stays one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape

from lxml import etree
from lxml.html import HtmlElement

from publisher.parse.clean.hygiene import without_forbidden
from publisher.parse.formats.html import parse_page
from publisher.parse.mails.layout import (
    BLOCKS,
    INVISIBLE,
    flatten_tables,
    is_hidden,
    is_tiny,
    words_of,
)
from publisher.parse.mails.personal import Reader, counter_of, is_pixel, tells_of_leaving
from publisher.values import dataclass

_GONE_NAMES = (
    "script style title meta link base head noscript template object embed iframe form input"
    " select textarea map"
)
_GONE = frozenset(_GONE_NAMES.split())
_BOXES = frozenset(["p", "div", "td", "th", "li", "center", "span", "font", "section", "footer"])
"""What a sentence about unsubscribing stands in."""

_PLACES_NAMES = "article aside center font header footer main nav section u"
_PLACES = frozenset(_PLACES_NAMES.split())
"""Elements of which only what they hold is kept."""

_SHOWING_NAMES = "img hr video audio table ul ol dl pre blockquote svg"
_SHOWING = frozenset(_SHOWING_NAMES.split())
_LONGEST_FAREWELL = 400
_TOLD_FAREWELL = 120
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
    _drop_unseen(body)
    shown = _settle_pictures(body, reader, pictures)
    warnings = tuple(_settle_links(body, reader))
    _hide_reader(body, reader)
    flatten_tables(body)
    _settle_blocks(body)
    return Tidied(html=_inside(body), shown=frozenset(shown), warnings=warnings)


def _drop_unseen(body: HtmlElement) -> None:
    for element in list(body.iter()):
        if element is body or element.getparent() is None:
            continue
        if not isinstance(element.tag, str):
            _drop(element)  # a comment: Outlook's own version of the mail
        elif element.tag in _GONE or ":" in element.tag or is_hidden(element):
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
        if cleaned is None or is_tiny(image) or is_pixel(address):
            _drop(image)
        else:
            image.set("src", cleaned)
    for element in body.iter(etree.Element):
        element.attrib.pop("background", None)
    return shown


def _settle_links(body: HtmlElement, reader: Reader) -> Iterator[str]:
    counters: Counter[str] = Counter()
    unlinked, left_out = 0, []
    for link in list(body.iter("a")):
        address = (link.get("href") or "").strip()
        if not address or not _is_within(link, body):
            continue
        box = _box_of(link, body)
        is_owned = reader.owns(address)
        words = words_of(box)
        if reader.leads_out(address, words_of(link)):
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
        if any(inner.tag in BLOCKS or inner.tag == "img" for inner in above.iterdescendants()):
            break
        if len(words_of(above)) > _LONGEST_FAREWELL:
            break
        last = above
        if above.tag in BLOCKS:
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
    if not any(inner.tag in _SHOWING for inner in element.iterdescendants()) and not words_of(
        element
    ):
        _drop(element)
    elif element.tag == "div":
        # A box goes, and what it held stands in its place; its own words are a paragraph.
        if any(inner.tag in BLOCKS for inner in element):
            if not _ownwords_of(element):
                element.attrib.clear()
                element.drop_tag()
        else:
            element.tag = "p"


def _ownwords_of(element: HtmlElement) -> str:
    own = [element.text or "", *(inner.tail or "" for inner in element)]
    inline = any(inner.tag not in BLOCKS for inner in element)
    return "x" if inline else INVISIBLE.sub(" ", "".join(own)).strip()


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
