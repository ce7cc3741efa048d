"""PURE. An export of Blogger: an Atom feed of posts, pages, comments and settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from publisher.exports.common import (
    ExportError,
    Files,
    Origin,
    fields,
    is_later,
    one_text,
    short,
    unreadable,
    with_suffix,
    withheld,
)
from publisher.exports.xml import Element, read_elements
from publisher.parse.items import Item, ItemFound

_KIND = "http://schemas.google.com/g/2005#kind"
_LABEL = "http://www.blogger.com/atom/ns#"
_NUMBER = re.compile(r"post-([0-9]{1,25})\Z")
_NAMESPACES = {
    "http://schemas.google.com/blogger/2018": "blogger",
    "http://purl.org/syndication/thread/1.0": "thr",
    "http://www.w3.org/2007/app": "app",
    "http://purl.org/atom/app#": "app",
}
_OPEN = {"", "LIVE", "SCHEDULED"}


def read_blogger(files: Files, origin: Origin) -> Iterator[ItemFound]:
    """The posts of an export. Raises ExportError for what is none, and where one breaks off."""
    names = with_suffix(files, ".atom") or with_suffix(files, ".xml")
    found = False
    for name in names:
        whole = 0
        try:
            with files.open(name) as stream:
                for element in _elements(stream):
                    if element.name == "entry":
                        found = True
                        yield _entry(element, origin)
                        whole += 1
        except ExportError as error:
            told = f" ({whole} entries before it are whole)" if whole else ""
            raise ExportError(
                error.message + told, line=error.line, mend=error.mend, file=name
            ) from error
    if not found:
        raise ExportError(
            "is no export of Blogger: it holds no Atom feed with entries",
            mend="name the .atom or .xml file that Settings, Back up gave",
        )


def _elements(stream: IO[bytes]) -> Iterator[Element]:
    return read_elements(stream, 1, prefix_of=lambda uri: _NAMESPACES.get(uri, ""))


def _entry(entry: Element, origin: Origin) -> ItemFound:
    id_ = entry.told("id")
    number = _NUMBER.search(id_)
    name = number[1] if number else id_ or f"line {entry.line}"
    title = one_text(entry.told("title"))
    why = _why_withheld(entry)
    if why:
        return withheld(name, f"{short(title)!r} {why}" if title else why, entry.line)
    content = entry.first("content")
    if content is not None and content.children:
        return unreadable(name, "its text is XHTML", "export it again from Blogger", entry.line)
    link = _link(entry, origin)
    published, updated = entry.told("published"), entry.told("updated")
    author = entry.first("author")
    enclosures = [
        {"url": link.attributes.get("href", ""), "type": link.attributes.get("type", "")}
        for link in entry.all("link")
        if link.attributes.get("rel") == "enclosure"
    ]
    return Item(
        name=name,
        fields=fields(
            {
                "title": title,
                "date": published,
                "updated": updated if is_later(updated, published) else "",
                "draft": "true" if _is_draft(entry) else "",
                "slug": link.rpartition("/")[2].removesuffix(".html"),
                "url": origin.address(link),
                "authors": author.told("name") if author is not None else "",
                "tags": _labels(entry),
                "enclosures": enclosures,
                "id": id_,
            },
            entry.line,
        ),
        body=content.text if content is not None else "",
        form="fragment",
        base_url=link if link.startswith(("http://", "https://")) else "",
        body_line=content.line if content is not None else 0,
        line=entry.line,
    )


def _kind(entry: Element) -> str:
    told = entry.told("blogger:type").lower()
    if told:
        return told
    for category in entry.all("category"):
        if category.attributes.get("scheme") == _KIND:
            return category.attributes.get("term", "").rpartition("#")[2].lower()
    return ""


def _why_withheld(entry: Element) -> str:
    kind = _kind(entry)
    if kind != "post" or entry.first("thr:in-reply-to") is not None:
        return f"is of the kind {short(kind)!r}, no post" if kind else "does not say what it is"
    status = entry.told("blogger:status").upper()
    if status not in _OPEN | {"DRAFT"}:
        return f"has the status {short(status)!r}, which is not known to be for everybody"
    return ""


def _is_draft(entry: Element) -> bool:
    control = entry.first("app:control")
    told = control.told("app:draft") if control is not None else ""
    return told.lower() == "yes" or entry.told("blogger:status").upper() == "DRAFT"


def _link(entry: Element, origin: Origin) -> str:
    """Its page: a link, or in the newer form the path alone."""
    for link in entry.all("link"):
        if link.attributes.get("rel") == "alternate":
            return link.attributes.get("href", "").replace("http://", "https://", 1)
    path = entry.told("blogger:filename").lstrip("/")
    return origin.old_page(path) or path


def _labels(entry: Element) -> list[str]:
    labels = [
        category.attributes.get("term", "")
        for category in entry.all("category")
        if category.attributes.get("scheme") != _KIND
    ]
    return list(dict.fromkeys(one for one in labels if one))
