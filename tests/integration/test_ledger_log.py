"""SQLite's log has its full length when much is written, for to lengthen it costs each commit."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from publisher.store.engine import Database, open_sqlite, open_sqlite_aside
from publisher.store.kept import KeptConnection
from publisher.store.tables import mailbox_mark

FULL = 4_000_000
LITTLE_ROOM = """
import resource, sys
from pathlib import Path
from tests.integration.test_ledger_log import opened, written
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
print(written(opened(Path(sys.argv[1])), 0, 100))
"""


def opened(folder: Path) -> Database:
    return open_sqlite(folder / "publisher.db", lambda: 1_000_000)


def written(database: Database, first: int, last: int) -> int:
    """Writes so many rows, each a transaction; gives how many there are."""
    kept = KeptConnection(database)
    words = database.words(
        sa.insert(mailbox_mark).values(mailbox=sa.bindparam("box"), mark=sa.bindparam("said"))
    )
    for number in range(first, last):
        assert kept.write(words, {"box": f"box {number}", "said": "x"}) == 1
    kept.let_go()
    with database.reading() as connection:
        return int(
            connection.execute(sa.select(sa.func.count()).select_from(mailbox_mark)).scalar_one()
        )


def test_it_gets_its_length_at_once_where_much_is_written(tmp_path: Path) -> None:
    log = tmp_path / "publisher.db-wal"
    with closing(opened(tmp_path)) as database:
        assert written(database, 0, 40) == 40
        assert log.stat().st_size < FULL / 4, "a few do not need it"
        assert written(database, 40, 100) == 100
        size = log.stat().st_size
        assert size > FULL
        assert written(database, 100, 140) == 140
        assert log.stat().st_size == size
        with database.reading() as connection:
            names = sa.inspect(connection).get_table_names()
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert "room" not in names
    with closing(opened(tmp_path)) as database:
        assert written(database, 140, 141) == 141


def test_where_there_is_no_room_for_it_all_goes_on(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LITTLE_ROOM, str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("100\n", "")
    with closing(opened(tmp_path)) as database:
        assert written(database, 100, 101) == 101


def test_in_memory_there_is_none(tmp_path: Path) -> None:
    with closing(open_sqlite_aside(tmp_path / "none.db", lambda: 1_000_000)) as database:
        assert written(database, 0, 100) == 100
