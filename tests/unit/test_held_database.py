"""A database that another program holds: to be waited for, and never to be moved away."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from publisher.errors import StoreError
from publisher.store.database import damage_named, open_database
from publisher.store.engine import open_sqlite

MEND = (
    "another program holds it open: see which (`fuser -v {}`), "
    "let it come to its end, or end it, and try again"
)


@pytest.mark.parametrize("name", ["publisher.db", "build.db"])
def test_a_file_that_another_holds_is_not_to_be_moved_away(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    with (
        closing(open_database(file, ())),
        closing(sqlite3.connect(file, isolation_level=None)) as other,
        closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as ours,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="database is locked") as raised, damage_named(file):
            ours.execute("BEGIN IMMEDIATE")
    assert raised.value.mend == MEND.format(file)


def test_nor_is_there_want_of_room(tmp_path: Path) -> None:
    file = tmp_path / "publisher.db"
    with (
        closing(open_sqlite(file, lambda: 0)) as database,
        closing(sqlite3.connect(file, isolation_level=None)) as other,
    ):
        with database.reading() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 0")  # of the pool's only connection
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="database is locked") as raised, database.writing():
            pass
        assert raised.value.mend == MEND.format(file)
