"""PURE. XML of others -> a tree: no entity is expanded, nothing is loaded, depth is bounded."""

from __future__ import annotations

import codecs
import re
from html.entities import html5

from lxml import etree

from publisher.parse.clean.hygiene import without_forbidden
from publisher.parse.feeds.errors import NoFeedError

_DECLARED = re.compile(
    rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})", re.IGNORECASE
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_REFERENCE = re.compile(r"&(#[0-9]{1,7};|#[xX][0-9A-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]{0,31};)?")
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]{0,2000}", re.IGNORECASE)
_DOCTYPE_END = (re.compile(">"), re.compile(r"\]\s*>"))
"""Of one without definitions, and of one with them."""

_ENTRY = re.compile(r"<(/?)(?:[\w.-]{1,40}:)?(?:item|entry|rss|feed|rdf)(?=[\s>])", re.IGNORECASE)
_CDATA, _CDATA_END = "<![CDATA[", "]]>"


def read_tree(data: bytes, charset: str = "") -> etree._Element:
    """The root of a document, as far as it can be read. Raises NoFeedError."""
    text = without_forbidden(_decode(data, charset)).lstrip()
    if not text:
        raise NoFeedError("is empty")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        recover=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(_plain(text).encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NoFeedError(f"cannot be read as XML: {_line(str(error))}") from error
    if root is None:
        raise NoFeedError("cannot be read as XML: it has no root")
    return root


def breaks_off(data: bytes, charset: str) -> bool:
    """Whether a feed ends within an entry, as one does that was not handed over whole."""
    marks = [found[1] for found in _ENTRY.finditer(_decode(data, charset))]
    return bool(marks) and not marks[-1]


def _decode(data: bytes, charset: str) -> str:
    """What is declared in the document counts; else UTF-8 where it is that; else what HTTP says."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace").lstrip("\ufeff")
    declared = _DECLARED.match(data.lstrip())
    named = [declared[1].decode("ascii")] if declared else []
    for encoding in (*named, "utf-8", charset or "windows-1252"):
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def _plain(text: str) -> str:
    """Without a DOCTYPE, so that nothing is defined, and with all references as numbers.

    libxml2 leaves out `&lt;` and its kin after the first thing that is not well-formed, and knows
    no `&nbsp;`. What stands in CDATA is no reference.
    """
    text = _without_doctype(text)
    pieces, place = [], 0
    while (start := text.find(_CDATA, place)) >= 0:
        end = text.find(_CDATA_END, start)
        end = len(text) if end < 0 else end + len(_CDATA_END)
        pieces += [_REFERENCE.sub(_as_number, text[place:start]), text[start:end]]
        place = end
    pieces.append(_REFERENCE.sub(_as_number, text[place:]))
    return "".join(pieces)


def _without_doctype(text: str) -> str:
    found = _DOCTYPE.search(text, 0, 10_000)
    if not found:
        return text
    end = _DOCTYPE_END[text[found.end() : found.end() + 1] == "["].search(text, found.end())
    if end is None:
        raise NoFeedError("cannot be read as XML: its DOCTYPE does not end")
    return text[: found.start()] + text[end.end() :]


def _as_number(reference: re.Match[str]) -> str:
    name = reference[1]
    if name is None:
        return "&#38;"
    if name[0] == "#":
        return reference[0]
    letters = html5.get(name)
    if letters is None:
        return f"&#38;{name}"
    return "".join(f"&#{ord(letter)};" for letter in letters)


def _line(text: str) -> str:
    return (text.splitlines() or [""])[0][:200]
