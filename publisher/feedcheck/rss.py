"""PURE. The rules of RSS 2.0 and of its Best Practices Profile, over a parsed document."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from publisher.feedcheck.finding import FEED, Report, name_place
from publisher.feedcheck.links import check_feed_links
from publisher.feedcheck.names import (
    CHANNEL_ONCE,
    CONTENT,
    ITEM_ONCE,
    ITUNES,
    check_namespaces,
    shown,
)
from publisher.feedcheck.rss_elements import CHANNEL, ITEM, check_date, check_title, stripped
from publisher.feedcheck.tree import (
    Check,
    Fault,
    Shape,
    add_faults,
    check_body,
    check_plain,
    check_text_only,
    shape_faults,
)
from publisher.feedcheck.values import is_web, same_address
from publisher.patterns import pattern
from publisher.values import dataclass

_ENCODED = CONTENT + "encoded"
_TITLE = pattern(rb"<title>([^<]*)</title>")
_RESOLVED_TWICE = pattern(rb"&(?:amp|lt|#38|#60);")
_NAMED = pattern(r"&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);")
_PODCAST = ("image", "category", "explicit")
_REQUIRED = {
    "title": "title-missing",
    "link": "channel-link-missing",
    "description": "description-missing",
}
_WANTED = {
    "guid": "guid-missing",
    "title": "entry-title-missing",
    "link": "entry-link-missing",
    "pubDate": "date-missing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shaped:
    """What is known of all items with the same children. -1 where there is no such child."""

    faults: tuple[Fault, ...]
    title: int
    link: int
    guid: int
    date: int
    texts: tuple[int, ...]
    others: tuple[tuple[int, Check], ...]


def check_rss(report: Report, root: Any, data: bytes) -> None:
    """Every rule that the document breaks. `data` is looked into for how titles are written."""
    check_namespaces(report, root)
    version = root.get("version", "")
    if version.strip() not in ("2.0", "2", "2.0.1", "2.00"):
        report.add("rss-version", root, f'version="{version}"')
    channels = root.findall("channel")
    if not channels:
        report.add("channel-missing", root)
    for channel in channels[1:]:
        report.add("repeated-element", channel, "channel")
    for item in root.findall("item")[:1]:
        report.add("item-outside-channel", item)
    if channels:
        report.notes |= {"links": [], "odd titles": [], "built": None}
        _check_head(report, channels[0])
        _check_items(report, channels[0])
        _check_odd_titles(report, data)


def _check_head(report: Report, channel: Any) -> None:
    head = [child for child in channel if child.tag != "item"]
    shape = tuple([child.tag for child in head])
    add_faults(report, channel, head, shape_faults(shape, "channel", CHANNEL_ONCE))
    for tag, rule in _REQUIRED.items():
        if tag not in shape:
            report.add(rule, channel)
    for child in head:
        check = CHANNEL.get(child.tag)
        if check is not None:
            check(report, child)
    own = check_feed_links(report, channel, report.notes["links"])
    link = channel.find("link")
    home = stripped(link) if link is not None else ""
    if home and any(same_address(home, it) for it in (own, report.url) if it):
        report.add("home-is-the-feed", link, home)
    if any(ITUNES + name in shape for name in ("category", "explicit", "type")):
        missing = [f"itunes:{name}" for name in _PODCAST if ITUNES + name not in shape]
        missing += [] if "language" in shape else ["language"]
        if missing:
            report.add("itunes-required-missing", channel, ", ".join(missing))


def _check_items(report: Report, channel: Any) -> None:
    shapes: dict[Shape, _Shaped] = {}
    guids: set[str] = set()
    newest: datetime | None = None
    for number, item in enumerate(channel.iterchildren("item"), 1):
        when = _check_item(report, item, number, shapes, guids)
        if when is not None and (newest is None or when > newest):
            newest = when
    report.place = FEED
    built = report.notes["built"]
    if built is not None and newest is not None and built[0] < newest:
        report.add("updated-behind-entries", built[1], f"{built[0]} < {newest}")


def _check_item(
    report: Report, item: Any, number: int, shapes: dict[Shape, _Shaped], guids: set[str]
) -> datetime | None:
    """Hold one item against the rules; gives when it was published."""
    children = list(item)
    shape = tuple([child.tag for child in children])
    shaped = shapes.get(shape)
    if shaped is None:
        shaped = shapes[shape] = _shaped(shape)
    guid = stripped(children[shaped.guid]) if shaped.guid >= 0 else ""
    report.place = guid or name_place(
        number,
        (children[shaped.link].text or "") if shaped.link >= 0 else "",
        (children[shaped.title].text or "") if shaped.title >= 0 else "",
    )
    if shaped.faults:
        add_faults(report, item, children, shaped.faults)
    if shaped.guid >= 0:
        _check_guid(report, children[shaped.guid], guid, guids)
    if shaped.title >= 0:
        check_title(report, children[shaped.title])
    for at in shaped.texts:
        _check_text(report, children[at])
    for at, check in shaped.others:
        check(report, children[at])
    return check_date(report, children[shaped.date]) if shaped.date >= 0 else None


def _check_guid(report: Report, element: Any, guid: str, guids: set[str]) -> None:
    said = element.get("isPermaLink", "true")
    if not guid:
        report.add("blank-value", element, "guid")
    elif said == "true" and not is_web(guid):
        report.add("guid-not-permalink", element, guid)
    elif guid in guids:
        report.add("id-repeated", element, guid)
    if said not in ("true", "false"):
        report.add("boolean-invalid", element, f'isPermaLink="{said}"')
    guids.add(guid)


def _check_text(report: Report, element: Any) -> None:
    """description and content:encoded: HTML."""
    body = element.text
    if len(element):
        check_text_only(report, element)
    elif not body or body.isspace():
        report.add("blank-value", element, shown(element.tag))
    elif "<" in body:
        check_body(report, element, body)


def _check_odd_titles(report: Report, data: bytes) -> None:
    """Titles with < or & are read alike only where these are hexadecimal references."""
    odd: Sequence[tuple[str, Any, str]] = report.notes["odd titles"]
    if not odd:
        return
    sound = {
        html.unescape(title.decode("utf-8", "replace"))
        for title in _TITLE.findall(data)
        if b"&" in title and not _RESOLVED_TWICE.search(title)
    }
    for place, element, text in odd:
        if text not in sound:
            report.place = place
            before = len(report.found)
            check_plain(report, element, text, "title")
            if len(report.found) == before and ("<" in text or _NAMED.search(text)):
                report.add("title-not-hexadecimal", element, text)
    report.place = FEED


def _shaped(shape: Shape) -> _Shaped:
    def first(tag: str) -> int:
        return shape.index(tag) if tag in shape else -1

    faults = shape_faults(shape, "item", ITEM_ONCE)
    if "title" not in shape and "description" not in shape:
        faults.append(("title-or-description-missing", -1, ""))
    faults += [(rule, -1, "") for tag, rule in _WANTED.items() if tag not in shape]
    if _ENCODED in shape and "description" in shape[shape.index(_ENCODED) :]:
        faults.append(("description-after-content", shape.index("description"), ""))
    count = shape.count("enclosure")
    if count > 1:
        second = shape.index("enclosure", shape.index("enclosure") + 1)
        faults.append(("enclosure-repeated", second, f"{count} enclosures"))
    return _Shaped(
        faults=tuple(faults),
        title=first("title"),
        link=first("link"),
        guid=first("guid"),
        date=first("pubDate"),
        texts=tuple(at for at, tag in enumerate(shape) if tag in ("description", _ENCODED)),
        others=tuple((at, ITEM[tag]) for at, tag in enumerate(shape) if tag in ITEM),
    )
