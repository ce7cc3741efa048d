"""EDGE. published.jsonl: the record, by which a fresh clone continues where we stopped.

One JSON object a line, articles before issues, each sorted; replaced whole and
only when it changes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from publisher.errors import Location, RecordError
from publisher.fingerprint import dump
from publisher.model import Record, RecordedArticle, RecordedIssue

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
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if not line.strip():
            continue
        where = Location(file=str(path), line=number)
        entry = _parse(line, where)
        if isinstance(entry, RecordedArticle):
            _put(articles, (entry.source, entry.path), entry, where)
        else:
            _put(issues, (entry.newsletter, entry.number), entry, where)
    return Record(
        articles=tuple(articles[k] for k in sorted(articles)),
        issues=tuple(issues[k] for k in sorted(issues)),
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
        raise RecordError(
            f"cannot be written: {error.strerror}", where=Location(file=str(path))
        ) from error


def save_record(path: Path, record: Record) -> bool:
    """Replace the record atomically when it differs; tells whether it did. Raises RecordError."""
    data = serialise_record(record)
    try:
        if not data and not path.exists():
            return False
        if path.exists() and path.read_bytes() == data:
            return False
        fresh = path.with_name(f".{path.name}.new")
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise RecordError(
            f"cannot be written: {error.strerror}", where=Location(file=str(path))
        ) from error
    return True


def serialise_record(record: Record) -> bytes:
    """The record as bytes: the same for the same record, everywhere."""
    articles = sorted(record.articles, key=lambda a: (a.source, a.path))
    issues = sorted(record.issues, key=lambda i: (i.newsletter, i.number))
    return b"".join(dump(entry) + b"\n" for entry in (*articles, *issues))


def _sync_folder(folder: Path) -> None:
    """Make the new name durable too: a record that a power cut takes back would repeat ids."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _parse(line: bytes, where: Location) -> RecordedArticle | RecordedIssue:
    kind: type[Any] = RecordedIssue if b'"newsletter":' in line[:400] else RecordedArticle
    try:
        entry: RecordedArticle | RecordedIssue = msgspec.json.decode(line, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RecordError(
            f"this line is no entry of the record: {error}", where=where, mend=_MEND
        ) from error
    times = (
        (entry.published, entry.updated) if isinstance(entry, RecordedArticle) else (entry.slot,)
    )
    if any(t is not None and t.tzinfo is None for t in times):
        raise RecordError("a time without offset", where=where, mend=_MEND)
    number = entry.place if isinstance(entry, RecordedArticle) else entry.number - 1
    if number < 0 or (isinstance(entry, RecordedArticle) and not entry.id):
        raise RecordError("an empty id, or a number below the first", where=where, mend=_MEND)
    return entry


def _put(entries: dict[Any, Any], key: tuple[str, Any], entry: object, where: Location) -> None:
    if key in entries:
        raise RecordError(f"{key[0]}: {key[1]} stands here twice", where=where, mend=_MEND)
    entries[key] = entry
