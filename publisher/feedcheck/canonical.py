"""PURE. RSS and Atom in the very form that we write, held against the rules without a tree.

Nearly every byte of a document of our own is as expected, and to make elements of it only to look
at each takes longer than to draw it. Here one expression reads an entry whole. What it takes is
well-formed and, but for what is compared here, sound; what it does not take, by one element or one
character, may be sound too, and is read as any feed is. So nothing is reported here: what is
wrong, and where, is said by the rules alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from xml.parsers import expat

from publisher.feedcheck.canonical_forms import ATOM_FORM, RSS_FORM, Form
from publisher.feedcheck.finding import Report
from publisher.feedcheck.html import NESTED_IN_XML, body_faults, is_sound_in_xml
from publisher.feedcheck.values import rfc822, rfc3339
from publisher.patterns import compile_now, pattern
from publisher.values import dataclass

LARGEST = 8 * 1024 * 1024
"""Bytes of a document up to which no limit of a parser is met."""

_IN_XML = "in XML"
_WITHOUT_CONTROLS = bytes({9, 10, *range(0x20, 0x7F), *range(0x80, 0x100)})
"""Bytes of text: without what XML does not hold, and without CR, which it does not keep (XML 1.0
sections 2.2 and 2.11)."""
_C1 = pattern(rb"\xc2[\x80-\x9f]")
_NO_CHARACTER = pattern(rb"\xef\xbf[\xbe\xbf]")


def prepare() -> None:
    """Compile the long expressions: 10 ms, for whoever waits for something else meanwhile."""
    compile_now(ATOM_FORM.entry, RSS_FORM.entry, NESTED_IN_XML)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """A document in parts: what is `around` its entries, itself a document that has none;
    their `text`, and the `bodies` that stand in it, in their order."""

    form: Form
    around: bytes
    text: str
    bodies: Sequence[bytes]


def part(data: bytes) -> Parted | None:
    """The parts of a document, if that is how we write it and there are entries.

    That the entries are where a document of that form has them is sure only when what is around
    them was found to be well-formed.
    """
    form = ATOM_FORM if b"<feed" in data[:64] else RSS_FORM
    found = form.start.match(data)
    start, end = data.find(form.begin), len(data) - len(form.tail)
    if not found or start < 0 or len(data) > LARGEST or not data.endswith(form.tail):
        return None
    head = data[:start]
    # what is commented out is not what it seems; what was taken back is held against the entries
    if b"<!" in head or head.count(b"<?") > 1 or b"deleted-entry" in head:
        return None
    if not all(namespace in found[1] for namespace in form.namespaces):
        return None
    texts, bodies = [], []
    while (begin := data.find(form.body, start, end)) >= 0:
        begin += len(form.body)
        texts.append(data[start:begin])
        start = data.find(b"<", begin)
        if not data.startswith(form.body_end, start):
            return None
        bodies.append(data[begin:start])
        start += len(form.body_end)
    texts.append(data[start:end])
    try:
        text = b"".join(texts).decode()
    except UnicodeDecodeError:
        return None
    return Parted(form=form, around=head + form.tail, text=text, bodies=bodies)


def entries_are_sound(parted: Parted, report: Report) -> bool:
    """Whether all entries keep every rule for sure; `report` is that of what is around them."""
    form, memo = parted.form, report.memo
    ids: set[str] = set()
    times: list[datetime] = []
    place = 0
    while place < len(parted.text):
        found = form.entry.match(parted.text, place)
        if found is None:
            return False
        if form is RSS_FORM:
            when = _item_time(found["when"], found["summary"], memo)
        else:
            when = _entry_time(found["when"], found["published"])
        if when is None:
            return False
        ids.add(found["id"])
        times.append(when)
        place = found.end()
    return (
        len(ids) == len(times)
        and _is_dated(form, report, max(times))
        and all(_is_sound(body, memo) for body in parted.bodies)
    )


def _item_time(published: str, summary: str, memo: set[int]) -> datetime | None:
    """When an item was published; None where the rules have to be asked."""
    if "&lt;" in summary and not _is_sound(summary.encode(), memo):
        return None
    when, fault = _rfc822(published)
    return None if fault else when


def _entry_time(updated: str, published: str) -> datetime | None:
    """When an entry changed; None where the rules have to be asked."""
    last, first = _rfc3339(updated), _rfc3339(published)
    return last if last is not None and first is not None and first <= last else None


def _is_dated(form: Form, report: Report, newest: datetime) -> bool:
    """Whether what the head says goes with entries of which the newest is from then."""
    if form is RSS_FORM:
        built = report.notes["built"]
        return built is None or built[0] >= newest
    return bool(report.notes["author"]) and report.notes["updated"][0] == newest


_rfc822 = lru_cache(maxsize=1024)(rfc822)
_rfc3339 = lru_cache(maxsize=1024)(rfc3339)
"""The formats of a feed, read one after the other, say the same times."""


def _is_sound(escaped: bytes, memo: set[int]) -> bool:
    """Whether HTML, as it is written in an element, is well-formed there and sound."""
    key = hash((_IN_XML, escaped))
    if key not in memo:
        if b"<" in escaped or b">" in escaped or _holds_forbidden(escaped):
            return False
        seen = b"&lt;" in escaped and is_sound_in_xml(escaped)
        if not (seen or _is_sound_text(escaped, memo)):
            return False
        memo.add(key)
    return True


def _holds_forbidden(data: bytes) -> bool:
    """Whether it is no UTF-8, or there is in it what no element of XML should hold."""
    if data.translate(None, _WITHOUT_CONTROLS):
        return True
    # (to look for one byte takes no time, for one of several ten times as long as all else)
    if (b"\xc2" in data and _C1.search(data)) or (b"\xef" in data and _NO_CHARACTER.search(data)):
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    return False


def _is_sound_text(escaped: bytes, memo: set[int]) -> bool:
    """Whether it is sound when a parser has read it."""
    if b"&#" in escaped:  # which may stand for C1
        return False
    pieces: list[str] = []
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.CharacterDataHandler = pieces.append
    try:
        parser.Parse(b"<_>" + escaped + b"</_>", True)
    except expat.ExpatError:
        return False
    body = "".join(pieces)
    return bool(body) and not body.isspace() and is_sound_body(body, memo)


def is_sound_body(body: str, memo: set[int]) -> bool:
    """Whether HTML keeps its rules; `memo` has the hashes of such as do."""
    key = hash(body)
    if key not in memo:
        if "<" in body and not _is_known(body, memo) and body_faults(body):
            return False
        memo.add(key)
    return True


def _is_known(body: str, memo: set[int]) -> bool:
    """Whether another format of the feed has the same body, as it is written there."""
    data = body.encode("utf-8", "surrogatepass").replace(b"&", b"&amp;")
    return hash((_IN_XML, data.replace(b"<", b"&lt;").replace(b">", b"&gt;"))) in memo
