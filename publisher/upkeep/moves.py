"""USE CASE. The database moved to another place, or the move given up.

At every instant at most one of the two databases can be used, whatever is killed:

1. the new one is empty; it gets a note that it is being filled, which bars its use;
2. the old one gets the note that it is being moved, in the transaction that finds nobody at work
   with it; from here on nobody writes to it, nor sends anything by it;
3. rows are copied in pieces, then both are read and compared;
4. the old one notes that it was moved; then the new one forgets its note, and may be used.

Who gives up goes back the same way: the new one is barred and held against the old one before the
old one is free again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import field

from publisher.errors import (
    ConfigError,
    Location,
    StoreConflict,
    StoreError,
    StoreUnreachable,
)
from publisher.outputs.lock import hold_lock
from publisher.sending.worker import worker_alive
from publisher.sources import Progress
from publisher.store.address import Place
from publisher.store.engine import (
    Database,
    open_postgresql,
    open_postgresql_as_it_is,
    open_sqlite,
    open_sqlite_as_it_is,
)
from publisher.store.fence import (
    Move,
    as_configured,
    bar,
    begin_pieces,
    forget_move,
    note_move,
    read_move,
    unbar,
)
from publisher.store.moving import (
    Sum,
    copy_all,
    count_rows,
    empty,
    has_rows,
    is_latest,
    moving_alone,
    schema_version,
    sums,
    tables_there,
    who_is_at_work,
)
from publisher.store.standstill import forget_standstill
from publisher.system.room import is_there
from publisher.values import dataclass

_LOCK_SECONDS = 60
_TRIES = 5
_NEVER_USED = {"arriving", "returning"}
_AGAIN = "run the same command again: it goes on where it was"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveReport:
    """What a move came to. Without tables nothing was to be done: it was done before."""

    source: str
    target: str
    tables: Mapping[str, Sum] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def configured(self) -> str:
        """What `database:` has to say from now on."""
        return as_configured(self.target)

    @property
    def rows(self) -> int:
        """How many rows the database has."""
        return sum(one.rows for one in self.tables.values())


def move_store(
    source: Place, target: Place, *, now: Callable[[], int], time_is_told: bool, progress: Progress
) -> MoveReport:
    """Move a database to a place that has nothing in it, or go on with that.

    `now` gives milliseconds since 1970. Raises StoreError, with both as they were or with a move
    that can be gone on with; OutputBusy where a run is writing; ConfigError for places that
    cannot be those of a move.
    """
    with _opened(source, target, now, time_is_told=time_is_told) as (old, new):
        move = _noted(old)
        _refuse_source(old, source, target, move)
        filled = _noted(new)
        if move is not None and move.part == "left" and filled is None:
            return MoveReport(source=source.text, target=target.text)
        _refuse_target(new, source, target, filled)
        id_ = move.id if move else secrets.token_hex(8)
        if move is None or filled is None or filled.id != id_:
            _prepare(new, target, Move(id=id_, part="arriving", other=source.text))
        if move is None:
            try:
                _leave(old, source, Move(id=id_, part="leaving", other=target.text))
            except StoreError:
                with new.writing() as connection:
                    forget_move(connection)
                raise
        forget_standstill(source.state)
        tables = _copied(old, new, target, progress)
        with old.writing() as connection:
            found = read_move(connection)
            if found is None or found.id != id_:
                raise StoreError(
                    "the move was given up meanwhile", where=Location(file=source.text)
                )
            note_move(connection, Move(id=id_, part="left", other=target.text))
        with new.writing() as connection:
            forget_move(connection)
        return MoveReport(source=source.text, target=target.text, tables=tables)


def give_up_move(
    source: Place, target: Place, *, now: Callable[[], int], time_is_told: bool, progress: Progress
) -> MoveReport:
    """Let the old database be used again, and empty the new one.

    Where the move was done, only if nothing was written to the new one since. Raises StoreError,
    with everything as it was or with what the same call ends.
    """
    warnings = []
    both = _opened(source, target, now, time_is_told=time_is_told, may_be_away=True)
    with both as (old, new):
        move = _noted(old)
        _refuse_another_move(move, source, target)
        if move is not None and move.part == "left":
            back = Move(id=move.id, part="returning", other=source.text)
            _take_back(old, new, back, target, progress)
        if move is not None:
            with old.writing() as connection:
                unbar(connection)
                forget_move(connection)
        try:
            if not _clean(new, source) and move is None:
                raise StoreError("is not being moved", where=Location(file=source.text))
        except StoreUnreachable:
            if move is None:
                raise
            warnings.append(f"{target.text} is away; what this move left there bars its use")
    return MoveReport(source=source.text, target=target.text, warnings=tuple(warnings))


@contextmanager
def _opened(
    source: Place,
    target: Place,
    now: Callable[[], int],
    *,
    time_is_told: bool,
    may_be_away: bool = False,
) -> Iterator[tuple[Database, Database]]:
    """Both as they are; no run writes meanwhile. The new one `may_be_away` where it is left."""
    if source.text == target.text:
        raise ConfigError("both places are the same", mend="name the old one, then the new one")
    if source.file and target.file:
        raise ConfigError(
            "both places are files", mend="stop what runs, and move the state folder as a whole"
        )
    if source.file and not is_there(StoreError, source.file):
        raise StoreError("is not there", where=Location(file=str(source.file)))
    with ExitStack() as stack:
        for state in sorted({source.state, target.state}):
            stack.enter_context(hold_lock(state / "lock", _LOCK_SECONDS))
        if target.file and not is_there(StoreError, target.file):
            open_sqlite(target.file, now).close()
        databases = []
        for place in (source, target):
            database = (
                open_sqlite_as_it_is(place.file, now)
                if place.file
                else open_postgresql_as_it_is(place.address, now if time_is_told else None)
            )
            stack.callback(database.close)
            try:
                stack.enter_context(moving_alone(database))
            except StoreUnreachable:
                if place is source or not may_be_away:
                    raise
            databases.append(database)
        yield databases[0], databases[1]


def _noted(database: Database) -> Move | None:
    with database.reading() as connection:
        return read_move(connection)


def _refuse_source(old: Database, source: Place, target: Place, move: Move | None) -> None:
    _refuse_another_move(move, source, target)
    with old.reading() as connection:
        version, ours = schema_version(connection), tables_there(connection)
    where = Location(file=source.text)
    if not version or not ours:
        raise StoreError(
            "is no database of publisher's", where=where, mend="name the one that is configured"
        )
    if not is_latest(version):
        raise StoreError(
            f"has the schema of another version ({version})",
            where=where,
            mend="an older one is brought up to date by `publisher status`, once a move that has "
            "begun is ended with --give-up; a newer one needs the newer version of publisher",
        )


def _refuse_another_move(move: Move | None, source: Place, target: Place) -> None:
    where = Location(file=source.text)
    if move is None or (move.part != "arriving" and move.other == target.text):
        return
    if move.part == "arriving":
        raise StoreError(f"is being filled from {move.other}", where=where, mend=_AGAIN)
    if move.part == "left":
        raise StoreError(f"was moved to {move.other}", where=where, mend=f"name {move.other}")
    raise StoreError(
        f"is being moved to {move.other}",
        where=where,
        mend="go on with that, or end it with --give-up",
    )


def _refuse_target(new: Database, source: Place, target: Place, filled: Move | None) -> None:
    """Raises StoreError where it has what is not of a move from there."""
    if filled is not None and filled.part == "arriving" and filled.other == source.text:
        return
    where, mend = Location(file=target.text), "name an empty database"
    if filled is not None and filled.part == "returning":
        raise StoreError(
            f"was moved back to {filled.other}",
            where=where,
            mend="end that first, with --give-up and the places that it had",
        )
    if filled is not None:
        what = "is being filled from" if filled.part == "arriving" else "was moved to"
        raise StoreError(f"{what} {filled.other}", where=where, mend=mend)
    with new.reading() as connection:
        is_strange = not schema_version(connection) and tables_there(connection)
        if is_strange or has_rows(connection):
            raise StoreError("has other data in it", where=where, mend=mend)


def _prepare(new: Database, target: Place, move: Move) -> None:
    """Bar the use of a database without anything in it; what an earlier try left there goes."""
    with new.writing() as connection:
        if read_move(connection) is not None:
            empty(connection)
            forget_move(connection)
    if target.file is None:
        open_postgresql(target.address).close()
    else:
        open_sqlite(target.file, lambda: 0).close()
    with new.writing() as connection:
        note_move(connection, move)
        begin_pieces(connection)


def _leave(old: Database, place: Place, move: Move) -> None:
    """Bar a database where nobody is at work with it; else raises StoreError.

    Of two who lock several tables of PostgreSQL one may be undone; then it is tried again.
    """
    for left in reversed(range(_TRIES)):
        try:
            with old.writing() as connection:
                bar(connection)
                at_work = who_is_at_work(
                    connection,
                    old.now(connection),
                    lambda name: worker_alive(place.state / "workers", name, alone=old.is_sqlite),
                )
                if at_work:
                    raise StoreError(
                        f"is in use: {at_work}",
                        where=Location(file=place.text),
                        mend="stop what sends (`publisher schedule`, `serve`, `deliver`), wait a "
                        "minute, then do it again",
                    )
                note_move(connection, move)
                return
        except StoreConflict:
            if not left:
                raise


def _copied(old: Database, new: Database, target: Place, progress: Progress) -> Mapping[str, Sum]:
    """What both hold, when all is copied. Raises StoreError where it is not the same."""
    with old.reading() as connection:
        total = sum(count_rows(connection).values())
    copy_all(old, new, lambda done: progress("copying", done, total))
    here, there = _compared(old, new, total, progress)
    if here != there:
        raise StoreError(
            f"does not hold the same: {_differing(here, there)}",
            where=Location(file=target.text),
            mend="end the move with --give-up, let nobody else write there, and begin anew",
        )
    return there


def _compared(
    old: Database, new: Database, total: int, progress: Progress
) -> tuple[dict[str, Sum], dict[str, Sum]]:
    here = sums(old, lambda done: progress("comparing", done, 2 * total))
    there = sums(new, lambda done: progress("comparing", total + done, 2 * total))
    return here, there


def _differing(here: Mapping[str, Sum], there: Mapping[str, Sum]) -> str:
    names = [name for name in here if here[name] != there[name]]
    return ", ".join(f"{name} ({here[name].rows} rows, {there[name].rows} there)" for name in names)


def _take_back(old: Database, new: Database, back: Move, target: Place, progress: Progress) -> None:
    """Bar the database that a move was done to, if it holds what it held then.

    Raises StoreError.
    """
    filled = _noted(new)
    if filled is not None and filled.part == "arriving":
        return
    if filled is None:
        _leave(new, target, back)
    with old.reading() as connection:
        total = sum(count_rows(connection).values())
    here, there = _compared(old, new, total, progress)
    if here != there:
        with new.writing() as connection:
            unbar(connection)
            forget_move(connection)
        raise StoreError(
            f"was used since: {_differing(here, there)}",
            where=Location(file=target.text),
            mend=f"move it instead: publisher migrate-store {target.text} to a place that is empty",
        )


def _clean(new: Database, source: Place) -> bool:
    """Empty what a move from there left; False where it left nothing."""
    with new.writing() as connection:
        noted = read_move(connection)
        if noted is None or noted.other != source.text or noted.part not in _NEVER_USED:
            return False
        unbar(connection)
        empty(connection)
        forget_move(connection)
        return True
