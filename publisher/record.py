"""EDGE. published.jsonl: the record, by which a fresh clone continues where we stopped.

One JSON object a line, articles before beginnings and issues of newsletters before
feeds, each sorted; replaced whole and only when it changes. What a line need not say
(no retraction, no corrections) it leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from operator import attrgetter
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
from publisher.system.room import is_there, trouble
from publisher.system.whole import lie_of, write_whole

Line = RecordedArticle | RecordedBeginning | RecordedIssue | RecordedFeed

_KINDS = (RecordedArticle, RecordedBeginning, RecordedIssue, RecordedFeed)
_READ: Mapping[type[Any], Callable[[bytes], Any]] = {
    kind: msgspec.json.Decoder(kind).decode for kind in _KINDS
}
_encoder = msgspec.json.Encoder()
_AT_ONCE = 1000
"""Lines that are held as bytes: all of them would be a second record in memory."""
_MEND = "take the last version that was committed, or mend the line"
_MEND_MERGE = (
    "end the merge: take out the lines of marks, and of two lines of one article, issue or feed "
    "the one that was published; or take the version of the branch that publishes"
)
_MEND_TWICE = (
    "take one of the two out: of a merge that of the branch that publishes, for readers know it"
)
_MARKS = (b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>")
"""How the lines begin that git leaves in a file that two branches changed."""


def load_record(path: Path) -> Record:
    """Read the record; an absent one is empty. Raises RecordError with the line that is wrong."""
    try:
        with path.open("rb") as lines:
            return _read_record(lines, path)
    except FileNotFoundError:
        return Record()
    except OSError as error:
        raise trouble(RecordError, error, path, what="cannot be read") from error


def _read_record(lines: Iterable[bytes], path: Path) -> Record:
    """The record of these lines. Raises RecordError."""
    articles: dict[tuple[str, str], RecordedArticle] = {}
    issues: dict[tuple[str, int], RecordedIssue] = {}
    feeds: dict[tuple[str, str], RecordedFeed] = {}
    beginnings: dict[tuple[str, str], RecordedBeginning] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = _parse(line)
            if isinstance(entry, RecordedArticle):
                _put(articles, (entry.source, entry.path), entry)
            elif isinstance(entry, RecordedIssue):
                _put(issues, (entry.newsletter, entry.number), entry)
            elif isinstance(entry, RecordedBeginning):
                _put(beginnings, (entry.newsletter, "beginning"), entry)
            else:
                _put(feeds, ("feed", entry.feed), entry)
        except _Wrong as wrong:
            where = Location(file=str(path), line=number)
            raise RecordError(wrong.message, where=where, mend=wrong.mend) from wrong.__cause__
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


def require_as_read(path: Path, read: Sequence[int]) -> None:
    """Raises RecordError where the record does not lie there as it did when it was read (`lie_of`):
    what another program wrote since, as `git pull` does, would be written over."""
    if lie_of(path) != list(read):
        raise RecordError(
            "was written by another program while this one worked on it",
            where=Location(file=str(path)),
            mend="do it again: what is in it is as that program left it, and no page was written",
        )


def save_record(path: Path, record: Record, read: Sequence[int]) -> bool:
    """Replace the record atomically when it differs; tells whether it did.

    `read` is how it lay there (`lie_of`) before it was read. Raises RecordError.
    """
    require_as_read(path, read)
    try:
        if record == Record() and not is_there(RecordError, path):
            return False
        if _holds(path, _lines(record)):
            return False
        # on disk, too: a record that a power cut takes back would repeat ids
        write_whole(path, _lines(record))
    except OSError as error:
        raise trouble(RecordError, error, path) from error
    return True


def find_lines(path: Path, keys: Collection[tuple[str, str]]) -> dict[bytes, RecordedArticle]:
    """The lines of articles by their source and path, each as it stands in the record, without
    reading the others. Raises RecordError.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise trouble(RecordError, error, path) from error
    found: dict[bytes, RecordedArticle] = {}
    for source, file in keys:
        sign, at = b'"path":' + _encoder.encode(file), 0
        while (at := data.find(sign, at)) >= 0:
            begin, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
            line, at = data[begin : end if end >= 0 else len(data)], at + 1
            entry = _parsed_again(line)
            if isinstance(entry, RecordedArticle) and (entry.source, entry.path) == (source, file):
                found[line] = entry
    return found


def save_lines(path: Path, lines: Mapping[bytes, RecordedArticle]) -> bool:
    """Replace lines as `find_lines` gave them, by articles of the same files; nothing is written
    where they are the same. Tells whether something was. Raises RecordError.

    Those of no other file are read or written anew, which so stay as they are.
    """
    new = {line: _encoder.encode(entry) for line, entry in lines.items()}
    if all(line == written for line, written in new.items()):
        return False
    try:
        write_whole(path, _with_exchanged(path.read_bytes(), new, path))
    except OSError as error:
        raise trouble(RecordError, error, path) from error
    return True


def _with_exchanged(data: bytes, new: Mapping[bytes, bytes], path: Path) -> list[memoryview]:
    """Pieces of a record in which lines have others in their place; none of them is a copy, for a
    record has megabytes."""
    whole = memoryview(data)
    pieces, at = [], 0
    for begin, line in sorted((_place_of(line, data), line) for line in new):
        if begin < 0:
            raise RecordError("was changed while it was read", where=Location(file=str(path)))
        pieces += [whole[at:begin], memoryview(new[line])]
        at = begin + len(line)
    return [*pieces, whole[at:]]


def _place_of(line: bytes, data: bytes) -> int:
    """Where a line begins, -1 where it does not stand there."""
    if data.startswith(line + b"\n"):
        return 0
    before = data.find(b"\n" + line + b"\n")
    return before + 1 if before >= 0 else -1


def _parsed_again(line: bytes) -> Line | None:
    """An entry of a record that was read before as a whole; None where this is no whole line."""
    try:
        return _parse(line)
    except _Wrong:
        return None


def _holds(path: Path, data: Iterable[bytes]) -> bool:
    """Whether a file is there with these bytes."""
    if not is_there(RecordError, path):
        return False
    with path.open("rb") as file:
        return all(file.read(len(some)) == some for some in data) and not file.read(1)


def _lines(record: Record) -> Iterator[bytes]:
    """The record as bytes, some lines at a time: the same for the same record, everywhere."""
    lines = [
        *sorted(record.articles, key=attrgetter("source", "path")),
        *sorted(record.beginnings, key=attrgetter("newsletter")),
        *sorted(record.issues, key=attrgetter("newsletter", "number")),
        *sorted(record.feeds, key=attrgetter("feed")),
    ]
    for start in range(0, len(lines), _AT_ONCE):
        yield _encoder.encode_lines(lines[start : start + _AT_ONCE])


class _Wrong(Exception):
    """What is wrong with a line; which that is, is known where lines are counted."""

    def __init__(self, message: str, mend: str = _MEND) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend


def _parse(line: bytes) -> Line:
    if line.startswith(_MARKS):
        raise _Wrong("a merge was begun here and not ended", _MEND_MERGE)
    kind = _kind_of(line)
    try:
        entry: Line = _READ[kind](line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        unknown = _unknown(line, kind)
        if unknown:  # which the next run would leave out
            raise _Wrong(
                f"was written by a newer publisher (unknown here: {', '.join(unknown)})",
                "use that version, or take out of all lines what it added",
            ) from None
        raise _Wrong(f"this line is no entry of the record: {error}") from error
    _check(entry)
    return entry


def _kind_of(line: bytes) -> type[Any]:
    if line.startswith(b'{"id":'):  # as nearly all do
        return RecordedArticle
    head = line[:400]
    if b'"newsletter":' in head:
        return RecordedBeginning if b'"began":' in head else RecordedIssue
    if b'"feed":' in head and b'"path":' not in head:
        return RecordedFeed
    return RecordedArticle


def _unknown(line: bytes, kind: type[Any]) -> list[str]:
    """What a line says and no line of its kind does; nothing where it says nothing at all."""
    try:
        said = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return []
    return sorted(said.keys() - set(kind.__struct_fields__))


def _check(entry: Line) -> None:
    """Refuse what no version of ours writes."""
    times: tuple[datetime | None, ...]
    if isinstance(entry, RecordedArticle):
        times = (entry.published, entry.updated, entry.retracted)
        if entry.corrections:
            times += tuple(when for _, when in entry.corrections)
        good = entry.place >= 0 and bool(entry.id)
    elif isinstance(entry, RecordedIssue):
        times, good = (entry.slot,), entry.number >= 1
    elif isinstance(entry, RecordedBeginning):
        times, good = (entry.began,), bool(entry.newsletter)
    else:
        rising = all(a < b for a, b in pairwise((0, *entry.archives)))
        times, good = (), bool(entry.feed) and rising
    for time in times:
        if time is not None and time.tzinfo is None:
            raise _Wrong("a time without offset")
    if not good:
        raise _Wrong("an empty name or id, or numbers out of order")


def _put(entries: dict[Any, Any], key: tuple[str, Any], entry: object) -> None:
    if key in entries:
        raise _Wrong(f"{key[0]}: {key[1]} stands here twice", _MEND_TWICE)
    entries[key] = entry
