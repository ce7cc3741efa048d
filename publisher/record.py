"""EDGE. published.jsonl: the record, by which a fresh clone continues where we stopped.

One JSON object a line, articles before beginnings and issues of newsletters before
feeds, each sorted; replaced whole and only when it changes. What a line need not say
(no retraction, no corrections) it leaves out.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from publisher.errors import Location, RecordError
from publisher.model import (
    Record,
    RecordedArticle,
    RecordedBeginning,
    RecordedFeed,
    RecordedIssue,
)
from publisher.room import trouble
from publisher.whole import write_whole

Line = RecordedArticle | RecordedBeginning | RecordedIssue | RecordedFeed

_KNOWN: dict[type[Any], AbstractSet[str]] = {
    kind: kind.__dataclass_fields__.keys()
    for kind in (RecordedArticle, RecordedBeginning, RecordedIssue, RecordedFeed)
}

_OPTIONAL = (
    *(
        "address",
        "retracted",
        "by_command",
        "corrections",
        "corrected",
        "note",
        "archives",
        "about",
    ),
)
_MEND = "take the last version that was committed, or mend the line"


def load_record(path: Path) -> Record:
    """Read the record; an absent one is empty. Raises RecordError with the line that is wrong."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Record()
    except OSError as error:
        raise RecordError(
            f"cannot be read: {error.strerror}", where=Location(file=str(path))
        ) from error
    articles: dict[tuple[str, str], RecordedArticle] = {}
    issues: dict[tuple[str, int], RecordedIssue] = {}
    feeds: dict[tuple[str, str], RecordedFeed] = {}
    beginnings: dict[tuple[str, str], RecordedBeginning] = {}
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if not line.strip():
            continue
        where = Location(file=str(path), line=number)
        entry = _parse(line, where)
        if isinstance(entry, RecordedArticle):
            _put(articles, (entry.source, entry.path), entry, where)
        elif isinstance(entry, RecordedIssue):
            _put(issues, (entry.newsletter, entry.number), entry, where)
        elif isinstance(entry, RecordedBeginning):
            _put(beginnings, (entry.newsletter, "beginning"), entry, where)
        else:
            _put(feeds, ("feed", entry.feed), entry, where)
    return Record(
        articles=tuple(articles[k] for k in sorted(articles)),
        issues=tuple(issues[k] for k in sorted(issues)),
        feeds=tuple(feeds[k] for k in sorted(feeds)),
        beginnings=tuple(beginnings[k] for k in sorted(beginnings)),
    )


def prepare_record(path: Path) -> None:
    """Make sure that the record can be written before anything depends on it.

    Raises RecordError.
    """
    probe = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise trouble(RecordError, error, path) from error


def save_record(path: Path, record: Record) -> bool:
    """Replace the record atomically when it differs; tells whether it did. Raises RecordError."""
    data = serialise_record(record)
    try:
        if not data and not path.exists():
            return False
        if path.exists() and path.read_bytes() == data:
            return False
        # on disk, too: a record that a power cut takes back would repeat ids
        write_whole(path, data)
    except OSError as error:
        raise trouble(RecordError, error, path) from error
    return True


def serialise_record(record: Record) -> bytes:
    """The record as bytes: the same for the same record, everywhere."""
    articles = sorted(record.articles, key=lambda a: (a.source, a.path))
    issues = sorted(record.issues, key=lambda i: (i.newsletter, i.number))
    feeds = sorted(record.feeds, key=lambda f: f.feed)
    beginnings = sorted(record.beginnings, key=lambda b: b.newsletter)
    entries: list[Line] = [*articles, *beginnings, *issues, *feeds]
    lines = map(_fields, entries)
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def _fields(entry: Line) -> dict[str, Any]:
    """What a line says, in the order of the model."""
    fields = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
    for name in _OPTIONAL:
        if name in fields and not fields[name]:
            del fields[name]
    return fields


def _parse(line: bytes, where: Location) -> Line:
    head = line[:400]
    kind: type[Any] = RecordedArticle
    if b'"newsletter":' in head:
        kind = RecordedBeginning if b'"began":' in head else RecordedIssue
    elif b'"feed":' in head and b'"path":' not in head:
        kind = RecordedFeed
    try:
        entry: Line = msgspec.json.decode(line, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RecordError(
            f"this line is no entry of the record: {error}", where=where, mend=_MEND
        ) from error
    unknown = msgspec.json.decode(line, type=dict[str, msgspec.Raw]).keys() - _KNOWN[kind]
    if unknown:  # which the next run would leave out
        raise RecordError(
            f"was written by a newer publisher (unknown here: {', '.join(sorted(unknown))})",
            where=where,
            mend="use that version, or take out of all lines what it added",
        )
    _check(entry, where)
    return entry


def _check(entry: Line, where: Location) -> None:
    """Refuse what no version of ours writes. Raises RecordError."""
    if isinstance(entry, RecordedArticle):
        corrected = (when for _, when in entry.corrections)
        times = [entry.published, entry.updated, entry.retracted, *corrected]
        good = entry.place >= 0 and bool(entry.id)
    elif isinstance(entry, RecordedIssue):
        times, good = [entry.slot], entry.number >= 1
    elif isinstance(entry, RecordedBeginning):
        times, good = [entry.began], bool(entry.newsletter)
    else:
        rising = all(a < b for a, b in pairwise((0, *entry.archives)))
        times, good = [], bool(entry.feed) and rising
    if any(t is not None and t.tzinfo is None for t in times):
        raise RecordError("a time without offset", where=where, mend=_MEND)
    if not good:
        raise RecordError("an empty name or id, or numbers out of order", where=where, mend=_MEND)


def _put(entries: dict[Any, Any], key: tuple[str, Any], entry: object, where: Location) -> None:
    if key in entries:
        raise RecordError(f"{key[0]}: {key[1]} stands here twice", where=where, mend=_MEND)
    entries[key] = entry
