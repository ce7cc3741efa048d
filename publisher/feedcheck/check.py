"""PURE. The bytes of any document -> every rule of the field that it breaks."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import msgspec
from lxml import etree

from publisher.feedcheck.atom import check_atom
from publisher.feedcheck.canonical import entries_are_sound, part
from publisher.feedcheck.canonical_json import head_of, items_are_sound, read
from publisher.feedcheck.finding import Finding, Report, one_finding
from publisher.feedcheck.json_feed import VERSIONS, check_json
from publisher.feedcheck.names import ATOM
from publisher.feedcheck.rss import check_rss
from publisher.patterns import pattern

LIMIT = 128 * 1024 * 1024
"""The most bytes of a document that are looked at."""

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
_ATOM_0_3 = "{http://purl.org/atom/ns#}feed"
_BOM = b"\xef\xbb\xbf"
_HTML = pattern(
    rb"\s*+(?:<\?xml[^>]*+>\s*+)?+(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_SUBSET = pattern(rb"<!DOCTYPE[^>\[]*+\[")
_DECLARED = pattern(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_EARLIER = pattern(rb"\s*[^<\s]*\s*<\?xml\s")
_KNOWN_ENCODING = pattern(
    r"(?:utf-?8|utf-?16(?:[lb]e)?|us-ascii|iso-8859-\d+|windows-125\d)\Z", re.IGNORECASE
)
_BEYOND = pattern(r"huge|excessive depth|too (?:deep|big|long)|limit", re.IGNORECASE)
_C1 = pattern(rb"\xc2[\x80-\x9f]")
_C1_REFERENCE = pattern(rb"&#(?:[Xx]0*[89][0-9A-Fa-f]|0*1(?:2[89]|[34]\d|5\d));")
_JSON_CONTROL = pattern(
    rb"(?<!\\)(?:\\\\)*\\u00(?:0[0-8bcef]|1[0-9a-f]|7f|[89][0-9a-f])", re.IGNORECASE
)


def check_feed(
    data: bytes,
    *,
    url: str | None = None,
    now: datetime | None = None,
    own: bool = False,
    memo: set[int] | None = None,
    limit: int = LIMIT,
) -> tuple[Finding, ...]:
    """Every rule that a document breaks, whatever its bytes are; never raises.

    `url` is where it was read from; without it the address that it gives as
    its own is taken for true. `now` (aware) finds dates in the future. `own`
    says that it was written by us: then the rules hold that are stricter than
    any norm, and those that guess do not. `memo` is a set of the caller's, the
    same for several calls: a body found sound in one is not looked at again in
    the next. More bytes than `limit` are not looked at.

    What is `own` and of the form that we write (`canonical`) is held against the rules in a shorter
    way, which says no more than that all is well; else, and where `now` is asked for, each rule is.
    """
    report = Report(own=own, now=now, url=url, memo=set() if memo is None else memo)
    if len(data) > limit:
        return one_finding("too-large", f"{len(data):,} bytes, more than {limit:,}")
    if own and now is None and _is_canonical(data, url, report.memo):
        return ()
    start = data[:4096].removeprefix(_BOM).lstrip()
    if not start:
        return one_finding("empty-document", f"{len(data):,} bytes, all of them white space")
    if start.startswith(b"{"):
        _check_json(report, data)
    elif _looks_like_xml(start):
        _check_xml(report, data)
    else:
        return one_finding("not-a-feed", _what_it_is(start))
    return tuple(report.found)


def _looks_like_xml(start: bytes) -> bool:
    return start.startswith((b"<", b"\xff\xfe", b"\xfe\xff", b"\x00<")) or bool(
        _EARLIER.match(start)
    )


def _what_it_is(start: bytes) -> str:
    if start.startswith(b"\x1f\x8b"):
        return "gzip, not unpacked"
    if start.startswith(b"["):
        return "a JSON list"
    return "begins with " + start[:60].decode("utf-8", "replace")


def _is_canonical(data: bytes, url: str | None, memo: set[int]) -> bool:
    """Whether it is a document of the form that we write, and keeps every rule."""
    report = Report(own=True, url=url, memo=memo)
    if data.startswith(b"{"):
        feed = read(data)
        if feed is None:
            return False
        report.notes["format"] = "json"
        check_json(report, head_of(feed))
        _check_json_characters(report, data)
        return not report.found and items_are_sound(feed, memo)
    parted = part(data)
    if parted is None:
        return False
    _check_xml(report, parted.around)
    return not report.found and entries_are_sound(parted, report)


# ---------------------------------------------------------------- JSON


def _check_json(report: Report, data: bytes) -> None:
    report.notes["format"] = "json"
    if data.startswith(_BOM):
        report.add("byte-order-mark")
        data = data.removeprefix(_BOM)
    try:
        feed = msgspec.json.decode(data)
    except RecursionError:
        report.add("well-formed", detail="nested too deep to be read")
        return
    except (msgspec.DecodeError, ValueError) as error:
        _add_unreadable(report, data, "utf-8", str(error), _json_line(data, str(error)))
        return
    if not ("version" in feed or "items" in feed):
        report.found.extend(one_finding("not-a-feed", "JSON without version and items"))
        return
    version = feed.get("version")
    strange = isinstance(version, str) and version not in VERSIONS and "jsonfeed" not in version
    if strange and "items" not in feed:
        report.found.extend(one_finding("not-a-feed", f"JSON of version {version}"))
        return
    check_json(report, feed)
    _check_json_characters(report, data)


def _check_json_characters(report: Report, data: bytes) -> None:
    if b"\\u00" in data and (found := _JSON_CONTROL.search(data)):
        report.add(
            "control-character", detail=found[0].decode("ascii"), line=_line(data, found.start())
        )
    _check_c1(report, data)


def _json_line(data: bytes, message: str) -> int:
    found = re.search(r"\(byte (\d+)\)", message)
    return _line(data, int(found[1])) if found else 0


# ---------------------------------------------------------------- XML


def _check_xml(report: Report, data: bytes) -> None:
    report.notes["format"] = "rss"
    if _HTML.match(data[:4096].removeprefix(_BOM)):
        report.found.extend(one_finding("not-a-feed", "an HTML page"))
        return
    report.notes["format"] = "atom" if b"<feed" in data[:4096] else "rss"
    subset = _SUBSET.search(data[:65536])
    if subset and b"<!ENTITY" in data[subset.end() :].partition(b"]")[0]:
        report.add("entity-declaration", detail="<!ENTITY", line=1)
        return
    earlier = _EARLIER.match(data[:1024].removeprefix(_BOM))
    if earlier and not data.removeprefix(_BOM).startswith(b"<?xml"):
        report.add("text-before-declaration", line=1)
        data = data[data.index(b"<?xml") :]
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        _add_xml_error(report, data, error)
        return
    if root.getroottree().docinfo.doctype and _has_entities(root):
        report.add("entity-declaration", root)
        return
    _check_encoding(report, root)
    _check_by_root(report, root, data)
    if found := _C1_REFERENCE.search(data):
        report.add(
            "control-character", detail=found[0].decode("ascii"), line=_line(data, found.start())
        )
    if (root.getroottree().docinfo.encoding or "").upper() == "UTF-8":
        _check_c1(report, data)


def _has_entities(root: Any) -> bool:
    dtd = root.getroottree().docinfo.internalDTD
    declared = dtd is not None and any(True for _ in dtd.iterentities())
    return declared or next(root.iter(etree.Entity), None) is not None


def _check_by_root(report: Report, root: Any, data: bytes) -> None:
    tag = root.tag
    local = tag.rpartition("}")[2]
    version = root.get("version", "").strip()
    if tag == ATOM + "feed":
        report.notes["format"] = "atom"
        # in UTF-16 it might be there
        report.notes["bases"] = b"xml:base" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff")
        check_atom(report, root)
    elif tag == "rss" and version.startswith("0.9"):
        _add_older(report, root, f"RSS {version}")
    elif tag == "rss":
        report.notes["format"] = "rss"
        check_rss(report, root, data)
    elif tag == _RDF:
        _add_older(report, root, "RSS 1.0 or 0.90 (RDF)")
    elif tag == _ATOM_0_3:
        _add_older(report, root, "Atom 0.3")
    elif local == "feed":
        report.notes["format"] = "atom"
        report.add("atom-namespace", root, f"<feed> in {tag.rpartition('}')[0][1:] or 'none'}")
    elif local == "rss":
        report.add("namespace-misspelt", root, "RSS's own elements have no namespace")
    else:
        report.found.extend(
            one_finding("not-a-feed", f"XML whose root is <{local}>", line=root.sourceline or 0)
        )


def _add_older(report: Report, root: Any, name: str) -> None:
    report.add(
        "older-format", root, f"{name}: only that the XML is well-formed was checked, and it is"
    )


def _add_xml_error(report: Report, data: bytes, error: Any) -> None:
    message = str(error.msg or error)
    if _BEYOND.search(message):
        report.add("beyond-parser-limits", detail=message, line=error.lineno or 0)
        return
    declared = _DECLARED.match(data[:200].removeprefix(_BOM))
    encoding = declared[1].decode("ascii") if declared else "utf-8"
    _add_unreadable(report, data, encoding, message, error.lineno or 0)


def _add_unreadable(report: Report, data: bytes, encoding: str, message: str, line: int) -> None:
    try:
        data.decode("utf-8" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else encoding)
    except UnicodeDecodeError as error:
        report.add(
            "encoding",
            detail=f"byte {data[error.start]:02X} at {error.start} is no {encoding}",
            line=_line(data, error.start),
        )
    except (LookupError, UnicodeError):  # the second for one that is named "undefined"
        report.add("encoding", detail=f"nobody knows the encoding {encoding}", line=1)
    else:
        report.add("well-formed", detail=message, line=line)


def _check_encoding(report: Report, root: Any) -> None:
    encoding = root.getroottree().docinfo.encoding
    if encoding and not _KNOWN_ENCODING.match(encoding):
        report.add("obscure-encoding", detail=encoding, line=1)


def _check_c1(report: Report, data: bytes) -> None:
    if b"\xc2" in data and (found := _C1.search(data)):
        character = found[0].decode("utf-8")
        report.add(
            "control-character", detail=f"U+{ord(character):04X}", line=_line(data, found.start())
        )


def _line(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1
