"""USE CASE. Readers come, confirm, go; lists of them are read and written."""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from publisher import readers
from publisher.carried import EXPORTED, export_line
from publisher.config import Config
from publisher.errors import ConfigError, Location, SubscriptionError
from publisher.fingerprint import dump, load
from publisher.model import (
    BY_HAND,
    Evidence,
    Reader,
    Subscriber,
    SubscriptionState,
    Suppression,
    Told,
)
from publisher.rosters import (
    LONGEST_LINE,
    Columns,
    Line,
    bounded_lines,
    read_columns,
    read_line,
    read_rows,
)
from publisher.store.subscribers import SubscriberStore
from publisher.values import dataclass

_PIECE = 500
_UTF16 = dict.fromkeys((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE), "utf-16")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of a file's lines: `counts` by new, changed, unchanged, left, suppressed,
    refused. `unheeded` are columns that are only kept, though they sound as if they said who is not
    to be mailed."""

    lines: int
    counts: Counter[str] = field(default_factory=Counter)
    unheeded: Sequence[str] = ()

    @property
    def exit_code(self) -> int:
        """0 all lines were taken; 3 some were refused."""
        return 3 if self.counts["refused"] else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What the command asked for, and the newsletters there are."""

    newsletters: Sequence[str]
    confirmed: bool
    config: Config


def import_readers(
    config: Config,
    store: SubscriberStore,
    file: Path,
    *,
    newsletters: Sequence[str],
    confirmed: bool,
    dry_run: bool,
    now: datetime,
    told: Callable[[SubscriptionError], None],
    progress: Callable[[str, int, int], None],
) -> ImportReport:
    """Read a list of readers into the store, piece by piece.

    A line that cannot be taken is told with its place and costs itself alone. Nobody who has
    left or is suppressed comes back. Raises SubscriptionError for a file that is no table.
    """
    wanted = _Wanted(newsletters=newsletters, confirmed=confirmed, config=config)
    taking = _Import(store, wanted, file, now, told, dry_run=dry_run)
    with _opened(file) as stream:
        size = os.fstat(stream.fileno()).st_size
        piece: list[tuple[int, Line]] = []
        for number, line in _lines(file, stream, taking):
            piece.append((number, line))
            if len(piece) == _PIECE:
                taking.keep(piece)
                piece.clear()
                progress("importing", stream.buffer.tell() if size else taking.counts.total(), size)
        taking.keep(piece)
    return ImportReport(lines=taking.counts.total(), counts=taking.counts, unheeded=taking.unheeded)


def add_reader(
    config: Config,
    store: SubscriberStore,
    line: Line,
    *,
    newsletters: Sequence[str],
    confirmed: bool,
    now: datetime,
) -> Reader:
    """One reader by hand. Raises SubscriptionError for one that is suppressed or has left."""
    evidence = Evidence(when=now, what="added", how="by the command line")
    wanted = _Wanted(newsletters=newsletters, confirmed=confirmed, config=config)
    named = _newsletters(line, wanted)
    new = _new_reader(line, now)

    def change(reader: Reader, barred: Suppression | None) -> Reader:
        if barred is not None:
            raise SubscriptionError(
                f"{line.email} is suppressed ({barred.reason}): not mailed",
                mend="its owner can come back by the form; nobody else can bring them back"
                if readers.may_return(barred)
                else "its owner can ask with another address",
            )
        after = _merged(reader, line)
        for newsletter, rhythm in named:
            state = SubscriptionState.ACTIVE if confirmed else SubscriptionState.PENDING
            after = readers.imported(after, newsletter, rhythm, state, evidence)
            if after.subscriptions[newsletter].ended is not None:
                raise SubscriptionError(
                    f"{line.email} has left {newsletter}",
                    mend="they can come back by the form; nobody else can bring them back",
                )
        return after

    return store.change([new], change)[0] or new


def address_here(store: SubscriberStore, text: str) -> str:
    """An address as it is kept, also where an older version kept what is none by today's rules.

    Raises SubscriptionError for what is none and is not kept either.
    """
    try:
        return readers.clean_address(text)
    except SubscriptionError:
        if store.of(text.strip()) is None:
            raise
        return text.strip()


def suppress_reader(
    store: SubscriberStore, email: str, reason: str, *, now: datetime, how: str = BY_HAND
) -> None:
    """Nothing is mailed there any more, and no list brings it back."""
    evidence = Evidence(when=now, what="suppressed", how=f"{how}: {reason}")
    store.suppress(email, reason, how)
    known = store.of(email)
    if known is not None:
        store.change(
            [known], lambda reader, barred: readers.suppressed(reader, evidence) if barred else None
        )


def export_readers(store: SubscriberStore, out: TextIO) -> int:
    """CSV, a line for each reader and newsletter; gives how many readers there are."""
    writer = csv.writer(out, lineterminator="\n")
    quoting = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(EXPORTED)
    count = 0
    for count, (reader, barred) in enumerate(store.all(), start=1):  # noqa: B007 (it is the answer)
        for one in reader.subscriptions.values():
            line = export_line(reader.subscriber, one, barred)
            is_broken = any("\r" in cell for cell in line)  # a bare one would end the line
            (quoting if is_broken else writer).writerow(line)
    return count


# ---------------------------------------------------------------- a file of readers


def _opened(file: Path) -> io.TextIOWrapper[io.BufferedReader]:
    """The file as text; letters that are no UTF-8 come through as marks and cost their line."""
    try:
        stream = file.open("rb")
    except OSError as error:
        raise SubscriptionError(
            f"cannot be read: {error.strerror}", where=Location(file=str(file))
        ) from error
    start = stream.peek(2)[:2]  # a pipe cannot be gone back in
    encoding = _UTF16.get(start, "utf-8-sig")
    if encoding == "utf-8-sig" and b"\0" in start:
        encoding = "utf-16-be" if start.startswith(b"\0") else "utf-16-le"
    errors = "surrogateescape" if encoding == "utf-8-sig" else "surrogatepass"
    return io.TextIOWrapper(stream, encoding, errors=errors, newline="")


def _lines(file: Path, stream: TextIO, taking: _Import) -> Iterator[tuple[int, Line]]:
    """Each line with its number; those that cannot be read are refused."""
    columns: Columns | None = None
    for number, row in read_rows(bounded_lines(stream.readline)):
        try:
            if isinstance(row, Exception):
                raise row
            if not any(cell.strip() for cell in row):
                continue
            if columns is None:
                columns = read_columns(row)
                taking.unheeded = columns.unheeded
                if columns.is_ours:  # what was kept of many columns is one there
                    csv.field_size_limit(LONGEST_LINE)
                continue
            yield number, read_line(row, columns)
        except (csv.Error, SubscriptionError) as error:
            if columns is None:
                raise _placed(file, number, error) from error
            taking.refuse(number, error)
    if columns is None:
        raise SubscriptionError("is empty", where=Location(file=str(file)))


def _placed(file: Path, number: int, error: Exception) -> SubscriptionError:
    place = Location(file=str(file), line=number)
    if isinstance(error, SubscriptionError):
        return SubscriptionError(error.message, where=place, mend=error.mend)
    return SubscriptionError(str(error), where=place, mend="is it a table with commas?")


class _Import:
    """Takes a file's lines into the store, each piece in one transaction, and counts them."""

    def __init__(
        self,
        store: SubscriberStore,
        wanted: _Wanted,
        file: Path,
        now: datetime,
        told: Callable[[SubscriptionError], None],
        *,
        dry_run: bool,
    ) -> None:
        self._store = store
        self._wanted = wanted
        self._file = file
        self._called = os.fsencode(file.name).decode("utf-8", "replace")  # kept as evidence
        self._now = now
        self._told = told
        self._dry_run = dry_run
        self._rehearsed: dict[str, bytes] = {}  # whom a dry run would have taken or changed so far
        self._barring: dict[str, Suppression] = {}
        self.counts: Counter[str] = Counter()
        self.unheeded: Sequence[str] = ()

    def refuse(self, number: int, error: Exception) -> None:
        """A line that cannot be taken."""
        self.counts["refused"] += 1
        self._told(_placed(self._file, number, error))

    def keep(self, piece: Sequence[tuple[int, Line]]) -> None:
        """One piece of the file."""
        taken: list[tuple[int, Line, Sequence[tuple[str, str]]]] = []
        for number, line in piece:
            try:
                taken.append((number, line, _newsletters(line, self._wanted)))
            except SubscriptionError as error:
                self.refuse(number, error)
        queue = iter(taken)
        barring = self._barring if self._dry_run else {}

        def change(reader: Reader, barred: Suppression | None) -> Reader | None:
            number, line, named = next(queue)
            who = line.email.lower()
            if who in self._rehearsed:
                reader = load(self._rehearsed[who], Reader)
            how = f"{self._called}:{number}"
            evidence = Evidence(when=self._now, what="imported", how=how)
            barred = barred or barring.get(who)
            after = _told_by(
                reader, line, named, evidence, barred, confirmed=self._wanted.confirmed
            )
            if line.state is SubscriptionState.SUPPRESSED:
                new = Suppression(reason=line.why, since=self._now, how=line.barred_by or how)
                if readers.is_graver(new, barred):
                    barring[who] = new
                if barred is None:
                    after = readers.suppressed(after or reader, evidence)
            self.counts[_outcome(reader, after, barred)] += 1
            if not self._dry_run:
                return after
            if after is not None:
                self._rehearsed[who] = dump(_as_kept(after))
            return None

        if taken:
            new = [_new_reader(line, self._now) for _, line, _ in taken]
            if self._dry_run:
                self._store.change(new, change)
            else:
                self._store.change(new, change, barring)


def _as_kept(reader: Reader) -> Reader:
    """With a number: that of nobody for one who has none yet."""
    person = reader.subscriber
    return reader if person.id else replace(reader, subscriber=replace(person, id=-1))


def _told_by(
    reader: Reader,
    line: Line,
    named: Sequence[tuple[str, str]],
    evidence: Evidence,
    barred: Suppression | None,
    *,
    confirmed: bool,
) -> Reader | None:
    """The reader after a line; None where it changes nothing."""
    if barred is not None and not reader.subscriber.id:
        return None
    after = _merged(reader, line)
    for newsletter, rhythm in named:
        state = line.state or SubscriptionState.ACTIVE
        if state is SubscriptionState.ACTIVE and not confirmed:
            state = SubscriptionState.PENDING
        if barred is not None:
            if _waits(after, newsletter):
                continue  # for a yes, which a file cannot say or take back
            state = SubscriptionState.SUPPRESSED
        after = readers.imported(
            after, newsletter, rhythm, state, evidence, told=_told_of(line, newsletter)
        )
    return None if after == reader and reader.subscriber.id else after


def _told_of(line: Line, newsletter: str) -> Told:
    """What a line tells of a newsletter: of another one than its own nobody asked for it then, and
    what they said stands as that."""
    told = line.told
    if newsletter == line.newsletter or not line.newsletter:
        return told
    of_another = tuple(
        replace(one, how=f"{one.how} (of {line.newsletter})") for one in told.evidence
    )
    return Told(next_rhythm=told.next_rhythm, paused_until=told.paused_until, evidence=of_another)


def _waits(reader: Reader, newsletter: str) -> bool:
    known = reader.subscriptions.get(newsletter)
    return known is not None and known.state is SubscriptionState.PENDING


def _outcome(before: Reader, after: Reader | None, barred: Suppression | None) -> str:
    if barred is not None:
        return "suppressed"
    if after is None:
        return "unchanged"
    return "changed" if before.subscriber.id else "new"


def _newsletters(line: Line, wanted: _Wanted) -> list[tuple[str, str]]:
    """The newsletters a line is for, each with its rhythm. Raises SubscriptionError."""
    names = wanted.newsletters or ([line.newsletter] if line.newsletter else [])
    if not names:
        raise SubscriptionError(
            "says no newsletter", mend="add --newsletter NAME, or a column newsletter"
        )
    found = []
    for name in names:
        spec = next((n for n in wanted.config.newsletters if n.name == name), None)
        if spec is None:
            known = ", ".join(n.name for n in wanted.config.newsletters) or "none"
            raise SubscriptionError(f"there is no newsletter {name!r}", mend=f"configured: {known}")
        rhythms = [rhythm.name for rhythm in spec.rhythms]
        for rhythm in (line.rhythm, line.told.next_rhythm):
            if rhythm and rhythm not in rhythms:
                raise SubscriptionError(
                    f"{name} has no rhythm {rhythm!r}",
                    mend=f"it has: {', '.join(rhythms) or 'none'}",
                )
        found.append((name, line.rhythm or (rhythms[0] if rhythms else "")))
    return found


def check_newsletters(config: Config, names: Sequence[str]) -> None:
    """Raises ConfigError for a newsletter that is not there."""
    known = [spec.name for spec in config.newsletters]
    for name in names:
        if name in known:
            continue
        for spec in config.newsletters:
            if name in [f"{spec.name}/{rhythm.name}" for rhythm in spec.rhythms]:
                raise ConfigError(f"{name} is a rhythm", mend=f"name its newsletter: {spec.name}")
        told = ", ".join(known) or "none"
        raise ConfigError(f"there is no newsletter {name!r}", mend=f"configured: {told}")


def _new_reader(line: Line, now: datetime) -> Reader:
    return Reader(
        subscriber=Subscriber(
            email=line.email,
            name=line.name,
            language=line.language,
            timezone=line.timezone,
            fields=line.fields,
            created=now.astimezone(UTC),
        )
    )


def _merged(reader: Reader, line: Line) -> Reader:
    """What the line says fills what is not known yet; what the reader told us stays."""
    person = reader.subscriber
    known = replace(
        person,
        name=person.name or line.name,
        language=person.language or line.language,
        timezone=person.timezone or line.timezone,
        fields={**line.fields, **person.fields},
    )
    return reader if known == person else replace(reader, subscriber=known)
