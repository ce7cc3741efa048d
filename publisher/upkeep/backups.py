"""USE CASE. The state in one file, looked through, and put back.

A backup is a ZIP archive of SQLite files, whatever database is configured: so it is also the way
from one kind to the other. It holds readers' addresses and the keys of their links.
"""

from __future__ import annotations

import errno
import hashlib
import json
import lzma
import os
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from publisher import __version__
from publisher.config import Config
from publisher.errors import Location, MigrationNeeded, StoreError
from publisher.outputs.lock import hold_lock
from publisher.store.build import BuildStore
from publisher.store.database import damage_named
from publisher.store.engine import Database, open_sqlite
from publisher.store.mailings import Mailings
from publisher.store.place import forget_place
from publisher.store.tables import state_mark
from publisher.store.transfer import (
    copy_rows,
    is_unused,
    skip_numbers,
    snapshot,
    take_out_unasked,
)
from publisher.system.room import is_there, trouble
from publisher.system.spare import Spare
from publisher.system.whole import sync_folder, write_whole
from publisher.values import dataclass
from publisher.wiring.app import lock_path
from publisher.wiring.stores import Stores

_ABOUT = "backup.json"
_DATABASE = "publisher.db"
_BUILD = "build.db"
_RECORD = "published.jsonl"
_FORMAT = 1
_LEFT_OVER = {
    *(f"{name}{more}" for name in (_DATABASE, _BUILD) for more in ("", "-wal", "-shm", "-journal")),
    _RECORD,
}
_CHUNK = 1 << 20
_LONGEST_ABOUT = 1 << 16
_MOST_PACKED, _ALWAYS_ENOUGH = 200, 64 << 20
"""How many times larger a backup may become, and how many bytes that is no question of: our own
are a twentieth at the least, and what is meant to fill a disk is a thousandth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """What a backup holds: when it was made, of which site, and how much.

    `replaced` counts what it was put in place of, by the names of tables.
    """

    made: datetime
    site: str
    version: str
    issues: int
    readers: int
    deliveries: Counter[str]
    replaced: Mapping[str, int] = field(default_factory=dict)


def make_backup(
    config: Config, stores: Stores, file: Path, clock: Callable[[], datetime]
) -> BackupReport:
    """Write the state to a file that was not there, whole or not at all. Raises StoreError.

    Publications wait meanwhile, deliveries go on: what they note later is not in it.
    """
    if file.exists():
        raise _about(file, "is there already", "name another file, or remove this one")
    real = Path(os.path.realpath(file))  # which a Path does not say of a link in a circle
    if real.is_relative_to(config.path(config.output).resolve()):
        raise _about(file, "would lie where everybody can read it", "name a place out of output/")
    state = config.path(config.state)
    with _workplace(config) as folder:
        snapshot(stores.database, folder / _DATABASE, lambda: 0)
        _copy_build(state / _BUILD, folder / _BUILD)
        record = config.path(config.record)
        if is_there(StoreError, record):
            shutil.copyfile(record, folder / _RECORD)
        about = {
            "format": _FORMAT,
            "publisher": __version__,
            "made": clock().isoformat(),
            "site": config.site.url,
            "database": config.database.partition(":")[0],
            "files": {path.name: _hash(path) for path in sorted(folder.iterdir())},
        }
        _write_archive(folder, about, file)
    return verify_backup(file)


def verify_backup(file: Path) -> BackupReport:
    """Hold a backup against its own hashes, and its databases against SQLite's rules.

    Raises StoreError where it is damaged, MigrationNeeded where a newer version made it.
    """
    with closing(Spare("verify")) as spare:
        try:
            folder = spare.make()
        except OSError as error:
            raise trouble(StoreError, error, Path(error.filename or "TMPDIR")) from error
        return _unpack(file, folder)


def restore_backup(
    config: Config, stores: Stores, file: Path, clock: Callable[[], datetime]
) -> BackupReport:
    """Put a backup in place of a state that is not there, or has nothing but what commands put
    there unasked. Raises StoreError.

    What it says is still to be sent may have been sent since: those issues are paused. The record
    is put back only where there is none, for it is kept with the articles. The database comes last,
    at once: whoever is killed before it does it again, and after it nothing is left to do.
    """
    state = config.path(config.state)
    fills = config.database != "sqlite" or _is_unused(stores)
    names = (_BUILD,) if fills else (_BUILD, _DATABASE)
    with _workplace(config) as folder:
        report = _unpack(file, folder)
        _refuse_another_site(config, file, report)
        _pause_all(folder / _DATABASE, report, clock)
        for name in names:
            _refuse_what_is_there(folder / name, state / name)
        if fills:
            _refuse_what_is_in(stores.database)
        _restore_record(folder / _RECORD, config.path(config.record))
        forget_place(state)
        for name in names:
            _put_in_place(folder / name, state / name)
        if fills:
            replaced = _fill(stores.database, folder / _DATABASE)
            report = replace(report, replaced=replaced)
    return report


def _refuse_another_site(config: Config, file: Path, report: BackupReport) -> None:
    if report.site != config.site.url:
        raise _about(
            file,
            f"is of {report.site}: its readers and ids would become those of {config.site.url}",
            "restore it where that is site.url; where the site has moved since, set site.url to "
            "what it was until it is restored",
        )


def _pause_all(path: Path, report: BackupReport, clock: Callable[[], datetime]) -> None:
    """Send nothing of it that may have been sent since, and give no number that may be given.

    What it notes of its place is forgotten: it is at home where it is put.
    """
    now = int(clock().timestamp() * 1000)
    database = open_sqlite(path, lambda: now)
    try:
        Mailings(database).pause_unfinished(
            f"restored from a backup of {report.made.isoformat()}: what it says is unsent may have "
            "been sent since; `publisher issue resume NEWSLETTER NUMBER` sends it"
        )
        with database.writing() as connection:
            connection.execute(sa.delete(state_mark))
            skip_numbers(connection, now)
    finally:
        database.close()


def _is_unused(stores: Stores) -> bool:
    """Whether a file is there into which nothing was ever put: a question makes one (`status`),
    and a delivery puts its keys there."""
    try:
        if not stores.is_there:
            return False
        with stores.database.reading() as connection:
            return is_unused(connection)
    except StoreError:
        return False  # it is refused as one that holds something


def _refuse_what_is_there(source: Path, target: Path) -> None:
    """Also what is left beside a database that is gone: SQLite would write it into the new one. But
    not what a run put there of the same backup before it was killed, and nobody changed."""
    is_same = source.exists() and target.exists() and _hash(source) == _hash(target)
    for more in ("", "-wal", "-journal"):
        there = target.with_name(f"{target.name}{more}")
        if source.exists() and there.exists() and not (is_same and not more):
            raise _about(
                there,
                "is there already",
                "move the state folder away first, and keep it for a while",
            )


def _restore_record(source: Path, target: Path) -> None:
    """Whole or not at all, and before anything is in place: its disk may be another one."""
    if source.exists() and not target.exists():
        try:
            write_whole(target, source.read_bytes())
        except OSError as error:
            raise trouble(StoreError, error, target) from error


def _put_in_place(source: Path, target: Path) -> None:
    """A file of the same disk, if it is there, whole and for good. Raises OSError."""
    if source.exists():
        with source.open("rb") as file:
            os.fsync(file.fileno())
        source.replace(target)
        sync_folder(target.parent)


def _refuse_what_is_in(database: Database) -> None:
    """Before anything is in place: it is asked again where the rows are put in."""
    with database.reading() as connection:
        _require_unused(connection)


def _require_unused(connection: sa.Connection) -> None:
    if not is_unused(connection):
        raise StoreError("the database is not empty", mend="name an empty one in publisher.yaml")


def _fill(database: Database, path: Path) -> dict[str, int]:
    """Put all rows into a database; gives what of it they took the place of."""
    source = open_sqlite(path, lambda: 0)
    try:
        with source.at_one_instant() as rows, database.writing() as target:
            _require_unused(target)
            gone = take_out_unasked(target)
            copy_rows(rows, target)
            return gone
    finally:
        source.close()


def _copy_build(source: Path, target: Path) -> None:
    if source.exists():
        with (
            damage_named(source),
            closing(sqlite3.connect(source)) as there,
            closing(sqlite3.connect(target)) as copy,
        ):
            there.backup(copy)


def _write_archive(folder: Path, about: Mapping[str, Any], file: Path) -> None:
    aside = file.with_name(f".{file.name}.part")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.writestr(_ABOUT, json.dumps(about, indent=2))
                for path in sorted(folder.iterdir()):
                    archive.write(path, path.name)
            raw.flush()
            os.fsync(raw.fileno())
        aside.replace(file)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise trouble(StoreError, error, file) from error


def _unpack(file: Path, folder: Path) -> BackupReport:
    """Its files into a folder, each as it was."""
    if file.exists() and not file.is_file():  # what has no end could be read without end
        raise _about(file, "is no file", "name the backup itself")
    try:
        with zipfile.ZipFile(file) as archive:
            about, files = _contents(archive, file)
            _require_room(file, sum(archive.getinfo(name).file_size for name in files), folder)
            for name, expected in files.items():
                with archive.open(name) as source, (folder / name).open("wb") as target:
                    shutil.copyfileobj(source, target, _CHUNK)
                if _hash(folder / name) != expected:
                    raise _about(file, f"is damaged: {name} is not what it was", "take another one")
    except OSError as error:
        place = Path(error.filename or folder)  # a write that fails tells no name
        raise trouble(
            StoreError,
            error,
            place,
            what="cannot be read or unpacked",
            mend="name the backup, with its folder",
        ) from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        RuntimeError,  # encrypted, packed in a way that is unknown, nested without end
        KeyError,
        ValueError,
        TypeError,
    ) as error:
        raise _about(file, "is no backup, or damaged", "take another one") from error
    try:
        if (folder / _BUILD).exists():
            BuildStore(folder / _BUILD).close()
        return _report(folder / _DATABASE, about, file)
    except MigrationNeeded as error:
        raise _newer(file, error.message.partition("(")[2].rstrip(")")) from error


def _contents(
    archive: zipfile.ZipFile, file: Path
) -> tuple[Mapping[str, Any], Mapping[str, object]]:
    """What an archive says of itself, and its files with their hashes."""
    about = json.loads(archive.open(_ABOUT).read(_LONGEST_ABOUT))
    if about["format"] > _FORMAT:
        raise _newer(file, f"publisher {about['publisher']}")
    files = dict(about["files"])
    for name in files:
        if name not in (_DATABASE, _BUILD, _RECORD):
            raise _about(file, f"holds {name!r}, which is none of ours", None)
    if _DATABASE not in files:
        raise _about(file, f"is no backup: {_DATABASE} is not in it", "take another one")
    said = {
        "publisher": str(about["publisher"]),
        "made": datetime.fromisoformat(about["made"]),
        "site": str(about["site"]),
    }
    return said, files


def _require_room(file: Path, size: int, folder: Path) -> None:
    """Of a file that unpacks to so many bytes; more than it says are never unpacked."""
    if size > max(_MOST_PACKED * file.stat().st_size, _ALWAYS_ENOUGH):
        raise _about(file, f"is no backup: it would unpack to {size >> 20} MB", "take another one")
    if size > shutil.disk_usage(folder).free:
        full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        raise trouble(StoreError, full, folder, what=f"{file.name} unpacks to {size >> 20} MB")


def _report(path: Path, about: Mapping[str, Any], file: Path) -> BackupReport:
    try:
        with closing(sqlite3.connect(path)) as connection:
            (said,) = connection.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise _about(file, f"holds a database that cannot be read: {error}", None) from error
    if said != "ok":
        raise _about(file, f"holds a damaged database: {said}", "take another one")
    open_sqlite(path, lambda: 0).close()  # brings it to this version's schema, or refuses
    with closing(sqlite3.connect(path)) as connection:
        (issues,) = connection.execute("SELECT count(*) FROM issue").fetchone()
        (readers,) = connection.execute("SELECT count(*) FROM subscriber").fetchone()
        states = connection.execute("SELECT state, count(*) FROM delivery GROUP BY state")
        return BackupReport(
            made=about["made"],
            site=about["site"],
            version=about["publisher"],
            issues=issues,
            readers=readers,
            deliveries=Counter(dict(states.fetchall())),
        )


def _newer(file: Path, what: str) -> MigrationNeeded:
    return MigrationNeeded(
        f"was made by a newer publisher ({what})",
        where=Location(file=str(file)),
        mend="use that version",
    )


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _about(file: Path, what: str, mend: str | None) -> StoreError:
    return StoreError(what, where=Location(file=str(file)), mend=mend)


@contextmanager
def _workplace(config: Config) -> Iterator[Path]:
    """A folder on the disk of the state, which only its owner can look into; no run writes then.

    What is left of those who were killed goes first: it holds readers' addresses. Raises
    StoreError for what the system or SQLite say while the block runs.
    """
    state = config.path(config.state)
    try:
        with damage_named(state), hold_lock(lock_path(config), 60):
            for left in state.glob("backup-*"):
                if left.is_dir() and {path.name for path in left.iterdir()} <= _LEFT_OVER:
                    shutil.rmtree(left)
            with tempfile.TemporaryDirectory(prefix="backup-", dir=state) as folder:
                yield Path(folder)
    except OSError as error:
        place = Path(error.filename or state)
        raise trouble(StoreError, error, place, what="cannot be used") from error
