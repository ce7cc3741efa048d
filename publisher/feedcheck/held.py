"""PURE. Which entries a document of a feed holds, in any format, and a mark of each.

Two documents in one format say the same of an entry where its marks are equal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from lxml import etree

from publisher.feedcheck.names import ATOM
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEntry:
    """An entry as it stands in a document: its title, and a hash of all that is said of it."""

    title: str
    mark: str


def held_entries(data: bytes) -> Mapping[str, HeldEntry]:
    """The entries by id, in their order. Raises ValueError for what is no feed."""
    if data.lstrip().startswith(b"{"):
        return dict(_json(data))
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    if root.tag == f"{ATOM}feed":
        return dict(_xml(root, "entry", "id", ATOM))
    channel = root.find("channel")
    if channel is None:
        raise ValueError("no RSS, Atom or JSON Feed")
    return dict(_xml(channel, "item", "guid", ""))


def _json(data: bytes) -> Iterator[tuple[str, HeldEntry]]:
    try:
        feed = msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from error
    for item in feed.get("items", ()):
        mark = hashlib.sha256(msgspec.json.encode(item, order="deterministic")).hexdigest()
        yield str(item.get("id", "")), HeldEntry(title=str(item.get("title", "")), mark=mark)


def _xml(parent: Any, entry: str, id_: str, space: str) -> Iterator[tuple[str, HeldEntry]]:
    for element in parent.iterchildren(space + entry):
        said = etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
        held = HeldEntry(
            title=element.findtext(f"{space}title") or "",
            mark=hashlib.sha256(said).hexdigest(),
        )
        yield element.findtext(space + id_) or "", held
