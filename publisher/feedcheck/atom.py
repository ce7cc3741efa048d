"""PURE. The rules of Atom 1.0 (RFC 4287), with deletions (RFC 6721), over a parsed document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from publisher.feedcheck import atom_elements
from publisher.feedcheck.finding import FEED, Report, name_place
from publisher.feedcheck.links import check_feed_links
from publisher.feedcheck.names import (
    ATOM,
    ENTRY_ONCE,
    FEED_ONCE,
    LANG,
    TOMBSTONE,
    check_namespaces,
    shown,
)
from publisher.feedcheck.tree import (
    Check,
    Fault,
    Shape,
    add_faults,
    check_lang,
    shape_faults,
)
from publisher.feedcheck.values import is_iri, rfc3339, same_address
from publisher.values import dataclass

_ENTRY = ATOM + "entry"
_DELETED = TOMBSTONE + "deleted-entry"
_LINK = ATOM + "link"
_AUTHOR = ATOM + "author"
_REQUIRED = {
    ATOM + "id": "id-missing",
    ATOM + "title": "title-missing",
    ATOM + "updated": "updated-missing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shaped:
    """What is known of all entries with the same children. -1 where there is no such child."""

    faults: tuple[Fault, ...]
    id: int
    title: int
    updated: int
    published: int
    content: int
    summary: int
    links: tuple[int, ...]
    others: tuple[tuple[int, Check], ...]
    has_author: bool


def check_atom(report: Report, root: Any) -> None:
    """Every rule that the document breaks."""
    check_namespaces(report, root)
    report.notes |= {"links": [], "updated": (None, None)}
    _check_head(report, root)
    shapes: dict[Shape, _Shaped] = {}
    ids: set[str] = set()
    changed = [
        _check_entry(report, entry, number, shapes, ids)
        for number, entry in enumerate(root.iterchildren(_ENTRY), 1)
    ]
    report.place = FEED
    gone = [_check_tombstone(report, element, ids) for element in root.iterchildren(_DELETED)]
    _check_times(
        report,
        [when for when in changed if when is not None],
        [when for when in gone if when is not None],
    )


def _check_head(report: Report, root: Any) -> None:
    head = [child for child in root if child.tag not in (_ENTRY, _DELETED)]
    shape = tuple([child.tag for child in head])
    add_faults(report, root, head, shape_faults(shape, root.tag, FEED_ONCE))
    for tag, rule in _REQUIRED.items():
        if tag not in shape:
            report.add(rule, root, shown(tag))
    report.notes["author"] = _AUTHOR in shape
    check_lang(report, root, root.get(LANG))
    for child in head:
        check = atom_elements.FEED.get(child.tag)
        if check is not None:
            check(report, child)
    links = report.notes["links"]
    own = check_feed_links(report, root, links)
    alternates = [link for relation, link in links if relation == "alternate"]
    if not alternates:
        report.add("alternate-missing", root)
    _check_alternates(report, alternates, several=True)
    for link in alternates:
        href = link.get("href", "")
        if any(same_address(href, it) for it in (own, report.url) if it):
            report.add("home-is-the-feed", link, href)


def _check_entry(
    report: Report, entry: Any, number: int, shapes: dict[Shape, _Shaped], ids: set[str]
) -> datetime | None:
    """Hold one entry against the rules; gives when it was changed."""
    children = list(entry)
    shape = tuple([child.tag for child in children])
    shaped = shapes.get(shape)
    if shaped is None:
        shaped = shapes[shape] = _shaped(shape)
    given = (children[shaped.id].text or "") if shaped.id >= 0 else ""
    report.place = given or _other_place(children, shaped, number)
    if shaped.faults:
        add_faults(report, entry, children, shaped.faults)
    if shaped.id >= 0:
        atom_elements.check_id(report, children[shaped.id])
        if given in ids:
            report.add("id-repeated", children[shaped.id], given)
        ids.add(given)
    check_lang(report, entry, entry.get(LANG))
    for at, check in shaped.others:
        check(report, children[at])
    if not (shaped.has_author or report.notes["author"]):
        _check_source_author(report, entry)
    alternates = [
        children[at]
        for at in shaped.links
        if atom_elements.check_atom_link(report, children[at]) == "alternate"
    ]
    if not alternates:
        report.add("entry-link-missing", entry)
    _check_alternates(report, alternates)
    _check_said(report, entry, children, shaped, linked=bool(alternates))
    return _check_entry_times(report, children, shaped)


def _check_entry_times(report: Report, children: Sequence[Any], shaped: _Shaped) -> datetime | None:
    published = updated = None
    if shaped.published >= 0:
        published = atom_elements.check_date(report, children[shaped.published])
    if shaped.updated >= 0:
        updated = atom_elements.check_date(report, children[shaped.updated])
        if updated is not None and published is not None and published > updated:
            report.add(
                "published-after-updated", children[shaped.updated], f"{published} > {updated}"
            )
    return updated


def _check_said(
    report: Report, entry: Any, children: Sequence[Any], shaped: _Shaped, *, linked: bool
) -> None:
    """What an entry gives to read: a content, else a link; and some text."""
    summarised = shaped.summary >= 0
    said = summarised and atom_elements.check_text(report, children[shaped.summary])
    if shaped.content >= 0:
        content = children[shaped.content]
        said = atom_elements.check_content(report, content, summarised=summarised) or said
    elif not linked:
        report.add("content-or-alternate-missing", entry)
    if not said:
        report.add("text-missing", entry)


def _check_source_author(report: Report, entry: Any) -> None:
    source = entry.find(ATOM + "source")
    if source is None or source.find(_AUTHOR) is None:
        report.add("author-missing", entry)


def _other_place(children: Sequence[Any], shaped: _Shaped, number: int) -> str:
    link = next((children[at].get("href") or "" for at in shaped.links), "")
    title = (children[shaped.title].text or "") if shaped.title >= 0 else ""
    return name_place(number, link, title)


def _check_alternates(report: Report, alternates: Sequence[Any], *, several: bool = False) -> None:
    for link in alternates:
        if link.get("rel") is None:
            report.add("alternate-unwritten", link, link.get("href", ""))
    if len(alternates) > 1:
        kinds = {(link.get("type"), link.get("hreflang")) for link in alternates}
        if len(kinds) < len(alternates):
            addresses = ", ".join(link.get("href", "") for link in alternates)
            report.add("alternate-repeated", alternates[1], addresses)
        elif not several:
            report.add("alternate-several", alternates[1], f"{len(alternates)} links")


def _check_times(report: Report, entries: Sequence[datetime], gone: Sequence[datetime]) -> None:
    """The feed's time is that of its newest entry, or of a later deletion."""
    updated, element = report.notes["updated"]
    if updated is None or not entries:
        return
    newest = max(entries)
    if updated < newest:
        report.add("updated-behind-entries", element, f"{updated} < {newest}")
    elif updated not in (newest, max([newest, *gone])):
        report.add("updated-not-newest", element, f"{updated}, newest {newest}")


def _check_tombstone(report: Report, element: Any, ids: set[str]) -> datetime | None:
    """RFC 6721 section 3; gives when the entry was deleted."""
    ref, text = element.get("ref", ""), element.get("when", "")
    report.place = ref or FEED
    when = rfc3339(text)
    if not is_iri(ref):
        report.add("tombstone-incomplete", element, f'ref="{ref}"')
    if when is None:
        report.add("tombstone-incomplete", element, f'when="{text}"')
    elif report.now is not None:
        report.date(when, element, text)
    if ref in ids:
        report.add("tombstone-of-an-entry", element, ref)
    report.place = FEED
    return when


def _shaped(shape: Shape) -> _Shaped:
    def first(tag: str) -> int:
        return shape.index(tag) if tag in shape else -1

    checks = atom_elements.ENTRY
    faults = shape_faults(shape, _ENTRY, ENTRY_ONCE)
    faults += [(rule, -1, shown(tag)) for tag, rule in _REQUIRED.items() if tag not in shape]
    if ATOM + "published" not in shape:
        faults.append(("date-missing", -1, ""))
    return _Shaped(
        faults=tuple(faults),
        id=first(ATOM + "id"),
        title=first(ATOM + "title"),
        updated=first(ATOM + "updated"),
        published=first(ATOM + "published"),
        content=first(ATOM + "content"),
        summary=first(ATOM + "summary"),
        links=tuple(at for at, tag in enumerate(shape) if tag == _LINK),
        others=tuple((at, checks[tag]) for at, tag in enumerate(shape) if tag in checks),
        has_author=_AUTHOR in shape,
    )
