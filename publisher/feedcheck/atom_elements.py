"""PURE. The elements of Atom 1.0 by their own rules, one function for each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from publisher.feedcheck.extensions import EVERYWHERE
from publisher.feedcheck.finding import Report
from publisher.feedcheck.html import element_faults
from publisher.feedcheck.links import check_link
from publisher.feedcheck.names import ATOM, XHTML, shown
from publisher.feedcheck.tree import Check, check_body, check_plain, check_text_only, is_based
from publisher.feedcheck.values import check_address, is_iri, is_mail, is_media_type, rfc3339


def based(report: Report, element: Any) -> bool:
    """Whether an xml:base says what its references are relative to."""
    return bool(report.notes["bases"]) and is_based(element)


def check_atom_link(report: Report, element: Any) -> str:
    """A link by its attributes; gives its relation."""
    return check_link(report, element, based=based(report, element))


def check_id(report: Report, element: Any) -> None:
    """An id is an absolute IRI (RFC 4287 section 4.2.6)."""
    if not is_iri(element.text or ""):
        report.add("id-not-iri", element, element.text or "it is empty")


def check_date(report: Report, element: Any) -> datetime | None:
    """A date construct (RFC 4287 section 3.3)."""
    text = element.text or ""
    when = rfc3339(text)
    if when is None:
        report.add("date-invalid", element, f'{shown(element.tag)} "{text}"')
    elif report.now is not None:
        report.date(when, element, text)
    return when


def check_text(report: Report, element: Any) -> bool:
    """A text construct (RFC 4287 section 3.1); whether it says something."""
    kind = element.get("type")
    if kind == "xhtml":
        _check_xhtml(report, element)
        return True
    if len(element):
        check_text_only(report, element)
        return True
    text: str = element.text or ""
    if kind is None:
        check_plain(report, element, text, shown(element.tag))
    elif kind == "html":
        if "<" in text:
            check_body(report, element, text, based=based(report, element))
    elif kind != "text":
        report.add("content-type-invalid", element, f'type="{kind}"')
    return bool(text) and not text.isspace()


def _check_xhtml(report: Report, element: Any) -> None:
    outside = (element.text or "").strip() or any((c.tail or "").strip() for c in element)
    if len(element) != 1 or element[0].tag != XHTML + "div" or outside:
        report.add("xhtml-without-div", element)
        return
    has_base = based(report, element)
    seen = set()
    for inner in element[0].iter(XHTML + "*"):
        for rule, detail in element_faults(inner.tag[len(XHTML) :], inner.attrib.items()):
            if rule not in seen and not (has_base and rule.endswith("-reference")):
                seen.add(rule)
                report.add(rule, inner, detail)


def check_content(report: Report, element: Any, *, summarised: bool) -> bool:
    """The content of an entry; whether it says something (RFC 4287 section 4.1.3)."""
    kind = element.get("type")
    if element.get("src") is not None:
        _check_elsewhere(report, element, kind)
        if not summarised:
            report.add("summary-missing", element)
        return True
    if kind in (None, "text", "html", "xhtml"):
        return check_text(report, element)
    if not is_media_type(kind):
        report.add("content-type-invalid", element, f'type="{kind}"')
    elif not (_is_text(kind.lower()) or summarised):
        report.add("summary-missing", element, kind)
    return bool(len(element) or (element.text or "").strip())


def _is_text(kind: str) -> bool:
    return kind.startswith("text/") or kind.endswith(("+xml", "/xml"))


def _check_elsewhere(report: Report, element: Any, kind: str | None) -> None:
    """Content that is only pointed to (RFC 4287 section 4.1.3.2)."""
    check_address(report, element.get("src"), element, based=based(report, element))
    if kind is not None and not is_media_type(kind):
        report.add("content-type-invalid", element, f'type="{kind}" with src')
    if len(element) or (element.text or "").strip():
        report.add("content-src-not-empty", element)


def check_person(report: Report, person: Any) -> None:
    """A person construct (RFC 4287 section 3.2)."""
    named = False
    for child in person:
        text = (child.text or "").strip()
        if child.tag == ATOM + "name":
            named = bool(text)
        elif child.tag == ATOM + "email":
            if not is_mail(text):
                report.add("mail-invalid", child, text)
        elif child.tag == ATOM + "uri":
            check_address(report, text, child, based=based(report, child))
    if not named:
        report.add("author-name-missing", person)


def check_category(report: Report, category: Any) -> None:
    """A category has a term (RFC 4287 section 4.2.2)."""
    term = category.get("term")
    if not term or term.isspace():
        report.add("category-blank", category, category.get("label", ""))


def _feed_title(report: Report, element: Any) -> None:
    if not check_text(report, element):
        report.add("blank-value", element, "title")


def _feed_link(report: Report, element: Any) -> None:
    report.notes["links"].append((check_atom_link(report, element), element))


def _feed_updated(report: Report, element: Any) -> None:
    report.notes["updated"] = (check_date(report, element), element)


def _picture(report: Report, element: Any) -> None:
    check_address(report, element.text or "", element, based=based(report, element))


FEED: Mapping[str, Check] = {
    **EVERYWHERE,
    ATOM + "id": check_id,
    ATOM + "title": _feed_title,
    ATOM + "subtitle": check_text,
    ATOM + "rights": check_text,
    ATOM + "updated": _feed_updated,
    ATOM + "link": _feed_link,
    ATOM + "author": check_person,
    ATOM + "contributor": check_person,
    ATOM + "category": check_category,
    ATOM + "icon": _picture,
    ATOM + "logo": _picture,
}
"""What to ask of the children of the feed. It leaves notes: links, updated."""
ENTRY: Mapping[str, Check] = {
    **EVERYWHERE,
    ATOM + "title": check_text,
    ATOM + "rights": check_text,
    ATOM + "author": check_person,
    ATOM + "contributor": check_person,
    ATOM + "category": check_category,
}
"""What to ask of the children of an entry, but for those that are looked at together."""
