"""Databases with odd rows in every table, and all that is in one, whichever kind it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from publisher.store.engine import open_postgresql, open_sqlite
from publisher.store.tables import TABLES

TEXTS = (
    "",
    "0",
    "a'b\"c\\d",
    "two\nlines\t\r",
    "🧑‍🚀 ñ e\u0301 \u202eabc",
    "x" * 5000,
    "\ufeff\u0001 %s :a ?",
)
NUMBERS = (0, -1, 7, 2**53 + 1, 2**62, -(2**63), 2**63 - 1)
SMALL = (0, -1, 7, 2**31 - 1, -(2**31))
BYTES = (b"", b"\x00", bytes(range(256)), b"\xff\xfe", b"x" * 100_000)
ROWS = 30
MANY = 2100
"""Rows of one table: more than are copied at once."""
Rows = dict[str, list[tuple[Any, ...]]]


def fill(address: str, rows: int = ROWS, many: int = MANY) -> None:
    """Odd rows into every table of a new database, and numbers that were used up."""
    database = (
        open_postgresql(address)
        if address.startswith("postgresql:")
        else open_sqlite(Path(address), lambda: 0)
    )
    with database.writing() as connection:
        look = sa.inspect(connection)
        for table in TABLES:
            count = many if table.name == "delivery" else rows
            keys = set(look.get_pk_constraint(table.name)["constrained_columns"])
            for unique in look.get_unique_constraints(table.name):
                keys |= set(unique["column_names"])
            empties = {c["name"] for c in look.get_columns(table.name) if c["nullable"]}
            connection.execute(
                sa.insert(table), [_row(table, keys, empties, n) for n in range(count)]
            )
        if database.is_sqlite:
            connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = seq + 1000")
        else:
            for table in TABLES:
                if "id" in table.c:
                    connection.exec_driver_sql(f"SELECT setval('{table.name}_id_seq', 1031)")
    database.close()


def _row(table: sa.Table, keys: set[str], empties: set[str], n: int) -> dict[str, Any]:
    return {
        c.name: _value(c, n, n + i, c.name in keys, c.name in empties)
        for i, c in enumerate(table.c)
    }


def _value(column: sa.Column[Any], n: int, odd: int, is_key: bool, may_be_empty: bool) -> Any:
    if may_be_empty and not is_key and n % 3 == 0:
        return None
    if column.name in ("owner", "state"):  # nobody is at work
        return ""
    if isinstance(column.type, sa.LargeBinary):
        return BYTES[odd % len(BYTES)]
    if isinstance(column.type, sa.Text):
        text = TEXTS[odd % len(TEXTS)]
        return f"{text[:200]}{n}" if is_key else text
    if is_key or column.name == "subscriber":
        return n + 1
    return (
        NUMBERS[odd % len(NUMBERS)]
        if isinstance(column.type, sa.BigInteger)
        else SMALL[odd % len(SMALL)]
    )


def contents(address: str) -> Rows:
    """Every row of every table of ours, and the numbers that are used up, by the drivers alone."""
    if not address.startswith("postgresql:"):
        with closing(sqlite3.connect(address)) as connection:
            found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            names = [name for (name,) in found if not name.startswith("sqlite_")]
            rows = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}
            rows["numbers"] = connection.execute(
                "SELECT name, seq FROM sqlite_sequence WHERE seq > 0"
            ).fetchall()
    else:
        import psycopg

        with psycopg.connect(address) as connection:
            found = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            rows = {
                name: connection.execute(f"SELECT * FROM {name}").fetchall()  # type: ignore[call-overload]
                for (name,) in found
            }
            rows.pop("schema_version", None)
            rows["numbers"] = connection.execute(
                "SELECT replace(sequencename, '_id_seq', ''), last_value FROM pg_sequences"
                " WHERE schemaname = 'public' AND last_value > 0"
            ).fetchall()
    return {name: sorted(map(_plain, found), key=repr) for name, found in rows.items()}


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)


def without_notes(rows: Rows) -> Rows:
    """All but what a move notes of itself."""
    return {name: found for name, found in rows.items() if not name.startswith("store_move")}
