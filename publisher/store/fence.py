"""EDGE. The note in a database that it moves to another, and the bar that nobody writes over.

Both are there only while they are needed, and are no part of the schema. The note refuses whoever
opens the database from now on. The bar, a trigger on each table, refuses those who have it open
already, of this version and of older ones: without a note of its intent no message leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from publisher.errors import Location, StoreMoved
from publisher.store.tables import TABLES
from publisher.values import dataclass

Part = Literal["leaving", "left", "arriving", "returning"]
"""The old one is being moved, or was; the new one is being filled, or was given up."""

_PG_CODE = "MV001"
"""Ours: PostgreSQL leaves to applications what begins with letters from I on, but for P0 and XX."""
_BARRED = "this database moves, or was moved, to another place"
_MEND = (
    "set `database:` in publisher.yaml to that place (`publisher status` names it), and start "
    "this again"
)
_CHANGES = ("INSERT", "UPDATE", "DELETE")

_notes = sa.MetaData()
_move = sa.Table(
    "store_move",
    _notes,
    *(sa.Column(name, sa.Text, nullable=False) for name in ("id", "part", "other")),
)
pieces = sa.Table(
    "store_move_piece",
    _notes,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
)
"""How far each table was copied, in the database that it is copied to: `after` which key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a database says of its move: which one it is, its own part in it, the other place."""

    id: str
    part: Part
    other: str


def read_move(connection: Connection) -> Move | None:
    """What a database says of its move; None where it says nothing."""

    def run(statement: str) -> Any:
        return connection.exec_driver_sql(statement).fetchone()

    return _read(run, is_sqlite=connection.dialect.name == "sqlite")


def refuse_moved(run: Callable[[str], Any], place: str, *, is_sqlite: bool) -> None:
    """Raises StoreMoved where a database moves or did; `run` gives a statement's first row."""
    move = _read(run, is_sqlite=is_sqlite)
    if move is None:
        return
    again = "run that `publisher migrate-store` again until it is done, or with --give-up"
    said, mend = {
        "leaving": (f"is being moved to {move.other}", again),
        "arriving": (f"is being filled from {move.other}", again),
        "returning": (
            f"was moved back to {move.other}",
            f"set `database: {as_configured(move.other)}` in publisher.yaml",
        ),
        "left": (
            f"was moved to {move.other}",
            f"set `database: {as_configured(move.other)}` in publisher.yaml",
        ),
    }[move.part]
    raise StoreMoved(said, where=Location(file=place), mend=mend)


def as_configured(place: str) -> str:
    """What `database:` in publisher.yaml says of a place."""
    return "sqlite" if place.startswith("sqlite:") else place


def _read(run: Callable[[str], Any], *, is_sqlite: bool) -> Move | None:
    there = run(
        "SELECT 1 FROM sqlite_master WHERE name = 'store_move'"
        if is_sqlite
        else "SELECT 1 WHERE to_regclass('store_move') IS NOT NULL"
    )
    row = run("SELECT id, part, other FROM store_move") if there else None
    return Move(id=row[0], part=row[1], other=row[2]) if row else None


def barred(error: BaseException, place: str) -> StoreMoved | None:
    """The same error as ours, where a driver says that the bar was met."""
    if _BARRED not in str(error):
        return None
    return StoreMoved(_BARRED, where=Location(file=place), mend=_MEND)


def note_move(connection: Connection, move: Move) -> None:
    """Say it in a database; whoever opens it from now on is refused."""
    _notes.create_all(connection, [_move])
    connection.execute(sa.delete(_move))
    connection.execute(sa.insert(_move).values(id=move.id, part=move.part, other=move.other))


def begin_pieces(connection: Connection) -> None:
    """Nothing was copied yet."""
    _notes.create_all(connection, [pieces])
    connection.execute(sa.delete(pieces))
    connection.execute(
        sa.insert(pieces), [{"name": table.name, "after": "", "rows": 0} for table in TABLES]
    )


def forget_move(connection: Connection) -> None:
    """As if it had never been."""
    _notes.drop_all(connection)


def bar(connection: Connection) -> None:
    """Let nobody change a row; whoever is at it is waited for."""
    if connection.dialect.name == "sqlite":
        for table in TABLES:
            for change in _CHANGES:
                connection.exec_driver_sql(
                    f"CREATE TRIGGER store_move_{table.name}_{change} BEFORE {change} "
                    f"ON {_named(connection, table)} BEGIN SELECT RAISE(ABORT, '{_BARRED}'); END"
                )
        return
    # all at once: those who write take some of them too, in an order of their own
    names = ", ".join(_named(connection, table) for table in TABLES)
    connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
    connection.exec_driver_sql(
        "CREATE FUNCTION store_move_bar() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION USING ERRCODE = '{_PG_CODE}', MESSAGE = '{_BARRED}'; END $$"
    )
    for table in TABLES:
        connection.exec_driver_sql(
            "CREATE TRIGGER store_move_bar BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE "
            f"ON {_named(connection, table)} FOR EACH STATEMENT EXECUTE FUNCTION store_move_bar()"
        )


def unbar(connection: Connection) -> None:
    """Let everybody write again."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS store_move_bar() CASCADE")
        return
    found = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'store_move_*'"
    ).all()
    for (name,) in found:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def _named(connection: Connection, table: sa.Table) -> str:
    return connection.dialect.identifier_preparer.format_table(table)
