"""PURE. The links of a feed to itself, its hub and its other documents, in RSS and Atom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from publisher.feedcheck.finding import Report
from publisher.feedcheck.names import FH
from publisher.feedcheck.values import (
    address_fault,
    check_address,
    check_language,
    is_iri,
    is_media_type,
    is_number,
    same_address,
)
from publisher.patterns import pattern

_PAGES = frozenset({"first", "last", "next", "prev", "previous"})
_HISTORY = _PAGES | {"prev-archive", "next-archive", "current"}
_COMMON = frozenset({"alternate", "self", "enclosure", "hub", "related", "via"})
_RELATION = pattern(r"[A-Za-z0-9][A-Za-z0-9._:-]*\Z")


def check_link(report: Report, link: Any, *, based: bool) -> str:
    """One Atom link, by its attributes; returns its relation."""
    attributes = dict(link.items())
    relation: str = attributes.get("rel", "alternate")
    if relation not in _COMMON and not _RELATION.match(relation) and not is_iri(relation):
        report.add("link-rel-invalid", link, f'rel="{relation}"')
    href = attributes.get("href")
    if href is None:
        report.add("link-without-href", link, f'rel="{relation}"')
    elif relation in _HISTORY and address_fault(href) == "relative":
        report.add("history-link-relative", link, f'{relation} "{href}"')
    elif not (href == "" and based):
        check_address(report, href, link, based=based)
    media_type = attributes.get("type")
    if media_type is not None and not is_media_type(media_type):
        report.add("media-type-invalid", link, f'type="{media_type}"')
    if "hreflang" in attributes:
        check_language(report, attributes["hreflang"], link)
    if "length" in attributes and not is_number(attributes["length"]):
        report.add("enclosure-length-invalid", link, f'length="{attributes["length"]}"')
    return relation


def check_feed_links(report: Report, feed: Any, links: Sequence[tuple[str, Any]]) -> str | None:
    """Self, hub and history together; returns the address that the feed gives as its own."""
    own = [link for relation, link in links if relation == "self" and link.get("href")]
    address: str | None = own[0].get("href") if own else None
    if address is None:
        report.add("self-link-missing", feed)
    elif report.url is not None and not same_address(address, report.url):
        report.add("self-link-wrong", own[0], f"{address}, read from {report.url}")
    if len({link.get("href") for link in own}) > 1:
        report.add("self-link-repeated", own[1], own[1].get("href"))
    if address is None:
        for relation, link in links:
            if relation == "hub":
                report.add("hub-without-self", link, link.get("href", ""))
                break
    _check_history(report, feed, links, {address, report.url} - {None})
    return address


def _check_history(
    report: Report, feed: Any, links: Sequence[tuple[str, Any]], own: set[str | None]
) -> None:
    archive = feed.find(FH + "archive")
    complete = feed.find(FH + "complete")
    history = [(relation, link) for relation, link in links if relation in _HISTORY]
    counts = Counter((relation, link.get("type")) for relation, link in history)
    for (relation, _), count in counts.items():
        if count > 1:
            report.add("history-link-repeated", feed, f"{count} links {relation}")
    if complete is not None:
        if archive is not None:
            report.add("archive-and-complete", complete)
        for relation, link in history:
            if relation != "current":
                report.add("complete-with-paging", link, relation)
                break
    if archive is not None and complete is None:
        current = [link for relation, link in history if relation == "current"]
        if not current:
            report.add("archive-without-current", archive)
        elif current[0].get("href") in own:
            report.add("archive-is-current", current[0], current[0].get("href"))
    for relation, link in history:
        # the first and the last page may be this one
        if relation not in ("current", "first", "last") and link.get("href") in own:
            report.add("history-link-to-itself", link, f"{relation} {link.get('href')}")
