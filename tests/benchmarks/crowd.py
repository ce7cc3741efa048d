"""What a list of many readers costs: to import it, to freeze an issue for it, to begin to send."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from publisher.store.schema import MIGRATIONS
from tests.benchmarks.contest import Contest, Job
from tests.benchmarks.mailing_site import LIST, MailedSite, Sink
from tests.sites import NOW

MILLION = 1_000_000
_MEMORY = 200
_FLAT = "Memory does not grow with the list: less than 200 MiB for a million readers."
_SHARE = 500
"""Of so many readers one is sent to, where it is measured what the others cost."""

CONTESTS = (
    Contest(
        what="20,000 lines of CSV imported",
        ours="crowd:imported",
        anchor="crowd:put_in",
        anchor_is="csv and sqlite3 alone, the same rows",
        size=20_000,
        rate="lines",
    ),
    Contest(
        what="an issue made and frozen for 100,000 readers",
        ours="crowd:published",
        anchor="crowd:rows_alone",
        anchor_is="sqlite3 alone, the same rows",
        size=100_000,
        clock="wall",
        goal=10.0,
        why="5 s, where sqlite3 alone took 0.5 s for the rows of the ledger.",
        rate="readers",
    ),
    Contest(
        what="1,000,000 lines of CSV imported",
        ours="crowd:imported",
        anchor="crowd:put_in",
        anchor_is="csv and sqlite3 alone, the same rows",
        size=MILLION,
        peak=_MEMORY,
        why=_FLAT,
        rate="lines",
        long=True,
    ),
    Contest(
        what="an issue made and frozen for 1,000,000 readers",
        ours="crowd:published",
        anchor="crowd:rows_alone",
        anchor_is="sqlite3 alone, the same rows",
        size=MILLION,
        clock="wall",
        peak=_MEMORY,
        why=_FLAT,
        rate="readers",
        long=True,
    ),
    Contest(
        what="2,000 messages of an issue for 1,000,000 readers",
        ours="crowd:begun",
        anchor="crowd:all_of_few",
        anchor_is="2,000 messages of an issue for 2,000",
        size=MILLION,
        goal=1.25,
        peak=_MEMORY,
        why=_FLAT,
        needs=("smtp-sink",),
        long=True,
    ),
)


def imported(size: int) -> Job:
    """Ours: `publisher subscribers import` into a new database."""
    site = _site()
    file = _list(site, size)

    def work() -> Iterator[bytes]:
        site.run("subscribers", "import", str(file), "--newsletter", LIST, "--confirmed")
        yield _count(site.file, "subscription")

    return _job(site, work, rewind=lambda: _forget(site))


def put_in(size: int) -> Job:
    """The anchor: the same file into the same tables by the standard library."""
    site = _site()
    file = _list(site, size)

    def rewind() -> None:
        _forget(site)
        with site.database():
            pass

    def work() -> Iterator[bytes]:
        with closing(sqlite3.connect(site.file)) as connection, connection:
            with file.open(encoding="utf-8", newline="") as stream:
                connection.executemany(
                    "INSERT INTO subscriber (email, box, name, language, timezone, fields, created)"
                    " VALUES (?1, ?1, ?2, '', '', '{}', 0)",
                    ((line["email"], line["name"]) for line in csv.DictReader(stream)),
                )
            connection.execute(
                f"INSERT INTO subscription SELECT id, '{LIST}', '', '', 'active', 0, 0, NULL, NULL,"
                " '[]' FROM subscriber"
            )
        yield _count(site.file, "subscription")

    return _job(site, work, rewind=rewind)


def published(size: int) -> Job:
    """Ours: the run of `publisher publish` that makes an issue and freezes it with its readers."""
    site = _site()
    articles = site.folder / "articles"
    articles.mkdir()
    header = "---\ntitle: Fog\ndate: 2026-11-01\n---\n\n"
    (articles / "fog.md").write_text(header + "A text about fog.\n", encoding="utf-8")
    site.add_readers(size)
    clean = site.folder.with_suffix(".clean")
    shutil.copytree(site.folder, clean)

    def rewind() -> None:
        shutil.rmtree(site.folder)
        shutil.copytree(clean, site.folder)

    def work() -> Iterator[bytes]:
        site.run("publish", "--now", NOW)
        yield _count(site.file, "delivery")

    def close() -> None:
        shutil.rmtree(clean)
        site.close()

    return Job(work=work, facts=_rows, rewind=rewind, close=close, tell=True)


def rows_alone(size: int) -> Job:
    """The anchor: a row of the ledger for each reader, put in by the standard library."""
    site = _site()
    file = site.folder / "rows.db"

    def rewind() -> None:
        file.unlink(missing_ok=True)
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            for script in MIGRATIONS:
                connection.executescript(script)

    def work() -> Iterator[bytes]:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            with connection:
                connection.executemany(
                    "INSERT INTO delivery VALUES (1, ?, ?, 'pending', 0, 0, 0, '')",
                    ((number, number // 500) for number in range(size)),
                )
        yield _count(file, "delivery")

    return _job(site, work, rewind=rewind)


def begun(size: int) -> Job:
    """Ours: some messages of an issue of many readers."""
    return _sending(readers=size, messages=max(1, size // _SHARE))


def all_of_few(size: int) -> Job:
    """The anchor: as many messages of an issue of just as many readers."""
    messages = max(1, size // _SHARE)
    return _sending(readers=messages, messages=messages)


def _sending(*, readers: int, messages: int) -> Job:
    sink, site = Sink(), MailedSite()
    site.configure(sink.port)
    site.add_readers(readers)
    site.freeze()

    def work() -> Iterator[bytes]:
        before = sink.taken
        site.run("deliver", "--limit", str(messages))
        yield str(sink.taken - before).encode()

    def close() -> None:
        sink.close()
        site.close()

    return Job(work=work, facts=_rows, rewind=site.rewind, close=close, tell=True)


def _site() -> MailedSite:
    site = MailedSite()
    site.configure(1)
    return site


def _job(
    site: MailedSite, work: Callable[[], Iterator[bytes]], *, rewind: Callable[[], None]
) -> Job:
    return Job(work=work, facts=_rows, rewind=rewind, close=site.close, tell=True)


def _list(site: MailedSite, size: int) -> Path:
    file = site.folder / "readers.csv"
    with file.open("w", encoding="utf-8") as stream:
        stream.write("email,name\n")
        stream.writelines(f"reader{n}@d{n % 97}.example,Reader {n}\n" for n in range(size))
    return file


def _forget(site: MailedSite) -> None:
    for file in site.file.parent.glob("publisher.db*"):
        file.unlink()


def _count(file: Path, table: str) -> bytes:
    with closing(sqlite3.connect(file)) as connection:
        return str(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]).encode()


def _rows(pieces: Iterable[bytes]) -> Mapping[str, object]:
    (count,) = pieces
    return {"rows": int(count)}
