"""PURE. The rules of Atom 1.0 (RFC 4287), with deletions (RFC 6721), over a parsed document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from publisher.feedcheck.extensions import EVERYWHERE
from publisher.feedcheck.finding import FEED, Report, name_place
from publisher.feedcheck.html import element_faults
from publisher.feedcheck.links import check_feed_links, check_link
from publisher.feedcheck.names import (
    ATOM,
    ENTRY_ONCE,
    FEED_ONCE,
    LANG,
    TOMBSTONE,
    XHTML,
    check_namespaces,
    shown,
)
from publisher.feedcheck.tree import (
    Fault,
    Shape,
    add_faults,
    check_body,
    check_lang,
    check_plain,
    check_text_only,
    is_based,
    shape_faults,
)
from publisher.feedcheck.values import (
    check_address,
    is_iri,
    is_mail,
    is_media_type,
    rfc3339,
    same_address,
)

_ENTRY = ATOM + "entry"
_DELETED = TOMBSTONE + "deleted-entry"
_LINK = ATOM + "link"
_AUTHOR = ATOM + "author"
_CONTENT = ATOM + "content"
_TEXTS = {ATOM + name for name in ("title", "subtitle", "summary", "rights")}
_REQUIRED = {ATOM + "id": "id-missing", ATOM + "title": "title-missing"}
_REQUIRED[ATOM + "updated"] = "updated-missing"


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
    people: tuple[int, ...]
    categories: tuple[int, ...]
    others: tuple[int, ...]
    has_author: bool


def check_atom(report: Report, root: Any) -> None:
    """Every rule that the document breaks."""
    check_namespaces(report, root)
    head, entries, deleted = [], [], []
    for child in root:
        (entries if child.tag == _ENTRY else deleted if child.tag == _DELETED else head).append(
            child
        )
    feed = _Feed(report, root, head)
    times = []
    ids: dict[str, int] = {}
    for number, entry in enumerate(entries, 1):
        times.append(feed.check_entry(entry, number, ids))
    report.place = FEED
    gone = [_check_tombstone(report, element, ids) for element in deleted]
    feed.check_times(
        [time for time in times if time is not None], [time for time in gone if time is not None]
    )


class _Feed:
    """The check of one document: what its head says, and the shapes of entries met so far."""

    def __init__(self, report: Report, root: Any, head: Sequence[Any]) -> None:
        self.report = report
        self.root = root
        self.bases = report.notes["bases"]
        self.shapes: dict[Shape, _Shaped] = {}
        self.updated: datetime | None = None
        self.updated_element: Any = None
        self._check_head(head)

    def _based(self, element: Any) -> bool:
        return self.bases and is_based(element)

    def _check_head(self, head: Sequence[Any]) -> None:
        report, root = self.report, self.root
        shape = tuple([child.tag for child in head])
        add_faults(report, root, head, shape_faults(shape, root.tag, FEED_ONCE))
        for tag, rule in _REQUIRED.items():
            if tag not in shape:
                report.add(rule, root, shown(tag))
        self.has_author = _AUTHOR in shape
        check_lang(report, root, root.get(LANG))
        links: list[tuple[str, Any]] = []
        for child in head:
            tag = child.tag
            if tag == _LINK:
                links.append((check_link(report, child, based=self._based(child)), child))
            elif tag == ATOM + "id":
                self._check_id(child)
            elif tag == ATOM + "updated":
                self.updated, self.updated_element = self._date(child), child
            elif tag in _TEXTS:
                self._check_text(child)
                if tag == ATOM + "title" and not len(child) and not (child.text or "").strip():
                    report.add("blank-value", child, "title")
            elif tag in (_AUTHOR, ATOM + "contributor"):
                self._check_person(child)
            elif tag == ATOM + "category":
                self._check_category(child)
            elif tag in (ATOM + "icon", ATOM + "logo"):
                check_address(report, child.text or "", child, based=self._based(child))
            elif tag in EVERYWHERE:
                EVERYWHERE[tag](report, child)
        own = check_feed_links(report, root, links)
        alternates = [link for relation, link in links if relation == "alternate"]
        if not alternates:
            report.add("alternate-missing", root)
        self._check_alternates(root, alternates)
        for link in alternates:
            href = link.get("href", "")
            if any(same_address(href, it) for it in (own, report.url) if it):
                report.add("home-is-the-feed", link, href)

    def check_entry(self, entry: Any, number: int, ids: dict[str, int]) -> datetime | None:
        """Hold one entry against the rules; gives when it was changed."""
        report = self.report
        children = list(entry)
        shape = tuple([child.tag for child in children])
        shaped = self.shapes.get(shape)
        if shaped is None:
            shaped = self.shapes[shape] = _shaped(shape)
        text = (children[shaped.id].text or "") if shaped.id >= 0 else ""
        report.place = text or self._other_place(children, shaped, number)
        if shaped.faults:
            add_faults(report, entry, children, shaped.faults)
        if shaped.id >= 0:
            self._check_id(children[shaped.id])
            if text in ids:
                report.add("id-repeated", children[shaped.id], text)
            ids[text] = number
        check_lang(report, entry, entry.get(LANG))
        if shaped.title >= 0:
            self._check_text(children[shaped.title])
        updated = self._date(children[shaped.updated]) if shaped.updated >= 0 else None
        published = self._date(children[shaped.published]) if shaped.published >= 0 else None
        if updated is not None and published is not None and published > updated:
            report.add(
                "published-after-updated", children[shaped.updated], f"{published} > {updated}"
            )
        alternates = [
            children[at]
            for at in shaped.links
            if check_link(report, children[at], based=self._based(children[at])) == "alternate"
        ]
        self._check_alternates(entry, alternates)
        if not alternates:
            report.add("entry-link-missing", entry)
        for at in shaped.people:
            self._check_person(children[at])
        if not (shaped.has_author or self.has_author):
            source = entry.find(ATOM + "source")
            if source is None or source.find(_AUTHOR) is None:
                report.add("author-missing", entry)
        for at in shaped.categories:
            self._check_category(children[at])
        for at in shaped.others:
            EVERYWHERE[children[at].tag](report, children[at])
        self._check_contents(entry, children, shaped, bool(alternates))
        return updated

    def _check_contents(
        self, entry: Any, children: Sequence[Any], shaped: _Shaped, linked: bool
    ) -> None:
        report = self.report
        said = False
        if shaped.summary >= 0:
            summary = children[shaped.summary]
            self._check_text(summary)
            said = bool(len(summary) or (summary.text or "").strip())
        if shaped.content >= 0:
            content = children[shaped.content]
            if content.get("src") is not None:
                self._check_elsewhere(content)
                if shaped.summary < 0:
                    report.add("summary-missing", content)
                return
            self._check_content(content, summarised=shaped.summary >= 0)
            said = said or bool(len(content) or (content.text or "").strip())
        elif not linked:
            report.add("content-or-alternate-missing", entry)
        if not said:
            report.add("text-missing", entry)

    def _other_place(self, children: Sequence[Any], shaped: _Shaped, number: int) -> str:
        link = next((children[at].get("href") or "" for at in shaped.links), "")
        title = (children[shaped.title].text or "") if shaped.title >= 0 else ""
        return name_place(number, link, title)

    def check_times(self, entries: Sequence[datetime], gone: Sequence[datetime]) -> None:
        """The feed's time is that of its newest entry, or of a later deletion."""
        if self.updated is None or not entries:
            return
        newest = max(entries)
        if self.updated < newest:
            self.report.add(
                "updated-behind-entries", self.updated_element, f"{self.updated} < {newest}"
            )
        elif self.updated not in (newest, max([newest, *gone])):
            self.report.add(
                "updated-not-newest", self.updated_element, f"{self.updated}, newest {newest}"
            )

    def _check_id(self, element: Any) -> None:
        if not is_iri(element.text or ""):
            self.report.add("id-not-iri", element, element.text or "it is empty")

    def _date(self, element: Any) -> datetime | None:
        text = element.text or ""
        when = rfc3339(text)
        if when is None:
            self.report.add("date-invalid", element, f'{shown(element.tag)} "{text}"')
        elif self.report.now is not None:
            self.report.date(when, element, text)
        return when

    def _check_alternates(self, parent: Any, alternates: Sequence[Any]) -> None:
        for link in alternates:
            if link.get("rel") is None:
                self.report.add("alternate-unwritten", link, link.get("href", ""))
        if len(alternates) > 1:
            kinds = {(link.get("type"), link.get("hreflang")) for link in alternates}
            if len(kinds) < len(alternates):
                self.report.add(
                    "alternate-repeated",
                    alternates[1],
                    ", ".join(link.get("href", "") for link in alternates),
                )
            elif parent is not self.root:
                self.report.add("alternate-several", alternates[1], f"{len(alternates)} links")

    def _check_person(self, person: Any) -> None:
        """RFC 4287 section 3.2."""
        named = False
        for child in person:
            text = (child.text or "").strip()
            if child.tag == ATOM + "name":
                named = bool(text)
            elif child.tag == ATOM + "email":
                if not is_mail(text):
                    self.report.add("mail-invalid", child, text)
            elif child.tag == ATOM + "uri":
                check_address(self.report, text, child, based=self._based(child))
        if not named:
            self.report.add("author-name-missing", person)

    def _check_category(self, category: Any) -> None:
        term = category.get("term")
        if not term or term.isspace():
            self.report.add("category-blank", category, category.get("label", ""))

    def _check_text(self, element: Any) -> None:
        """A text construct (RFC 4287 section 3.1)."""
        kind = element.get("type")
        if kind is None or kind == "text":
            if len(element):
                check_text_only(self.report, element)
            elif kind is None and element.text:
                check_plain(self.report, element, element.text, shown(element.tag))
        elif kind == "html":
            self._check_html(element)
        elif kind == "xhtml":
            self._check_xhtml(element)
        else:
            self.report.add("content-type-invalid", element, f'type="{kind}"')

    def _check_content(self, element: Any, *, summarised: bool) -> None:
        kind = element.get("type")
        if kind in (None, "text", "html", "xhtml"):
            self._check_text(element)
        elif not is_media_type(kind):
            self.report.add("content-type-invalid", element, f'type="{kind}"')
        elif not (
            kind.lower().startswith("text/") or kind.lower().endswith(("+xml", "/xml"))
        ) and not summarised:
            self.report.add("summary-missing", element, kind)

    def _check_elsewhere(self, element: Any) -> None:
        """Content that is only pointed to (RFC 4287 section 4.1.3.2)."""
        check_address(self.report, element.get("src"), element, based=self._based(element))
        kind = element.get("type")
        if kind is not None and not is_media_type(kind):
            self.report.add("content-type-invalid", element, f'type="{kind}" with src')
        if len(element) or (element.text or "").strip():
            self.report.add("content-src-not-empty", element)

    def _check_html(self, element: Any) -> None:
        if len(element):
            check_text_only(self.report, element)
        elif element.text and "<" in element.text:
            check_body(self.report, element, element.text, based=self._based(element))

    def _check_xhtml(self, element: Any) -> None:
        outside = (element.text or "").strip() or any((c.tail or "").strip() for c in element)
        if len(element) != 1 or element[0].tag != XHTML + "div" or outside:
            self.report.add("xhtml-without-div", element)
            return
        based = self._based(element)
        seen = set()
        for inner in element[0].iter(XHTML + "*"):
            for rule, detail in element_faults(inner.tag[len(XHTML) :], inner.attrib.items()):
                if rule not in seen and not (based and rule.endswith("-reference")):
                    seen.add(rule)
                    self.report.add(rule, inner, detail)


def _shaped(shape: Shape) -> _Shaped:
    def first(tag: str) -> int:
        return shape.index(tag) if tag in shape else -1

    def every(*tags: str) -> tuple[int, ...]:
        return tuple(at for at, tag in enumerate(shape) if tag in tags)

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
        content=first(_CONTENT),
        summary=first(ATOM + "summary"),
        links=every(_LINK),
        people=every(_AUTHOR, ATOM + "contributor"),
        categories=every(ATOM + "category"),
        others=every(*EVERYWHERE),
        has_author=_AUTHOR in shape,
    )


def _check_tombstone(report: Report, element: Any, ids: dict[str, int]) -> datetime | None:
    """RFC 6721 section 3."""
    ref = element.get("ref", "")
    report.place = ref or FEED
    when = rfc3339(element.get("when", ""))
    if not is_iri(ref):
        report.add("tombstone-incomplete", element, f'ref="{ref}"')
    if when is None:
        report.add("tombstone-incomplete", element, f'when="{element.get("when", "")}"')
    elif report.now is not None:
        report.date(when, element, element.get("when"))
    if ref in ids:
        report.add("tombstone-of-an-entry", element, ref)
    report.place = FEED
    return when
